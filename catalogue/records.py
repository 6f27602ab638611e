"""The records: reads them, finds the one a draft is about, writes and deletes them.

Every function works in the caller's session. A write raises the record's version and makes it pending in the same
transaction.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum, unique
from itertools import islice
from typing import Any, Final, TypeAlias

from sqlalchemy import Row, bindparam, false, func, select
from sqlalchemy.orm import Session

from catalogue import rows
from catalogue.database import is_writing
from catalogue.errors import Conflict, NotFound
from catalogue.identity import Found, IdentityKey, find, find_valid, fingerprint, made_ids, valid_id
from catalogue.loading import RECORD, records_of
from catalogue.locks import may_add, write_beside_others
from catalogue.models import PUBLISHER, now
from catalogue.record import AgentKind, Draft, Record, RecordId, Vocabulary
from catalogue.rows import Relations
from catalogue.validation import can_be_stored, validate
from catalogue.vocabularies import ensure_agents, ensure_concept

__all__ = [
    "Change",
    "Found",
    "IdentityKey",
    "Saved",
    "count",
    "delete",
    "find",
    "get",
    "get_many",
    "newest",
    "save",
    "scan",
    "scan_versions",
    "versions",
]

# How many ids go into one statement. SQLite takes 32,766.
_BATCH: Final = 1_000


@unique
class Change(StrEnum):
    """What a save did."""

    ADDED = "added"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """The record that a draft became."""

    id: RecordId
    version: int
    change: Change


def get(session: Session, record_id: str) -> Record:
    """The record with an id; `deleted` tells a tombstone. Raises NotFound.

    In a session that writes the record is locked, so that nobody changes it before it is saved.
    """
    if is_writing(session):
        _lock(session, RecordId(record_id))
    record = get_many(session, [record_id]).get(RecordId(record_id))
    if record is None:
        raise NotFound(f"No record has the id {record_id!r}")
    return record


def get_many(session: Session, record_ids: Iterable[str]) -> dict[RecordId, Record]:
    """The records with these ids, tombstones included, by id. Unknown ids are left out."""
    found: dict[RecordId, Record] = {}
    for batch in _batches(record_ids):
        found_rows = session.connection().execute(_BY_IDS, {"ids": batch}).all()
        found.update((record.id, record) for record in records_of(session, found_rows))
    return found


def scan(session: Session, after: str | None, limit: int) -> list[Record]:
    """The next records by id that are not deleted: from the first on, or those after an id. Empty at the end."""
    statement = select(RECORD).where(RECORD.c.deleted == false()).order_by(RECORD.c.id).limit(limit)
    if after is not None:
        statement = statement.where(RECORD.c.id > after)
    return list(records_of(session, session.execute(statement).all()))


def versions(session: Session, record_ids: Iterable[str]) -> dict[RecordId, tuple[int, bool]]:
    """The versions that these records have now, and whether they are deleted. Unknown ids are left out."""
    found: dict[RecordId, tuple[int, bool]] = {}
    for batch in _batches(record_ids):
        rows = session.connection().execute(_VERSIONS_BY_IDS, {"ids": batch})
        found.update((RecordId(row.id), (row.version, row.deleted)) for row in rows)
    return found


def scan_versions(session: Session, after: str | None, limit: int) -> Sequence[tuple[RecordId, int]]:
    """The next records by id that are not deleted, with their versions: from the first on, or those after an id."""
    statement = select(RECORD.c.id, RECORD.c.version).where(RECORD.c.deleted == false()).order_by(RECORD.c.id)
    if after is not None:
        statement = statement.where(RECORD.c.id > after)
    return [(RecordId(row.id), row.version) for row in session.execute(statement.limit(limit))]


def count(session: Session) -> int:
    """How many records there are, without the deleted ones."""
    return session.execute(select(func.count()).select_from(RECORD).where(RECORD.c.deleted == false())).scalar_one()


def is_empty(session: Session) -> bool:
    """Whether the catalogue never had a record: tombstones count."""
    return session.scalar(select(RECORD.c.id).limit(1)) is None


def newest(session: Session, limit: int) -> list[Record]:
    """The records with the latest dates, the undated last; ties by id. Deleted ones are left out."""
    live = select(RECORD).where(RECORD.c.deleted == false()).limit(limit)
    dated = live.where(RECORD.c.date.is_not(None)).order_by(RECORD.c.date.desc(), RECORD.c.id)
    found = list(session.execute(dated).all())
    if len(found) < limit:
        undated = live.where(RECORD.c.date.is_(None)).order_by(RECORD.c.id).limit(limit - len(found))
        found.extend(session.execute(undated).all())
    return list(records_of(session, found))


def save(session: Session, draft: Draft, *, record_id: str | None = None, expected_version: int | None = None) -> Saved:
    """The record that a draft became: added, changed, or the same as before, and then nothing is written.

    Without an id the draft's identity decides (`find`), and a new record gets an id made from its title, first
    contributor and date. A deleted record is restored. `expected_version` is what the caller has read; 0 says that
    the record must be new. Raises Invalid, and Conflict where the record has another version.
    """
    valid = validate(draft)
    given = None if record_id is None else valid_id(record_id)
    target, row = _target(session, valid, given)
    if row is None and not may_add(session):
        target, row = _target(session, valid, given)
    _expect(expected_version, 0 if row is None else row.version, target)
    columns, related = _resolved(session, valid)
    moment = now()
    if row is None:
        first = {"id": target, "version": 1, "created_at": moment, "updated_at": moment, **columns}
        rows.add(session, first, related)
        return Saved(id=target, version=1, change=Change.ADDED)
    changed = {name: value for name, value in columns.items() if getattr(row, name) != value}
    is_related_same = rows.relations(session, target) == related
    if not changed and is_related_same:
        return Saved(id=target, version=row.version, change=Change.UNCHANGED)
    version = row.version + 1
    changed.update(version=version, updated_at=moment)
    rows.change(session, target, changed, None if is_related_same else related)
    return Saved(id=target, version=version, change=Change.CHANGED)


def delete(session: Session, record_id: str, *, expected_version: int | None = None) -> int:
    """The version in which the record became a tombstone that keeps all it knew. A second time nothing changes.

    Raises NotFound, and Conflict where the record has another version than expected.
    """
    row = _lock(session, RecordId(record_id))
    if row is None:
        raise NotFound(f"No record has the id {record_id!r}")
    target = RecordId(row.id)
    _expect(expected_version, row.version, target)
    if row.deleted:
        return row.version
    version: int = row.version + 1
    rows.change(session, target, {"deleted": True, "version": version, "updated_at": now()})
    return version


def names_in(draft: Draft) -> list[tuple[str, AgentKind]]:
    """The contributors and then the publishers of a draft, as `ensure_agents` takes them."""
    names = [(each.name, each.kind) for each in draft.contributors]
    return [*names, *((name, AgentKind.UNKNOWN) for name in draft.publishers)]


_Columns: TypeAlias = dict[str, Any]

_AMONG: Final = RECORD.c.id.in_(bindparam("ids", expanding=True))
_BY_IDS: Final = select(RECORD).where(_AMONG)
_VERSIONS_BY_IDS: Final = select(RECORD.c.id, RECORD.c.version, RECORD.c.deleted).where(_AMONG)
_EXISTS: Final = select(RECORD.c.id).where(RECORD.c.id == bindparam("wanted"))


def _batches(record_ids: Iterable[str]) -> Iterator[list[str]]:
    wanted = filter(can_be_stored, dict.fromkeys(record_ids))
    while batch := list(islice(wanted, _BATCH)):
        yield batch


def _identify(session: Session, draft: Draft) -> RecordId:
    if (found := find_valid(session, draft)) is not None:
        return found.id
    connection = session.connection()
    candidates = made_ids(fingerprint(draft))
    return next(each for each in candidates if connection.execute(_EXISTS, {"wanted": each}).first() is None)


def _target(session: Session, draft: Draft, given: RecordId | None) -> tuple[RecordId, Row[Any] | None]:
    """The id of the record that a draft is about, and its row, locked; None where it has to be added."""
    write_beside_others(session)
    target = _identify(session, draft) if given is None else given
    return target, rows.locked(session, target)


def _lock(session: Session, record_id: RecordId) -> Row[Any] | None:
    write_beside_others(session)
    return rows.locked(session, record_id) if can_be_stored(record_id) else None


def _expect(expected: int | None, version: int, record_id: RecordId) -> None:
    if expected is not None and expected != version:
        raise Conflict(f"The record {record_id} has version {version}, not {expected}: somebody else changed it")


def _resolved(session: Session, draft: Draft) -> tuple[_Columns, Relations]:
    """What a draft means to the tables; each agent once a role."""
    agents = ensure_agents(session, names_in(draft))
    roles = [*(each.role.value for each in draft.contributors), *(PUBLISHER for _ in draft.publishers)]
    themes = dict.fromkeys(ensure_concept(session, Vocabulary.THEME, theme) for theme in draft.themes)
    columns: _Columns = {
        "title": draft.title,
        "responsibility": draft.responsibility,
        "date": None if draft.date is None else str(draft.date),
        "type_id": None if draft.type is None else ensure_concept(session, Vocabulary.TYPE, draft.type),
        "abstract": draft.abstract,
        "link": draft.link,
        "language": draft.language,
        "doi": draft.doi,
        "isbn": draft.isbn,
        "fingerprint": fingerprint(draft),
        "deleted": False,
    }
    contributions = list(dict.fromkeys(zip(roles, agents, strict=True)))
    return columns, Relations(contributions=contributions, themes=list(themes))
