"""Wrong passwords in a row, counted for all processes. After ten nobody can try for a quarter of an hour.

A try is counted before the password is looked at, in one statement: however many arrive at once, ten are looked at.
"""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import case, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from catalogue.accounts import fold_account_name
from catalogue.models import table_of
from catalogue.slugs import digest
from catalogue.staff_models import SignInFailureRow

MOST: Final = 10
EXPIRY: Final = timedelta(minutes=15)

_FAILURE: Final = table_of(SignInFailureRow)


def count_try(session: Session, name: str, *, now: datetime) -> timedelta | None:
    """None where a password may be tried, which counts as a failure until `forget`; else how long to wait."""
    session.execute(delete(SignInFailureRow).where(SignInFailureRow.last_at <= now - EXPIRY))
    key = _key(name)
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    counted = insert(_FAILURE).values(key=key, count=1, last_at=now)
    again = counted.on_conflict_do_update(
        index_elements=[_FAILURE.c.key],
        # A row that expired while somebody else held it begins anew.
        set_={"count": case((_FAILURE.c.last_at <= now - EXPIRY, 1), else_=_FAILURE.c.count + 1), "last_at": now},
        where=(_FAILURE.c.count < MOST) | (_FAILURE.c.last_at <= now - EXPIRY),
    )
    if session.execute(again.returning(_FAILURE.c.count)).first() is not None:
        return None
    last = session.scalars(select(SignInFailureRow.last_at).where(SignInFailureRow.key == key)).one()
    return max(last + EXPIRY - now, timedelta(seconds=1))


def forget(session: Session, name: str) -> None:
    """Begin to count anew: the password was right."""
    session.execute(delete(SignInFailureRow).where(SignInFailureRow.key == _key(name)))


def _key(name: str) -> str:
    """Of one length, whatever was typed; and what was typed by mistake, such as a password, is not kept."""
    return digest(fold_account_name(name))
