"""What commands say of records that were marked for the index, and that it refuses."""

import json
import sys
from typing import TYPE_CHECKING

import click

from app.cli.following import bring_up_to_date
from app.cli.frame import REFUSED

if TYPE_CHECKING:
    from bootstrap.services import Services
    from catalogue.dead_letters import Known


def known_letters(services: "Services") -> "Known":
    """Which dead letters there are, to be read before anything is marked: see `refused_since`."""
    from catalogue import dead_letters

    with services.catalogue.read() as session:
        return dead_letters.known(session)


def refused_since(services: "Services", before: "Known") -> int:
    """How many records the index has refused since these were all dead letters, whoever changed them."""
    from catalogue import dead_letters

    with services.catalogue.read() as session:
        return dead_letters.count_since(session, before)


def end_marking(
    services: "Services", count: int, before: "Known", *, key: str, told: str, detach: bool, as_json: bool
) -> None:
    """Tell of so many records that were marked for the index, and wait until it has them, unless detached.

    In JSON the number is called `key`; else `told` follows "1 record is" or its plural. Ends with exit status 1 where
    the index refused any that was no dead letter `before`, or was again, and as `bring_up_to_date` does.
    """
    if not as_json:
        click.echo(f"{count:,} {'record is' if count == 1 else 'records are'} {told}.")
    refused = 0
    if count and not detach:
        bring_up_to_date(services)
        refused = refused_since(services, before)
    if as_json:
        click.echo(json.dumps({key: count, "refused": None if detach else refused}))
    if refused:
        click.echo(refused_by_index(refused), err=True)
        sys.exit(REFUSED)


def refused_by_index(count: int) -> str:
    """That the index refused some records, and where the reasons are."""
    records = "1 record" if count == 1 else f"{count:,} records"
    return f"belong: the index refused {records}: belong dead-letters list tells why"
