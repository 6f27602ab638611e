"""Progress at a terminal."""

import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import TypeAlias

import click

Progress: TypeAlias = Callable[[int, int], None]


@contextmanager
def progress(what: str) -> Generator[Progress]:
    """A line on standard error that follows the work, at a terminal only."""
    shown = sys.stderr.isatty()

    def show(done: int, total: int) -> None:
        if shown:
            share = f"{done:,} of {total:,}" if total else f"{done:,}"
            click.echo(f"\r{what}: {share}\033[K", nl=False, err=True)

    yield show
    if shown:
        click.echo("\r\033[K", nl=False, err=True)
