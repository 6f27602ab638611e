"""The command `belong`, as people and programs run it."""

import json
import os
import pty
import select
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bootstrap.services import Services
from catalogue import dead_letters, generations, records, runs
from catalogue.record import Draft
from catalogue.runs import RunKind
from tests.integration.cli.running import run
from tests.processes import BELONG, ROOT, ServerProcess, belong, environment_of, eventually

RUNNING = ["serve", "worker", "beat"]
COMMANDS = [
    *RUNNING,
    *("import", "reindex", "resync", "reconcile", "dead-letters", "search", "status", "engine", "user", "audit"),
]
SUBCOMMANDS = [
    ["reindex", "status"],
    ["reindex", "cancel"],
    ["reindex", "rollback"],
    ["dead-letters", "list"],
    ["dead-letters", "retry"],
]

ONE_GOOD_ONE_BAD = '{"title": "Zymurgy", "date": "2017"}\nnot json\n'


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "records.jsonl"
    file.write_text('{"title": "Zymurgy", "date": "2017"}\n{"title": "Quixotry"}\n')
    return file


@pytest.mark.parametrize("command", [[], ["serve"], ["reindex"], ["resync"]], ids=lambda c: " ".join(["belong", *c]))
def test_help_takes_less_than_half_a_second(tmp_path: Path, command: list[str]) -> None:
    seconds: list[float] = []
    for _ in range(3):
        start = time.monotonic()
        done = belong(tmp_path, *command, "--help")
        seconds.append(time.monotonic() - start)
        assert done.returncode == 0
    assert min(seconds) < 0.5
    assert "Usage: belong" in done.stdout
    assert "Exit status" in " ".join(done.stdout.split())


def test_help_lists_every_command(tmp_path: Path) -> None:
    said = belong(tmp_path, "-h").stdout
    assert all(f"\n  {command} " in said for command in COMMANDS)


@pytest.mark.parametrize(
    "command",
    [*([each] for each in COMMANDS if each not in {*RUNNING, "dead-letters", "user"}), *SUBCOMMANDS],
    ids=" ".join,
)
def test_every_command_can_answer_in_json_and_tells_its_exit_statuses(tmp_path: Path, command: list[str]) -> None:
    said = run(tmp_path, *command, "--help").stdout
    assert "--json" in said
    assert "Exit status: 0" in " ".join(said.split())


def test_an_import_reports_and_is_searchable_afterwards(data: Path, file: Path) -> None:
    done = run(data, "import", "--json", file)
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["added"] == 2
    assert json.loads(run(data, "search", "--json", "zymurgy").stdout)["total"] == 1
    again = json.loads(run(data, "import", "--json", file).stdout)
    assert (again["added"], again["changed"], again["unchanged"]) == (0, 0, 2)


def test_an_import_into_nothing_makes_the_catalogue(tmp_path: Path, file: Path) -> None:
    assert run(tmp_path / "new" / "data", "import", file).returncode == 0
    assert json.loads(run(tmp_path / "new" / "data", "status", "--json").stdout)["records"] == 2


def test_refused_lines_are_exit_status_1(data: Path, tmp_path: Path) -> None:
    file = tmp_path / "bad.jsonl"
    file.write_text(ONE_GOOD_ONE_BAD)
    done = run(data, "import", file)
    assert (done.returncode, done.stderr) == (1, "")
    assert "line 2: " in done.stdout
    assert "Zymurgy" in run(data, "search", "zymurgy").stdout


def test_a_dry_run_changes_nothing(data: Path, file: Path) -> None:
    done = run(data, "import", "--dry-run", file)
    assert done.returncode == 0
    assert "nothing was written" in done.stdout
    assert json.loads(run(data, "status", "--json").stdout)["records"] == 28


@pytest.mark.parametrize(
    ("content", "status"),
    [(b"", 0), (b"\x00\xff\xfe\x00" * 1000, 1), (b'{"title": "caf\xe9"}\n', 1), (b'{"title": ', 1)],
)
def test_an_import_of_anything_ends_with_a_report(data: Path, tmp_path: Path, content: bytes, status: int) -> None:
    file = tmp_path / "odd"
    file.write_bytes(content)
    done = run(data, "import", file)
    assert (done.returncode, done.stderr) == (status, "")
    assert done.stdout.startswith("Import of ")


def test_a_search_prints_titles_and_how_many(data: Path) -> None:
    done = run(data, "search", "--size", "1", "cohesion")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith(" resources\n")
    assert json.loads(run(data, "search", "--json").stdout)["total"] == 28


def test_a_search_with_a_typing_error_suggests_a_spelling(data: Path) -> None:
    done = run(data, "search", "cohesoin")
    assert done.returncode == 0
    assert "Did you mean cohesion? (" in done.stdout


def test_words_that_begin_with_a_minus_stand_after_two_of_them(data: Path) -> None:
    every, without = (
        json.loads(run(data, "search", "--json", "--", *words).stdout)["total"]
        for words in (["integration"], ["integration", "-cohesion"])
    )
    assert 0 < without < every


def test_status_tells_records_index_and_freshness(data: Path) -> None:
    assert json.loads(run(data, "status", "--json").stdout) == {
        "records": 28,
        "index": "g1",
        "outdated": False,
        "trouble": None,
        "pending": 0,
        "oldest_pending_seconds": None,
        "dead_letters": 0,
        "stopped": None,
        "run": None,
    }
    said = f"Records: 28\nIndex: g1\nFreshness: the index is up to date\nData: {data}\n"
    assert run(data, "status").stdout == said


def test_status_tells_what_waits_what_is_refused_why_nothing_goes_on_and_what_is_under_way(
    services: Services, data: Path
) -> None:
    with services.catalogue.write() as session:
        id_ = records.save(session, Draft(title="Zymurgy")).id
        dead_letters.bury(session, "g1", [(id_, 1, "mapper_parsing_exception")])
        generations.stop(session, "disk full", probe_at=datetime.now(UTC))
    with services.catalogue.write() as session:
        runs.start(session, RunKind.REBUILD, started_by="Ada")
    done = run(data, "status")
    assert (done.returncode, done.stderr) == (0, "")
    for said in (
        "Freshness: 1 change is on its way, the oldest for 1 s\n",
        "Not taken by the index: 1 (belong dead-letters list)\n",
        ": disk full\n",
        "Under way: rebuild number 2, requested, 0\n",
    ):
        assert said in done.stdout


def test_status_tells_why_search_does_not_answer(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.rmtree(data / "index")
    said = run(data, "status").stdout
    assert (
        "Index: none\nFreshness: there is no index that can be searched\nTrouble: There is no search index yet\n"
        in said
    )
    monkeypatch.setenv("ENGINE", "elasticsearch")
    monkeypatch.setenv("ELASTICSEARCH_URL", "http://elastic:hush@127.0.0.1:1")
    done = run(data, "status")
    assert (done.returncode, done.stderr) == (0, "")
    assert "Trouble: Elasticsearch cannot be reached: " in done.stdout
    assert "hush" not in done.stdout
    assert run(data, "status", "--json").json["trouble"].startswith("Elasticsearch cannot be reached")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["import", "/nowhere/records.jsonl"], "/nowhere/records.jsonl: No such file or directory"),
        (["import", "/tmp"], "/tmp: Is a directory"),
        (["search", "a" * 4001], "The query has 4,001 characters, but can have 4,000 at most"),
    ],
)
def test_what_cannot_be_done_is_one_line(data: Path, arguments: list[str], said: str) -> None:
    done = run(data, *arguments)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"belong: {said}\n")


def test_a_search_without_an_index_says_what_to_do(tmp_path: Path) -> None:
    done = run(tmp_path / "data", "search", "zymurgy")
    assert done.returncode == 2
    assert done.stderr.startswith("belong: There is no search index yet")
    assert "belong reindex" in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("command", [["status"], ["search", "x"], ["reindex"], ["serve"]], ids=lambda c: c[0])
def test_a_damaged_catalogue_is_one_line(tmp_path: Path, command: list[str]) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (data / "catalogue.sqlite").write_bytes(b"This is no database." * 1000)
    done = run(data, *command)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("belong: The catalogue at ")
    assert done.stderr.count("\n") == 1


def test_a_wrong_command_line_is_exit_status_2(data: Path) -> None:
    for arguments in (["nothing"], ["search", "--size", "0"], ["import"], ["status", "--wibble"]):
        done = run(data, *arguments)
        assert done.returncode == 2
        assert "Traceback" not in done.stderr


def test_a_reader_that_goes_away_is_no_error(data: Path) -> None:
    command = [*BELONG, "search", "--json", "--size", "100"]
    process = subprocess.Popen(
        command, env=environment_of(data), cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    process.stdout.close()
    assert process.stderr is not None
    assert process.stderr.read() == ""
    process.stderr.close()
    process.wait()


def test_import_and_reindex_beside_a_server_are_carried_out_by_it(
    start_server: Callable[..., ServerProcess], data: Path, file: Path
) -> None:
    running = start_server(data)
    assert eventually(running.indexers, within=10)
    holders = running.indexers()
    done = run(data, "import", file)
    assert (done.returncode, done.stderr) == (0, "")
    assert running.total("q=zymurgy") == 1
    done = belong(data, "reindex", "--json")
    made = json.loads(done.stdout)
    assert (made["number"], made["state"], made["index"], made["done"]) == (2, "done", "g2", 30)
    assert running.indexers() == holders


def test_a_command_that_follows_a_server_does_the_work_when_that_ends(
    start_server: Callable[..., ServerProcess], data: Path, file: Path
) -> None:
    running = start_server(data, WEB_PROCESSES="1")
    assert eventually(running.indexers, within=10)
    for pid in running.workers():
        os.kill(pid, signal.SIGSTOP)  # it holds the lock and does nothing
    process = subprocess.Popen(
        [*BELONG, "import", str(file)], env=environment_of(data), cwd=ROOT, stdout=subprocess.DEVNULL
    )
    try:
        time.sleep(1.5)
        assert process.poll() is None
        running.kill()
        assert process.wait(timeout=20) == 0
    finally:
        process.kill()
    assert json.loads(run(data, "search", "--json", "zymurgy").stdout)["total"] == 1


def at_a_terminal(data: Path, *arguments: str, interrupt_at: bytes | None = None) -> tuple[int, bytes]:
    """The exit status of a command whose standard error is a terminal, and what that shows."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [*BELONG, *arguments], env=environment_of(data), cwd=ROOT, stdout=subprocess.DEVNULL, stderr=theirs
    )
    os.close(theirs)
    shown = b""
    interrupted = False
    while select.select([ours], [], [], 60)[0]:
        try:
            piece = os.read(ours, 4096)
        except OSError:
            break
        shown += piece
        if interrupt_at is not None and interrupt_at in shown and not interrupted:
            interrupted = True
            process.send_signal(signal.SIGINT)
    os.close(ours)
    return process.wait(timeout=30), shown


def test_progress_is_shown_at_a_terminal(data: Path, file: Path) -> None:
    status, shown = at_a_terminal(data, "import", str(file))
    assert status == 0
    assert b"Importing: 2" in shown
    status, shown = at_a_terminal(data, "reindex")
    assert status == 0
    assert "100% · 30 of 30".encode() in shown
    assert shown.endswith(b"\r\x1b[K")


def test_ctrl_c_during_an_import_is_one_sentence_and_the_import_can_be_repeated(data: Path, tmp_path: Path) -> None:
    file = tmp_path / "many.jsonl"
    file.write_text("".join(json.dumps({"title": f"Quixotry {n}", "id": f"many-{n}"}) + "\n" for n in range(2_500)))
    status, shown = at_a_terminal(data, "import", str(file), interrupt_at=b"Importing: 500")
    assert status == 130
    assert b"Traceback" not in shown
    assert b"belong: stopped" in shown
    report = json.loads(run(data, "import", "--json", file).stdout)
    assert report["added"] + report["unchanged"] == 2_500
    assert report["unchanged"] >= 500
    assert json.loads(run(data, "search", "--json", "quixotry").stdout)["total"] == 2_500
