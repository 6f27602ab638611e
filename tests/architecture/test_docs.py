"""What README.md, docs/operations.md and docs/staff.md name is there."""

import re
from pathlib import Path

import click
import pytest

from app.cli import main
from app.orders import MOST_MARKED
from app.staff.navigation import entries_for, index_entries_for
from bootstrap.settings import ElasticsearchSettings, LimitSettings, OpenIdSettings, Settings
from catalogue.roles import Role

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
OPERATIONS = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
STAFF = (ROOT / "docs" / "staff.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("command", sorted(set(re.findall(r"\bbelong ([a-z][a-z-]*)", README + OPERATIONS + STAFF))))
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


LINKS = {
    folder / place
    for folder, text in ((ROOT, README), (ROOT / "docs", OPERATIONS), (ROOT / "docs", STAFF))
    for place in re.findall(r"\]\(([^)#:]+)\)", text)
}


@pytest.mark.parametrize("place", sorted(LINKS), ids=lambda place: place.relative_to(ROOT).as_posix())
def test_what_is_linked_to_is_there(place: Path) -> None:
    assert place.exists()


def test_every_setting_is_described_and_no_other() -> None:
    told = f"{Settings.__doc__}\n{ElasticsearchSettings.__doc__}\n{OpenIdSettings.__doc__}\n{LimitSettings.__doc__}"
    lines = re.findall(r"^ {4}([A-Z_]+(?:, [A-Z_]+)*) {2,}", told, re.MULTILINE)
    settings = {name for line in lines for name in line.split(", ")}
    rows = re.findall(r"^\| (`[A-Z_]+`(?:, `[A-Z_]+`)*) \|", OPERATIONS, re.MULTILINE)
    assert {name.strip("`") for row in rows for name in row.split(", ")} == settings


def test_every_figure_for_prometheus_is_described_and_no_other() -> None:
    figures = set(re.findall(r'"(belong_[a-z_]+)"', (ROOT / "app" / "metrics.py").read_text(encoding="utf-8")))
    assert set(re.findall(r"`(belong_[a-z_]+)`", OPERATIONS)) == figures


def test_every_page_of_the_staffs_navigation_is_described_and_no_other() -> None:
    labels = [entry.label for entry in (*entries_for(Role.ADMINISTRATOR), *index_entries_for(Role.ADMINISTRATOR))]
    table = STAFF.partition("| Page |")[2].partition("\n\n")[0]
    assert sorted(re.findall(r"^\| ([A-Z][^|]*) \|", table, re.MULTILINE)) == sorted(labels)


def test_what_the_staffs_guide_calls_a_button_is_one() -> None:
    templates = "".join(file.read_text(encoding="utf-8") for file in (ROOT / "app").glob("staff/templates/**/*.html"))
    buttons = {name.rstrip(":.,") for name in re.findall(r"\*\*([^*]+)\*\*", STAFF)}
    assert buttons
    assert {name for name in buttons if f"'{name}" not in templates and f">{name}" not in templates} == set()


def test_the_staffs_guide_tells_how_many_records_are_marked_at_once() -> None:
    assert f"{MOST_MARKED:,} at most" in STAFF
