"""`belong audit`."""

from pathlib import Path

import pytest

from bootstrap.services import Services
from catalogue import audit
from tests.integration.cli.running import run


@pytest.fixture
def entries(services: Services) -> None:
    """Three things that somebody did."""
    with services.catalogue.write() as session:
        audit.record(session, actor="Ada", action="account.added", subject="ann@example.org", detail={"role": "editor"})
        audit.record(session, actor="somebody unknown", action="sign-in.failed", subject="\x1b[2Jann\nand bob")
        audit.record(session, actor="ann@example.org", action="sign-in.begun", subject="ann@example.org")


@pytest.mark.usefixtures("entries")
def test_what_was_done_is_listed_with_the_newest_first(data: Path) -> None:
    done = run(data, "audit")
    assert (done.returncode, done.stderr) == (0, "")
    begun, failed, added = done.stdout.splitlines()
    assert begun.endswith(" UTC  ann@example.org  sign-in.begun  ann@example.org")
    assert failed.endswith(r" UTC  somebody unknown  sign-in.failed  \x1b[2Jann\nand bob")  # harmless at a terminal
    assert added.endswith(" UTC  Ada  account.added  ann@example.org, role editor")


@pytest.mark.usefixtures("entries")
def test_a_part_of_it_can_be_asked_for_and_in_json(data: Path) -> None:
    assert [entry["action"] for entry in run(data, "audit", "--limit", "2", "--json").json] == [
        "sign-in.begun",
        "sign-in.failed",
    ]
    [entry] = run(data, "audit", "--action", "account.added", "--json").json
    assert (entry["number"], entry["actor"], entry["detail"]) == (1, "Ada", {"role": "editor"})
    assert run(data, "audit", "--action", "account.eaten").stdout == "The audit log has no entry of 'account.eaten'.\n"


def test_an_empty_log_is_said(data: Path) -> None:
    assert run(data, "audit").stdout == "The audit log is empty.\n"
    assert run(data, "audit", "--json").json == []
    assert run(data, "audit", "--limit", "0").returncode == 2
