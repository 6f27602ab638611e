"""`belong key`: the keys with which other systems use the API."""

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import click

from app.cli.frame import as_json_too, opened_services, who
from catalogue.roles import Role

if TYPE_CHECKING:
    from catalogue.api_keys import ApiKey

_ROLES: Final = click.Choice([role.value for role in Role])

_LONGEST: Final = 3_650  # days


@click.group()
def key() -> None:
    """The keys with which other systems write records and make the index anew, over the API.

    Viewers see how the index is doing, editors also write records and make the index anew. docs/api.md tells how a key
    is used. Exit status: see each command.
    """


@key.command()
@click.argument("name")
@click.option("--role", type=_ROLES, required=True, help="What the other system may do.")
@click.option("--days", type=click.IntRange(1, _LONGEST), help="After how many days it expires. Else never.")
@as_json_too
def add(name: str, role: str, *, days: int | None, as_json: bool) -> None:
    """Make a key with a NAME that says whose it is, such as "catalogue sync", and print it: it is shown only once.

    Exit status: 0; 2 where another key has the name, or it cannot be one.
    """
    from catalogue import api_keys, audit

    expires_at = datetime.now(UTC) + timedelta(days=days) if days is not None else None
    with opened_services() as services, services.catalogue.write() as session:
        made = api_keys.add(session, name=name, role=Role(role), created_by=who(), expires_at=expires_at)
        detail = {"role": role, "expires": expires_at.isoformat() if expires_at is not None else None}
        audit.record(session, actor=who(), action="api-key.added", subject=made.key.name, detail=detail)
    if as_json:
        click.echo(json.dumps({**_body(made.key), "key": made.secret}, ensure_ascii=False))
        return
    click.echo(made.secret)
    click.echo(f"This is the key of {made.key.name}. Keep it where only that system reads it.", err=True)


@key.command("list")
@as_json_too
def list_command(*, as_json: bool) -> None:
    """List the keys, without what is secret of them: what they may do, and when they were used last.

    Exit status: 0; 2 where the catalogue cannot be read.
    """
    from catalogue import api_keys

    with opened_services() as services, services.catalogue.read() as session:
        found = api_keys.listed(session)
    if as_json:
        click.echo(json.dumps([_body(each) for each in found], ensure_ascii=False, indent=2))
        return
    for each in found:
        click.echo(_told(each, datetime.now(UTC)))
    if not found:
        click.echo("There is no key yet: belong key add NAME --role editor")


@key.command()
@click.argument("name")
def revoke(name: str) -> None:
    """Let the key NAME open nothing any more. What it did stays in the audit log.

    Exit status: 0; 2 where there is no such key, or it was revoked before.
    """
    from catalogue import api_keys, audit

    with opened_services() as services:
        with services.catalogue.write() as session:
            revoked = api_keys.revoke(session, api_keys.by_name(session, name).id)
            audit.record(session, actor=who(), action="api-key.revoked", subject=revoked.name)
        click.echo(f"The key {revoked.name} opens nothing any more.")


def _told(each: "ApiKey", moment: datetime) -> str:
    used = f"used {each.last_used_at:%Y-%m-%d %H:%M} UTC" if each.last_used_at else "never used"
    if each.revoked_at is not None:
        end = f"revoked {each.revoked_at:%Y-%m-%d}"
    elif each.expires_at is not None:
        end = f"{'expired' if each.has_expired(moment) else 'expires'} {each.expires_at:%Y-%m-%d}"
    else:
        end = "never expires"
    return f"{each.name}: {each.role}, {each.beginning}…, {used}, {end}"


def _body(each: "ApiKey") -> dict[str, Any]:
    return {
        "name": each.name,
        "role": each.role,
        "begins": each.beginning,
        "created_at": each.created_at.isoformat(),
        "created_by": each.created_by,
        "expires_at": each.expires_at.isoformat() if each.expires_at else None,
        "last_used_at": each.last_used_at.isoformat() if each.last_used_at else None,
        "revoked_at": each.revoked_at.isoformat() if each.revoked_at else None,
    }
