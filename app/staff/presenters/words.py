"""How the staff's pages say moments, lengths of time and counts."""

from datetime import datetime

from app.durations import duration


def moment(at: datetime) -> str:
    """A moment to the minute: "17 July 2026, 10:03 UTC"."""
    return f"{at:%-d %B %Y, %H:%M} UTC"


def exact_moment(at: datetime) -> str:
    """A moment to the second."""
    return f"{at:%-d %B %Y, %H:%M:%S} UTC"


def ago(at: datetime, now: datetime) -> str:
    """How long ago a moment was: "40 s ago", "3 days ago"."""
    return f"{duration((now - at).total_seconds())} ago"


def records(count: int) -> str:
    """A count of records: "1 record", "33,994 records"."""
    return "1 record" if count == 1 else f"{count:,} records"


def sentence(text: str) -> str:
    """A text of ours or of an engine with a capital at its beginning and a full stop at its end."""
    stripped = text.strip()
    return f"{stripped[:1].upper()}{stripped[1:]}{'' if stripped.endswith(('.', '?')) else '.'}"
