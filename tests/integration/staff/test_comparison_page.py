"""The comparison of index and catalogue on the staff's pages: drift is named, repaired, and gone."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bootstrap.services import Services
from catalogue import audit, records, runs
from catalogue.record import Draft, RecordId
from catalogue.runs import RunKind, RunState
from engines.embedded.generations import GenerationFolders
from engines.embedded.writer import EmbeddedWriter
from indexer.advance import advance
from search.engine import GenerationName
from tests.integration.cli.test_reconciling import shown
from tests.integration.staff.test_index_page import notice
from tests.staff import StaffBrowser

COMPARISON = "/staff/index/comparison"
REPAIR = "/staff/index/comparison/repair"


def row_of(page: str, record_id: str) -> list[str]:
    """The cells of the row about a record."""
    rows = re.findall(r"<tr role=\"row\">(.*?)</tr>", page, re.DOTALL)
    row = next(each for each in rows if f"<code>{record_id}</code>" in each)
    return [re.sub(r"<[^>]+>", "", cell) for cell in re.findall(r"<td[^>]*>(.*?)</td>", row)]


def test_drift_that_was_made_by_hand_is_named_repaired_and_gone(
    services: Services, editor: StaffBrowser, drifted: RecordId
) -> None:
    assert "They have not been compared yet." in editor.get(COMPARISON).text
    started = editor.press(COMPARISON, COMPARISON)
    assert notice(started.text) == "The comparison is asked for."
    services.indexer.catch_up()
    with services.catalogue.read() as session:
        title = records.get(session, drifted).title
    for path in (started.request.path, COMPARISON):
        page = editor.get(path).text
        assert "2 records differ between the index g1 and the catalogue." in page
        assert row_of(page, drifted) == [title, drifted, "1", "none"]
        assert row_of(page, "ghost") == ["Not in the catalogue", "ghost", "none", "3"]
        assert f'href="/records/{drifted}"' in page
    assert "2 records differ" in editor.get("/staff/").text
    repairing = editor.press(COMPARISON, REPAIR)
    services.indexer.try_turn()
    services.indexer.catch_up()
    mended = editor.get(repairing.request.path).text
    assert "All of these were written again, or removed from the index." in mended
    assert "Nothing needs doing." in editor.get("/staff/").text
    again = editor.press(repairing.request.path, COMPARISON)
    services.indexer.catch_up()
    assert "nothing differed" in editor.get(again.request.path).text
    assert 'see <a href="/staff/index/comparison">the last comparison</a>' in editor.get(started.request.path).text
    with services.catalogue.read() as session:
        done = [entry.action for entry in audit.listed(session) if not entry.action.startswith("sign-in")]
    assert done == ["comparison.started", "repair.started", "comparison.started"]


def test_a_repair_is_followed_until_what_it_marked_is_written(
    services: Services, editor: StaffBrowser, drifted: RecordId
) -> None:
    editor.press(COMPARISON, COMPARISON)
    services.indexer.catch_up()
    page = editor.press(COMPARISON, REPAIR)
    writer = EmbeddedWriter(GenerationFolders(services.settings.index_folder))
    advance(services.catalogue, writer)
    writer.close()
    waiting = editor.get(page.request.path).text
    assert "1 change still waits" in waiting
    assert "data-live" in waiting
    services.indexer.catch_up()
    assert "data-live" not in editor.get(page.request.path).text


def test_stale_and_newer_records_are_told_with_both_versions(
    services: Services, editor: StaffBrowser, data: Path
) -> None:
    with services.catalogue.write() as session:
        saved = records.save(session, Draft(title="Zymurgy"), record_id="zz")
        records.save(session, Draft(title="Zymurgy, again"), record_id="zz")
        records.save(session, Draft(title="Zymurgy, once more"), record_id="zz")
    services.indexer.catch_up()
    writer = EmbeddedWriter(GenerationFolders(data / "index"))
    with services.catalogue.read() as session:
        zz, other = records.get(session, saved.id), records.scan(session, None, 1)[0]
    writer.write(GenerationName("g1"), [shown(other.id, 99, other)])
    writer.close()
    with services.catalogue.write() as session:
        session.connection().exec_driver_sql("UPDATE record SET version = 7 WHERE id = 'zz'")
    number = editor.press(COMPARISON, COMPARISON).request.path
    services.indexer.catch_up()
    page = editor.get(number).text
    assert row_of(page, "zz") == [zz.title, "zz", "7", "3"]
    assert row_of(page, other.id) == [other.title, other.id, "1", "99"]
    assert "A repair makes it anew from the catalogue" in page


def test_a_comparison_under_way_is_led_to(services: Services, editor: StaffBrowser) -> None:
    fields = editor.hidden(COMPARISON, COMPARISON)
    with services.catalogue.write() as session:
        number = runs.start(session, RunKind.RECONCILE, started_by="beat")
    page = editor.get(COMPARISON).text
    assert f'href="/staff/index/runs/{number}"' in page
    assert f'action="{COMPARISON}"' not in page
    for path in (COMPARISON, REPAIR):
        answer = editor.client.post(path, data=fields, follow_redirects=True)
        assert answer.request.path == f"/staff/index/runs/{number}"
        assert "started by beat. This is it." in notice(answer.text)


def test_a_long_list_of_drift_has_pages(services: Services, viewer: StaffBrowser) -> None:
    named = {f"r-{n:04}": 1 for n in range(250)}
    report = {
        "generation": "g1",
        "repaired": False,
        "counts": {"missing": 1_200, "stale": 0, "ahead": 0, "ghosts": 0},
        "records": {"missing": named, "stale": {}, "ahead": {}, "ghosts": {}},
    }
    with services.catalogue.write() as session:
        runs.start(session, RunKind.RECONCILE, started_by="beat")
        run = runs.claim(session, now=datetime.now(UTC), lease=timedelta(seconds=9))
        assert run is not None
        runs.finish(session, run, RunState.DONE, report=report)
    page = viewer.get(COMPARISON).text
    assert page.count("<code>r-") == 10
    address = f"/staff/index/runs/{run.id}/records/missing"
    assert f'href="{address}"' in page
    assert "The first 250 of 1,200" in page
    first, last = viewer.get(address).text, viewer.get(f"{address}?page=3").text
    assert (first.count("<code>r-"), last.count("<code>r-")) == (100, 50)
    assert "r-0249" in last
    assert viewer.get(f"{address}?page=4").status_code == 404
    assert viewer.get(f"{address}?page=0").status_code == 400
    assert viewer.get(f"/staff/index/runs/{run.id}/records/stale").status_code == 200
    assert viewer.get(f"/staff/index/runs/{run.id}/records/odd").status_code == 404
