"""The command `belong`. Each module has a group of commands, and imports what they need late: --help is quick."""

import click

from app.cli.auditing import audit
from app.cli.copying import copy_catalogue
from app.cli.dead_letters import dead_letters
from app.cli.engine import engine
from app.cli.importing import import_command
from app.cli.keys import key
from app.cli.rebuilding import reindex
from app.cli.reconciling import reconcile
from app.cli.resyncing import resync
from app.cli.searching import search
from app.cli.serving import serve
from app.cli.status import status
from app.cli.users import user
from app.cli.working import beat, worker


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """The discovery service of the Belong library.

    Settings come from the environment: HOST, PORT, BELONG_DATA and those in docs/operations.md.

    Exit status: 0 done; 1 done, but for some records or with a difference found; 2 not done, and standard error says
    why; 130 stopped by Ctrl+C.
    """


for _command in (
    serve,
    worker,
    beat,
    import_command,
    reindex,
    resync,
    reconcile,
    dead_letters,
    search,
    status,
    engine,
    copy_catalogue,
    user,
    key,
    audit,
):
    main.add_command(_command)
