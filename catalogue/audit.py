"""The audit log: what people did, in the transaction in which they did it. Entries are added, never changed."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.errors import NotFound
from catalogue.models import now
from catalogue.staff_models import AuditEntryRow

# Who acts where nobody is signed in.
NOBODY: Final = "somebody unknown"

_LONGEST: Final = 300  # characters of a subject


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """What somebody did. `actor` and `subject` are names as they were then; entries are numbered as they came."""

    id: int
    at: datetime
    actor: str
    action: str
    subject: str
    detail: Mapping[str, Any]


def record(session: Session, *, actor: str, action: str, subject: str, detail: Mapping[str, Any] | None = None) -> int:
    """The number of a new entry.

    `action` is a thing and a verb, "account.role-changed"; never put a secret into the detail.
    """
    row = AuditEntryRow(
        at=now(),
        actor=actor,
        action=action,
        subject=subject[:_LONGEST],
        detail=json.dumps(detail or {}, ensure_ascii=False),
    )
    session.add(row)
    session.flush()
    return row.id


def get(session: Session, entry_id: int) -> AuditEntry:
    """An entry. Raises NotFound."""
    row = session.get(AuditEntryRow, entry_id)
    if row is None:
        raise NotFound(f"No entry of the audit log has the number {entry_id}")
    return _entry(row)


def listed(
    session: Session,
    *,
    before: int | None = None,
    limit: int = 100,
    action: str | None = None,
    actor: str | None = None,
) -> Sequence[AuditEntry]:
    """The newest entries first, or those before an entry; of one action or all, by one actor or all."""
    statement = select(AuditEntryRow).order_by(AuditEntryRow.id.desc()).limit(limit)
    if before is not None:
        statement = statement.where(AuditEntryRow.id < before)
    if action is not None:
        statement = statement.where(AuditEntryRow.action == action)
    if actor is not None:
        statement = statement.where(AuditEntryRow.actor == actor)
    return [_entry(row) for row in session.scalars(statement)]


def actions(session: Session) -> Sequence[str]:
    """Every action that there are entries of, in order."""
    return session.scalars(select(AuditEntryRow.action).distinct().order_by(AuditEntryRow.action)).all()


def actors(session: Session) -> Sequence[str]:
    """Everybody of whom there are entries, in order."""
    return session.scalars(select(AuditEntryRow.actor).distinct().order_by(AuditEntryRow.actor)).all()


def _entry(row: AuditEntryRow) -> AuditEntry:
    return AuditEntry(
        id=row.id, at=row.at, actor=row.actor, action=row.action, subject=row.subject, detail=json.loads(row.detail)
    )
