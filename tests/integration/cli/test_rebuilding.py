"""`belong reindex`, and what belongs to it."""

import shutil
from pathlib import Path

import pytest

from bootstrap.services import Services
from catalogue import runs
from catalogue.runs import RunKind, RunState
from engines.embedded.writer import WriterLock
from tests.integration.cli.running import run
from tests.integration.cli.test_commands import at_a_terminal


def ask_for_rebuild(services: Services) -> int:
    with services.catalogue.write() as session:
        return runs.start(session, RunKind.REBUILD, started_by="Ada")


def test_reindex_makes_the_index_anew(data: Path) -> None:
    done = run(data, "reindex")
    assert (done.returncode, done.stdout, done.stderr) == (0, "28 records are indexed anew, as g2.\n", "")
    made = run(data, "reindex", "--json").json
    assert (made["number"], made["kind"], made["state"], made["index"]) == (3, "rebuild", "done", "g3")
    assert (made["done"], made["total"], made["error"]) == (28, 28, None)


def test_a_detached_reindex_is_carried_out_by_whoever_comes_next(data: Path) -> None:
    asked = run(data, "reindex", "--detach")
    assert (asked.returncode, asked.stderr) == (0, "")
    assert "belong reindex status 2" in asked.stdout
    assert run(data, "search", "--json", "zymurgy").json["index"] == "g1"
    assert run(data, "reindex", "status", "--json").json["state"] == "requested"
    followed = run(data, "reindex", "status", "2", "--follow", "--json")
    assert (followed.returncode, followed.json["state"]) == (0, "done")
    assert run(data, "search", "--json", "zymurgy").json["index"] == "g2"


def test_a_second_reindex_is_refused_with_the_number_of_the_first(services: Services, data: Path) -> None:
    number = ask_for_rebuild(services)
    for command in (["reindex"], ["reindex", "--detach", "--json"]):
        refused = run(data, *command)
        assert (refused.returncode, refused.stdout) == (2, "")
        assert f"number {number}, started by Ada" in refused.stderr
        assert f"belong reindex status {number}" in refused.stderr
    assert "no index to go back to" in run(data, "reindex", "rollback").stderr


def test_status_tells_how_far_a_rebuild_is(services: Services, data: Path) -> None:
    number = ask_for_rebuild(services)
    said = run(data, "reindex", "status")
    assert (said.returncode, said.stderr) == (0, "")
    assert said.stdout.startswith(f"Rebuild number {number}: requested\n  asked for by Ada on ")
    run(data, "reindex", "status", "--follow")
    said = run(data, "reindex", "status", str(number)).stdout
    assert f"Rebuild number {number}: done" in said
    assert "100% · 28 of 28" in said
    assert "index g2" in said


def test_without_a_rebuild_status_says_so(tmp_path: Path) -> None:
    for said, command in (("The index has not been made anew yet.", []), ("null", ["--json"])):
        done = run(tmp_path / "data", "reindex", "status", *command)
        assert (done.returncode, done.stdout) == (0, f"{said}\n")


def test_cancel_gives_the_rebuild_under_way_up_and_can_be_repeated(services: Services, data: Path) -> None:
    number = ask_for_rebuild(services)
    done = run(data, "reindex", "cancel")
    assert (done.returncode, done.stdout) == (0, f"The rebuild number {number} is cancelled.\n")
    again = run(data, "reindex", "cancel", str(number), "--json")
    assert (again.returncode, again.json["state"]) == (0, "cancelled")
    assert run(data, "reindex", "status").returncode == 1
    assert run(data, "search", "--json").json["index"] == "g1"
    assert run(data, "reindex").returncode == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["cancel"], "No rebuild is under way"),
        (["cancel", "1"], "The rebuild number 1 is done: it can no longer be cancelled"),
        (["cancel", "77"], "No run has the number 77"),
        (["status", "77"], "No run has the number 77"),
        (["rollback"], "There is no index to go back to: one is kept for a day after a rebuild"),
    ],
    ids=" ".join,
)
def test_what_is_not_there_is_one_line(data: Path, arguments: list[str], said: str) -> None:
    done = run(data, "reindex", *arguments)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"belong: {said}\n")


@pytest.mark.parametrize("arguments", [["--json", "status"], ["--detach", "cancel"], ["status", "0"], ["status", "x"]])
def test_a_wrong_command_line_starts_nothing(data: Path, arguments: list[str]) -> None:
    assert run(data, "reindex", *arguments).returncode == 2
    assert run(data, "reindex", "status", "--json").json["number"] == 1


def test_rollback_goes_back_and_forth(data: Path) -> None:
    run(data, "reindex")
    back = run(data, "reindex", "rollback")
    assert (back.returncode, back.stderr) == (0, "")
    assert back.stdout == "Searches go to g1 again. The other index is kept for a day.\n"
    assert run(data, "search", "--json").json["index"] == "g1"
    assert run(data, "reindex", "rollback", "--json").json["index"] == "g2"
    assert run(data, "search", "--json").json["index"] == "g2"


def test_status_tells_a_rollback_and_the_way_back(data: Path) -> None:
    assert "rollback" not in run(data, "reindex", "status").stdout
    run(data, "reindex")
    said = run(data, "reindex", "status").stdout
    assert said.startswith("Rebuild number 2: done")
    assert said.endswith(" UTC belong reindex rollback lets searches go back to g1.\n")
    run(data, "reindex", "rollback")
    said = run(data, "reindex", "status").stdout
    assert said.startswith("Rollback number 3: done")
    assert "\n  index g1\n" in said
    assert said.endswith(" UTC belong reindex rollback lets searches go back to g2.\n")
    assert "lets searches" not in run(data, "reindex", "status", "2").stdout


def test_a_failed_rebuild_is_told_with_its_reason(services: Services, data: Path) -> None:
    number = ask_for_rebuild(services)
    services.indexer.catch_up(lambda: shutil.rmtree(data / "index" / "g2", ignore_errors=True))
    with services.catalogue.read() as session:
        failed = runs.get(session, number)
    assert failed.state is RunState.FAILED
    said = run(data, "reindex", "status", str(number))
    assert said.returncode == 1
    assert f"because: {failed.error}" in said.stdout
    followed = run(data, "reindex", "status", str(number), "--follow", "--json")
    assert (followed.returncode, followed.json["error"]) == (1, failed.error)


def test_ctrl_c_leaves_a_rebuild_that_can_be_gone_on_with(data: Path) -> None:
    other = WriterLock(data / "indexer.lock")  # a server that hangs: the command waits for it
    assert other.try_acquire()
    status, shown = at_a_terminal(data, "reindex", interrupt_at=b"Rebuild number 2, requested")
    other.release()
    assert status == 130
    assert b"Traceback" not in shown
    assert b"belong reindex status --follow" in shown
    followed = run(data, "reindex", "status", "--follow", "--json")
    assert (followed.returncode, followed.json["number"], followed.json["done"]) == (0, 2, 28)
