"""The server as a process: what never reaches the application, starting and stopping."""

import http.client
import os
import re
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack, closing
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest

from tests.processes import BELONG, ROOT, ServerProcess, belong, environment_of, eventually

Start = Callable[..., ServerProcess]

GET = b"GET /api/v1/status HTTP/1.1\r\nHost: x\r\n"


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        pytest.param(b"GET /search?q=" + b"a" * 70_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", 414, id="a long address"),
        pytest.param(b"GET /api/v1/search?q=" + b"a" * 70_000 + b" HTTP/1.1\r\n\r\n", 414, id="of the API"),
        pytest.param(GET + b"X: " + b"a" * 9_000 + b"\r\n\r\n", 431, id="a long header"),
        pytest.param(GET + b"X: y\r\n" * 200 + b"\r\n", 431, id="many headers"),
        pytest.param(b"\x16\x03\x01\x02\x00\x01\x00garbage\r\n\r\n", 400, id="encrypted"),
        pytest.param(b"\x00\x01\x02\r\n\r\n", 400, id="binary"),
        pytest.param(b"hello\r\n\r\n", 400, id="a word"),
        pytest.param(b"get / HTTP/1.1\r\nHost: x\r\n\r\n", 400, id="a method in small letters"),
        pytest.param(b"GET / HTTP/9.9\r\nHost: x\r\n\r\n", 400, id="another version"),
        pytest.param(GET + b"no colon\r\n\r\n", 400, id="a header without a colon"),
        pytest.param(GET + b"Content-Length: many\r\n\r\n", 400, id="a length that is none"),
        pytest.param(GET + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n", 400, id="two lengths"),
        pytest.param(b"BREW / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 405, id="an unknown method"),
        pytest.param(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999\r\n\r\n", 413, id="a large body"),
        pytest.param(b"GET /%FF HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 400, id="a path in Latin-1"),
        pytest.param(b"GET /search?q=\xff HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 400, id="raw Latin-1"),
    ],
)
def test_what_is_no_request_is_answered_in_our_words(server: ServerProcess, raw: bytes, status: int) -> None:
    answer = server.send(raw)
    assert answer.status == status
    assert "gunicorn" not in answer.text.casefold()
    if b"/api/" in raw[:40]:
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.json["status"] == status
    else:
        assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
        assert "Belong" in answer.text
        assert f"Error {status}" in answer.text


@pytest.mark.parametrize("letter", ["a", "é", "語", "😀"])
def test_a_query_of_4000_characters_is_never_too_long_an_address(server: ServerProcess, letter: str) -> None:
    assert server.get(f"/api/v1/search?q={quote(letter * 4_000)}").status == 200
    answer = server.get(f"/api/v1/search?q={quote(letter * 4_001)}")
    assert (answer.status, answer.json["parameter"]) == (400, "q")


def test_letters_that_are_not_escaped_are_read_as_utf_8(server: ServerProcess) -> None:
    answer = server.send("GET /api/v1/search?q=Müller HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
    assert answer.json["query"]["text"] == "Müller"


def test_every_answer_of_one_connection_is_whole(server: ServerProcess) -> None:
    parts = urlsplit(server.address)
    with closing(http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=30)) as connection:
        for address in ("/", "/api/v1/search", "/nothing", "/api/v1/search?page=0", "/static/site.css") * 3:
            connection.request("GET", address)
            response = connection.getresponse()
            assert len(response.read()) == int(response.headers["Content-Length"])


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "Ctrl+C"])
def test_it_stops_cleanly_and_leaves_no_process(start_server: Start, data: Path, sent: signal.Signals) -> None:
    running = start_server(data)
    workers = running.workers()
    assert len(workers) == 2
    assert running.total("") == 28
    status, seconds = running.stop(sent)
    assert status == 0
    assert seconds < 4  # 0.4 on a machine that has nothing else to do
    assert not any(_is_alive(pid) for pid in workers)
    assert running.complaints() == []


def test_connections_on_which_nothing_is_asked_hold_up_neither_others_nor_the_end(
    start_server: Start, data: Path
) -> None:
    """Browsers open connections in advance, and keep those on which they have been answered."""
    running = start_server(data, WEB_PROCESSES="1", WEB_THREADS="2")
    parts = urlsplit(running.address)
    with ExitStack() as stack:
        for _ in range(4):
            stack.enter_context(socket.create_connection((parts.hostname, parts.port), timeout=10))
        kept = stack.enter_context(closing(http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=10)))
        start = time.monotonic()
        kept.request("GET", "/help/search")
        assert kept.getresponse().read()
        assert time.monotonic() - start < 4
        status, seconds = running.stop()
    assert (status, seconds < 4) == (0, True)


def test_ctrl_c_at_a_terminal_reaches_all_processes_and_ends_them_cleanly(start_server: Start, data: Path) -> None:
    running = start_server(data)
    os.killpg(running.process.pid, signal.SIGINT)
    assert running.process.wait(timeout=10) == 0
    assert running.complaints() == []


def test_answers_under_way_are_finished(start_server: Start, data: Path) -> None:
    running = start_server(data)
    stopping, failures, answered = threading.Event(), list[object](), list[int]()

    def ask() -> None:
        while not stopping.is_set():
            try:
                answered.append(running.get("/search?q=cohesion").status)
            except ConnectionRefusedError:
                return
            except (OSError, http.client.HTTPException) as e:
                failures.append(e)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    try:
        assert eventually(lambda: len(answered) > 20, within=20)
        running.process.send_signal(signal.SIGTERM)
        assert running.process.wait(timeout=15) == 0
    finally:
        stopping.set()
        for thread in threads:
            thread.join()
    assert set(answered) == {200}
    # A connection that nobody has taken from the queue when it closes is reset: no answer was under way on it.
    assert all(isinstance(failure, ConnectionResetError) for failure in failures)


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "Ctrl+C"])
def test_a_request_that_has_begun_to_arrive_is_answered(start_server: Start, data: Path, sent: signal.Signals) -> None:
    running = start_server(data)
    parts = urlsplit(running.address)
    with socket.create_connection((parts.hostname, parts.port), timeout=10) as connection:
        connection.sendall(GET)
        time.sleep(0.3)
        os.killpg(running.process.pid, sent)
        time.sleep(0.7)
        connection.sendall(b"\r\n")
        assert connection.recv(100).startswith(b"HTTP/1.1 200 OK\r\n")
    assert running.process.wait(timeout=10) == 0


def test_a_worker_that_dies_is_replaced(start_server: Start, data: Path) -> None:
    running = start_server(data)
    victim = running.workers()[0]
    os.kill(victim, signal.SIGKILL)
    assert eventually(lambda: victim not in running.workers() and len(running.workers()) == 2, within=10)
    assert running.total("") == 28


def test_workers_end_with_a_main_process_that_was_killed(start_server: Start, data: Path) -> None:
    running = start_server(data)
    workers = running.workers()
    running.process.kill()
    running.process.wait()
    assert eventually(lambda: not any(_is_alive(pid) for pid in workers), within=15)


def test_the_first_start_fills_an_empty_catalogue_and_the_second_takes_seconds(
    start_server: Start, tmp_path: Path
) -> None:
    first = start_server(tmp_path / "fresh")
    assert first.total("") == 28
    said = first.log.read_text()
    assert "loading the sample library" in said
    assert "The index is made from the catalogue" in said
    assert "lost" not in said
    first.stop()
    start = time.monotonic()
    second = start_server(tmp_path / "fresh")
    assert time.monotonic() - start < 10
    assert second.total("") == 28
    assert second.complaints() == []


def test_a_port_in_use_is_said_in_one_line(server: ServerProcess, tmp_path: Path) -> None:
    port = urlsplit(server.address).port
    start = time.monotonic()
    done = belong(tmp_path / "data", "serve", PORT=str(port))
    assert time.monotonic() - start < 10
    assert (done.returncode, done.stdout) == (2, "")
    assert re.fullmatch(rf"belong: Port {port} of 127\.0\.0\.1 is in use .* PORT={(port or 0) + 1}\n", done.stderr)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"PORT": "abc"}, "PORT is 'abc', but has to be a whole number from 0 to 65,535"),
        ({"PORT": "65536"}, "PORT is '65536', but has to be a whole number from 0 to 65,535"),
        ({"PORT": "-1"}, "PORT is '-1', but has to be a whole number from 0 to 65,535"),
        ({"PORT": "٨"}, "PORT is '٨', but has to be a whole number from 0 to 65,535"),
        ({"WEB_PROCESSES": "0"}, "WEB_PROCESSES is '0', but has to be a whole number from 1 to 64"),
        ({"HOST": "no such host"}, "HOST is 'no such host', but has to be a name or an address of this machine"),
        ({"HOST": "192.0.2.1"}, "HOST is '192.0.2.1', but has to be a name or an address of this machine"),
        ({"ELASTICSEARCH_URL": "es:9200"}, "ELASTICSEARCH_URL is 'es:9200', but has to be an address with a port"),
        ({"BELONG_DATA": "/dev/null/data"}, "/dev/null/data: Not a directory"),
        ({"BELONG_DATA": "/proc/nothing"}, "/proc/nothing: No such file or directory"),
        ({"DATABASE_URL": "nonsense"}, "catalogue address is 'nonsense', but has to be"),
    ],
    ids=lambda value: "-".join(f"{k}={v}" for k, v in value.items()) if isinstance(value, dict) else "",
)
def test_settings_that_cannot_be_used_are_said_in_one_line(tmp_path: Path, changes: dict[str, str], said: str) -> None:
    done = belong(tmp_path / "data", "serve", **changes)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"belong: {said}")
    assert done.stderr.count("\n") == 1


@pytest.mark.skipif(not socket.has_ipv6, reason="this machine has no IPv6")
@pytest.mark.parametrize(
    ("host", "shown"),
    [
        ("::", "http://[::1]:"),
        ("::1", "http://[::1]:"),
        ("0.0.0.0", "http://127.0.0.1:"),
        ("localhost", "http://"),
    ],
)
def test_the_address_that_is_printed_can_be_opened(start_server: Start, data: Path, host: str, shown: str) -> None:
    running = start_server(data, HOST=host)
    assert running.address.startswith(shown)
    assert running.get("/api/v1/status").status == 200


def test_a_second_server_on_the_same_data_works_too(start_server: Start, data: Path) -> None:
    first, second = start_server(data), start_server(data)
    assert first.total("") == second.total("") == 28
    assert len(first.indexers() + second.indexers()) == 1
    first.stop()
    assert eventually(second.indexers, within=5)


def test_it_can_be_stopped_while_it_indexes_for_the_first_time(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [*BELONG, "serve"],
        env=environment_of(tmp_path / "data"),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert eventually((tmp_path / "data" / "catalogue.sqlite").exists, within=30)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=30)
    assert process.returncode in {0, 130}
    assert "Traceback" not in said


def _is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False
