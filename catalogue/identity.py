"""Which record a draft is about: by id, else DOI, ISBN, link, else title with first author and date."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from catalogue.errors import Invalid
from catalogue.models import RecordRow, table_of
from catalogue.record import Draft, RecordId
from catalogue.rows import add_those_with
from catalogue.slugs import digest, fold_name, fold_title
from catalogue.validation import validate

IdentityKey: TypeAlias = Literal["id", "doi", "isbn", "link", "title"]

_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,199}", re.ASCII)

# 50 bits: at 34,000 records one in two million catalogues has two that begin the same, and that gets a longer id.
_SHORTEST_MADE_ID: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The record that a draft is about, and the key by which it was recognised."""

    id: RecordId
    version: int
    deleted: bool
    key: IdentityKey


def find(session: Session, draft: Draft, *, given_id: str | None = None) -> Found | None:
    """The record that a draft is about, or None: it is a new one.

    A draft that comes with an id is that record and no other. Without one the first key that finds a record decides,
    living records before deleted ones; but two different DOIs or ISBNs are never one record, whatever else is the
    same (chapters of one book, a preprint and its article). Raises Invalid for an id or a draft that cannot be one.
    """
    if given_id is not None:
        return _first(session, "id", valid_id(given_id), None)
    return find_valid(session, validate(draft))


def find_valid(session: Session, draft: Draft) -> Found | None:
    """As `find` without an id, for a draft that is valid."""
    keys = list(_keys(draft))
    add_those_with(session, keys)
    found = (_first(session, key, value, draft) for key, value in keys)
    return next((record for record in found if record is not None), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """A record that may be the same as a draft, and the first key in which they agree."""

    id: RecordId
    title: str
    deleted: bool
    published: bool
    key: IdentityKey


def alike(session: Session, draft: Draft, *, besides: str | None = None, limit: int = 10) -> list[Likeness]:
    """Every record that has the DOI, the ISBN, the link, or the title with first author and date of a valid draft.

    Unlike `find` it leaves the judgement to people: what differs in another of these is told too. `besides` is the
    record that the draft is about.
    """
    found: dict[str, Likeness] = {}
    for key, value in _keys(draft):
        for row in session.connection().execute(_BY_KEY[key], {"value": value}):
            if row.id != besides and len(found) < limit:
                likeness = Likeness(
                    id=RecordId(row.id), title=row.title, deleted=row.deleted, published=row.published, key=key
                )
                found.setdefault(row.id, likeness)
    return list(found.values())


def new_id(session: Session, draft: Draft) -> RecordId:
    """The id for a new record made from a valid draft: one that no record has."""
    connection = session.connection()
    candidates = made_ids(fingerprint(draft))
    return next(each for each in candidates if connection.execute(_EXISTS, {"wanted": each}).first() is None)


def valid_id(text: str) -> RecordId:
    """An id as it may be given. Raises Invalid."""
    segments = text.split("/")
    if _ID.fullmatch(text) is None or any(segment in {"", ".", ".."} for segment in segments):
        limit = "1 to 200 ASCII letters, digits and . _ : / -, with no empty part or dots alone between its slashes"
        raise Invalid(field="id", value=text, limit=limit)
    return RecordId(text)


def fingerprint(draft: Draft) -> str:
    """What stands for the title, the first contributor and the date of a draft, folded: 52 characters."""
    author = fold_name(draft.contributors[0].name) if draft.contributors else ""
    return digest("\n".join((fold_title(draft.title), author, str(draft.date or ""))))


def made_ids(mark: str) -> Iterator[RecordId]:
    """The ids for a record with this fingerprint, the shortest first."""
    return (RecordId(mark[:length]) for length in range(_SHORTEST_MADE_ID, len(mark) + 1))


_RECORD: Final = table_of(RecordRow)
_COLUMNS: Final = {
    "id": _RECORD.c.id,
    "doi": _RECORD.c.doi,
    "isbn": _RECORD.c.isbn,
    "link": _RECORD.c.link,
    "title": _RECORD.c.fingerprint,
}
_BY_KEY: Final = {
    key: select(
        _RECORD.c.id,
        _RECORD.c.version,
        _RECORD.c.deleted,
        _RECORD.c.published,
        _RECORD.c.doi,
        _RECORD.c.isbn,
        _RECORD.c.title,
    )
    .where(column == bindparam("value"))
    .order_by(_RECORD.c.deleted, _RECORD.c.id)
    for key, column in _COLUMNS.items()
}


_EXISTS: Final = select(_RECORD.c.id).where(_RECORD.c.id == bindparam("wanted"))


def _keys(draft: Draft) -> Iterator[tuple[IdentityKey, str]]:
    """What a draft can be recognised by, the strongest first."""
    keys: tuple[tuple[IdentityKey, str | None], ...] = (
        ("doi", draft.doi),
        ("isbn", draft.isbn),
        ("link", draft.link),
        ("title", fingerprint(draft)),
    )
    return ((key, value) for key, value in keys if value is not None)


def _first(session: Session, key: IdentityKey, value: str, draft: Draft | None) -> Found | None:
    for row in session.connection().execute(_BY_KEY[key], {"value": value}):
        if draft is None or not (_differ(draft.doi, row.doi) or _differ(draft.isbn, row.isbn)):
            return Found(id=RecordId(row.id), version=row.version, deleted=row.deleted, key=key)
    return None


def _differ(one: str | None, other: str | None) -> bool:
    return one is not None and other is not None and one != other
