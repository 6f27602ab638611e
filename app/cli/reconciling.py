"""`belong reconcile`."""

import json
import sys
from typing import TYPE_CHECKING, Any

import click

from app.cli.following import bring_up_to_date, follow
from app.cli.frame import DRIFT, as_json_too, fail, opened_services, who
from app.drift import DRIFT_KINDS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bootstrap.services import Services


@click.command()
@click.option("--repair", is_flag=True, help="Mend what differs, then compare again.")
@as_json_too
def reconcile(*, repair: bool, as_json: bool) -> None:
    """Compare the index with the catalogue, record by record, and name what differs without a reason.

    Changes on their way and records that the index refused are no drift. Where the index is ahead of the catalogue, an
    older backup was restored: then --repair makes the index anew.

    Exit status: 0 where nothing differs, or all of it was mended and a second comparison shows it; 1 where something
    differs; 2 where they cannot be compared.
    """
    with opened_services() as services:
        found = _compare(services, repair=repair)
        after = _mended(services, found) if repair and _total(found) else None
    body = {**found, "after_repair": None if after is None else after["counts"]}
    click.echo(json.dumps(body, indent=2) if as_json else _told(found, after))
    sys.exit(DRIFT if _total(after or found) else 0)


def _compare(services: "Services", *, repair: bool) -> "Mapping[str, Any]":
    from catalogue import runs
    from catalogue.runs import RunKind

    _require_engine(services)
    with services.catalogue.write() as session:
        number = runs.start(session, RunKind.RECONCILE, started_by=who(), repair=repair)
    report = follow(services, number).report
    if report is None:
        fail(f"The reconciliation number {number} left no report")
    return report


def _require_engine(services: "Services") -> None:
    """Ends with exit status 2 where the engine does not answer: a run that was asked for would wait for it."""
    from search.errors import EngineError

    try:
        services.engine.product()
    except EngineError as e:
        fail(f"{e}. Nothing was compared: run this again when it answers (belong engine)")


def _mended(services: "Services", found: "Mapping[str, Any]") -> "Mapping[str, Any]":
    """What still differs after what was found has been written again, or the index made anew."""
    from catalogue import runs
    from catalogue.runs import RunKind

    if found["counts"]["ahead"]:
        with services.catalogue.read() as session:
            started = runs.last(session, RunKind.REBUILD)
        if started is not None:
            follow(services, started.id)
    bring_up_to_date(services)
    return _compare(services, repair=False)


def _total(report: "Mapping[str, Any]") -> int:
    return sum(report["counts"].values())


def _told(found: "Mapping[str, Any]", after: "Mapping[str, Any] | None") -> str:
    if not _total(found):
        return f"The index {found['generation']} is as the catalogue is."
    lines = [f"The index {found['generation']} differs from the catalogue:"]
    for kind, meaning in DRIFT_KINDS.items():
        count, named = found["counts"][kind], found["records"][kind]
        if count:
            lines.append(f"{kind}: {count:,} {'record is' if count == 1 else 'records are'} {meaning}")
            lines += [f"    {record_id}, version {version}" for record_id, version in named.items()]
        if count > len(named):
            lines.append(f"    and {count - len(named):,} more")
    if after is None:
        lines.append("belong reconcile --repair mends it.")
    else:
        left = _total(after)
        lines.append(f"After the repair {left:,} still differ." if left else "It is mended: nothing differs any more.")
    return "\n".join(lines)
