"""What only a catalogue in PostgreSQL has: addresses, time-outs, and many who write at the same time."""

import contextlib
import json
import multiprocessing
import random
import re
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url, text

from catalogue import curation, pending, records, runs, vocabularies
from catalogue.database import Catalogue, open_catalogue
from catalogue.errors import AlreadyRunning, CatalogueUnavailable, Collision, Invalid, NotFound
from catalogue.intake.importer import import_file
from catalogue.models import now
from catalogue.record import Draft, Name, Vocabulary
from catalogue.records import Change
from catalogue.runs import RunKind
from tests.processes import eventually
from tests.servers.postgresql import PostgresServer
from tests.servers.proxy import PASS, Fault, Proxy, running_proxy

PASSWORD = "s3cr3t"


@pytest.fixture
def database() -> str:
    return "postgresql"


def unavailable(address: str) -> str:
    """What is said of a catalogue that cannot be read."""
    catalogue = open_catalogue(address)
    with pytest.raises(CatalogueUnavailable) as caught, catalogue.read() as session:
        records.count(session)
    catalogue.dispose()
    assert "\n" not in str(caught.value)
    return str(caught.value)


# Addresses


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg"])
def test_an_address_needs_no_driver(url: str, scheme: str) -> None:
    catalogue = open_catalogue(url.replace("postgresql", scheme, 1))
    with catalogue.read() as session:
        assert records.count(session) == 0
    catalogue.dispose()


@pytest.mark.parametrize(
    "address",
    [
        f"postgresql+asyncpg://u:{PASSWORD}@localhost/x",
        f"postgresql://u:{PASSWORD}@localhost:port/x",
        f"postgresql://u:p@{PASSWORD}@localhost/x",
        f"postgresql://u:p@/{PASSWORD}@localhost/x",
        f"mysql://u:{PASSWORD}@localhost/x",
        f"no address u:{PASSWORD}@localhost/x?password={PASSWORD}",
    ],
)
def test_an_address_that_cannot_be_one_is_told_without_its_password(address: str) -> None:
    with pytest.raises(Invalid) as caught:
        open_catalogue(address)
    assert PASSWORD not in str(caught.value)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"database": "nothing_of_this_name"}, "does not exist.* createdb"),
        ({"username": "nobody_of_this_name"}, "DATABASE_URL"),
        ({"port": 1}, "Check that PostgreSQL runs there"),
        ({"host": "host.invalid"}, "Check that PostgreSQL runs there"),
        ({"query": {"password": PASSWORD, "nonsense": "1"}}, "nonsense"),
    ],
    ids=["database", "user", "port", "host", "option"],
)
def test_what_cannot_be_reached_is_told_with_advice_and_without_a_password(
    url: str, changes: dict[str, object], said: str
) -> None:
    address = make_url(url).set(password=PASSWORD).set(**changes)  # type: ignore[arg-type]
    message = unavailable(address.render_as_string(hide_password=False))
    assert PASSWORD not in message
    assert re.search(said, message), message


def test_a_database_that_cannot_hold_every_letter_is_refused(postgresql: PostgresServer, url: str) -> None:
    name = f"{make_url(url).database}_ascii"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} ENCODING 'SQL_ASCII' LOCALE 'C' TEMPLATE template0")
    address = make_url(url).set(database=name).render_as_string(hide_password=False)
    catalogue = open_catalogue(address)
    with pytest.raises(CatalogueUnavailable, match="has to be in UTF8"):
        catalogue.migrate()
    postgresql.drop(address)


# Transactions


def test_sessions_are_what_they_are_meant_to_be(catalogue: Catalogue) -> None:
    def shown(session_of: Callable[[], contextlib.AbstractContextManager[object]]) -> dict[str, str]:
        names = ["transaction_isolation", "transaction_read_only", "statement_timeout", "lock_timeout", "timezone"]
        with session_of() as session:
            return {name: session.execute(text(f"SHOW {name}")).scalar_one() for name in names}  # type: ignore[attr-defined]

    common = {"lock_timeout": "5s", "timezone": "UTC"}
    reading = {"transaction_isolation": "repeatable read", "transaction_read_only": "on", "statement_timeout": "6s"}
    writing = {"transaction_isolation": "read committed", "transaction_read_only": "off", "statement_timeout": "20s"}
    assert shown(catalogue.read) == reading | common
    assert shown(catalogue.write) == writing | common


def test_an_address_may_set_what_it_likes(url: str) -> None:
    catalogue = open_catalogue(f"{url}?options=-c%20statement_timeout%3D1s&application_name=mine")
    with catalogue.read() as session:
        assert session.execute(text("SHOW statement_timeout")).scalar_one() == "1s"
        assert session.execute(text("SHOW application_name")).scalar_one() == "mine"
        assert session.execute(text("SHOW lock_timeout")).scalar_one() == "5s"
    catalogue.dispose()


def test_two_that_wait_for_each_other_are_told_to_try_again(catalogue: Catalogue, url: str) -> None:
    with catalogue.write() as session:
        for record_id in ("a", "b"):
            records.save(session, Draft(title=record_id), record_id=record_id)
    met = threading.Barrier(2)
    ends: list[type[Exception] | None] = []

    def lock(first: str, second: str) -> None:
        try:
            with catalogue.write() as session:
                records.get(session, first)
                met.wait()
                records.get(session, second)
        except Exception as e:  # noqa: BLE001 - looked at below
            ends.append(type(e))
        else:
            ends.append(None)

    threads = [threading.Thread(target=lock, args=pair) for pair in (("a", "b"), ("b", "a"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ends, key=str) == sorted([None, Collision], key=str)


# Nothing waits without end


@pytest.fixture
def proxy(url: str) -> Iterator[Proxy]:
    """What stands between a catalogue and its server."""
    with running_proxy(url) as proxy:
        yield proxy


def through(proxy: Proxy, url: str) -> str:
    return make_url(url).set(port=proxy.port).render_as_string(hide_password=False)


def test_a_server_that_falls_silent_is_given_up_within_seconds(url: str, proxy: Proxy) -> None:
    catalogue = open_catalogue(through(proxy, url))
    with catalogue.read() as session:
        assert records.count(session) == 0
    proxy.set(Fault(mute=True))
    start = time.monotonic()
    with pytest.raises(CatalogueUnavailable, match="Check that PostgreSQL runs"), catalogue.read() as session:
        records.count(session)
    assert time.monotonic() - start < 8
    catalogue.dispose()


def test_a_server_that_falls_silent_in_the_middle_of_a_read_is_given_up(url: str, proxy: Proxy) -> None:
    catalogue = open_catalogue(through(proxy, url))

    def read() -> None:
        with catalogue.read() as session:
            assert records.count(session) == 0
            proxy.set(Fault(mute=True))
            records.count(session)

    start = time.monotonic()
    with pytest.raises(CatalogueUnavailable):
        read()
    assert time.monotonic() - start < 10
    proxy.set(PASS)
    with catalogue.read() as session:
        assert records.count(session) == 0
    catalogue.dispose()


def test_a_statement_that_takes_too_long_is_ended(url: str) -> None:
    catalogue = open_catalogue(f"{url}?options=-c%20statement_timeout%3D100")
    with pytest.raises(CatalogueUnavailable, match="try again when less is going on"), catalogue.read() as session:
        session.execute(text("SELECT pg_sleep(5)"))
    catalogue.dispose()


def test_connections_that_the_server_closed_are_replaced(catalogue: Catalogue, url: str) -> None:
    for session_of in (catalogue.read, catalogue.write):
        with session_of() as session:
            records.count(session)
    others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"{others} AND pid <> pg_backend_pid()")
    for session_of in (catalogue.read, catalogue.write):
        with session_of() as session:
            assert records.count(session) == 0


def test_a_connection_lost_in_the_middle_of_a_write_leaves_nothing(catalogue: Catalogue, url: str) -> None:
    def lose() -> None:
        with catalogue.write() as session:
            records.save(session, Draft(title="Half"))
            pid = session.execute(text("SELECT pg_backend_pid()")).scalar_one()
            with psycopg.connect(url, autocommit=True) as connection:
                connection.execute("SELECT pg_terminate_backend(%s)", [pid])
            records.save(session, Draft(title="Other half"))

    with pytest.raises(CatalogueUnavailable):
        lose()
    with catalogue.read() as session:
        assert records.count(session) == 0


# Texts


@pytest.mark.parametrize("look", ["get", "delete"])
def test_a_text_that_postgresql_cannot_hold_is_the_name_of_nothing(catalogue: Catalogue, look: str) -> None:
    with catalogue.write() as session:
        with pytest.raises(NotFound):
            getattr(records, look)(session, "a\0b")
        with pytest.raises(NotFound):
            vocabularies.resolve(session, "theme", "a\0b")
        assert records.get_many(session, ["a\0b"]) == {}
        assert vocabularies.labels(session, "author", ["a\0b"]) == {}


def test_the_longest_names_fit_the_indexes(catalogue: Catalogue) -> None:
    chosen = random.Random(1)

    def longest(limit: int) -> str:
        """Four bytes a letter, and nothing that could be compressed."""
        return "".join(chr(chosen.randrange(0x20000, 0x2A6DF)) for _ in range(limit))

    draft = Draft(
        title=longest(1_000),
        contributors=(Name(name=longest(300)),),
        themes=(longest(300),),
        type=longest(300),
        link=f"https://example.org/{longest(1_900)}",
        doi=f"10.1000/{longest(490)}",
        abstract=longest(50_000),
    )
    with catalogue.write() as session:
        saved = records.save(session, draft)
    with catalogue.write() as session:
        assert records.save(session, draft).change is Change.UNCHANGED
        assert records.find(session, Draft(title="Other", doi=draft.doi)) is not None
        assert records.get(session, saved.id).title == draft.title


# Many at the same time


# On a busy machine waiting is no mistake; waiting for each other is, and that is found after a second.
PATIENCE = 60.0


START = 77  # a lock that nothing else uses


def wait_for_start(url: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("SELECT pg_advisory_xact_lock_shared(%s)", [START])


@contextlib.contextmanager
def started_together(url: str, number: int) -> Iterator[None]:
    """What is submitted here begins when all of them have come to `wait_for_start`."""
    waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = %s AND NOT granted"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", [START])
        yield
        assert eventually(lambda: connection.execute(waiting, [START]).fetchone() == (number,), within=60) is not None


def claim_all(url: str) -> list[str]:
    """Claims in small numbers until nothing is left, and what was claimed."""
    wait_for_start(url)
    catalogue = open_catalogue(url, busy_timeout=PATIENCE)
    had: list[str] = []
    while True:
        with catalogue.write() as session:
            claim = pending.claim(session, now=now(), limit=9, lease=timedelta(minutes=1))
        if claim is None:
            break
        had += [record_id for record_id, _ in claim.rows]
        if len(had) % 2:
            with catalogue.write() as session:
                pending.complete(session, claim.token, claim.rows)
    catalogue.dispose()
    return had


def add_all(url: str, number: int) -> list[str]:
    """Adds records whose authors and themes others add at the same time, and their changes."""
    wait_for_start(url)
    catalogue = open_catalogue(url, busy_timeout=PATIENCE)
    changes: list[str] = []
    for at in range(25):
        draft = Draft(
            title=f"Record {at}",
            contributors=(Name(name=f"Author {at}"), Name(name=f"Author {at + number % 2}")),
            themes=(f"Theme {at} > Part", f"Theme {at + 1}"),
        )
        with catalogue.write() as session:
            changes.append(records.save(session, draft, record_id=f"{number}-{at}").change)
            changes.append(records.save(session, Draft(title=f"Shared {at}", themes=(f"Theme {at}",))).change)
    catalogue.dispose()
    return changes


def import_all(url: str, path: str) -> dict[str, object]:
    """Imports a file: its report."""
    catalogue = open_catalogue(url, busy_timeout=PATIENCE)
    try:
        return import_file(catalogue, Path(path)).as_dict()
    finally:
        catalogue.dispose()


@pytest.fixture(scope="module")
def processes() -> Iterator[ProcessPoolExecutor]:
    """Four processes that were started afresh."""
    with ProcessPoolExecutor(4, mp_context=multiprocessing.get_context("spawn")) as pool:
        yield pool


def test_no_row_is_claimed_by_two_workers(catalogue: Catalogue, url: str, processes: ProcessPoolExecutor) -> None:
    with catalogue.write() as session:
        ids = [records.save(session, Draft(title=f"Record {number}")).id for number in range(200)]
    with started_together(url, 4):
        claims = processes.map(claim_all, [url] * 4)
    had = list(claims)
    assert sorted(record_id for each in had for record_id in each) == sorted(ids)
    assert sum(bool(each) for each in had) > 1


def test_what_several_add_at_once_is_there_once(catalogue: Catalogue, url: str, processes: ProcessPoolExecutor) -> None:
    with started_together(url, 4):
        made = processes.map(add_all, [url] * 4, range(4))
    changes = [change for each in made for change in each]
    assert changes.count(Change.ADDED) == 4 * 25 + 25
    with catalogue.read() as session:
        assert records.count(session) == 125
        for table, column in (("agent", "folded"), ("concept", "label || coalesce(broader_id, '')")):
            twice = f"SELECT {column} FROM {table} GROUP BY 1 HAVING count(*) > 1"
            assert session.execute(text(twice)).all() == []


def test_two_imports_of_one_file_beside_edits_and_indexing_lose_nothing(
    url: str, processes: ProcessPoolExecutor, tmp_path: Path
) -> None:
    catalogue = open_catalogue(url, busy_timeout=PATIENCE)
    lines = [
        {"title": f"Record {at}", "author": f"Author {at % 50}", "themes": [f"T{at % 9}"], "id": f"r{at % 800}"}
        for at in range(1_200)
    ]
    files = [tmp_path / name for name in ("forwards.jsonl", "backwards.jsonl")]
    for file, order in zip(files, (lines, lines[::-1]), strict=True):
        file.write_text("".join(f"{json.dumps(line)}\n" for line in order))
    with catalogue.write() as session:
        records.save(session, Draft(title="Before", themes=("T1",)), record_id="r0")
    imports = [processes.submit(import_all, url, str(file)) for file in files]
    indexing = processes.submit(claim_all, url)
    edits = 0
    while not all(each.done() for each in imports):
        with catalogue.write() as session:
            records.save(session, Draft(title=f"Edited {edits}"), record_id=f"r{edits % 800}")
        if edits == 5:
            with catalogue.write() as session:
                curation.rename_concept(session, Vocabulary.THEME, "t1", "Renamed")
        edits += 1
    indexing.result()
    reports = [each.result() for each in imports]
    assert all(report["added"] + report["changed"] + report["unchanged"] == 1_200 for report in reports)  # type: ignore[operator]
    assert [report["refused"]["total"] for report in reports] == [0, 0]  # type: ignore[index]
    assert edits > 2
    with catalogue.read() as session:
        assert records.count(session) == 800
        unmarked = "SELECT count(*) FROM record r JOIN pending p ON p.record_id = r.id AND p.version <> r.version"
        assert session.execute(text(unmarked)).scalar_one() == 0
    catalogue.dispose()


def test_a_dry_run_keeps_nobody_from_writing_the_same(catalogue: Catalogue, tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    file.write_text("".join(f'{{"id": "r{at}", "title": "Record {at}"}}\n' for at in range(600)))

    def write(_done: int) -> None:
        with catalogue.write() as session:
            records.save(session, Draft(title="Mine"), record_id="r1")

    assert import_file(catalogue, file, dry_run=True, on_progress=write).added == 600
    with catalogue.read() as session:
        assert records.get(session, "r1").title == "Mine"
        assert records.count(session) == 1


def test_a_batch_that_collided_is_written_again(catalogue: Catalogue, tmp_path: Path) -> None:
    with catalogue.migration() as connection:
        # A sequence is not rolled back: the trigger knows how often it was called.
        connection.exec_driver_sql("""
            CREATE SEQUENCE tries;
            CREATE FUNCTION collide() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                IF nextval('tries') < 3 THEN RAISE EXCEPTION USING ERRCODE = 'deadlock_detected'; END IF;
                RETURN new;
            END $$;
            CREATE TRIGGER collide BEFORE INSERT ON record FOR EACH ROW EXECUTE FUNCTION collide()
        """)
    file = tmp_path / "a.jsonl"
    file.write_text('{"title": "One"}\n{"title": "Two"}\n')
    report = import_file(catalogue, file)
    assert (report.added, report.refused.total) == (2, 0)


def test_only_one_of_two_runs_that_start_at_once_does(catalogue: Catalogue) -> None:
    met = threading.Barrier(2)
    ends: list[object] = []

    def start(kind: RunKind) -> None:
        try:
            with catalogue.write() as session:
                met.wait()
                ends.append(runs.start(session, kind, started_by="a test"))
                time.sleep(0.2)
        except AlreadyRunning:
            ends.append(None)

    threads = [threading.Thread(target=start, args=[kind]) for kind in (RunKind.REBUILD, RunKind.ROLLBACK)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(end is not None for end in ends) == 1
