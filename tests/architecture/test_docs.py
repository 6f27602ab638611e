"""What README.md and docs/operations.md name is there."""

import re
from pathlib import Path

import click
import pytest

from app.cli import main
from bootstrap.settings import ElasticsearchSettings, OpenIdSettings, Settings

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
OPERATIONS = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("command", sorted(set(re.findall(r"\bbelong ([a-z][a-z-]*)", README + OPERATIONS))))
def test_a_command_that_is_named_is_there(command: str) -> None:
    assert command in main.commands


GROUPS = {name: command for name, command in main.commands.items() if isinstance(command, click.Group)}


@pytest.mark.parametrize(
    ("group", "command"),
    sorted(set(re.findall(rf"\bbelong ({'|'.join(GROUPS)}) ([a-z][a-z-]*)", README + OPERATIONS))),
)
def test_a_command_of_a_group_that_is_named_is_there(group: str, command: str) -> None:
    assert command in GROUPS[group].commands


def test_every_command_is_named_in_the_readme_or_the_operations_page() -> None:
    named = set(re.findall(r"\bbelong ([a-z][a-z-]*)", README + OPERATIONS))
    assert named | {"serve"} >= set(main.commands)  # which script/server runs


@pytest.mark.parametrize("script", sorted(set(re.findall(r"\bscript/[a-z]+", README + OPERATIONS))))
def test_a_script_that_is_named_can_be_run(script: str) -> None:
    assert (ROOT / script).stat().st_mode & 0o111


@pytest.mark.parametrize("place", sorted(set(re.findall(r"\]\(([^)#:]+)\)", README + OPERATIONS))))
def test_what_is_linked_to_is_there(place: str) -> None:
    assert (ROOT / place).exists()


def test_every_setting_is_described_and_no_other() -> None:
    told = f"{Settings.__doc__}\n{ElasticsearchSettings.__doc__}\n{OpenIdSettings.__doc__}"
    lines = re.findall(r"^ {4}([A-Z_]+(?:, [A-Z_]+)*) {2,}", told, re.MULTILINE)
    settings = {name for line in lines for name in line.split(", ")}
    rows = re.findall(r"^\| (`[A-Z_]+`(?:, `[A-Z_]+`)*) \|", OPERATIONS, re.MULTILINE)
    assert {name.strip("`") for row in rows for name in row.split(", ")} == settings


def test_every_figure_for_prometheus_is_described_and_no_other() -> None:
    figures = set(re.findall(r'"(belong_[a-z_]+)"', (ROOT / "app" / "metrics.py").read_text(encoding="utf-8")))
    assert set(re.findall(r"`(belong_[a-z_]+)`", OPERATIONS)) == figures
