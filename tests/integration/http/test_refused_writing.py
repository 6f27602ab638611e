"""What cannot be written, and what is said about it."""

import json
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

PLACE = "/api/v1/records/2zty017q03"  # a record of the sample library
NEW = "/api/v1/records/handbook/2017"

BODY: dict[str, Any] = {"title": "A Handbook for Governing Hyper-diverse Cities"}


def errors(answer: TestResponse) -> list[tuple[str, str | None, str]]:
    assert (answer.status_code, answer.content_type) == (422, "application/problem+json")
    return [(error["pointer"], error["value"], error["limit"]) for error in answer.get_json()["errors"]]


def test_all_that_is_wrong_is_told_at_once(refused_editor: FlaskClient) -> None:
    body = {
        "id": "other",
        "title": " ",
        "colour": "red",
        "contributors": [{"label": "Jo"}, {"label": ""}, {"role": "cook", "id": "nobody"}, "Jo Doe", {}],
        "publishers": [{"id": "x\0y"}],
        "date": "2017-13",
        "type": {"label": "a >  > b"},
        "themes": [{"id": "faith-and-belief", "label": "Faith"}, {"label": 7}, {"label": None}],
        "link": "javascript:alert(1)",
        "language": "english, mostly",
        "doi": "11.1/x",
        "isbn": "9780306406158",
        "published": "yes",
    }
    answer = refused_editor.put(NEW, json=body)
    found = errors(answer)
    assert {(pointer, value) for pointer, value, _ in found} == {
        ("#/id", "other"),
        ("#/title", " "),
        ("#/colour", "red"),
        ("#/contributors/1/label", ""),
        ("#/contributors/2/role", "cook"),
        ("#/contributors/2/id", "nobody"),
        ("#/contributors/3", "Jo Doe"),
        ("#/contributors/4", "{}"),
        ("#/publishers/0/id", "x\0y"),
        ("#/date", "2017-13"),
        ("#/type/label", "a >  > b"),
        ("#/themes/0/label", "Faith"),
        ("#/themes/1/label", "7"),
        ("#/themes/2/label", None),
        ("#/link", "javascript:alert(1)"),
        ("#/language", "english, mostly"),
        ("#/doi", "11.1/x"),
        ("#/isbn", "9780306406158"),
        ("#/published", "yes"),
    }
    limits = {pointer: limit for pointer, _, limit in found}
    assert limits["#/title"] == "1 to 1,000 characters long"
    assert limits["#/date"] == "a date such as 2017-04-18, with a month from 1 to 12"
    assert limits["#/contributors/2/role"] == "one of author, editor, contributor"
    assert limits["#/themes/0/label"] == "left out, or Faith and belief, which is the label of that id"
    assert limits["#/id"] == "left out, or handbook/2017 as in the address"
    assert f"{len(found)} things are wrong" in answer.get_json()["detail"]
    assert refused_editor.get(NEW).status_code == 404


@pytest.mark.parametrize(
    ("member", "value", "limit"),
    [
        pytest.param("title", None, "text", id="no title"),
        pytest.param("title", 7, "text", id="a number"),
        pytest.param("title", "a" * 1001, "1 to 1,000 characters long", id="a long title"),
        pytest.param("title", "a\0b", "text without control characters (it has U+0000)", id="NUL"),
        pytest.param("abstract", "a" * 50_001, "at most 50,000 characters long", id="a long abstract"),
        pytest.param("abstract", ["a"], "text", id="a list for text"),
        pytest.param("themes", "Integration", "a list", id="text for a list"),
        pytest.param("themes", None, "a list, which may be empty", id="null for a list"),
        pytest.param("themes", [{"label": str(n)} for n in range(101)], "at most 100 entries", id="101 themes"),
        pytest.param("contributors", [{"label": str(n)} for n in range(501)], "at most 500 entries", id="501 people"),
        pytest.param("type", "Report", "an object", id="text for an object"),
        pytest.param("type", [], "an object", id="a list for an object"),
        pytest.param("type", {}, "an object with an id or a label", id="an object with nothing"),
        pytest.param("published", 1, "true or false", id="1 for true"),
        pytest.param("published", None, "true or false", id="null for true"),
        pytest.param("date", "2017-02-29", "a date such as 2017-04-18, with a day from 1 to 28", id="no such day"),
        pytest.param("date", "２０１７", "a date such as 2017, 2017-04 or 2017-04-18", id="other digits"),
        pytest.param("a/b~c", 1, "left out: nothing of this name can be written", id="an unknown member"),
    ],
)
def test_what_breaks_a_rule_is_told_with_the_rule(
    refused_editor: FlaskClient, member: str, value: object, limit: str
) -> None:
    [(pointer, shown, found)] = errors(refused_editor.put(NEW, json={"title": "Fine", member: value}))
    assert pointer == "#/" + member.replace("~", "~0").replace("/", "~1")
    assert found == limit
    assert shown is None or len(shown) <= 101


def test_a_record_without_a_title_is_told_so(refused_editor: FlaskClient) -> None:
    assert errors(refused_editor.put(NEW, json={})) == [("#/title", None, "given")]


def test_of_very_many_mistakes_the_first_are_told(refused_editor: FlaskClient) -> None:
    answer = refused_editor.put(NEW, json={"title": "Fine", **{f"member {n}": n for n in range(5_000)}})
    assert len(errors(answer)) == 100
    assert "5,000 things are wrong" in answer.get_json()["detail"]


UNREAD = {
    "nothing": (b"", "no JSON"),
    "cut off": (b'{"title": "x"', "no JSON"),
    "two": (b'{"title": "x"}{"title": "y"}', "no JSON"),
    "a comment": (b'{"title": "x"} // x', "no JSON"),
    "a list": (b"[]", "no JSON object"),
    "null": (b"null", "no JSON object"),
    "a number": (b"7", "no JSON object"),
    "a member twice": (b'{"title": "x", "title": "y"}', "the member 'title' twice"),
    "a member twice further in": (b'{"type": {"id": "x", "id": "y"}}', "the member 'id' twice"),
    "NaN": (b'{"title": NaN}', "NaN is no value"),
    "infinity": (b'{"title": -Infinity}', "-Infinity is no value"),
    "a large number": (b'{"title": 1e999}', "a number is too large"),
    "a long number": (b'{"title": ' + b"9" * 5_000 + b"}", "a number is too large"),
    "nested": (b'{"title": ' + b"[" * 21 + b"]" * 21 + b"}", "nested more than 20 deep"),
    "nested very deep": (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "nested more than 20 deep"),
    "lists very deep": (b"[" * 400_000 + b"]" * 400_000, "nested more than 20 deep"),
    "half of a surrogate pair": (b'{"title": "\\ud800"}', "half of a surrogate pair"),
    "half of a surrogate pair in a name": (b'{"\\udfff": 1}', "half of a surrogate pair"),
    "not UTF-8": ('{"title": "é"}'.encode("latin-1"), "no UTF-8 (byte 12)"),
    "UTF-16": ('{"title": "x"}'.encode("utf-16"), "no UTF-8 (byte 1)"),
    "a control character": (b'{"title": "\x01"}', "no JSON"),
}


@pytest.mark.parametrize(("body", "reason"), UNREAD.values(), ids=UNREAD.keys())
def test_what_is_no_json_object_is_refused_with_the_reason(
    refused_editor: FlaskClient, body: bytes, reason: str
) -> None:
    answer = refused_editor.put(NEW, data=body, content_type="application/json")
    assert (answer.status_code, answer.content_type) == (400, "application/problem+json")
    assert reason in answer.get_json()["detail"]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Content-Type": "text/plain"}, 415),
        ({"Content-Type": ""}, 415),
        ({"Content-Type": "application/x-www-form-urlencoded"}, 415),
        ({"Content-Type": "application/json; charset=latin-1"}, 415),
        ({"Content-Type": "application/json", "Content-Encoding": "gzip"}, 415),
        ({"Content-Type": "application/json", "Content-Range": "bytes 0-10/20"}, 400),
    ],
    ids=str,
)
def test_a_body_of_another_kind_is_refused(refused_editor: FlaskClient, headers: dict[str, str], status: int) -> None:
    answer = refused_editor.put(NEW, data=json.dumps(BODY), headers=headers)
    assert answer.status_code == status
    if "Content-Encoding" in headers:
        assert answer.headers["Accept-Encoding"] == "identity"
    elif status == 415:
        assert answer.headers["Accept"] == "application/json"


@pytest.mark.parametrize("record_id", ["a" * 201, "é", "a b", ".hidden", "-x", "a%3Fb", "%23", "a//b", "a/../b", "a/"])
def test_what_cannot_be_an_id_is_refused(refused_editor: FlaskClient, record_id: str) -> None:
    answer = refused_editor.put(f"/api/v1/records/{record_id}", json=BODY, follow_redirects=False)
    assert answer.status_code in {308, 400}
    if answer.status_code == 400:
        assert answer.get_json()["parameter"] == "record_id"
        assert "1 to 200 ASCII letters" in answer.get_json()["limit"]


def test_writing_ignores_no_parameter(refused_editor: FlaskClient) -> None:
    answer = refused_editor.put(f"{NEW}?version=1", json=BODY)
    assert (answer.status_code, answer.get_json()["parameter"]) == (400, "version")


def test_options_tells_the_methods_of_a_record(refused_editor: FlaskClient) -> None:
    allowed = set(refused_editor.options(PLACE).headers["Allow"].split(", "))
    assert allowed == {"GET", "HEAD", "OPTIONS", "PUT", "DELETE"}
    assert set(refused_editor.post(PLACE).headers["Allow"].split(", ")) == allowed
