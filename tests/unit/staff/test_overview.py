"""What the staff's first page asks to be done, and that it asks for nothing else."""

import re
from pathlib import Path
from typing import Any

import pytest

from app.readiness import Part
from app.staff.presenters.overview import present_overview
from app.staff.presenters.tasks import Remedy
from catalogue.runs import RunKind, RunState
from tests.unit.staff.console import a_comparison, a_freshness, a_generation, a_run, a_state, a_stop, before

UP = Part(reason=None, details={"index": "g1"})
DOWN = Part(reason="Elasticsearch cannot be reached", details={})


# A state, what is asked for, and what helps.
CASES: list[tuple[dict[str, Any], str, Remedy | None]] = [
    ({"freshness": a_freshness(index=None)}, "Searches show an older state of the library", Remedy.REBUILD),
    ({"freshness": a_freshness(stop=a_stop())}, "The index takes no changes", Remedy.TRY_AGAIN),
    ({"freshness": a_freshness(pending=1, oldest_since=before(minutes=6))}, "Changes wait for too long", None),
    ({"last_move": a_run(state=RunState.FAILED, error="no room")}, "The last rebuild failed", Remedy.SEE_RUN),
    (
        {"last_move": a_run(kind=RunKind.ROLLBACK, state=RunState.FAILED, error="no way")},
        "The last rollback failed",
        Remedy.SEE_RUN,
    ),
    ({"freshness": a_freshness(dead=2)}, "The index cannot take 2 records", Remedy.SEE_LETTERS),
    ({"comparison": None}, "Index and catalogue have never been compared", Remedy.COMPARE),
    (
        {"comparison": a_comparison(finished_at=before(days=3))},
        "The last comparison was 3 days ago",
        Remedy.COMPARE,
    ),
    ({"comparison": a_comparison(missing=3)}, "3 records differ between index and catalogue", Remedy.REPAIR),
]


def tasks(search: Part = UP, **state: Any) -> list[tuple[str, Remedy | None]]:
    return [(task.heading, task.remedy) for task in present_overview(a_state(**state), search).tasks]


def test_nothing_is_asked_for_where_all_is_well() -> None:
    assert tasks() == []
    assert tasks(freshness=a_freshness(pending=3, oldest_since=before(seconds=40))) == []
    assert tasks(last_move=a_run()) == []


@pytest.mark.parametrize(("state", "heading", "remedy"), CASES, ids=[heading for _, heading, _ in CASES])
def test_what_is_wrong_is_said_with_what_helps(state: dict[str, Any], heading: str, remedy: Remedy | None) -> None:
    assert tasks(**state) == [(heading, remedy)]


def test_a_search_that_is_down_comes_first_with_its_reason() -> None:
    view = present_overview(a_state(freshness=a_freshness(dead=2)), DOWN)
    assert [task.heading for task in view.tasks] == ["Search is not answering", "The index cannot take 2 records"]
    assert view.tasks[0].quote == "Elasticsearch cannot be reached"
    assert view.facts[0].text == "Not answering"


def test_a_rebuild_is_offered_only_where_there_is_no_index_and_none_is_being_made() -> None:
    making = a_run(state=RunState.FILLING)
    assert tasks(DOWN)[0][1] is None
    assert tasks(DOWN, active=None)[0][1] is Remedy.REBUILD
    assert tasks(DOWN, active=None, under_way=(making,), last_move=making)[0][1] is None


def test_drift_is_open_until_it_is_repaired_compared_again_or_the_index_made_anew() -> None:
    found = a_comparison(missing=2, id=8, finished_at=before(hours=1))
    assert len(tasks(comparison=found)) == 1
    assert len(tasks(comparison=found, last_move=a_run(requested_at=before(hours=2)))) == 1
    assert len(tasks(comparison=found, last_move=a_run(requested_at=before(minutes=2), state=RunState.CANCELLED))) == 1
    assert tasks(comparison=found, last_move=a_run(requested_at=before(minutes=2))) == []
    assert tasks(comparison=a_comparison(missing=2, repair=True)) == []
    assert tasks(comparison=found, under_way=(a_comparison(state=RunState.REQUESTED),)) == []


@pytest.mark.parametrize(
    ("state", "live"),
    [
        ({}, False),
        ({"freshness": a_freshness(pending=1, oldest_since=before(seconds=1))}, True),
        ({"under_way": (a_run(state=RunState.FILLING),)}, True),
    ],
)
def test_the_page_follows_while_something_goes_on(state: dict[str, Any], live: bool) -> None:
    assert present_overview(a_state(**state), UP).live is live


def test_the_facts_say_what_is_in_use_what_waits_and_what_was_done_last() -> None:
    view = present_overview(
        a_state(
            freshness=a_freshness(pending=1_204, oldest_since=before(seconds=65), dead=3),
            kept=a_generation("g0", keep_until=before(hours=-3)),
            last_move=a_run(),
        ),
        UP,
    )
    assert {fact.term: fact.text for fact in view.facts} == {
        "Search": "Up",
        "Catalogue": "28 records",
        "Index in use": "g1, since 15 July 2026, 10:00 UTC",
        "Waiting changes": "1,204, the oldest for 1 min 5 s.",
        "Dead letters": "3 records",
        "Last comparison": "Nothing differs, 17 July 2026, 03:00 UTC, 7 h ago",
        "Last rebuild": "Done, 17 July 2026, 09:50 UTC, by ann, in 1 min",
        "To go back to": "g0, kept until 17 July 2026, 13:00 UTC, with every change since",
    }


def test_the_staffs_guide_tells_what_is_said_here() -> None:
    guide = (Path(__file__).parents[3] / "docs" / "staff.md").read_text(encoding="utf-8")
    table = guide.partition("| It says |")[2].partition("\n\n")[0]
    told = set(re.findall(r"^\| ([A-Z0-9][^|]*) \|", table, re.MULTILINE))
    said = {heading for _, heading, _ in CASES} | {"Search is not answering"}
    # What only a new library says, and the same of a rollback, need no line of their own.
    assert said - told == {"Index and catalogue have never been compared", "The last rollback failed"}
    assert told - said == set()
