"""Who may write the catalogue's contents at the same time, where the database lets several write at once.

SQLite has one writer at a time, so that nothing here does anything there. PostgreSQL has as many as want to, each of
which locks the rows that it changes; rows that are not there yet cannot be locked, and who locks many rows in an order
of his own meets others in a circle. Hence two locks, both held to the end of the transaction:

- Contents. Who writes one record shares it with others like him; who writes many (a batch of an import, a change of a
  vocabulary) has it alone. He waits for those before him, and those after him wait for him: in turn, about a second.
- Additions. Who found something missing has it alone, looks again, and only then adds it.

They are always asked for in this order, contents before any row. So an import never meets the edits of staff in a
circle, and two imports of one file add each record and each name once. Nobody waits longer than the busy time-out.
"""

from typing import Final

from sqlalchemy import text
from sqlalchemy.orm import Session

# PostgreSQL's advisory locks are numbers; these are two that nothing else uses in the same database.
_CONTENTS: Final = 0x42656C6F01
_ADDITIONS: Final = 0x42656C6F02

_ALONE: Final = "writes alone"
_BESIDE: Final = "writes beside others"

_SHARE: Final = text("SELECT pg_advisory_xact_lock_shared(:lock)")
_HAVE: Final = text("SELECT pg_advisory_xact_lock(:lock)")


def write_beside_others(session: Session) -> None:
    """Wait for whoever writes many rows, and keep the next one waiting. Before the first row is locked."""
    if not _has_many_writers(session) or _ALONE in session.info:
        return
    # A lock goes with the savepoint in which it was taken.
    present = {session.get_transaction(), session.get_nested_transaction()} - {None}
    if session.info.get(_BESIDE) not in present:
        session.connection().execute(_SHARE, {"lock": _CONTENTS})
        session.info[_BESIDE] = session.get_nested_transaction() or session.get_transaction()


def write_alone(session: Session) -> None:
    """Wait for all others who write contents, and keep them waiting. Before the first row is locked."""
    if _has_many_writers(session) and _ALONE not in session.info:
        session.connection().execute(_HAVE, {"lock": _CONTENTS})
        session.info[_ALONE] = True


def write_unseen(session: Session) -> None:
    """Wait for nobody: all tables that this session writes are its own."""
    session.info[_ALONE] = True


def may_add(session: Session) -> bool:
    """Whether what was missing is missing still. False: somebody may have added it meanwhile, so look again.

    Whoever else adds something waits from now on.
    """
    if not _has_many_writers(session) or _ALONE in session.info:
        return True
    session.connection().execute(_HAVE, {"lock": _ADDITIONS})
    return False


def _has_many_writers(session: Session) -> bool:
    return session.get_bind().dialect.name != "sqlite"
