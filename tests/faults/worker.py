"""A process that works on the index, or edits the catalogue, and may be told to die.

worker PLACE work                       works until it is killed
worker PLACE nurse                      starts a process that works for each line that it reads, and says its id
worker PLACE die WHEN                   works, and kills itself: "before the bulk", "after the bulk", or when it is
                                        about to note a step of a run ("filling")
worker PLACE edit SEED NAME EDITS       edits, and prints what was acknowledged
"""

import ctypes
import json
import os
import random
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.orm import Session

from catalogue import curation, records, runs, vocabularies
from catalogue.database import Catalogue
from catalogue.errors import CatalogueError, Conflict, NotFound
from catalogue.record import Draft, Name, Vocabulary
from tests.fakes.writer import TroubledWriter
from tests.faults.place import Library, Place


def say(what: object) -> None:
    """One line of JSON to whoever started this."""
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class Mortal(Catalogue):
    """A catalogue whose user dies when he is about to note the end of a step."""

    def __init__(self, real: Catalogue, state: str) -> None:
        self._real = real
        self._state = state

    def read(self):
        return self._real.read()

    @contextmanager
    def write(self) -> Iterator[Session]:
        with self._real.write() as session:
            yield session
            session.flush()
            # The step's own writing of the state ends the lease.
            with self._real.read() as before:
                held = [run for run in runs.unfinished(before) if run.token is not None]
            still = {run.id for run in runs.unfinished(session) if run.token is not None}
            if any(run.state == self._state and run.id not in still for run in held):
                die()


def edit(library: Library, seed: int, name: str, edits: int) -> None:
    """Save, delete, restore and rename at random; at the end print the acknowledged titles of the records of our own.

    Only this editor saves records whose ids begin with its name; all editors share the rest, and the vocabularies.
    """
    chance = random.Random(f"{seed} {name}")
    acknowledged: dict[str, str | None] = {}
    done = refused = 0
    while done < edits:
        try:
            with library.catalogue.write() as session:
                changed = _edit(session, chance, name, acknowledged)
        except (Conflict, NotFound):
            refused += 1
            continue
        except CatalogueError as e:  # not acknowledged: the next one may be
            sys.stderr.write(f"{e}\n")
            continue
        done += 1
        acknowledged |= changed
        if done % 50 == 0:
            say({"done": done})
    say({"done": done, "refused": refused, "acknowledged": acknowledged})


def _edit(session: Session, chance: random.Random, name: str, known: dict[str, str | None]) -> dict[str, str | None]:
    what = chance.random()
    own = chance.random() < 0.7
    id_ = f"{name if own else 'shared'}{chance.randrange(150):03}"
    if what < 0.70:
        title = f"Zymurgy {name} {chance.randrange(10**9)}"
        records.save(session, _draft(chance, title), record_id=id_)
        return {id_: title} if own else {}
    if what < 0.85:
        records.delete(session, id_)
        return {id_: None} if own else {}
    if what < 0.90:  # several at once
        changed: dict[str, str | None] = {}
        for number in range(chance.randrange(2, 30)):
            title = f"Quixotry {name} {number} {chance.randrange(10**9)}"
            records.save(session, _draft(chance, title), record_id=f"{name}{number:03}")
            changed[f"{name}{number:03}"] = title
        return changed
    number = chance.randrange(6)
    if what < 0.95:
        found = vocabularies.ensure_concept(session, Vocabulary.THEME, f"Theme {number}")
        curation.rename_concept(session, Vocabulary.THEME, found, f"Theme {number} {chance.randrange(1_000)}")
    else:
        agent = vocabularies.ensure_agent(session, f"Author {number}")
        curation.rename_agent(session, agent, f"Author {number} {chance.randrange(1_000)}")
    return {}


def _draft(chance: random.Random, title: str) -> Draft:
    themes = tuple(f"Theme {n}" for n in chance.sample(range(6), chance.randrange(3)))
    return Draft(title=title, themes=themes, contributors=(Name(name=f"Author {chance.randrange(6)}"),))


def work(library: Library, orders: list[str]) -> None:
    writer = TroubledWriter(library.writer)
    catalogue = library.catalogue
    match orders:
        case ["die", "before the bulk"]:
            writer.before = lambda generation, ids: die()
        case ["die", "after the bulk"]:
            writer.after = lambda generation, ids: die()
        case ["die", state]:
            catalogue = Mortal(catalogue, state)
        case _:
            pass
    indexer = Library(place=library.place, catalogue=catalogue, engine=library.engine, writer=writer).indexer()
    indexer.start()
    say("ready")
    threading.Event().wait()


def nurse(place: Place) -> None:
    """Forked, a worker begins at once: what takes a second is to import all this."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for _ in sys.stdin:
        child = os.fork()
        if child == 0:
            die_with_parent()
            sys.stdout = open(os.devnull, "w")  # noqa: PTH123, SIM115 - the parent's is for its own words
            work(place.open(), [])
        say(child)


def die_with_parent() -> None:
    """Leave nobody behind when a test is interrupted (prctl's PR_SET_PDEATHSIG)."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


def main() -> None:
    die_with_parent()
    place, *orders = sys.argv[1:]
    if orders == ["nurse"]:
        nurse(Place(**json.loads(place)))
        return
    library = Place(**json.loads(place)).open(busy_timeout=30 if orders[0] == "edit" else 5)
    if orders[0] == "edit":
        edit(library, int(orders[1]), orders[2], int(orders[3]))
    else:
        work(library, orders)


if __name__ == "__main__":
    main()
