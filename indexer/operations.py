"""What has to be written for records; those of which nothing can be made are told apart, and keep nobody back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

from catalogue import records
from catalogue.errors import Invalid
from catalogue.record import Record, RecordId
from indexer.documents import to_document
from search.engine import Operation, Put, Remove

# What a row raises that was changed by hand, or that this release does not understand.
_ODD: Final = (Invalid, ValueError, TypeError, LookupError, AttributeError, ArithmeticError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """What makes an index show records in these versions. `broken` are those that make no document, with the reason."""

    versions: Mapping[RecordId, int]
    operations: Sequence[Operation]
    broken: Mapping[RecordId, str]


def prepare(session: Session, versions: Mapping[RecordId, int]) -> Prepared:
    """What is to be written for records, of which the caller has read these versions."""
    loaded, broken = _load(session, list(versions))
    return _prepared(session, versions, loaded, broken)


def prepare_next(session: Session, after: str | None, limit: int) -> Prepared:
    """What is to be written for the next records by id that everybody may see: the first, or those after an id."""
    try:
        loaded = {record.id: record for record in records.scan(session, after, limit)}
    except _ODD:
        return prepare(session, dict(records.scan_versions(session, after, limit)))
    return _prepared(session, {id_: record.version for id_, record in loaded.items()}, loaded, {})


def to_operation(id_: RecordId, version: int, record: Record | None) -> Operation:
    """What makes the index show a record as it is now."""
    if record is None or not record.is_public:
        return Remove(id=id_, version=record.version if record else version)
    return Put(id=id_, version=record.version, document=to_document(record))


def _prepared(
    session: Session,
    versions: Mapping[RecordId, int],
    loaded: Mapping[RecordId, Record],
    unread: Mapping[RecordId, str],
) -> Prepared:
    # Nothing more has to be known of a record that is deleted or a draft.
    hidden = {id_ for id_, (_, is_hidden) in records.versions(session, unread).items() if is_hidden}
    broken = {id_: reason for id_, reason in unread.items() if id_ not in hidden}
    operations: list[Operation] = []
    for id_, version in versions.items():
        if id_ in broken:
            continue
        try:
            operations.append(to_operation(id_, version, loaded.get(id_)))
        except _ODD as e:
            broken[id_] = f"It makes no document: {_told(e)}"
    return Prepared(versions=versions, operations=operations, broken=broken)


def _told(error: Exception) -> str:
    return str(error) if isinstance(error, Invalid) else repr(error)  # a KeyError says no more than its key


def _load(session: Session, ids: Sequence[RecordId]) -> tuple[dict[RecordId, Record], dict[RecordId, str]]:
    """The records, and the reasons why others cannot be read: found by halves, as they are read many at a time."""
    try:
        return records.get_many(session, ids), {}
    except _ODD as e:
        if len(ids) == 1:
            return {}, {ids[0]: f"It cannot be read from the catalogue: {_told(e)}"}
    middle = len(ids) // 2
    loaded, broken = _load(session, ids[:middle])
    more_loaded, more_broken = _load(session, ids[middle:])
    return loaded | more_loaded, broken | more_broken
