"""What programs are answered."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from marshmallow import Schema

from app.api import examples
from app.api.record_input import RecordInputSchema
from app.api.schemas import (
    CompletionsSchema,
    FacetPageSchema,
    ProblemSchema,
    RecordSchema,
    ReindexSchema,
    SearchPageSchema,
    StatusSchema,
)
from bootstrap.services import Services
from mappings.fields import FACET_NAMES
from tests.conftest import GONE_ID, GONE_TITLE

GETS = [
    "/api/v1/search?q=cohesion",
    "/api/v1/search",
    "/api/v1/suggest?q=integ",
    "/api/v1/facets/theme",
    "/api/v1/status",
    "/api/v1/openapi.json",
    "/",
    "/search?q=cohesion",
    "/search/facets/theme",
    "/help/search",
    "/static/site.css",
]


def first_record(client: FlaskClient) -> dict[str, Any]:
    return client.get("/api/v1/search?size=1").get_json()["hits"][0]


def test_a_search_answers_with_results_facets_and_how_it_was_read(client: FlaskClient) -> None:
    body = client.get("/api/v1/search?q=cohesion&size=5").get_json()
    assert set(body) == {"total", "page", "size", "query", "hits", "facets", "suggestion", "index"}
    assert (body["page"], body["size"], body["total"] > 0) == (1, 5, True)
    assert body["query"]["reading"] == "cohesion"
    assert set(body["facets"]) == set(FACET_NAMES)
    assert any(fragment["marked"] for hit in body["hits"] for fragment in hit["highlighted_title"])


def test_whose_page_asks_makes_no_difference(client: FlaskClient) -> None:
    asked = client.get("/api/v1/search?q=cohesion&member=neighbours-together")
    assert asked.get_json() == client.get("/api/v1/search?q=cohesion").get_json()


def test_the_pages_of_results_are_all_records_once(client: FlaskClient) -> None:
    seen: list[str] = []
    for page in range(1, 7):
        seen += [hit["id"] for hit in client.get(f"/api/v1/search?size=5&page={page}").get_json()["hits"]]
    assert len(seen) == len(set(seen)) == 28


@pytest.mark.parametrize("sort", ["newest", "oldest", "title", "relevance"])
def test_every_order_has_the_same_records(client: FlaskClient, sort: str) -> None:
    body = client.get(f"/api/v1/search?size=100&sort={sort}").get_json()
    assert len({hit["id"] for hit in body["hits"]}) == body["total"] == 28


@pytest.mark.parametrize(
    ("address", "schema"),
    [
        ("/api/v1/search?q=cohesion", SearchPageSchema),
        ("/api/v1/search?q=zzzzzz&theme=nothing", SearchPageSchema),
        ("/api/v1/search?q=cohesoin", SearchPageSchema),
        ("/api/v1/suggest?q=integ", CompletionsSchema),
        ("/api/v1/suggest", CompletionsSchema),
        ("/api/v1/facets/author", FacetPageSchema),
        ("/api/v1/facets/year", FacetPageSchema),
        ("/api/v1/status", StatusSchema),
        ("/api/v1/nothing", ProblemSchema),
        ("/api/v1/search?page=0", ProblemSchema),
    ],
)
def test_answers_are_as_the_schemas_say(client: FlaskClient, address: str, schema: type[Schema]) -> None:
    assert schema().validate(client.get(address).get_json()) == {}


def test_a_record_is_as_its_schema_says(client: FlaskClient) -> None:
    hit = first_record(client)
    record = client.get(f"/api/v1/records/{hit['id']}").get_json()
    assert RecordSchema().validate(record) == {}
    assert {name: record[name] for name in ("id", "title", "url")} == {n: hit[n] for n in ("id", "title", "url")}
    assert client.get(record["url"]).status_code == 200


@pytest.mark.parametrize(
    ("example", "schema"),
    [
        (examples.RECORD_INPUT, RecordInputSchema),
        (examples.REINDEX_ASKED_FOR, ReindexSchema),
        (examples.REINDEX, ReindexSchema),
        (examples.REINDEX_CANCELLED, ReindexSchema),
        (examples.RUNNING, ProblemSchema),
        (examples.CHANGED_MEANWHILE, ProblemSchema),
        (examples.FLAWED, ProblemSchema),
        (examples.SEARCH_PAGE, SearchPageSchema),
        (examples.COMPLETIONS, CompletionsSchema),
        (examples.FACET_PAGE, FacetPageSchema),
        (examples.RECORD, RecordSchema),
        (examples.STATUS, StatusSchema),
        (examples.REFUSED, ProblemSchema),
        (examples.GONE, ProblemSchema),
        (examples.UNAVAILABLE, ProblemSchema),
    ],
)
def test_examples_are_as_the_schemas_say(example: dict[str, Any], schema: type[Schema]) -> None:
    assert schema().validate(example) == {}


def test_json_is_utf_8_as_it_is_read(client: FlaskClient) -> None:
    body = client.get(f"/api/v1/search?q={quote('Zürich “£”')}").data
    assert "Zürich “£”".encode() in body


def test_a_deleted_record_is_gone_with_its_title(client: FlaskClient) -> None:
    answer = client.get(f"/api/v1/records/{GONE_ID}")
    assert (answer.status_code, answer.content_type) == (410, "application/problem+json")
    assert GONE_TITLE in answer.get_json()["detail"]
    page = client.get(f"/records/{GONE_ID}")
    assert page.status_code == 410
    assert "Gone &amp; &lt;b&gt;forgotten&lt;/b&gt;" in page.text


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/api/v1/records/never-was", 404),
        ("/api/v1/facets/colour", 404),
        ("/api/v1/nothing", 404),
        ("/api/nothing", 404),
        ("/api/v1/search?page=0", 400),
        ("/api/v1/search?q=%00", 400),
    ],
)
def test_errors_of_the_api_are_problem_details(client: FlaskClient, address: str, status: int) -> None:
    answer = client.get(address)
    assert (answer.status_code, answer.content_type) == (status, "application/problem+json")
    body = answer.get_json()
    assert body["status"] == status
    assert body["type"] == "about:blank"
    assert body["title"]
    assert body["detail"]
    assert answer.headers["Cache-Control"] == "no-store"


def test_an_unknown_facet_says_which_there_are(client: FlaskClient) -> None:
    assert "theme, type, year, author, publisher" in client.get("/api/v1/facets/colour").get_json()["detail"]


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "FOO"])
@pytest.mark.parametrize("address", ["/api/v1/search", "/api/v1/facets/theme", "/search", "/"])
def test_other_methods_are_refused_with_those_that_there_are(client: FlaskClient, method: str, address: str) -> None:
    answer = client.open(address, method=method)
    assert answer.status_code == 405
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}
    kind = "application/problem+json" if address.startswith("/api/") else "text/html; charset=utf-8"
    assert answer.content_type == kind


@pytest.mark.parametrize("address", ["/api/v1/search", "/search"])
def test_a_large_body_is_refused(client: FlaskClient, address: str) -> None:
    assert client.post(address, data=b"a" * 100_000).status_code == 413


@pytest.mark.parametrize("address", GETS)
def test_head_is_get_without_a_body(client: FlaskClient, address: str) -> None:
    head, get = client.head(address, buffered=True), client.get(address, buffered=True)
    assert (head.status_code, head.data) == (200, b"")
    for name in ("Content-Type", "Content-Length", "ETag", "Cache-Control"):
        assert head.headers[name] == get.headers[name]


@pytest.mark.parametrize("address", GETS)
def test_an_answer_is_not_sent_again_to_who_has_it(client: FlaskClient, address: str) -> None:
    first = client.get(address, buffered=True)
    assert first.headers["ETag"]
    assert first.headers["Cache-Control"]
    second = client.get(address, headers={"If-None-Match": first.headers["ETag"]}, buffered=True)
    assert (second.status_code, second.data) == (304, b"")
    assert second.headers["ETag"] == first.headers["ETag"]
    assert client.get(address, headers={"If-None-Match": '"other"'}, buffered=True).status_code == 200


def test_a_record_has_an_etag_too(client: FlaskClient) -> None:
    for address in (f"/api/v1/records/{first_record(client)['id']}", f"/records/{first_record(client)['id']}"):
        tag = client.get(address).headers["ETag"]
        assert client.get(address, headers={"If-None-Match": tag}).status_code == 304


def test_options_tells_the_methods(client: FlaskClient) -> None:
    answer = client.options("/api/v1/search")
    assert (answer.status_code, answer.data) == (200, b"")
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}


def test_values_of_a_facet_can_be_looked_through(client: FlaskClient) -> None:
    everything = client.get("/api/v1/facets/author").get_json()
    some = client.get("/api/v1/facets/author?containing=ABRAMS").get_json()
    assert 0 < some["total"] < everything["total"] == len(everything["values"])
    assert all("abrams" in value["label"].casefold() for value in some["values"])


def test_an_unknown_value_of_a_facet_is_a_filter_that_finds_nothing(client: FlaskClient) -> None:
    body = client.get("/api/v1/search?theme=no-such-theme").get_json()
    assert body["total"] == 0
    assert {"value": "no-such-theme", "label": None, "count": 0, "chosen": True} in body["facets"]["theme"]


def test_a_range_of_years_is_a_value_like_others(client: FlaskClient) -> None:
    body = client.get("/api/v1/search?year=2017..2018&size=100").get_json()
    assert body["total"] > 0
    assert all(hit["date"][:4] in {"2017", "2018"} for hit in body["hits"])


def test_status_tells_how_many_records_there_are(client: FlaskClient) -> None:
    body = client.get("/api/v1/status").get_json()
    assert body == {
        "records": 28,
        "index": "g1",
        "outdated": False,
        "pending": 0,
        "oldest_pending_seconds": None,
        "dead_letters": 0,
        "stopped": None,
        "run": None,
    }


def test_status_counts_what_the_index_does_not_show_yet(
    services: Services, application: Callable[[Services], FlaskClient], touch: Callable[[Services], str]
) -> None:
    touch(services)
    body = application(services).get("/api/v1/status").get_json()
    assert (body["records"], body["pending"]) == (29, 1)
    assert 0 <= body["oldest_pending_seconds"] < 30
