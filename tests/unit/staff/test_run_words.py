"""What is told of a run, of what a comparison found, of records that were marked, of reasons and of the audit log."""

from datetime import timedelta

import pytest

from app.durations import duration
from app.staff.presenters.audit import action_in_words, present_entries
from app.staff.presenters.drift import present_drift
from app.staff.presenters.marked import present_marked
from app.staff.presenters.reasons import reason_in_words
from app.staff.presenters.runs import present_run
from catalogue.audit import AuditEntry
from catalogue.runs import RunKind, RunState
from tests.unit.staff.console import NOW, a_comparison, a_run, a_stop, before


def test_a_rebuild_under_way_tells_how_much_how_fast_and_how_long_still() -> None:
    run = a_run(state=RunState.FILLING, done=7_000, total=28_000, started_at=before(seconds=10))
    view = present_run(run, NOW)
    assert view.progress is not None
    assert (view.progress.percent, view.progress.text) == (
        25,
        "7,000 of 28,000 records · 700 a second · about 30 s left",
    )
    assert view.title == "25% – Rebuild 7"
    assert view.said == "Rebuild 7: writing every record to the new index, 20% done."
    assert (view.alive, view.is_cancellable, view.outcome) == (True, True, "Under way")


def test_what_is_read_out_changes_seldom() -> None:
    said = {present_run(a_run(state=RunState.FILLING, done=n, total=1_000), NOW).said for n in range(1, 1_000)}
    assert len(said) == 10


@pytest.mark.parametrize(
    ("run", "outcome", "is_good", "told"),
    [
        (a_run(), "Done", True, "28 records are indexed anew, as g2."),
        (a_run(kind=RunKind.ROLLBACK, total=None), "Done", True, "Searches go to g2 again."),
        (a_run(state=RunState.FAILED, error="the disk is full"), "Failed", False, "The disk is full."),
        (a_run(state=RunState.CANCELLED), "Cancelled", False, "what was made is deleted."),
        (a_run(kind=RunKind.RECONCILE, state=RunState.CANCELLED), "Cancelled", False, "Nothing was changed."),
        (a_comparison(), "Nothing differs", True, ""),
        (a_comparison(missing=1), "1 record differs", False, ""),
        (a_comparison(missing=3, repair=True), "3 records differ", False, ""),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_how_a_run_ended_is_said_in_words(run, outcome: str, is_good: bool, told: str) -> None:
    view = present_run(run, NOW)
    assert (view.outcome, view.is_good, view.alive, view.is_cancellable) == (outcome, is_good, False, False)
    assert told in " ".join(view.told)
    assert view.took == "1 min"


def test_a_run_that_nobody_begins_or_that_cannot_go_on_says_why() -> None:
    fresh = a_run(state=RunState.REQUESTED, requested_at=before(seconds=5), total=None)
    late = a_run(state=RunState.REQUESTED, requested_at=before(seconds=30), total=None)
    held = a_run(state=RunState.REQUESTED, requested_at=before(seconds=30), lease_until=NOW + timedelta(seconds=9))
    waits = a_run(state=RunState.FILLING, error="nothing listens there")
    assert present_run(fresh, NOW).waits is None
    assert "Nobody has begun it yet" in (present_run(late, NOW).waits or "")
    assert present_run(held, NOW).waits is None
    assert (present_run(waits, NOW).waits or "").endswith("every few seconds: Nothing listens there.")


def test_a_move_of_the_searches_that_has_begun_is_not_cancelled() -> None:
    assert not present_run(a_run(state=RunState.ACTIVATING), NOW).is_cancellable


def test_drift_names_the_first_records_with_their_versions_and_counts_the_rest() -> None:
    run = a_comparison(missing=30, ahead=1)
    run.report["held"] = {"ahead-0": 9}
    view = present_drift(run, {}, first=10)
    assert view is not None
    missing, ahead = view.kinds
    assert (view.total, view.is_ahead, missing.count, len(missing.rows)) == (31, True, 30, 10)
    assert (missing.rows[0].record_id, missing.rows[0].in_catalogue, missing.rows[0].in_index) == (
        "missing-0",
        "1",
        "none",
    )
    assert (ahead.rows[0].in_catalogue, ahead.rows[0].in_index) == ("1", "9")
    assert (ahead.rows[0].title, ahead.rows[0].address) == ("Not in the catalogue", None)


def marked(count: int) -> AuditEntry:
    return AuditEntry(
        id=5, at=before(minutes=1), actor="ann", action="records.marked", subject="", detail={"count": count}
    )


@pytest.mark.parametrize(
    ("count", "waiting", "refused", "text", "alive"),
    [
        (4, 3, 0, "1 of 4 records are written to the index", True),
        (4, 9, 0, "0 of 4 records are written to the index", True),
        (4, 0, 0, "All of them are written.", False),
        (1, 0, 0, "It is written.", False),
        (4, 0, 1, "All were tried; the index has refused 1 record since.", False),
    ],
)
def test_marked_records_are_followed(count: int, waiting: int, refused: int, text: str, alive: bool) -> None:
    view = present_marked(marked(count), waiting=waiting, refused=refused, stop=None)
    assert (view.text, view.alive) == (text, alive)


def test_marked_records_that_the_index_does_not_take_say_why() -> None:
    view = present_marked(marked(4), waiting=3, refused=0, stop=a_stop())
    assert view.waits == "The index takes no changes just now: The disk is full."


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (
            "document_parsing_exception: [1:20] failed to parse field [year] of type [short] in document",
            "Its field “year” has a value of a kind that the index cannot read.",
        ),
        ("document_parsing_exception: object mapping tried to parse", "The index cannot read one of its values."),
        (
            'illegal_argument_exception: Document contains at least one immense term in field="id"',
            "One of its values is too long for the index.",
        ),
        ("strict_dynamic_mapping_exception: introduction of [colour]", "a field that this index does not know"),
        ("The index cannot hold it: int too big to convert", "larger, or of another kind"),
        ("Whoever worked on it died, 8 times in a row", "ended abruptly"),
        ("It makes no document: ValueError('x')", "cannot be turned into what the index stores"),
        ("", "The index refused it."),
        ("something nobody has seen", "The index refused it."),
    ],
)
def test_an_engines_reason_is_told_in_words(raw: str, words: str) -> None:
    assert words in reason_in_words(raw)


def test_the_audit_log_is_told_in_words() -> None:
    detail = {"count": 1_200, "records": [f"r{n}" for n in range(12)], "run": 7, "since": None, "by_hand": True}
    entry = AuditEntry(id=1, at=NOW, actor="ann", action="records.marked", subject="1,200 records", detail=detail)
    [view] = present_entries([entry])
    assert (view.action, view.run) == ("Records: marked", 7)
    assert view.detail == (
        ("count", "1,200"),
        ("records", "r0, r1, r2, r3, r4, r5, r6, r7, r8, r9 and 2 more"),
        ("since", "none"),
        ("by hand", "yes"),
    )
    assert action_in_words("account.role-changed") == "Account: role changed"
    assert action_in_words("odd") == "Odd"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "1 s"), (59.4, "59 s"), (65, "1 min 5 s"), (3_600, "1 h"), (11_400, "3 h 10 min"), (260_000, "3 days")],
)
def test_lengths_of_time_are_said_as_people_do(seconds: float, text: str) -> None:
    assert duration(seconds) == text
