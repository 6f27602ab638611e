"""Rebuilding, cancelling and going back on the staff's pages, with what happens to forms that are no longer true."""

import re

import pytest

from bootstrap.services import Services
from catalogue import audit, generations, records, runs
from catalogue.record import Draft
from catalogue.runs import RunKind, RunState
from tests.staff import StaffBrowser

REBUILD = "/staff/index/rebuild"
ROLLBACK = "/staff/index/rollback"


def log_of(services: Services) -> list[tuple[str, str, object]]:
    """What the staff did to the index, from the beginning."""
    with services.catalogue.read() as session:
        entries = [entry for entry in reversed(audit.listed(session)) if not entry.action.startswith("sign-in")]
    return [(entry.actor, entry.action, entry.detail.get("run")) for entry in entries]


def all_runs(services: Services) -> list[tuple[RunKind, RunState]]:
    """The runs after the first one, which made the index."""
    with services.catalogue.read() as session:
        return [(run.kind, run.state) for run in reversed(runs.latest(session))][1:]


def in_use(services: Services) -> str | None:
    with services.catalogue.read() as session:
        return generations.written(session).active


def notice(text: str) -> str:
    """What a page says first."""
    found = re.search(r'<p class="notice[^"]*" role="(?:status|alert)">([^<]*)</p>', text)
    return found[1] if found else ""


def test_an_editor_rebuilds_the_index_and_follows_it(services: Services, editor: StaffBrowser) -> None:
    assert f'href="{REBUILD}"' in editor.get("/staff/index/").text
    page = editor.press(REBUILD, REBUILD)
    assert notice(page.text) == "The rebuild is asked for. Searches go on meanwhile."
    assert "Rebuild 2: " in page.text
    assert "waiting to begin" in page.text
    assert 'data-live="/staff/index/runs/2/now"' in page.text
    assert "Cancel</a>" in page.text
    services.indexer.try_turn()
    fragment = editor.get("/staff/index/runs/2/now").text
    assert "0 of 28 records" in fragment
    assert "<html" not in fragment
    services.indexer.catch_up()
    done = editor.get("/staff/index/runs/2").text
    assert "28 records are indexed anew, as g2." in done
    assert "data-live" not in done
    assert "live.js" not in done
    assert log_of(services) == [("editor@example.org", "rebuild.started", 2)]


def test_an_editor_goes_back_to_the_index_before_and_forward_again(services: Services, editor: StaffBrowser) -> None:
    assert "There is no index to go back to" in editor.get("/staff/index/").text
    editor.press(REBUILD, REBUILD)
    services.indexer.catch_up()
    for wanted in ("g1", "g2"):
        assert f"Go back to {wanted}</a>" in editor.get("/staff/index/").text
        assert f"Go back to {wanted}?" in editor.get(ROLLBACK).text
        editor.press(ROLLBACK, ROLLBACK)
        services.indexer.catch_up()
        assert in_use(services) == wanted
    assert [entry[1] for entry in log_of(services)] == ["rebuild.started", "rollback.started", "rollback.started"]


def test_a_run_is_cancelled_once_and_a_second_time_says_that_there_is_nothing_to_cancel(
    services: Services, editor: StaffBrowser
) -> None:
    editor.press(REBUILD, REBUILD)
    services.indexer.try_turn()
    cancel = "/staff/index/runs/2/cancel"
    fields = editor.hidden(cancel, cancel)
    assert "What was made so far is deleted" in editor.get(cancel).text
    page = editor.press(cancel, cancel)
    assert notice(page.text) == "Rebuild 2 is cancelled."
    assert "Searches go on in the index that was in use" in page.text
    again = editor.client.post(cancel, data=fields, follow_redirects=True)
    assert (again.status_code, notice(again.text)) == (
        200,
        "Nothing was cancelled: The rebuild number 2 is cancelled: it can no longer be cancelled.",
    )
    stale = editor.client.get(cancel, follow_redirects=True)
    assert "There is nothing to cancel any more" in notice(stale.text)
    assert [entry[1] for entry in log_of(services)] == ["rebuild.started", "rebuild.cancelled"]
    services.indexer.catch_up()
    assert in_use(services) == "g1"


def test_a_form_that_is_sent_twice_starts_one_run(services: Services, editor: StaffBrowser) -> None:
    fields = editor.hidden(REBUILD, REBUILD)
    first, second = (editor.client.post(REBUILD, data=fields) for _ in range(2))
    assert {answer.headers["Location"] for answer in (first, second)} == {"/staff/index/runs/2"}
    told = notice(editor.get("/staff/index/runs/2").text)
    assert "The rebuild is asked for" in told
    assert all_runs(services) == [(RunKind.REBUILD, RunState.REQUESTED)]
    assert len(log_of(services)) == 1


@pytest.mark.parametrize("form", [REBUILD, ROLLBACK])
def test_a_form_from_before_another_run_starts_nothing_and_shows_that_run(
    services: Services, editor: StaffBrowser, form: str
) -> None:
    editor.press(REBUILD, REBUILD)
    services.indexer.catch_up()
    fields = editor.hidden(form, form)
    editor.press(ROLLBACK, ROLLBACK)
    services.indexer.catch_up()
    known = all_runs(services)
    answer = editor.client.post(form, data=fields, follow_redirects=True)
    assert answer.request.path == "/staff/index/runs/3"
    assert "Since then editor@example.org has started the rollback number 3. This is it." in notice(answer.text)
    assert all_runs(services) == known


def test_while_a_run_is_under_way_the_pages_offer_no_other_and_lead_to_it(
    services: Services, editor: StaffBrowser
) -> None:
    fields = editor.hidden(REBUILD, REBUILD)
    with services.catalogue.write() as session:
        number = runs.start(session, RunKind.REBUILD, started_by="the indexer")
    page = editor.get("/staff/index/").text
    assert f'href="{REBUILD}"' not in page
    assert f'href="/staff/index/runs/{number}"' in page
    for path in (REBUILD, ROLLBACK):
        text = editor.get(path).text
        assert "is under way" in text
        assert f'action="{path}"' not in text
        answer = editor.client.post(path, data=fields, follow_redirects=True)
        assert answer.request.path == f"/staff/index/runs/{number}"
        assert "started by the indexer. This is it." in notice(answer.text)
    assert log_of(services) == []


def test_a_rollback_without_an_index_to_go_back_to_says_so(services: Services, editor: StaffBrowser) -> None:
    assert "There is no index to go back to" in editor.get(ROLLBACK).text
    fields = editor.hidden(REBUILD, REBUILD)
    answer = editor.client.post(ROLLBACK, data=fields, follow_redirects=True)
    assert answer.request.path == "/staff/index/"
    assert "Nothing was started: There is no index to go back to" in notice(answer.text)
    assert all_runs(services) == []


def test_an_index_that_was_not_written_for_a_while_is_not_gone_back_to(
    services: Services, editor: StaffBrowser
) -> None:
    editor.press(REBUILD, REBUILD)
    services.indexer.catch_up()
    with services.catalogue.write() as session:
        generations.freeze(session, "g1")
        records.save(session, Draft(title="Changed since"))
    page = editor.get("/staff/index/").text
    assert "1 records have changed since" in page
    assert f'href="{ROLLBACK}"' not in page
    assert "g1 is kept, but cannot be gone back to" in editor.get("/staff/").text


def test_a_viewer_sees_everything_and_is_offered_nothing(services: Services, viewer: StaffBrowser) -> None:
    with services.catalogue.write() as session:
        runs.start(session, RunKind.REBUILD, started_by="the indexer")
    for path in ("/staff/", "/staff/index/", "/staff/index/runs/2", "/staff/index/comparison"):
        text = viewer.get(path).text
        assert re.findall(r'<form method="post" action="([^"]*)"', text) == ["/staff/sign-out"]
        assert "/cancel" not in text
    assert viewer.get("/staff/index/runs/2").status_code == 200


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/staff/index/runs/9", 404),
        ("/staff/index/runs/9/now", 404),
        ("/staff/index/runs/9/cancel", 404),
        ("/staff/index/runs/99999999999999999999", 404),
        ("/staff/index/runs/x", 404),
        ("/staff/index/runs/9/records/missing", 404),
        ("/staff/index/marked/9", 404),
        ("/staff/index/marked/99999999999999999999", 404),
        ("/staff/index/runs?before=0", 400),
        ("/staff/index/runs?before=99999999999999999999", 400),
        ("/staff/index/runs?before=1&before=2", 400),
        ("/staff/index/runs?after=1", 400),
        (f"/staff/index/dead-letters?after={'x' * 301}", 400),
    ],
)
def test_what_is_not_there_is_a_page_that_says_so(editor: StaffBrowser, path: str, status: int) -> None:
    answer = editor.get(path)
    assert answer.status_code == status
    assert "Go to the staff’s first page" in answer.text


def test_forms_that_are_forged_or_make_no_sense_change_nothing(services: Services, editor: StaffBrowser) -> None:
    token = editor.hidden(REBUILD, REBUILD)["csrf_token"]
    paths = [REBUILD, ROLLBACK, "/staff/index/comparison", "/staff/index/comparison/repair", "/staff/index/try-again"]
    for path in [*paths, "/staff/index/dead-letters", "/staff/index/resync", "/staff/index/runs/2/cancel"]:
        assert editor.client.post(path).status_code == 400
        assert editor.client.post(path, data={"csrf_token": "forged"}).status_code == 400
    for odd in ("-1", "x", "9" * 40, "１"):
        editor.client.post(ROLLBACK, data={"csrf_token": token, "seen": odd})
    assert all_runs(services) == []
    assert log_of(services) == []


def test_the_history_tells_who_when_how_long_and_how_it_ended(services: Services, editor: StaffBrowser) -> None:
    for _ in range(30):
        with services.catalogue.write() as session:
            runs.cancel(session, runs.start(session, RunKind.RECONCILE, started_by="the indexer"))
    editor.press(REBUILD, REBUILD)
    services.indexer.catch_up()
    first = editor.get("/staff/index/runs").text
    assert re.search(r"Rebuild 32</a>.*?Done.*?UTC.*?editor@example\.org.*?\d s", first, re.DOTALL)
    assert "Comparison 31</a>" in first
    assert "Comparison 7</a>" not in first
    older = re.search(r'rel="next" href="([^"]*)"', first)
    assert older is not None
    second = editor.get(older[1]).text
    assert "Comparison 7</a>" in second
    assert "Rebuild 1</a>" in second
    assert "the indexer" in second
    assert "Comparison 8</a>" not in second
    assert 'rel="next"' not in second
