"""What a version of a record held, kept when another one replaces it.

A snapshot names themes, types, people and publishers by id, as the record itself does: a renaming or a merge needs no
snapshots of the thousand records that show the name, and what is read shows the names of today.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Row, Select, insert, null, select
from sqlalchemy.orm import Session

from catalogue.models import RecordRow, RecordVersionRow, table_of

_RECORD: Final = table_of(RecordRow)
_VERSION: Final = table_of(RecordVersionRow)
_KEEP: Final = insert(_VERSION)

# The columns of a record whose values are part of a version.
_FIELDS: Final = (
    "title",
    "responsibility",
    "date",
    "type_id",
    "abstract",
    "link",
    "language",
    "doi",
    "isbn",
    "deleted",
    "published",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Relations:
    """What a record has in other tables, in order: contributor's or publisher's role and agent; theme ids."""

    contributions: Sequence[tuple[str, str]]
    themes: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What a record held: the columns of its own, and what it had in other tables."""

    columns: Mapping[str, Any]
    relations: Relations


def state_of(row: Row[Any], relations: Relations) -> State:
    """The present state of a record."""
    return State(columns={name: getattr(row, name) for name in _FIELDS}, relations=relations)


def version_row(row: Row[Any], relations: Relations) -> dict[str, Any]:
    """The row for the present version of a record, which is about to be replaced; for `keep`."""
    columns = {name: value for name in _FIELDS if (value := getattr(row, name)) is not None}
    snapshot = {**columns, "contributions": relations.contributions, "themes": relations.themes}
    return {
        "record_id": row.id,
        "version": row.version,
        "at": row.updated_at,
        "changed_by": row.changed_by,
        "change_note": row.change_note,
        "snapshot": json.dumps(snapshot, ensure_ascii=False, separators=(",", ":")),
    }


def keep(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Keep versions that are replaced."""
    if rows:
        session.connection().execute(_KEEP, rows)


def keep_unchanged(session: Session, records: Select[str]) -> None:
    """Keep the versions of records whose names alone change: who made them and when, and no snapshot."""
    columns = ("version", "updated_at", "changed_by", "change_note")
    present = select(_RECORD.c.id, *(_RECORD.c[name] for name in columns), null()).where(_RECORD.c.id.in_(records))
    names = ["record_id", "version", "at", "changed_by", "change_note", "snapshot"]
    session.connection().execute(insert(_VERSION).from_select(names, present))


def read_snapshot(text: str) -> State:
    """The state that a snapshot keeps."""
    kept: dict[str, Any] = json.loads(text)
    relations = Relations(
        contributions=[(role, agent) for role, agent in kept.pop("contributions")], themes=kept.pop("themes")
    )
    return State(columns={name: kept.get(name) for name in _FIELDS}, relations=relations)
