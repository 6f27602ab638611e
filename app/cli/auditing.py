"""`belong audit`."""

import json
from typing import TYPE_CHECKING

import click

from app.cli.frame import as_json_too, opened_services

if TYPE_CHECKING:
    from catalogue.audit import AuditEntry


@click.command()
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True, help="How many entries.")
@click.option("--action", help="Only what was done in this way, such as account.added.")
@as_json_too
def audit(*, limit: int, action: str | None, as_json: bool) -> None:
    """List what the staff did, the newest first: when, who, what, and to whom or what.

    Exit status: 0, also where nothing was done yet; 2 where the catalogue cannot be read.
    """
    from catalogue import audit as log

    with opened_services() as services, services.catalogue.read() as session:
        found = log.listed(session, limit=limit, action=action)
    if as_json:
        click.echo(json.dumps([_body(entry) for entry in found], ensure_ascii=False, indent=2))
        return
    for entry in found:
        click.echo(_told(entry))
    if not found:
        click.echo("The audit log is empty." if action is None else f"The audit log has no entry of {action!r}.")


def _body(entry: "AuditEntry") -> dict[str, object]:
    return {
        "number": entry.id,
        "at": entry.at.isoformat(),
        "actor": entry.actor,
        "action": entry.action,
        "subject": entry.subject,
        "detail": dict(entry.detail),
    }


def _told(entry: "AuditEntry") -> str:
    detail = "".join(f", {name} {value}" for name, value in entry.detail.items())
    return _harmless(f"{entry.at:%Y-%m-%d %H:%M:%S} UTC  {entry.actor}  {entry.action}  {entry.subject}{detail}")


def _harmless(text: str) -> str:
    """A line without what would steer a terminal: anybody may try to sign in under any name."""
    return "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in text)
