"""`belong user`, as an operator uses it."""

import json
import os
import pty
import select
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from app.cli import main
from bootstrap.services import build_services
from bootstrap.settings import read_settings
from catalogue import accounts, audit, passwords
from catalogue.roles import Role
from tests.processes import BELONG, ROOT, environment_of

PASSWORD = "seven grey herons wait"


def run(data: Path, *arguments: str, given: str = "") -> tuple[int, str, str]:
    """The exit status, and what was said on both streams."""
    result = CliRunner().invoke(main, ["user", *arguments], input=given, env={"BELONG_DATA": str(data)})
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout, result.stderr


def add(data: Path, name: str = "Ann@Example.org", role: str = "editor") -> None:
    assert run(data, "add", name, "--role", role, "--password-stdin", given=f"{PASSWORD}\n")[0] == 0


def actions(data: Path) -> list[tuple[str, str]]:
    built = build_services(read_settings({"BELONG_DATA": str(data)}))
    with built.catalogue.read() as session:
        entries = audit.listed(session)
    built.catalogue.dispose()
    assert all(entry.actor.endswith(" at the command line") for entry in entries)
    return [(entry.action, entry.subject) for entry in reversed(entries)]


def test_an_account_is_added_changed_deactivated_and_activated_and_all_that_is_in_the_log(tmp_path: Path) -> None:
    add(tmp_path)
    assert run(tmp_path, "set-role", "ann@example.org", "--role", "administrator")[1] == (
        "Ann@Example.org is an administrator now.\n"
    )
    assert run(tmp_path, "set-password", "ann@example.org", "--password-stdin", given=f"{PASSWORD} again\n")[0] == 0
    assert run(tmp_path, "deactivate", "ann@example.org")[0] == 0
    assert ", deactivated" in run(tmp_path, "list")[1]
    assert run(tmp_path, "activate", "ann@example.org")[0] == 0
    name = "Ann@Example.org"
    assert actions(tmp_path) == [
        ("account.added", name),
        ("account.role-changed", name),
        ("account.password-set", name),
        ("account.deactivated", name),
        ("account.activated", name),
    ]
    [listed] = json.loads(run(tmp_path, "list", "--json")[1])
    assert (listed["name"], listed["role"], listed["active"], listed["password"]) == (name, "administrator", True, True)


def test_an_account_without_a_password_waits_for_the_organisation(tmp_path: Path) -> None:
    assert run(tmp_path, "add", "ann@example.org", "--role", "viewer", "--no-password")[0] == 0
    assert json.loads(run(tmp_path, "list", "--json")[1])[0]["password"] is False


REFUSED = {
    "name taken": (["add", "ANN@example.org", "--role", "viewer", "--password-stdin"], "There is an account"),
    "no name": (["add", "Ann Lee", "--role", "viewer", "--password-stdin"], "without spaces"),
    "no role": (["add", "ben", "--role", "owner", "--password-stdin"], "administrator"),
    "nobody": (["deactivate", "nobody"], "There is no account nobody"),
    "no terminal": (["set-password", "ann@example.org"], "--password-stdin"),
}


@pytest.mark.parametrize(("arguments", "reason"), REFUSED.values(), ids=REFUSED.keys())
def test_what_cannot_be_done_is_one_sentence(tmp_path: Path, arguments: list[str], reason: str) -> None:
    add(tmp_path)
    status, said, error = run(tmp_path, *arguments, given=f"{PASSWORD}\n")
    assert (status, said) == (2, "")
    assert reason in error
    assert PASSWORD not in error


def test_a_weak_password_is_refused_without_repeating_it(tmp_path: Path) -> None:
    status, _, error = run(tmp_path, "add", "ann", "--role", "viewer", "--password-stdin", given="hunter2\n")
    assert status == 2
    assert "at least 12 characters" in error
    assert "hunter2" not in error


def test_a_new_password_opens_an_account_that_had_to_wait(tmp_path: Path) -> None:
    from app.staff.signing_in import SignInRefused, TooManyTries, sign_in

    add(tmp_path)
    built = build_services(read_settings({"BELONG_DATA": str(tmp_path)}))
    for _ in range(10):
        with pytest.raises(SignInRefused):
            sign_in(built.catalogue, "ann@example.org", "wrong")
    with pytest.raises(TooManyTries):
        sign_in(built.catalogue, "ann@example.org", PASSWORD)
    run(tmp_path, "set-password", "ann@example.org", "--password-stdin", given=f"{PASSWORD} anew\n")
    assert sign_in(built.catalogue, "ann@example.org", f"{PASSWORD} anew")
    built.catalogue.dispose()


def test_at_a_terminal_the_password_is_asked_for_twice_and_not_shown(tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [*BELONG, "user", "add", "ann", "--role", "administrator"],
        env=environment_of(tmp_path),
        cwd=ROOT,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    )
    os.close(theirs)
    shown = b""
    asked = 0
    while select.select([ours], [], [], 60)[0]:
        try:
            shown += os.read(ours, 4096)
        except OSError:
            break
        if shown.count(b": ") > asked:
            asked += 1
            os.write(ours, f"{PASSWORD}\n".encode())
    os.close(ours)
    assert process.wait(timeout=30) == 0
    assert asked == 2
    assert PASSWORD.encode() not in shown
    built = build_services(read_settings({"BELONG_DATA": str(tmp_path)}))
    with built.catalogue.read() as session:
        kept = accounts.credentials(session, "ann")
    built.catalogue.dispose()
    assert kept is not None
    assert kept.account.role is Role.ADMINISTRATOR
    assert passwords.is_right(kept.password_hash, PASSWORD)
