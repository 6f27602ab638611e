"""What a comparison of index and catalogue found: which records differ, and in what."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from app.drift import DRIFT_KINDS
from app.staff.presenters.runs import drift_total
from app.staff.presenters.words import records
from app.web.links import record_address
from catalogue.record import Record, RecordId
from catalogue.runs import Run

_HEADINGS: Final = {"missing": "Missing", "stale": "Stale", "ahead": "Ahead", "ghosts": "Ghosts"}

_NONE: Final = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class DriftRow:
    """A record that differs; versions as they were then. Without an address there is no page of it."""

    record_id: str
    title: str
    address: str | None
    in_catalogue: str
    in_index: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DriftKind:
    """The records that differ in one way: `count` of them, of which the comparison has named `named`."""

    kind: str
    heading: str
    meaning: str
    count: int
    named: int
    rows: tuple[DriftRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DriftView:
    """What a comparison found. `is_ahead`: the index knows more than the catalogue, and repairing makes it anew."""

    total: int
    summary: str
    generation: str
    is_repaired: bool
    is_ahead: bool
    kinds: tuple[DriftKind, ...]


def named_ids(run: Run, *, first: int) -> list[str]:
    """The ids of the first records of each kind that a comparison names."""
    return [id_ for kind in DRIFT_KINDS for id_ in _named(run, kind)[:first]]


def present_drift(run: Run, known: Mapping[RecordId, Record], *, first: int) -> DriftView | None:
    """What a comparison found, with the first records of each kind; None where it left no report.

    `known` has those of them that the catalogue knows.
    """
    if run.report is None:
        return None
    total, generation = drift_total(run), run.report["generation"]
    counts: Mapping[str, int] = run.report["counts"]
    differ = f"{records(total)} {'differs' if total == 1 else 'differ'}"
    return DriftView(
        total=total,
        summary=f"{differ} between the index {generation} and the catalogue."
        if total
        else f"The index {generation} was as the catalogue was: nothing differed.",
        generation=generation,
        is_repaired=run.report["repaired"] and total > 0,
        is_ahead=counts["ahead"] > 0,
        kinds=tuple(present_kind(run, kind, known, first=first) for kind in DRIFT_KINDS if counts[kind]),
    )


def present_kind(run: Run, kind: str, known: Mapping[RecordId, Record], *, first: int, after: int = 0) -> DriftKind:
    """The records of one kind, `first` of them after so many others."""
    named = _named(run, kind)
    return DriftKind(
        kind=kind,
        heading=_HEADINGS[kind],
        meaning=DRIFT_KINDS[kind],
        count=_report(run)["counts"][kind],
        named=len(named),
        rows=tuple(_row(run, kind, id_, known.get(RecordId(id_))) for id_ in named[after : after + first]),
    )


def named_of(run: Run, kind: str, *, first: int, after: int) -> list[str]:
    """The ids of one kind, as many as a page shows."""
    return _named(run, kind)[after : after + first]


def _row(run: Run, kind: str, id_: str, record: Record | None) -> DriftRow:
    version = _report(run)["records"][kind][id_]
    held: Mapping[str, int] = _report(run).get("held", {})  # older reports have none
    if kind == "ghosts":
        in_catalogue, in_index = _hidden(record), str(version)
    else:
        older = {"missing": _NONE, "stale": "an older one", "ahead": "a newer one"}[kind]
        in_catalogue, in_index = str(version), str(held.get(id_, older))
    return DriftRow(
        record_id=id_,
        title=record.title if record is not None else "Not in the catalogue",
        address=record_address(id_) if record is not None and record.is_public else None,
        in_catalogue=in_catalogue,
        in_index=in_index,
    )


def _hidden(record: Record | None) -> str:
    """What the catalogue has of a record that the index should not show."""
    if record is None:
        return _NONE
    return "deleted" if record.deleted else "a draft"


def _named(run: Run, kind: str) -> list[str]:
    return list(_report(run)["records"][kind]) if run.report is not None else []


def _report(run: Run) -> Mapping[str, Any]:
    return run.report or {}
