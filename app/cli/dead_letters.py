"""`belong dead-letters`: the records that the index cannot take."""

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import click

from app.cli.following import moment_text
from app.cli.frame import as_json_too, opened_services
from app.cli.refusals import end_marking, known_letters

if TYPE_CHECKING:
    from bootstrap.services import Services
    from catalogue.dead_letters import DeadLetter

_PAGE: Final = 500


@click.group("dead-letters")
def dead_letters() -> None:
    """Records that the index cannot take, and why.

    A record that is changed is tried again by itself. Exit status: see each command.
    """


@dead_letters.command("list")
@as_json_too
def list_command(*, as_json: bool) -> None:
    """List the records that the index cannot take, with its reasons.

    Exit status: 0, also where there are some; 2 where the catalogue cannot be read.
    """
    with opened_services() as services:
        if as_json:
            click.echo(json.dumps([_body(letter) for letter in _letters(services)], ensure_ascii=False, indent=2))
            return
        none = True
        for letter in _letters(services):
            none = False
            click.echo(_told(letter))
    if none:
        click.echo("The index takes every record.")


@dead_letters.command()
@click.argument("records", nargs=-1, metavar="[ID]...")
@click.option("--detach", is_flag=True, help="Leave it to a running server or worker, and do not wait.")
@as_json_too
def retry(records: tuple[str, ...], *, detach: bool, as_json: bool) -> None:
    """Try the records with these IDs again, or all that the index could not take.

    One that it takes by now is left alone. Exit status: 0; 1 if the index refused any again; 2 where no record has such
    an ID, and then nothing is done, or the index takes nothing just now.
    """
    with opened_services() as services:
        before = known_letters(services)
        tried = _retry(services, records)
        end_marking(services, tried, before, key="tried", told="tried again", detach=detach, as_json=as_json)


def _retry(services: "Services", record_ids: tuple[str, ...]) -> int:
    from catalogue import dead_letters as letters
    from catalogue import resync
    from catalogue.resync import Selection

    with services.catalogue.write() as session:
        resync.selected(session, Selection(records=record_ids))  # raises NotFound for one that is not known
        return letters.retry(session, record_ids or None)


def _letters(services: "Services") -> "Iterator[DeadLetter]":
    from catalogue import dead_letters as letters

    after: tuple[str, str] | None = None
    while True:
        with services.catalogue.read() as session:
            page = letters.listed(session, after=after, limit=_PAGE)
        yield from page
        if len(page) < _PAGE:
            return
        after = (page[-1].record_id, page[-1].generation)


def _body(letter: "DeadLetter") -> dict[str, object]:
    return {
        "record": letter.record_id,
        "version": letter.version,
        "title": letter.title,
        "index": letter.generation or None,
        "reason": letter.reason,
        "since": letter.since.isoformat(),
    }


def _told(letter: "DeadLetter") -> str:
    where = f"the index {letter.generation}" if letter.generation else "every index"
    return (
        f"{letter.record_id}, version {letter.version}: {letter.title}\n"
        f"    {where}, since {moment_text(letter.since)}: {letter.reason}"
    )
