"""`belong user`: the accounts of the staff, for whoever has the machine."""

import json
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

import click

from app.cli.frame import as_json_too, fail, opened_services, who
from catalogue.roles import Role

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from catalogue.accounts import Account
    from catalogue.passwords import PasswordHash

_ROLES: Final = click.Choice([role.value for role in Role])

_role: Final = click.option("--role", type=_ROLES, required=True, help="What they may do.")
_from_stdin: Final = click.option(
    "--password-stdin", is_flag=True, help="Read the password from standard input, for programs."
)


@click.group()
def user() -> None:
    """The accounts of the staff: who may sign in, and what they may do.

    Viewers see how the library is doing, editors change records and make the index anew, administrators also look after
    accounts. What changes here ends the sign-ins of the account. Exit status: see each command.
    """


@user.command()
@click.argument("name")
@_role
@_from_stdin
@click.option("--no-password", is_flag=True, help="They sign in with the organisation, by this verified address.")
def add(name: str, role: str, *, password_stdin: bool, no_password: bool) -> None:
    """Add an account with a NAME to sign in with, such as a mail address. Asks for a password twice.

    Exit status: 0; 2 where the name is taken or cannot be one, or the password is too weak.
    """
    from catalogue import accounts

    if no_password and password_stdin:
        raise click.UsageError("--no-password and --password-stdin exclude each other")

    def change(session: "Session") -> "Account":
        return accounts.add(session, name=name, role=Role(role), password_hash=kept)

    kept = None if no_password else _asked_password(name, from_stdin=password_stdin)
    _change(change, action="account.added", told="{name} can sign in as {role}.", detail={"role": role})


@user.command("list")
@as_json_too
def list_command(*, as_json: bool) -> None:
    """List the accounts, with their roles and when they signed in last.

    Exit status: 0; 2 where the catalogue cannot be read.
    """
    from catalogue import accounts

    with opened_services() as services, services.catalogue.read() as session:
        found = accounts.listed(session)
    if as_json:
        click.echo(json.dumps([_body(account) for account in found], ensure_ascii=False, indent=2))
        return
    for account in found:
        seen = f"signed in {account.signed_in_at:%Y-%m-%d %H:%M} UTC" if account.signed_in_at else "never signed in"
        state = "" if account.is_active else ", deactivated"
        click.echo(f"{account.name}: {account.role}, {seen}{state}")
    if not found:
        click.echo("There is no account yet: belong user add NAME --role administrator")


@user.command("set-role")
@click.argument("name")
@_role
def set_role(name: str, role: str) -> None:
    """Put the account NAME into another role.

    Exit status: 0; 2 where there is no such account.
    """
    from catalogue import accounts

    def change(session: "Session") -> "Account":
        return accounts.set_role(session, name, Role(role))

    _change(change, action="account.role-changed", told="{name} is {role} now.", detail={"role": role})


@user.command("set-password")
@click.argument("name")
@_from_stdin
def set_password(name: str, *, password_stdin: bool) -> None:
    """Give the account NAME a new password, also where wrong ones were given too often. Asks for it twice.

    Exit status: 0; 2 where there is no such account, or the password is too weak.
    """
    from catalogue import accounts, sign_in_failures

    def change(session: "Session") -> "Account":
        sign_in_failures.forget(session, name)
        return accounts.set_password(session, name, kept)

    kept = _asked_password(name, from_stdin=password_stdin)
    _change(change, action="account.password-set", told="{name} has a new password.")


@user.command()
@click.argument("name")
def deactivate(name: str) -> None:
    """Let the account NAME sign in no more; what they did stays in the audit log under their name.

    Exit status: 0; 2 where there is no such account.
    """
    from catalogue import accounts

    def change(session: "Session") -> "Account":
        return accounts.set_active(session, name, active=False)

    _change(change, action="account.deactivated", told="{name} can no longer sign in.")


@user.command()
@click.argument("name")
def activate(name: str) -> None:
    """Let the account NAME sign in again.

    Exit status: 0; 2 where there is no such account.
    """
    from catalogue import accounts

    def change(session: "Session") -> "Account":
        return accounts.set_active(session, name, active=True)

    _change(change, action="account.activated", told="{name} can sign in as {role} again.")


def _change(
    change: "Callable[[Session], Account]", *, action: str, told: str, detail: dict[str, Any] | None = None
) -> None:
    """Change an account, and note who did: nobody is signed in here, but the system knows whose terminal it is."""
    from catalogue import audit

    with opened_services() as services:
        with services.catalogue.write() as session:
            account = change(session)
            audit.record(session, actor=who(), action=action, subject=account.name, detail=detail)
        click.echo(told.format(name=account.name, role=f"{'an' if account.role[0] in 'aeiou' else 'a'} {account.role}"))


def _asked_password(name: str, *, from_stdin: bool) -> "PasswordHash":
    """The hash of the password that somebody gives. A weak one ends the command."""
    from catalogue.passwords import WeakPassword, hash_password

    if from_stdin:
        password = sys.stdin.readline().rstrip("\r\n")
    elif sys.stdin.isatty():
        password = str(click.prompt("Password", hide_input=True, confirmation_prompt="The same again", err=True))
    else:
        fail("there is no terminal to ask for the password at: give it to --password-stdin")
    try:
        return hash_password(password, name=name)
    except WeakPassword as e:
        fail(str(e))


def _body(account: "Account") -> dict[str, Any]:
    return {
        "name": account.name,
        "role": account.role,
        "active": account.is_active,
        "password": account.has_password,
        "organisation": account.issuer,
        "created_at": account.created_at.isoformat(),
        "signed_in_at": account.signed_in_at.isoformat() if account.signed_in_at else None,
    }
