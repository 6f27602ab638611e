"""Writing records to the index again on the staff's pages, and following that."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from app import orders
from bootstrap.services import Services
from catalogue import audit, dead_letters, generations, pending, records, vocabularies
from catalogue.record import Draft, Vocabulary
from tests.integration.staff.test_index_page import notice
from tests.staff import StaffBrowser

RESYNC = "/staff/index/resync"


def waiting(services: Services) -> int:
    with services.catalogue.read() as session:
        return pending.status(session).count


def a_record(services: Services):
    with services.catalogue.read() as session:
        return next(each for each in records.scan(session, None, 30) if each.publishers and each.themes)


def test_records_are_chosen_by_id_theme_publisher_or_date(services: Services, editor: StaffBrowser) -> None:
    record = a_record(services)
    today = datetime.now(UTC).date().isoformat()
    choices = {
        "records": f"{record.id},\n",
        "theme": record.themes[0].id,
        "publisher": record.publishers[0].name.upper(),
        "since": today,
    }
    for field, value in choices.items():
        answer = editor.submit(RESYNC, {field: value})
        assert answer.status_code == 303, answer.text
        count = waiting(services)
        assert count == 29 if field == "since" else 1 <= count < 28
        page = editor.get(answer.headers["Location"])
        told = "1 record is marked." if count == 1 else f"{count} records are marked."
        assert notice(page.text) == told
        assert f"0 of {count} record" in page.text
        assert f'data-live="{answer.headers["Location"]}/now"' in page.text
        services.indexer.catch_up()
        done = editor.get(f"{answer.headers['Location']}/now").text
        assert re.search("It is written|All of them are written", done)
        assert "data-live" not in done
    with services.catalogue.read() as session:
        entries = [entry for entry in audit.listed(session) if entry.action == "records.marked"]
    assert [entry.detail.get("themes") for entry in entries] == [None, None, [record.themes[0].id], None]
    assert {entry.actor for entry in entries} == {"editor@example.org"}


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({}, "Say which records"),
        ({"records": "nobody"}, "No record has the id"),
        ({"records": "a b\x00c"}, "cannot be an id: it has to be 1 to 200 ASCII letters"),
        ({"records": "../etc"}, "cannot be an id"),
        ({"theme": "no-such-theme"}, "Choose a theme"),
        ({"publisher": "Nobody at all"}, "No publisher has the id or the name"),
        ({"publisher": "x" * 301}, "at most 300 characters"),
        ({"publisher": "a\x00b"}, "no NUL"),
        ({"since": "yesterday"}, "“yesterday” has to be a date that is not in the future"),
        ({"since": "2999-01-01"}, "“2999-01-01” has to be a date that is not in the future"),
    ],
    ids=str,
)
def test_what_cannot_be_chosen_is_said_beside_its_field(
    services: Services, editor: StaffBrowser, fields: dict[str, str], told: str
) -> None:
    answer = editor.submit(RESYNC, fields)
    assert answer.status_code == 422
    [alert] = re.findall(r'<div class="problems".*?</div>', answer.text, re.DOTALL)
    assert told in alert
    if fields:
        assert f'href="#{next(iter(fields))}"' in alert
        assert f'id="{next(iter(fields))}-error"' in answer.text
    assert waiting(services) == 0


def test_a_name_that_is_nearly_right_gets_a_proposal(services: Services, editor: StaffBrowser) -> None:
    name = a_record(services).publishers[0].name
    answer = editor.submit(RESYNC, {"publisher": f"{name}x"})
    assert "Did you mean" in answer.text


def test_a_date_on_which_nothing_was_changed_marks_nothing_and_says_so(
    services: Services, editor: StaffBrowser
) -> None:
    with services.catalogue.write() as session:
        unused = vocabularies.ensure_concept(session, Vocabulary.THEME, "Used by nobody")
    answer = editor.submit(RESYNC, {"theme": unused})
    assert answer.headers["Location"] == RESYNC
    assert notice(editor.get(RESYNC).text) == "No record is like that, so nothing was marked."
    with services.catalogue.read() as session:
        assert not audit.listed(session, action="records.marked")


def test_more_than_can_be_marked_at_once_are_refused(services: Services) -> None:
    with services.catalogue.write() as session:
        many = orders.MOST_MARKED + 1
        session.connection().exec_driver_sql(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)"
            " INSERT INTO record (id, version, title, deleted, created_at, updated_at, fingerprint)"
            " SELECT 'many-' || i, 1, 'Many', 0, '2020-01-01', '2030-01-01', 'f' || i FROM n",
            (many,),
        )
    since = datetime.now(UTC) + timedelta(days=1)
    with pytest.raises(orders.TooMany, match=f"{many:,} records"):
        orders.mark_selected(services.catalogue, orders.Selection(since=since), actor="ann")


def test_while_the_index_takes_nothing_the_page_says_why_and_what_it_refused(
    services: Services, editor: StaffBrowser
) -> None:
    record = a_record(services)
    with services.catalogue.write() as session:
        generations.stop(session, "the disk is full", probe_at=datetime.now(UTC) + timedelta(minutes=5))
    answer = editor.submit(RESYNC, {"records": record.id})
    page = editor.get(answer.headers["Location"]).text
    assert "The index takes no changes just now: The disk is full." in page
    with services.catalogue.read() as session:
        stop = generations.stopped(session)
    assert stop is not None
    assert stop.probe_at < datetime.now(UTC)  # whoever asks for this may have mended it
    services.indexer.catch_up()
    with services.catalogue.write() as session:
        dead_letters.bury(session, "g1", [(record.id, record.version, "no")])
    page = editor.get(answer.headers["Location"]).text
    assert "the index has refused 1 record since" in page
    assert 'href="/staff/index/dead-letters"' in page


def test_other_entries_of_the_audit_log_have_no_page_here(services: Services, viewer: StaffBrowser) -> None:
    with services.catalogue.write() as session:
        number = audit.record(session, actor="ann", action="record.changed", subject="x")
    assert viewer.get(f"/staff/index/marked/{number}").status_code == 404


def test_a_record_that_was_deleted_can_be_written_again_too(services: Services, editor: StaffBrowser) -> None:
    with services.catalogue.write() as session:
        saved = records.save(session, Draft(title="Soon gone"))
        records.delete(session, saved.id)
    services.indexer.catch_up()
    assert editor.submit(RESYNC, {"records": saved.id}).status_code == 303
