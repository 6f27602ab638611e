"""What a program is answered that completes what somebody types."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from bootstrap.services import Services
from catalogue import records

Suggested = dict[str, Any]


def suggested(client: FlaskClient, typed: str, **parameters: object) -> list[Suggested]:
    answer = client.get("/api/v1/suggest", query_string={"q": typed, **parameters})
    assert answer.status_code == 200, answer.text
    body = answer.get_json()
    assert body["query"] == typed
    assert all("".join(piece["text"] for piece in each["marked"]) == each["text"] for each in body["suggestions"])
    return body["suggestions"]


def test_names_and_titles_are_suggested_with_their_counts_and_addresses(client: FlaskClient) -> None:
    found = suggested(client, "integ")
    assert {each["kind"] for each in found} == {"theme", "author", "publisher", "title"}
    assert found[0] == {
        "kind": "theme",
        "text": "Integration",
        "marked": [{"text": "Integ", "marked": True}, {"text": "ration", "marked": False}],
        "value": "integration",
        "count": 9,
        "url": "/search?theme=integration",
    }
    for each in found:
        assert client.get(each["url"]).status_code == 200
        if each["kind"] == "title":
            assert (each["count"], each["url"]) == (1, f"/records/{each['value']}")
        else:
            searched = client.get(f"/api/v1{each['url']}").get_json()
            assert (searched["total"], each["url"]) == (each["count"], f"/search?{each['kind']}={each['value']}")


def test_a_name_is_found_by_any_of_its_words(client: FlaskClient) -> None:
    [found] = suggested(client, "abrams")
    assert (found["kind"], found["text"], found["value"]) == ("author", "Dominic Abrams", "dominic-abrams")


@pytest.mark.parametrize("typed", ["", " ", "i", "the", "theme:integ", "integration -london", "zzzz", "!!!", "😀"])
def test_nothing_may_be_suggested(client: FlaskClient, typed: str) -> None:
    assert suggested(client, typed) == []


def test_no_more_are_suggested_than_are_wanted(client: FlaskClient) -> None:
    assert [len(suggested(client, "co", limit=limit)) for limit in (1, 3, 20)] == [1, 3, 20]
    assert len(suggested(client, "co")) == 8


def test_filters_limit_what_is_counted(client: FlaskClient) -> None:
    everywhere, reports = suggested(client, "integ"), suggested(client, "integ", type="report")
    assert 0 < reports[0]["count"] < everywhere[0]["count"]
    assert reports[0]["value"] == everywhere[0]["value"] == "integration"
    assert suggested(client, "integ", theme="no-such-theme") == []


def test_answers_are_kept_for_a_short_time(client: FlaskClient) -> None:
    answer = client.get("/api/v1/suggest?q=integ")
    assert answer.headers["Cache-Control"] == "public, max-age=30"
    again = client.get("/api/v1/suggest?q=integ", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.headers["Cache-Control"]) == (304, "public, max-age=30")


@pytest.mark.parametrize(
    ("query", "parameter", "limit"),
    [
        ("limit=0", "limit", "a whole number from 1 to 20"),
        ("limit=21", "limit", "a whole number from 1 to 20"),
        ("limit=many", "limit", "a whole number from 1 to 20"),
        ("q=a&q=b", "q", "given once"),
        (f"q={'a' * 4001}", "q", "at most 4,000 characters long"),
        ("q=%FF", "q", "text in UTF-8"),
        ("year=soon", "year", "a year of four digits"),
        ("page=2", "page", "one of the parameters q, theme, type, year, author, publisher, limit"),
        ("sort=title", "sort", "one of the parameters q, theme, type, year, author, publisher, limit"),
    ],
)
def test_what_is_wrong_is_named(client: FlaskClient, query: str, parameter: str, limit: str) -> None:
    answer = client.get(f"/api/v1/suggest?{query}")
    assert (answer.status_code, answer.content_type) == (400, "application/problem+json")
    assert (answer.get_json()["parameter"], answer.headers["Cache-Control"]) == (parameter, "no-store")
    assert limit in answer.get_json()["limit"]


def test_what_is_gone_from_the_library_is_no_longer_suggested(
    services: Services, application: Callable[[Services], FlaskClient], touch: Callable[..., str]
) -> None:
    id_ = touch(services, title="Zymurgy", themes=["Zythology"])
    assert services.indexer.catch_up()
    client = application(services)
    assert [each["kind"] for each in suggested(client, "zy")] == ["theme", "title"]
    with services.catalogue.write() as session:
        records.delete(session, id_)
    assert services.indexer.catch_up()
    assert suggested(client, "zy") == []
