"""Drafts are seen by nobody outside the staff, wherever they look; publishing shows them, unpublishing hides them."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from bootstrap.services import Services
from catalogue import records, runs
from catalogue.record import Draft, PartialDate
from catalogue.runs import RunKind, RunState

Application = Callable[[Services], FlaskClient]

DRAFT = Draft(title="Zymurgy for beginners", date=PartialDate(year=2030), themes=("Zymurgy",))


@pytest.fixture
def places(services: Services, application: Application) -> Callable[[], dict[str, bool | int]]:
    """Where somebody may come across the draft, once all that is pending is indexed."""

    def look() -> dict[str, bool | int]:
        assert services.indexer.catch_up()
        client = application(services)
        return {
            "page": client.get("/records/draft").status_code,
            "api": client.get("/api/v1/records/draft").status_code,
            "home": "Zymurgy" in client.get("/").text,
            "results": "for beginners" in client.get("/search?q=zymurgy").text,
            "facet": "Zymurgy" in client.get("/search/facets/theme").text,
            "total": client.get("/api/v1/search").json["total"],  # type: ignore[index]
            "records": client.get("/api/v1/status").json["records"],  # type: ignore[index]
        }

    return look


HIDDEN = {"page": 404, "api": 404, "home": False, "results": False, "facet": False, "total": 28, "records": 28}
SHOWN = {"page": 200, "api": 200, "home": True, "results": True, "facet": True, "total": 29, "records": 29}


def test_a_draft_is_hidden_until_it_is_published_and_after_it_is_unpublished(
    services: Services, places: Callable[[], dict[str, bool | int]]
) -> None:
    with services.catalogue.write() as session:
        records.save(session, DRAFT, record_id="draft", published=False)
    assert places() == HIDDEN
    with services.catalogue.write() as session:
        records.publish(session, "draft")
    assert places() == SHOWN
    with services.catalogue.write() as session:
        records.unpublish(session, "draft")
    assert places() == HIDDEN
    with services.catalogue.write() as session:
        records.delete(session, "draft")
    assert places() == HIDDEN


@pytest.mark.parametrize("kind", [RunKind.REBUILD, RunKind.RECONCILE])
def test_a_draft_is_no_difference_between_index_and_catalogue(
    services: Services, places: Callable[[], dict[str, bool | int]], kind: RunKind
) -> None:
    with services.catalogue.write() as session:
        records.save(session, DRAFT, record_id="draft", published=False)
        number = runs.start(session, kind, started_by="a test")
    assert places() == HIDDEN
    with services.catalogue.read() as session:
        run = runs.get(session, number)
    assert run.state is RunState.DONE
    if kind is RunKind.RECONCILE:
        assert run.report is not None
        assert run.report["counts"] == {"missing": 0, "stale": 0, "ahead": 0, "ghosts": 0}
