"""People who edit and search while something goes wrong."""

import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count

from catalogue import records
from catalogue.errors import CatalogueUnavailable
from search.errors import EngineUnavailable, SearchError
from tests.faults.place import Library


@dataclass(slots=True)
class Traffic:
    """What was acknowledged, and what came of searches. `refused` ones would be answered with 503."""

    acknowledged: dict[str, str | None] = field(default_factory=dict[str, str | None])
    unsaved: int = 0
    answered: int = 0
    refused: int = 0
    wrong: list[str] = field(default_factory=list[str])

    def assert_kept(self, library: Library) -> None:
        """Every acknowledged edit can be read in the catalogue, and no search was answered wrongly."""
        assert self.wrong == []
        assert self.acknowledged
        with library.catalogue.read() as session:
            found = records.get_many(session, self.acknowledged)
        assert {id_: None if found[id_].deleted else found[id_].title for id_ in self.acknowledged} == self.acknowledged


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
        id_, title = f"edited{number % 40:02}", f"Quixotry {number}"
        try:
            if number % 7 == 6 and seen.acknowledged.get(id_) is not None:
                library.delete(id_)
                seen.acknowledged[id_] = None
            else:
                library.save(id_, title)
                seen.acknowledged[id_] = title
        except CatalogueUnavailable:
            seen.unsaved += 1
        time.sleep(0.04)


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
