"""The staff's first page: it says what is wrong, also while the engine does not answer."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.factory import create_app
from bootstrap.services import Services
from catalogue import audit, dead_letters, generations, records, runs
from catalogue.record import Draft
from catalogue.roles import Role
from catalogue.runs import RunKind
from tests.browser.library import OutOfOrder
from tests.staff import StaffBrowser, add_account

PAGES = [
    "/staff/",
    "/staff/now",
    "/staff/index/",
    "/staff/index/now",
    "/staff/index/rebuild",
    "/staff/index/rollback",
    "/staff/index/resync",
    "/staff/index/comparison",
    "/staff/index/dead-letters",
    "/staff/index/runs",
    "/staff/index/runs/2",
    "/staff/audit-log",
]


def test_a_library_that_was_never_compared_asks_for_that_alone(services: Services, editor: StaffBrowser) -> None:
    page = editor.get("/staff/").text
    assert page.count("<h3>") == 1
    assert "have never been compared" in page
    assert "g1, since" in page
    assert "data-live" not in page
    answer = editor.press("/staff/", "/staff/index/comparison")
    services.indexer.catch_up()
    assert "nothing differed" in editor.get(answer.request.path).text
    well = editor.get("/staff/").text
    assert "Nothing needs doing." in well
    assert "Nothing differs" in well


def test_changes_on_their_way_and_a_run_under_way_are_followed(services: Services, editor: StaffBrowser) -> None:
    with services.catalogue.write() as session:
        records.save(session, Draft(title="On its way"))
        runs.start(session, RunKind.REBUILD, started_by="the indexer")
    page = editor.get("/staff/").text
    assert 'data-live="/staff/now"' in page
    assert "1, for " in page
    assert "Rebuild 2: " in page
    assert "Follow rebuild 2</a>" in page
    services.indexer.catch_up()
    assert "data-live" not in editor.get("/staff/now").text


def test_an_index_that_refuses_everything_is_tried_again_at_once(services: Services, editor: StaffBrowser) -> None:
    later = datetime.now(UTC) + timedelta(minutes=5)
    with services.catalogue.write() as session:
        generations.stop(session, "no <space> left", probe_at=later)
    page = editor.get("/staff/").text
    assert "The index takes no changes" in page
    assert "no &lt;space&gt; left" in page
    answer = editor.press("/staff/", "/staff/index/try-again")
    assert "The index is tried again now." in answer.text
    with services.catalogue.read() as session:
        stop = generations.stopped(session)
        assert stop is not None
        assert stop.probe_at < later
        assert audit.listed(session, limit=1)[0].action == "indexing.tried"
    with services.catalogue.write() as session:
        records.save(session, Draft(title="Zymurgy"))
    services.indexer.catch_up()
    token = editor.hidden("/staff/", "/staff/sign-out")
    again = editor.client.post("/staff/index/try-again", data=token, follow_redirects=True)
    assert "takes changes already" in again.text


@pytest.mark.parametrize("path", PAGES)
def test_every_page_opens_while_the_engine_does_not_answer(services: Services, path: str) -> None:
    with services.catalogue.write() as session:
        runs.start(session, RunKind.REBUILD, started_by="the indexer")
    application = create_app(OutOfOrder.replacing_the_engine_of(services))
    browser = StaffBrowser(client=application.test_client())
    browser.sign_in(add_account(services, Role.ADMINISTRATOR))
    answer = browser.get(path)
    assert answer.status_code == 200
    if path == "/staff/":
        assert "Search is not answering" in answer.text
        assert "Nothing listens on /var/lib/secret" in answer.text


def test_dead_letters_are_asked_to_be_seen_to(services: Services, data: Path, editor: StaffBrowser) -> None:
    with services.catalogue.write() as session:
        dead_letters.bury(session, "g1", [(records.scan(session, None, 1)[0].id, 1, "no")])
    page = editor.get("/staff/").text
    assert "The index cannot take 1 record" in page
    assert 'href="/staff/index/dead-letters"' in page
