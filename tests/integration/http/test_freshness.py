"""How far the index is behind is said: at the foot of the pages, by the API, and to Prometheus."""

import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families

from app.api.schemas import StatusSchema
from app.freshness import RecentFreshness
from bootstrap.services import Services
from catalogue import dead_letters, generations, records, runs
from catalogue.record import Draft
from catalogue.runs import RunKind
from tests.conftest import GONE_ID
from tests.processes import ServerProcess, eventually

Application = Callable[[Services], FlaskClient]
Touch = Callable[..., str]


def ask_for(services: Services, kind: RunKind) -> int:
    with services.catalogue.write() as session:
        return runs.start(session, kind, started_by="Ada")


def foot(client: FlaskClient, address: str = "/search?q=cohesion") -> str:
    _, _, after = client.get(address).text.partition('<p class="freshness">')
    return after.partition("</p>")[0]


@pytest.mark.parametrize("address", ["/", "/search", "/search/facets/theme"])
def test_pages_made_from_the_index_say_at_their_foot_how_fresh_it_is(client: FlaskClient, address: str) -> None:
    assert foot(client, address) == "The index is up to date."


@pytest.mark.parametrize("address", [f"/records/{GONE_ID}", "/help/search"])
def test_pages_made_from_the_catalogue_are_never_behind(client: FlaskClient, address: str) -> None:
    assert 'class="freshness"' not in client.get(address).text


def test_changes_on_their_way_are_counted(services: Services, application: Application, touch: Touch) -> None:
    for n in range(3):
        touch(services, f"Zymurgy {n}")
    assert foot(application(services)) == "3 changes are on their way."


def test_a_rebuild_is_told_with_its_share(services: Services, application: Application) -> None:
    ask_for(services, RunKind.RECONCILE)
    ask_for(services, RunKind.REBUILD)
    assert foot(application(services)) == "The index is being rebuilt: 0%."


def test_a_page_stays_the_same_while_nothing_changes_in_the_library(
    services: Services, application: Application, touch: Touch
) -> None:
    client = application(services)
    tag = client.get("/search").headers["ETag"]
    assert client.get("/search", headers={"If-None-Match": tag}).status_code == 304
    touch(services)
    assert application(services).get("/search", headers={"If-None-Match": tag}).status_code == 200


def test_the_catalogue_is_looked_at_once_in_a_while(services: Services, touch: Touch) -> None:
    recent = RecentFreshness(services.catalogue, services.settings.index_place, kept=0.2)

    def pending() -> int | None:
        found = recent.read()
        return found.pending if found is not None else None

    assert pending() == 0
    touch(services)
    assert pending() == 0
    assert eventually(lambda: pending() == 1, within=1) is not None


def test_without_the_catalogue_the_foot_says_nothing(services: Services, application: Application) -> None:
    services.catalogue.dispose()
    for file in services.settings.data.glob("catalogue.sqlite*"):
        file.unlink()
    assert foot(application(services)) == ""


def test_the_status_tells_of_dead_letters_a_stop_and_the_run_under_way(
    services: Services, application: Application, touch: Touch
) -> None:
    id_ = touch(services)
    with services.catalogue.write() as session:
        dead_letters.bury(session, "g1", [(records.get(session, id_).id, 1, "mapper_parsing_exception")])
        generations.stop(session, "disk full", probe_at=datetime.now(UTC) + timedelta(minutes=5))
    number = ask_for(services, RunKind.REBUILD)
    body = application(services).get("/api/v1/status").get_json()
    assert StatusSchema().validate(body) == {}
    assert (body["pending"], body["dead_letters"], list(body["stopped"])) == (1, 1, ["since"])
    assert (body["run"]["number"], body["run"]["kind"], body["run"]["state"]) == (number, "rebuild", "requested")
    for inner in ("Ada", "disk full", "error"):  # who works here, and on what: for operators
        assert inner not in str(body)


def figures(text: str) -> dict[str, float]:
    """Each figure by its name, with its labels' values."""
    return {
        " ".join([sample.name, *sample.labels.values()]): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_the_figures_are_those_of_the_catalogue(services: Services, application: Application, touch: Touch) -> None:
    ask_for(services, RunKind.RECONCILE)
    services.indexer.catch_up()
    touch(services)
    with services.catalogue.write() as session:
        generations.stop(session, "disk full", probe_at=datetime.now(UTC))
    ask_for(services, RunKind.REBUILD)
    answer = application(services).get("/metrics")
    assert (answer.status_code, answer.mimetype) == (200, "text/plain")
    assert answer.headers["Cache-Control"] == "no-store"
    found = figures(answer.text)
    assert 0 < found.pop("belong_index_oldest_pending_seconds") < 30
    compared = datetime.fromtimestamp(found.pop("belong_index_compared_timestamp_seconds"), UTC)
    assert timedelta(0) < datetime.now(UTC) - compared < timedelta(seconds=30)
    assert found == {
        "belong_catalogue_up": 1,
        "belong_search_up": 1,
        "belong_index_outdated": 0,
        "belong_records": 29,
        "belong_index_pending_changes": 1,
        "belong_index_dead_letters": 0,
        "belong_index_stopped": 1,
        "belong_index_info g1": 1,
        "belong_index_run_done_records rebuild": 0,
        "belong_index_run_records rebuild": 0,
        **{f"belong_index_drift_records {kind}": 0 for kind in ("missing", "stale", "ahead", "ghosts")},
    }


def test_without_the_catalogue_the_figures_say_so(services: Services, application: Application) -> None:
    services.catalogue.dispose()
    for file in services.settings.data.glob("catalogue.sqlite*"):
        file.unlink()
    answer = application(services).get("/metrics")
    assert answer.status_code == 200
    assert figures(answer.text) == {"belong_catalogue_up": 0, "belong_search_up": 1, "belong_index_info g1": 1}


def test_without_search_the_figures_say_so_and_name_no_index(services: Services, application: Application) -> None:
    shutil.rmtree(services.settings.index_folder)
    found = figures(application(services).get("/metrics").text)
    assert (found["belong_catalogue_up"], found["belong_search_up"]) == (1, 0)
    assert not [name for name in found if name.startswith("belong_index_info")]


def test_every_process_tells_the_same_figures(server: ServerProcess) -> None:
    answers = {server.get("/metrics").text for _ in range(8)}
    assert len(answers) == 1
    assert figures(answers.pop())["belong_records"] == 28


def test_records_that_the_index_cannot_take_are_told(services: Services, application: Application) -> None:
    with services.catalogue.write() as session:
        id_ = records.save(session, Draft(title="Zymurgy")).id
    services.indexer.catch_up()
    with services.catalogue.write() as session:
        dead_letters.bury(session, "g1", [(id_, 1, "mapper_parsing_exception")])
    assert foot(application(services)) == "The index is up to date but for 1 record."
