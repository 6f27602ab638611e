"""What people are answered while something is broken."""

import re
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from bootstrap.services import Services
from tests.conftest import GONE_ID

Application = Callable[[Services], FlaskClient]


def some_record(client: FlaskClient) -> str:
    return client.get("/api/v1/search?size=1").get_json()["hits"][0]["id"]


def remove_index(data: Path) -> None:
    shutil.rmtree(data / "index")


def remove_generation(data: Path) -> None:
    shutil.rmtree((data / "index" / "active").resolve())


def damage_segments(data: Path) -> None:
    for file in (data / "index" / "active").resolve().iterdir():
        if file.suffix in {".store", ".idx", ".term", ".fast"}:
            file.unlink()  # a file that is cut off while it is mapped kills the process
            file.write_bytes(b"\x00" * 100)


def damage_list_of_segments(data: Path) -> None:
    (data / "index" / "active" / "meta.json").write_text("{not json")


def make_link_a_file(data: Path) -> None:
    (data / "index" / "active").unlink()
    (data / "index" / "active").write_text("g1")


def make_index_a_file(data: Path) -> None:
    remove_index(data)
    (data / "index").write_text("")


BREAKAGES = [
    remove_index,
    remove_generation,
    damage_segments,
    damage_list_of_segments,
    make_link_a_file,
    make_index_a_file,
]


def assert_tells_nothing(answer: TestResponse, data: Path) -> None:
    for secret in ("Traceback", str(data), str(Path.cwd()), ".py", "sqlite", "tantivy", "g1"):
        assert secret not in answer.text


@pytest.mark.parametrize("breakage", BREAKAGES)
def test_a_broken_index_is_said_and_records_are_still_shown(
    services: Services, application: Application, data: Path, breakage: Callable[[Path], None]
) -> None:
    id_ = some_record(application(services))
    breakage(data)
    client = application(_reopened(services))
    for address in ("/api/v1/search?q=cohesion", "/api/v1/facets/theme", "/api/v1/suggest?q=coh"):
        answer = client.get(address)
        assert (answer.status_code, answer.content_type) == (503, "application/problem+json")
        assert int(answer.headers["Retry-After"]) > 0
        assert_tells_nothing(answer, data)
    answer = client.get("/search?q=cohesion")
    assert (answer.status_code, answer.mimetype) == (503, "text/html")
    assert int(answer.headers["Retry-After"]) > 0
    assert "Search is not answering just now. Record pages still work." in answer.text
    assert 'value="cohesion"' in answer.text
    assert_tells_nothing(answer, data)
    for address in (f"/records/{id_}", f"/api/v1/records/{id_}", "/help/search"):
        assert client.get(address).status_code == 200
    assert client.get(f"/records/{GONE_ID}").status_code == 410
    assert client.get("/api/v1/status").get_json()["index"] is None


def test_the_first_page_without_search_shows_the_newest_records(
    services: Services, application: Application, data: Path
) -> None:
    with_search = application(services).get("/").text
    remove_index(data)
    answer = application(_reopened(services)).get("/")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Search is not answering just now. Record pages still work, and here are the newest" in answer.text
    assert _newest(answer.text) == _newest(with_search) != []
    assert "By theme" in with_search
    for part in ("By theme", "By type", "By year", 'href="/search/facets', "The index is"):
        assert part not in answer.text
    assert_tells_nothing(answer, data)


def test_the_first_page_without_index_and_catalogue_says_so(
    services: Services, application: Application, data: Path
) -> None:
    services.catalogue.dispose()
    shutil.rmtree(data)
    data.mkdir()
    answer = application(_reopened(services)).get("/")
    assert answer.status_code == 503
    assert "catalogue is not answering" in answer.text
    assert_tells_nothing(answer, data)


@pytest.mark.parametrize("breakage", BREAKAGES[:-1])
def test_a_broken_index_is_made_anew(
    services: Services, application: Application, data: Path, breakage: Callable[[Path], None]
) -> None:
    breakage(data)
    repaired = _reopened(services)
    assert repaired.indexer.catch_up()
    assert application(repaired).get("/api/v1/search").get_json()["total"] == 28
    assert application(services).get("/api/v1/search").get_json()["total"] == 28


def test_an_index_of_an_older_format_is_made_anew(services: Services, application: Application, data: Path) -> None:
    about = data / "index" / "active" / "belong.json"
    about.write_text(about.read_text().replace('"format": ', '"format": 9'))
    assert application(_reopened(services)).get("/api/v1/search").status_code == 503
    assert _reopened(services).indexer.catch_up()
    answer = application(_reopened(services)).get("/api/v1/search")
    assert answer.get_json()["index"] == "g2"
    assert _reopened(services).engine.generation() == "g2"


def test_a_catalogue_that_is_gone_is_said(services: Services, application: Application, data: Path) -> None:
    services.catalogue.dispose()
    for file in data.glob("catalogue.sqlite*"):
        file.unlink()
    client = application(services)
    for address in ("/api/v1/records/x", "/api/v1/status"):
        answer = client.get(address)
        assert (answer.status_code, answer.content_type) == (503, "application/problem+json")
        assert int(answer.headers["Retry-After"]) > 0
        assert_tells_nothing(answer, data)
    page = client.get("/records/x")
    assert (page.status_code, page.mimetype) == (503, "text/html")
    assert_tells_nothing(page, data)
    for address in ("/search?q=cohesion", "/api/v1/search?q=cohesion", "/"):
        assert client.get(address).status_code == 200


def test_a_catalogue_that_is_no_database_is_said(services: Services, application: Application, data: Path) -> None:
    services.catalogue.dispose()
    for file in data.glob("catalogue.sqlite*"):
        file.write_bytes(b"This is no database." * 1000)
    answer = application(services).get("/api/v1/records/x")
    assert answer.status_code == 503
    assert_tells_nothing(answer, data)


def test_pages_are_read_while_somebody_writes(services: Services, application: Application, data: Path) -> None:
    client = application(services)
    id_ = some_record(client)
    with closing(sqlite3.connect(data / "catalogue.sqlite", isolation_level=None)) as writer:
        writer.execute("BEGIN EXCLUSIVE")
        for address in (f"/records/{id_}", "/search?q=cohesion", "/api/v1/status"):
            assert client.get(address).status_code == 200
        writer.execute("ROLLBACK")


def test_what_nobody_thought_of_is_a_problem_without_a_trace(services: Services, application: Application) -> None:
    client = application(services)
    client.application.add_url_rule("/api/v1/zero", "zero", lambda: str(1 // 0))
    client.application.add_url_rule("/zero", "page_zero", lambda: str(1 // 0))
    answer = client.get("/api/v1/zero")
    assert (answer.status_code, answer.content_type) == (500, "application/problem+json")
    for address in ("/api/v1/zero", "/zero"):
        assert "ZeroDivision" not in client.get(address).text
        assert client.get(address).status_code == 500


def _newest(page: str) -> list[str]:
    """The addresses of the records that the first page lists, in order."""
    return re.findall(r'<h3[^>]*><a href="(/records/[^"]+)"', page)


def _reopened(services: Services) -> Services:
    """The services of a process that has not opened the index yet."""
    from bootstrap.services import build_services

    return build_services(services.settings)
