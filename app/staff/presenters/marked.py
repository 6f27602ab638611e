"""What has become of records that somebody marked to be written to the index again."""

from dataclasses import dataclass
from typing import Final

from app.staff.presenters.words import moment, records, sentence
from catalogue.audit import AuditEntry
from catalogue.generations import Stop

# The entries of the audit log that can be followed, and the page from which they come.
FOLLOWED: Final = {"records.marked": "choose_records", "dead-letters.retried": "dead_letters"}


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkedView:
    """How far they are. `waits` is why nothing happens; `refused` is how many the index could not take since.

    `page` is the one from which they were marked, as the navigation knows it.
    """

    entry: int
    page: str
    count: int
    heading: str
    asked: str
    percent: int
    text: str
    refused: int
    waits: str | None
    alive: bool
    said: str


def present_marked(entry: AuditEntry, *, waiting: int, refused: int, stop: Stop | None) -> MarkedView:
    """What came of an entry of the audit log; `waiting` changes from before it are not written yet.

    Which of them wait is not known one by one: changes that waited already are among them.
    """
    count = int(entry.detail["count"])
    waiting = min(waiting, count)
    done = count - waiting
    text = f"{done:,} of {records(count)} {'is' if count == 1 else 'are'} written to the index"
    return MarkedView(
        entry=entry.id,
        page=FOLLOWED[entry.action],
        count=count,
        heading=f"{records(count)} to be written again",
        asked=f"Asked for by {entry.actor} on {moment(entry.at)}.",
        percent=100 * done // count,
        text=text if waiting else _all_done(count, refused),
        refused=refused,
        waits=f"The index takes no changes just now: {sentence(stop.reason)}" if stop is not None and waiting else None,
        alive=waiting > 0,
        said=f"{100 * done // count // 25 * 25}% are written." if waiting else _all_done(count, refused),
    )


def _all_done(count: int, refused: int) -> str:
    if refused:
        return f"All were tried; the index has refused {records(refused)} since."
    return "It is written." if count == 1 else "All of them are written."
