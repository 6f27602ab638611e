"""The records: reads them, finds the one a draft is about, writes and deletes them.

Every function works in the caller's session. A write raises the record's version, keeps the version before and makes
the record pending in the same transaction. `by` is who writes, as the record's history tells it, and `note` says what
the fields do not.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum, unique
from itertools import islice
from typing import Any, Final, TypeAlias

from sqlalchemy import Row, bindparam, func, select
from sqlalchemy.orm import Session

from catalogue import rows
from catalogue.database import is_writing
from catalogue.errors import Conflict, NotFound
from catalogue.identity import Found, IdentityKey, find, find_valid, fingerprint, new_id, valid_id
from catalogue.loading import RECORD, records_of
from catalogue.locks import may_add, write_beside_others
from catalogue.models import PUBLIC, PUBLISHER, now
from catalogue.record import AgentKind, Draft, Record, RecordId, Vocabulary
from catalogue.slugs import fold_title
from catalogue.snapshots import Relations
from catalogue.validation import can_be_stored, validate
from catalogue.vocabularies import ensure_agents, ensure_concept

__all__ = [
    "Change",
    "Found",
    "IdentityKey",
    "Saved",
    "add",
    "count",
    "delete",
    "find",
    "get",
    "get_many",
    "get_published",
    "newest",
    "publish",
    "restore",
    "save",
    "scan",
    "scan_versions",
    "unpublish",
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


def get_published(session: Session, record_id: str) -> Record:
    """The record with an id as everybody may see it; `deleted` tells a tombstone. Raises NotFound, of drafts too."""
    record = get_many(session, [record_id]).get(RecordId(record_id))
    if record is None or not record.published:
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
    """The next public records by id: from the first on, or those after an id. Empty at the end."""
    statement = select(RECORD).where(PUBLIC).order_by(RECORD.c.id).limit(limit)
    if after is not None:
        statement = statement.where(RECORD.c.id > after)
    return list(records_of(session, session.execute(statement).all()))


def versions(session: Session, record_ids: Iterable[str]) -> dict[RecordId, tuple[int, bool]]:
    """The versions that these records have now, and whether they are hidden: deleted or drafts; of known ids."""
    found: dict[RecordId, tuple[int, bool]] = {}
    for batch in _batches(record_ids):
        rows = session.connection().execute(_VERSIONS_BY_IDS, {"ids": batch})
        found.update((RecordId(row.id), (row.version, row.deleted or not row.published)) for row in rows)
    return found


def scan_versions(session: Session, after: str | None, limit: int) -> Sequence[tuple[RecordId, int]]:
    """The next public records by id, with their versions: from the first on, or those after an id."""
    statement = select(RECORD.c.id, RECORD.c.version).where(PUBLIC).order_by(RECORD.c.id)
    if after is not None:
        statement = statement.where(RECORD.c.id > after)
    return [(RecordId(row.id), row.version) for row in session.execute(statement.limit(limit))]


def count(session: Session) -> int:
    """How many records everybody may find: without the deleted ones and the drafts."""
    return session.execute(select(func.count()).select_from(RECORD).where(PUBLIC)).scalar_one()


def is_empty(session: Session) -> bool:
    """Whether the catalogue never had a record: tombstones count."""
    return session.scalar(select(RECORD.c.id).limit(1)) is None


def newest(session: Session, limit: int) -> list[Record]:
    """The public records with the latest dates, the undated last; ties by id."""
    public = select(RECORD).where(PUBLIC).limit(limit)
    dated = public.where(RECORD.c.date.is_not(None)).order_by(RECORD.c.date.desc(), RECORD.c.id)
    found = list(session.execute(dated).all())
    if len(found) < limit:
        undated = public.where(RECORD.c.date.is_(None)).order_by(RECORD.c.id).limit(limit - len(found))
        found.extend(session.execute(undated).all())
    return list(records_of(session, found))


def save(
    session: Session,
    draft: Draft,
    *,
    record_id: str | None = None,
    expected_version: int | None = None,
    published: bool | None = None,
    by: str | None = None,
    note: str | None = None,
) -> Saved:
    """The record that a draft became: added, changed, or the same as before, and then nothing is written.

    Without an id the draft's identity decides (`find`), and a new record gets an id made from its title, first
    contributor and date. A deleted record is restored. `expected_version` is what the caller has read; 0 says that
    the record must be new. `published` is left as it is where it is None; a new record is. Raises Invalid, and
    Conflict where the record has another version.
    """
    valid = validate(draft)
    given = None if record_id is None else valid_id(record_id)
    target, row = _target(session, valid, given)
    if row is None and not may_add(session):
        target, row = _target(session, valid, given)
    _expect(expected_version, 0 if row is None else row.version, target)
    columns, related = _resolved(session, valid)
    made = {"updated_at": now(), "changed_by": by, "change_note": note}
    if row is None:
        is_published = published is not False
        first = {"id": target, "version": 1, "created_at": made["updated_at"], "published": is_published}
        rows.add(session, {**first, **columns, **made}, related)
        return Saved(id=target, version=1, change=Change.ADDED)
    if published is not None:
        columns["published"] = published
    changed = {name: value for name, value in columns.items() if getattr(row, name) != value}
    before = rows.relations(session, target)
    if not changed and before == related:
        return Saved(id=target, version=row.version, change=Change.UNCHANGED)
    version = row.version + 1
    changed.update(version=version, **made)
    rows.change(session, row, before, changed, None if before == related else related)
    return Saved(id=target, version=version, change=Change.CHANGED)


def add(session: Session, draft: Draft, *, published: bool, by: str | None = None) -> Saved:
    """A new record, whatever others are like it: `identity.alike` says which. Raises Invalid."""
    valid = validate(draft)
    record_id = new_id(session, valid)
    return save(session, valid, record_id=record_id, expected_version=0, published=published, by=by)


def delete(session: Session, record_id: str, *, expected_version: int | None = None, by: str | None = None) -> int:
    """The version in which the record became a tombstone that keeps all it knew. A second time nothing changes.

    Raises NotFound, and Conflict where the record has another version than expected.
    """
    return _put(session, record_id, {"deleted": True}, expected_version, by)


def restore(session: Session, record_id: str, *, expected_version: int | None = None, by: str | None = None) -> int:
    """The version in which a deleted record is as it was before. One that is not deleted does not change.

    Raises NotFound, and Conflict where the record has another version than expected.
    """
    return _put(session, record_id, {"deleted": False}, expected_version, by)


def publish(session: Session, record_id: str, *, expected_version: int | None = None, by: str | None = None) -> int:
    """The version in which everybody may find the record. One that is published does not change.

    Raises NotFound, and Conflict where the record has another version than expected.
    """
    return _put(session, record_id, {"published": True}, expected_version, by)


def unpublish(session: Session, record_id: str, *, expected_version: int | None = None, by: str | None = None) -> int:
    """The version in which the record is a draft, seen by the staff alone. One that is a draft does not change.

    Raises NotFound, and Conflict where the record has another version than expected.
    """
    return _put(session, record_id, {"published": False}, expected_version, by)


def names_in(draft: Draft) -> list[tuple[str, AgentKind]]:
    """The contributors and then the publishers of a draft, as `ensure_agents` takes them."""
    names = [(each.name, each.kind) for each in draft.contributors]
    return [*names, *((name, AgentKind.UNKNOWN) for name in draft.publishers)]


_Columns: TypeAlias = dict[str, Any]

_AMONG: Final = RECORD.c.id.in_(bindparam("ids", expanding=True))
_BY_IDS: Final = select(RECORD).where(_AMONG)
_VERSIONS_BY_IDS: Final = select(RECORD.c.id, RECORD.c.version, RECORD.c.deleted, RECORD.c.published).where(_AMONG)


def _batches(record_ids: Iterable[str]) -> Iterator[list[str]]:
    wanted = filter(can_be_stored, dict.fromkeys(record_ids))
    while batch := list(islice(wanted, _BATCH)):
        yield batch


def _identify(session: Session, draft: Draft) -> RecordId:
    found = find_valid(session, draft)
    return new_id(session, draft) if found is None else found.id


def _target(session: Session, draft: Draft, given: RecordId | None) -> tuple[RecordId, Row[Any] | None]:
    """The id of the record that a draft is about, and its row, locked; None where it has to be added."""
    write_beside_others(session)
    target = _identify(session, draft) if given is None else given
    return target, rows.locked(session, target)


def _lock(session: Session, record_id: RecordId) -> Row[Any] | None:
    write_beside_others(session)
    return rows.locked(session, record_id) if can_be_stored(record_id) else None


def _put(session: Session, record_id: str, columns: _Columns, expected: int | None, by: str | None) -> int:
    """The version of a record in which these columns have these values; a new one if they had others."""
    row = _lock(session, RecordId(record_id))
    if row is None:
        raise NotFound(f"No record has the id {record_id!r}")
    _expect(expected, row.version, RecordId(row.id))
    if all(getattr(row, name) == value for name, value in columns.items()):
        return row.version
    version: int = row.version + 1
    made: _Columns = {"version": version, "updated_at": now(), "changed_by": by, "change_note": None}
    rows.change(session, row, rows.relations(session, row.id), columns | made)
    return version


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
        "folded_title": fold_title(draft.title),
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
