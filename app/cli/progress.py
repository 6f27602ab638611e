"""Progress at a terminal: how much is done, how fast, and how long the rest will take."""

import sys
import time
from collections import deque
from collections.abc import Generator
from contextlib import contextmanager
from typing import Final

import click

from app.durations import duration

# The speed is that of the last seconds: a wait at the beginning should not be held against the rest.
_WINDOW: Final = 10.0  # seconds

_WIDTH: Final = 24  # characters


class Progress:
    """A line on standard error, shown at a terminal only."""

    def __init__(self) -> None:
        """Nothing is shown before there is something to show."""
        self._shown: Final = sys.stderr.isatty()
        self._what = ""
        self._seen: deque[tuple[float, int]] = deque()

    def show(self, what: str, done: int, total: int = 0) -> None:
        """Show how much is done; a total of 0 is one that is not known."""
        if self._shown:
            self._remember(what, done)
            click.echo(f"\r{what}: {progress_text(done, total, self._rate())}\033[K", nl=False, err=True)

    def clear(self) -> None:
        """Take the line away."""
        if self._shown:
            click.echo("\r\033[K", nl=False, err=True)

    def _remember(self, what: str, done: int) -> None:
        if what != self._what or (self._seen and done < self._seen[-1][1]):
            self._what = what
            self._seen.clear()
        now = time.monotonic()
        self._seen.append((now, done))
        while self._seen[0][0] < now - _WINDOW:
            self._seen.popleft()

    def _rate(self) -> float:
        (start, before), (end, after) = self._seen[0], self._seen[-1]
        return (after - before) / (end - start) if end > start else 0.0


def progress_text(done: int, total: int, rate: float) -> str:
    """How much is done, with what is known of the total and of the rate, in records a second."""
    share = min(done / total, 1.0) if total else 0.0
    parts = [f"{done:,} of {total:,}" if total else f"{done:,}"]
    if rate >= 1:
        parts.append(f"{rate:,.0f} a second")
        if total > done:
            parts.append(f"{duration((total - done) / rate)} left")
    bar = f"{'█' * round(share * _WIDTH):░<{_WIDTH}} {share:.0%} · " if total else ""
    return bar + " · ".join(parts)


@contextmanager
def progress() -> Generator[Progress]:
    """A progress line that is gone at the end."""
    line = Progress()
    try:
        yield line
    finally:
        line.clear()
