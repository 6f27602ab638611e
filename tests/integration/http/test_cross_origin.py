"""Pages of other sites may read what is public, without asking before and without any sign of who asks."""

import shutil
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from app.factory import create_app
from bootstrap.services import build_services
from bootstrap.settings import read_settings

ELSEWHERE = {"Origin": "https://member.example"}

READ = [
    "/api/v1/search?q=trust",
    "/api/v1/search?page=0",
    "/api/v1/records/nothing-here",
    "/api/v1/nothing",
    "/api/v1/openapi.json",
    "/api/v1/status",
    "/widget/nothing",
]


@pytest.mark.parametrize("origin", [ELSEWHERE, {"Origin": "null"}, {}], ids=["a site", "a sandbox", "no origin"])
@pytest.mark.parametrize("path", READ)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_what_is_public_is_read_from_anywhere(
    client: FlaskClient, path: str, method: str, origin: dict[str, str]
) -> None:
    headers = client.open(path, method=method, headers=origin).headers
    assert headers["Access-Control-Allow-Origin"] == "*"
    assert headers["Access-Control-Expose-Headers"] == "RateLimit, RateLimit-Policy, Retry-After"
    assert "Access-Control-Allow-Credentials" not in headers
    assert headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "Origin" not in headers.get("Vary", "")


def test_an_answer_that_is_still_good_is_read_from_anywhere(client: FlaskClient) -> None:
    tag = client.get("/api/v1/search?q=trust").headers["ETag"]
    answer = client.get("/api/v1/search?q=trust", headers={**ELSEWHERE, "If-None-Match": tag})
    assert answer.status_code == 304
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_an_outage_is_read_from_anywhere(data: Path) -> None:
    shutil.rmtree(data / "index")
    built = build_services(read_settings({"BELONG_DATA": str(data)}))
    answer = create_app(built).test_client().get("/api/v1/search?q=trust", headers=ELSEWHERE)
    assert answer.status_code == 503
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Retry-After"]
    built.catalogue.dispose()


@pytest.mark.parametrize("path", READ)
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_nothing_is_written_from_elsewhere(client: FlaskClient, path: str, method: str) -> None:
    headers = client.open(path, method=method, headers=ELSEWHERE).headers
    assert [name for name, _ in headers if name.startswith("Access-Control-")] == []


@pytest.mark.parametrize("path", ["/", "/search?q=trust", "/staff/sign-in", "/healthz", "/metrics", "/nothing"])
def test_pages_are_read_by_nobody_else(client: FlaskClient, path: str) -> None:
    headers = client.get(path, headers=ELSEWHERE).headers
    assert [name for name, _ in headers if name.startswith("Access-Control-")] == []
