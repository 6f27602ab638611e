"""Compares every (id, version) of the catalogue with a generation of the index, and explains what it can."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from catalogue import dead_letters, pending, records
from catalogue.database import Catalogue
from catalogue.record import RecordId
from search.engine import GenerationName, IndexWriter

# How many records of the catalogue are read at a time.
_PAGE: Final = 5_000

# How many differences are looked at again at a time.
_BATCH: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """Records in which index and catalogue differ although nothing is on its way, by id with the index's version.

    `missing` are not in the index, `stale` are in an older version, `ahead` in a newer one than the catalogue has, and
    `ghosts` are in the index only. The first three map to the version of the catalogue; `held` has the index's version
    of those that are stale or ahead.
    """

    missing: Mapping[RecordId, int]
    stale: Mapping[RecordId, int]
    ahead: Mapping[RecordId, int]
    ghosts: Mapping[RecordId, int]
    held: Mapping[RecordId, int]

    @property
    def total(self) -> int:
        """How many records differ."""
        return len(self.missing) + len(self.stale) + len(self.ahead) + len(self.ghosts)


def compare(catalogue: Catalogue, writer: IndexWriter, generation: GenerationName) -> Drift:
    """What differs without a reason, while changes go on.

    What differs at first sight is looked at again: a record that is pending, cannot be indexed in its present version,
    or changed in between is explained. Nothing explains a newer version in the index: it had to be in the catalogue
    first. Reads by key, never by offset. Raises EngineError and CatalogueError.
    """
    suspects = _differences(_catalogue_versions(catalogue), iter(writer.versions(generation)))
    found: dict[str, dict[RecordId, int]] = {"missing": {}, "stale": {}, "ahead": {}, "ghosts": {}}
    held: dict[RecordId, int] = {}
    while batch := list(islice(suspects, _BATCH)):
        for kind, id_, version, shown in _confirmed(catalogue, writer, generation, batch):
            found[kind][id_] = version
            if shown is not None and kind != "ghosts":
                held[id_] = shown
    return Drift(**found, held=held)


def _catalogue_versions(catalogue: Catalogue) -> Iterator[tuple[RecordId, int]]:
    after: RecordId | None = None
    while True:
        with catalogue.read() as session:
            page = records.scan_versions(session, after, _PAGE)
        if not page:
            return
        yield from page
        after = page[-1][0]


def _differences(known: Iterator[tuple[RecordId, int]], held: Iterator[tuple[str, int]]) -> Iterator[RecordId]:
    """The ids that only one side has, or in another version; both sides come in order of id."""
    ours, theirs = next(known, None), next(held, None)
    while ours is not None or theirs is not None:
        if theirs is None or (ours is not None and ours[0] < theirs[0]):
            assert ours is not None
            yield ours[0]
            ours = next(known, None)
        elif ours is None or theirs[0] < ours[0]:
            yield RecordId(theirs[0])
            theirs = next(held, None)
        else:
            if ours[1] != theirs[1]:
                yield ours[0]
            ours, theirs = next(known, None), next(held, None)


def _confirmed(
    catalogue: Catalogue, writer: IndexWriter, generation: GenerationName, suspects: Sequence[RecordId]
) -> Iterable[tuple[str, RecordId, int, int | None]]:
    """The kind, id, version, and what the index shows, of each difference that stays.

    The catalogue is read before the index and after.
    """
    before = _expected(catalogue, generation, suspects)
    held = writer.held(generation, suspects)
    after = _expected(catalogue, generation, suspects)
    for id_ in suspects:
        if before.present.get(id_) != after.present.get(id_):
            continue
        version, hidden = after.present.get(id_, (None, True))
        shown = held.get(id_)
        if version is not None and shown is not None and shown > version:
            yield "ahead", id_, version, shown
        elif id_ in before.explained or id_ in after.explained:
            continue
        elif hidden and shown is not None:
            yield "ghosts", id_, shown, shown
        elif version is not None and not hidden and shown != version:
            yield "missing" if shown is None else "stale", id_, version, shown


@dataclass(frozen=True, slots=True, kw_only=True)
class _Expected:
    """The versions of records and whether they are hidden, and those whose absence or age is explained."""

    present: Mapping[RecordId, tuple[int, bool]]
    explained: set[RecordId]


def _expected(catalogue: Catalogue, generation: GenerationName, ids: Sequence[RecordId]) -> _Expected:
    with catalogue.read() as session:
        present = records.versions(session, ids)
        known = list(present)  # an id that only the index has may be one that no record can have
        dead = dead_letters.versions(session, generation, known)
        waiting = pending.among(session, known)
    buried = {id_ for id_, version in dead.items() if present[id_][0] == version}
    return _Expected(present=present, explained=waiting | buried)
