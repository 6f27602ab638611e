"""Where the widget is served, and for how long it may be kept."""

import base64
import gzip
import hashlib

import pytest
from flask.testing import FlaskClient

from app.widget.releases import Release, newest, newest_of, releases


def release(*number: int) -> Release:
    return Release(number=number, script=b"", gzipped=b"")


def test_a_version_may_be_kept_for_ever(client: FlaskClient) -> None:
    answer = client.get(newest().address)
    assert answer.status_code == 200
    assert answer.data == newest().script
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["Content-Type"] == "text/javascript; charset=utf-8"


def test_the_newest_of_a_series_is_asked_for_again_soon(client: FlaskClient) -> None:
    answer = client.get("/widget/v1/belong-search.js")
    assert answer.data == newest().script
    assert answer.headers["Cache-Control"] == "public, max-age=600"
    again = client.get("/widget/v1/belong-search.js", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize("path", [newest().address, "/widget/v1/belong-search.js"])
def test_any_page_may_run_it_and_hold_it_to_its_hash(client: FlaskClient, path: str) -> None:
    headers = client.get(path).headers
    assert headers["Access-Control-Allow-Origin"] == "*"
    assert headers["Cross-Origin-Resource-Policy"] == "cross-origin"


def test_whoever_can_read_gzip_gets_it(client: FlaskClient) -> None:
    plain = client.get(newest().address)
    answer = client.get(newest().address, headers={"Accept-Encoding": "gzip, br"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(answer.data) == plain.data
    assert answer.headers["ETag"] != plain.headers["ETag"]
    assert answer.headers["Vary"] == plain.headers["Vary"] == "Accept-Encoding"


def test_the_hash_is_that_of_the_script() -> None:
    kind, _, digest = newest().integrity.partition("-")
    assert kind == "sha384"
    assert base64.b64decode(digest) == hashlib.sha384(newest().script).digest()


@pytest.mark.parametrize(
    "version", ["0.0.1", "1.0", "1", "v0", "v2", "v01", "01.0.0", "v1.0.0", "..", "1.0.0.js", "٠.1.0"]
)
def test_a_version_that_never_was_is_not_found(client: FlaskClient, version: str) -> None:
    answer = client.get(f"/widget/{version}/belong-search.js")
    assert answer.status_code == 404
    assert answer.headers["Cache-Control"] == "no-store"


def test_versions_are_in_order_of_their_numbers() -> None:
    assert sorted(releases(), key=lambda version: releases()[version].number, reverse=True) == list(releases())
    assert release(1, 10, 0).number > release(1, 9, 0).number
    assert release(1, 10, 0).version == "1.10.0"
    assert newest_of(f"v{newest().number[0]}") == newest()
    assert newest_of("v0") is None
