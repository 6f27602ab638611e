"""Commands run in the process of the test."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from app.cli import main


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What a command did."""

    returncode: int
    stdout: str
    stderr: str

    @property
    def json(self) -> Any:
        return json.loads(self.stdout)


def run(data: Path, *arguments: str | Path) -> Done:
    """A command in this process: starting one takes longer than most commands do."""
    environment = {"BELONG_DATA": str(data), "HOST": "127.0.0.1", "PORT": "0"}
    result = CliRunner().invoke(main, [*map(str, arguments)], env=environment, prog_name="belong")
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Done(returncode=result.exit_code, stdout=result.stdout, stderr=result.stderr)
