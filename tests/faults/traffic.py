"""People who edit and search while something goes wrong."""

import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count

from sqlalchemy.orm import Session

from catalogue import records
from catalogue.errors import CatalogueUnavailable
from catalogue.record import Draft
from search.errors import EngineUnavailable, SearchError
from tests.faults.place import Library


def twin_of(id_: str) -> str:
    """The record that is saved and deleted in the same transactions as another."""
    return f"{id_}twin"


@dataclass(slots=True)
class Traffic:
    """What was acknowledged, and what came of searches. `refused` ones would be answered with 503.

    `attempted` are edits that failed after the last one that did not: of those nobody knows whether they were kept.
    """

    acknowledged: dict[str, str | None] = field(default_factory=dict[str, str | None])
    attempted: dict[str, set[str | None]] = field(default_factory=dict[str, set[str | None]])
    saved: int = 0
    unsaved: int = 0
    answered: int = 0
    refused: int = 0
    wrong: list[str] = field(default_factory=list[str])

    def assert_kept(self, library: Library) -> None:
        """Every acknowledged edit can be read in the catalogue, none is kept by half, and no search was wrong."""
        assert self.wrong == []
        assert self.acknowledged
        ids = {*self.acknowledged, *self.attempted}
        with library.catalogue.read() as session:
            found = records.get_many(session, [*ids, *map(twin_of, ids)])
        kept = {id_: None if record.deleted else record.title for id_, record in found.items()}
        for id_ in ids:
            assert kept.get(id_) in {self.acknowledged.get(id_), *self.attempted.get(id_, ())}, id_
            assert kept.get(twin_of(id_)) == kept.get(id_), id_


@contextmanager
def traffic(library: Library) -> Generator[Traffic]:
    """A block during which somebody edits and somebody searches.

    What is in the index when it begins is found by every search that is answered: nobody edits that.
    """
    seen = Traffic()
    lasting = set(library.titles("lasting"))
    stopping = threading.Event()
    threads = [
        threading.Thread(target=_edit, args=(library, seen, stopping)),
        threading.Thread(target=_search, args=(library, seen, stopping, len(lasting))),
    ]
    for thread in threads:
        thread.start()
    try:
        yield seen
    finally:
        stopping.set()
        for thread in threads:
            thread.join()


def _edit(library: Library, seen: Traffic, stopping: threading.Event) -> None:
    for number in count():
        if stopping.is_set():
            return
        id_ = f"edited{number % 40:02}"
        title = None if number % 7 == 6 and seen.acknowledged.get(id_) is not None else f"Quixotry {number}"
        try:
            with library.catalogue.write() as session:
                for each in (id_, twin_of(id_)):
                    _save(session, each, title)
        except CatalogueUnavailable:
            seen.unsaved += 1
            seen.attempted.setdefault(id_, set()).add(title)
        else:
            seen.saved += 1
            seen.acknowledged[id_] = title
            seen.attempted.pop(id_, None)
        time.sleep(0.04)


def _save(session: Session, id_: str, title: str | None) -> None:
    if title is None:
        records.delete(session, id_)
    else:
        records.save(session, Draft(title=title), record_id=id_)


def _search(library: Library, seen: Traffic, stopping: threading.Event, least: int) -> None:
    while not stopping.is_set():
        try:
            if (found := library.count("lasting")) != least:
                seen.wrong.append(f"{found} instead of {least}")
            seen.answered += 1
        except EngineUnavailable:
            seen.refused += 1
        except SearchError as e:
            seen.wrong.append(repr(e))
        time.sleep(0.04)
