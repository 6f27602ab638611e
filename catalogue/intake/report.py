"""What an import did, as a value, as text for people and as data for programs."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Final, Generic, TypeVar

from catalogue.intake.lines import Refusal
from catalogue.intake.mapping import SPELLINGS, nearest_field

# How many refusals and how many new labels a report names. All are counted.
MOST_NAMED: Final = 1_000

# How many of them the text for people shows.
_MOST_SHOWN: Final = 50

_Item = TypeVar("_Item")


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing(Generic[_Item]):
    """How many there are, and the first of them."""

    total: int = 0
    first: tuple[_Item, ...] = ()

    def __add__(self, items: Sequence[_Item]) -> "Listing[_Item]":
        """The listing with more items at its end."""
        room = MOST_NAMED - len(self.first)
        return Listing(total=self.total + len(items), first=(*self.first, *items[:room]))


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """What an import did, or, where `dry_run`, what it would have done.

    `restored` of the changed records had been deleted before. `identified_by` counts by which key the taken lines were
    told apart: a record that was found by the key that found it, a new one by the strongest key that it has.
    `ignored_fields` counts lines by the names of fields that mean nothing here. Lines are counted from 1.
    """

    file: str
    dry_run: bool = False
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    restored: int = 0
    refused: Listing[Refusal] = Listing()
    new_themes: Listing[str] = Listing()
    new_types: Listing[str] = Listing()
    identified_by: Mapping[str, int] = field(default_factory=dict[str, int])
    ignored_fields: Mapping[str, int] = field(default_factory=dict[str, int])

    @property
    def taken(self) -> int:
        """How many lines were taken."""
        return self.added + self.changed + self.unchanged

    def as_dict(self) -> dict[str, Any]:
        """The report as plain data that can be written as JSON."""
        return asdict(self)


def render(report: ImportReport) -> str:
    """The report as lines of text, without a line end after the last."""
    return "\n".join(_lines(report))


def _lines(report: ImportReport) -> Iterator[str]:
    yield f"Import of {report.file}" + (" (dry run: nothing was written)" if report.dry_run else "")
    if report.taken + report.refused.total == 0:
        yield "The file holds no records."
        return
    for name, count in (("added", report.added), ("changed", report.changed), ("unchanged", report.unchanged)):
        yield f"{name:>10} {count:>9,}"
    yield f"{'refused':>10} {report.refused.total:>9,}"
    if report.restored:
        yield f"Of the changed records {report.restored:,} had been deleted and are back."
    if report.identified_by:
        yield f"Identified by: {_counts(report.identified_by)}"
    if report.ignored_fields:
        yield f"Fields that mean nothing here, and were left out: {_counts(report.ignored_fields)}"
        yield from _slips(report.ignored_fields)
    yield from _listed("New themes", report.new_themes)
    yield from _listed("New types", report.new_types)
    if report.refused.total:
        yield "Refused lines:"
        shown = report.refused.first[:_MOST_SHOWN]
        yield from (f"  line {refusal.line}: {refusal.reason}" for refusal in shown)
        yield from _rest(report.refused.total - len(shown))


def _counts(counts: Mapping[str, int]) -> str:
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    shown = ", ".join(f"{name} ({count:,})" for name, count in ordered[:_MOST_SHOWN])
    return shown + (f" and {len(ordered) - _MOST_SHOWN:,} more" if len(ordered) > _MOST_SHOWN else "")


def _slips(names: Collection[str]) -> Iterator[str]:
    """What the names of fields that mean nothing may be meant for."""
    meant = {name: found for name in names if (found := nearest_field(name)) is not None}
    yield from (f"  {name!r}: is it meant for {found!r}?" for name, found in list(meant.items())[:_MOST_SHOWN])
    if len(meant) < len(names):
        yield f"  There are: {', '.join(SPELLINGS)}"


def _listed(heading: str, labels: Listing[str]) -> Iterator[str]:
    if labels.total:
        yield f"{heading} ({labels.total:,}):"
        shown = labels.first[:_MOST_SHOWN]
        yield from (f"  {label}" for label in shown)
        yield from _rest(labels.total - len(shown))


def _rest(count: int) -> Iterator[str]:
    if count:
        yield f"  and {count:,} more"
