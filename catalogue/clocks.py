"""Moments in the catalogue that one machine's clock wrote and another one's reads.

Clocks are expected to be in step (docs/operations.md). One that was set wrong for a while must not stop the work until
that moment: what lies further ahead than anybody waits has come already.
"""

from datetime import timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, SQLColumnExpression

# Longer than any lease, and than the longest back-off, of 450 s.
LONGEST_WAIT: Final = timedelta(minutes=10)


def has_come(moment: SQLColumnExpression[Any], now: Any, latest: Any) -> ColumnElement[bool]:  # noqa: ANN401 - or a bindparam
    """Whether a moment is past, or after the latest that anybody waits for: now and `LONGEST_WAIT`."""
    return (moment <= now) | (moment > latest)
