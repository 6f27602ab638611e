"""Records as another system writes them."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.factory import create_app
from bootstrap.services import Services
from catalogue import audit, curation, records
from catalogue.record import Record, Vocabulary
from catalogue.roles import Role
from tests.processes import ServerProcess, eventually

ID = "2zty017q03"  # a record of the sample library
PLACE = f"/api/v1/records/{ID}"
NEW = "/api/v1/records/handbook/2017"

BODY: dict[str, Any] = {
    "title": "A Handbook for Governing Hyper-diverse Cities",
    "contributors": [{"label": "Tuna Tasan-Kok"}, {"label": "Gideon Bolt", "role": "editor", "kind": "person"}],
    "responsibility": "Tuna Tasan-Kok and Gideon Bolt",
    "publishers": [{"label": "Utrecht University"}],
    "date": "2017-04",
    "type": {"label": "Report > Handbook"},
    "themes": [{"label": "Cohesion > Integration"}, {"label": "Local government"}],
    "abstract": "Lessons for city governments.\n\nFrom DIVERCITIES.",
    "link": "https://www.urbandivercities.eu/handbook",
    "language": "en",
    "doi": "10.1000/182",
    "isbn": "9780306406157",
}


@pytest.fixture
def client(services: Services, key_for: Callable[[Services, Role], dict[str, str]]) -> FlaskClient:
    """A client that shows a key of an editor with every request: Key 1."""
    client = create_app(services).test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = key_for(services, Role.EDITOR)["Authorization"]
    return client


def read(services: Services, record_id: str) -> Record:
    with services.catalogue.read() as session:
        return records.get(session, record_id)


def pending(services: Services) -> int:
    return create_app(services).test_client().get("/api/v1/status").get_json()["pending"]


# Adding


def test_a_new_record_is_added_at_its_address_and_found_by_everybody(services: Services, client: FlaskClient) -> None:
    answer = client.put(NEW, json=BODY)
    assert (answer.status_code, answer.headers["Location"]) == (201, NEW)
    record = answer.get_json()
    assert (record["id"], record["version"], record["published"]) == ("handbook/2017", 1, True)
    assert [(c["label"], c["role"], c["kind"]) for c in record["contributors"]] == [
        ("Tuna Tasan-Kok", "author", "person"),  # whom the library knows
        ("Gideon Bolt", "editor", "person"),
    ]
    assert [theme["label"] for theme in record["themes"]] == ["Integration", "Local government"]
    for name in ("title", "responsibility", "date", "abstract", "link", "language", "doi", "isbn"):
        assert record[name] == BODY[name]
    [theme, _] = read(services, "handbook/2017").themes
    assert theme.path == "Cohesion > Integration"
    services.indexer.catch_up()
    found = client.get("/api/v1/search?q=hyper-diverse").get_json()["hits"]
    assert "handbook/2017" in [hit["id"] for hit in found]


def test_if_none_match_adds_and_changes_nothing(client: FlaskClient) -> None:
    header = {"If-None-Match": "*"}
    assert client.put(NEW, json=BODY, headers=header).status_code == 201
    for body in (BODY, {"title": "Another"}):
        answer = client.put(NEW, json=body, headers=header)
        assert (answer.status_code, answer.get_json()["version"]) == (412, 1)
        assert "There is such a record already" in answer.get_json()["detail"]
    assert client.get(NEW).get_json()["title"] == BODY["title"]


def test_if_match_adds_nothing(client: FlaskClient) -> None:
    for tag in ("*", '"1-abc"'):
        answer = client.put(NEW, json=BODY, headers={"If-Match": tag})
        assert answer.status_code == 412
        assert "There is no such record" in answer.get_json()["detail"]
    assert client.get(NEW).status_code == 404


# Changing


def test_what_was_read_can_be_changed_and_sent_back(services: Services, client: FlaskClient) -> None:
    got = client.get(PLACE)
    body = {**got.get_json(), "abstract": "Another abstract."}
    answer = client.put(PLACE, json=body, headers={"If-Match": got.headers["ETag"]})
    assert answer.status_code == 200
    assert answer.get_json() == {
        **got.get_json(),
        "abstract": "Another abstract.",
        "version": 2,
        "updated": answer.get_json()["updated"],
    }
    again = client.get(PLACE)
    assert (again.data, again.headers["ETag"]) == (answer.data, answer.headers["ETag"])
    assert answer.headers["Content-Location"] == PLACE
    assert pending(services) == 1


def test_every_record_of_the_library_can_be_sent_back_as_it_is_and_nothing_is_written(
    services: Services, client: FlaskClient
) -> None:
    client.put(NEW, json=BODY)
    with services.catalogue.read() as session:
        ids = [record.id for record in records.scan(session, None, 100)]
    assert len(ids) == 29
    for record_id in ids:
        got = client.get(f"/api/v1/records/{record_id}")
        answer = client.put(f"/api/v1/records/{record_id}", json=got.get_json())
        assert (answer.status_code, answer.data) == (200, got.data)
        assert answer.headers["ETag"] == got.headers["ETag"]
    assert pending(services) == 1  # the new one


def test_what_is_left_out_is_emptied(client: FlaskClient) -> None:
    client.put(NEW, json=BODY)
    record = client.put(NEW, json={"title": "Short"}, headers={"If-Match": "*"}).get_json()
    assert record["contributors"] == record["themes"] == record["publishers"] == []
    for name in ("responsibility", "date", "type", "abstract", "link", "language", "doi", "isbn"):
        assert record[name] is None


def test_null_is_the_same_as_left_out(client: FlaskClient) -> None:
    client.put(NEW, json={"title": "Short"})
    empty = dict.fromkeys(("responsibility", "date", "type", "abstract", "link", "language", "doi", "isbn"))
    assert client.put(NEW, json={"title": "Short", **empty}).get_json()["version"] == 1


@pytest.mark.parametrize(
    "tag",
    [
        pytest.param('"1"', id="the version alone"),
        pytest.param('"1-another-mark"', id="of another form of the answer"),
        pytest.param('W/"1-abc"', id="made weak by a proxy that compresses"),
        pytest.param('"1-abc-gzip"', id="with a word of a proxy"),
        pytest.param('"9-abc", "1-abc"', id="one of several"),
        pytest.param("*", id="any"),
        pytest.param(" * ", id="any with blanks"),
    ],
)
def test_a_tag_that_tells_the_present_version_lets_a_change_through(client: FlaskClient, tag: str) -> None:
    assert client.put(PLACE, json={"title": "Changed"}, headers={"If-Match": tag}).status_code == 200


@pytest.mark.parametrize("tag", ['"2-abc"', '"10-abc"', '"0"', '"01"', '"abc"', '""', '"1 "', 'W/"7"', '"gzip-1"'])
def test_any_other_tag_is_refused_with_the_present_one(services: Services, client: FlaskClient, tag: str) -> None:
    present = client.get(PLACE).headers["ETag"]
    answer = client.put(PLACE, json={"title": "Changed"}, headers={"If-Match": tag})
    assert (answer.status_code, answer.headers["ETag"]) == (412, present)
    assert answer.get_json()["version"] == 1
    assert "somebody changed it since you read it" in answer.get_json()["detail"]
    assert (read(services, ID).version, pending(services)) == (1, 0)


@pytest.mark.parametrize(
    "headers",
    [
        {"If-Match": "1"},
        {"If-Match": ""},
        {"If-Match": '"1'},
        {"If-Match": '"1", x'},
        {"If-None-Match": '"1"'},
        {"If-None-Match": ""},
        {"If-Match": "*", "If-None-Match": "*"},
    ],
    ids=str,
)
@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_a_condition_that_cannot_be_meant_is_said_to_be_none(
    client: FlaskClient, method: str, headers: dict[str, str]
) -> None:
    answer = client.open(PLACE, method=method, json={"title": "Changed"}, headers=headers)
    assert answer.status_code == 400
    assert "If-" in answer.get_json()["detail"]
    assert client.get(PLACE).get_json()["version"] == 1


def test_a_change_that_says_nothing_of_a_version_is_asked_for_it(services: Services, client: FlaskClient) -> None:
    got = client.get(PLACE)
    answer = client.put(PLACE, json={"title": "Changed"})
    assert (answer.status_code, answer.headers["ETag"]) == (428, got.headers["ETag"])
    assert "If-Match" in answer.get_json()["detail"]
    assert client.put(PLACE, json={"title": "Changed"}, headers={"If-Match": answer.headers["ETag"]}).status_code == 200


def test_a_change_may_be_sent_again_where_its_answer_was_lost(client: FlaskClient) -> None:
    header = {"If-Match": client.get(PLACE).headers["ETag"]}
    answers = [client.put(PLACE, json={"title": "Changed"}, headers=header) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert {answer.headers["ETag"] for answer in answers} == {client.get(PLACE).headers["ETag"]}
    assert answers[-1].get_json()["version"] == 2


def test_the_tag_changes_when_a_theme_is_renamed(services: Services, client: FlaskClient) -> None:
    got = client.get(PLACE)
    with services.catalogue.write() as session:
        curation.rename_concept(session, Vocabulary.THEME, got.get_json()["themes"][0]["id"], "Faiths and beliefs")
    answer = client.put(PLACE, json=got.get_json(), headers={"If-Match": got.headers["ETag"]})
    assert answer.status_code == 422  # the label that was sent is the old one
    answer = client.put(PLACE, json={"title": "Changed"}, headers={"If-Match": got.headers["ETag"]})
    assert (answer.status_code, answer.get_json()["version"]) == (412, 2)


def test_of_many_who_change_the_same_version_at_once_one_does(services: Services, client: FlaskClient) -> None:
    tag = client.get(PLACE).headers["ETag"]
    app = client.application

    def change(number: int) -> int:
        other = app.test_client()
        other.environ_base["HTTP_AUTHORIZATION"] = client.environ_base["HTTP_AUTHORIZATION"]
        return other.put(PLACE, json={"title": f"Changed {number}"}, headers={"If-Match": tag}).status_code

    with ThreadPoolExecutor(4) as threads:
        assert sorted(threads.map(change, range(8))) == [200] + [412] * 7
    assert read(services, ID).version == 2


# Deleting and restoring


def test_a_record_is_deleted_again_and_again(services: Services, client: FlaskClient) -> None:
    header = {"If-Match": client.get(PLACE).headers["ETag"]}
    for _ in range(2):
        answer = client.delete(PLACE, headers=header)
        assert (answer.status_code, answer.data) == (204, b"")
    assert client.delete(PLACE).status_code == 204
    assert client.get(PLACE).status_code == 410
    assert read(services, ID).version == 2


@pytest.mark.parametrize(("header", "status"), [({}, 428), ({"If-Match": '"7-abc"'}, 412)])
def test_a_record_that_changed_is_not_deleted(client: FlaskClient, header: dict[str, str], status: int) -> None:
    answer = client.delete(PLACE, headers=header)
    assert (answer.status_code, answer.headers["ETag"]) == (status, client.get(PLACE).headers["ETag"])


@pytest.mark.parametrize("record_id", ["never-was", "a" * 300, "%2e%2e", "é", "a b"])
def test_what_never_was_is_not_deleted(client: FlaskClient, record_id: str) -> None:
    assert client.delete(f"/api/v1/records/{record_id}", headers={"If-Match": "*"}).status_code == 404


@pytest.mark.parametrize("header", [{}, {"If-None-Match": "*"}])
def test_a_deleted_record_is_restored(services: Services, client: FlaskClient, header: dict[str, str]) -> None:
    got = client.get(PLACE)
    client.delete(PLACE, headers={"If-Match": "*"})
    assert client.put(PLACE, json=got.get_json(), headers={"If-Match": got.headers["ETag"]}).status_code == 412
    answer = client.put(PLACE, json=got.get_json(), headers=header)
    assert (answer.status_code, answer.get_json()["version"]) == (201, 3)
    assert client.get(PLACE).status_code == 200
    assert not read(services, ID).deleted


# Drafts


def test_a_draft_is_seen_by_keys_alone(services: Services, client: FlaskClient) -> None:
    anybody = client.application.test_client()
    answer = client.put(NEW, json={**BODY, "published": False})
    assert (answer.status_code, answer.get_json()["published"]) == (201, False)
    assert anybody.get(NEW).status_code == 404
    seen = client.get(NEW)
    assert (seen.get_json()["published"], seen.headers["Cache-Control"]) == (False, "private, no-cache")
    published = client.put(NEW, json=BODY, headers={"If-Match": seen.headers["ETag"]})
    assert published.get_json()["published"] is True
    assert anybody.get(NEW).data == published.data


def test_a_record_can_be_withdrawn(client: FlaskClient) -> None:
    got = client.get(PLACE)
    body = {**got.get_json(), "published": False}
    assert client.put(PLACE, json=body, headers={"If-Match": got.headers["ETag"]}).status_code == 200
    assert client.application.test_client().get(PLACE).status_code == 404


# Names


def test_what_is_known_is_named_by_its_id(services: Services, client: FlaskClient) -> None:
    client.put(NEW, json=BODY)
    record = client.get(NEW).get_json()
    by_id = {
        "title": "By id",
        "type": {"id": record["type"]["id"]},
        "themes": [{"id": theme["id"]} for theme in record["themes"]],
        "publishers": [{"id": record["publishers"][0]["id"]}],
        "contributors": [{"id": c["id"], "role": c["role"]} for c in record["contributors"]],
    }
    other = client.put("/api/v1/records/other", json=by_id).get_json()
    for name in ("type", "themes", "publishers", "contributors"):
        assert other[name] == record[name]


def test_an_id_that_was_merged_leads_to_the_other(services: Services, client: FlaskClient) -> None:
    client.put(NEW, json={"title": "Both", "themes": [{"label": "Alpha"}, {"label": "Beta"}]})
    with services.catalogue.write() as session:
        curation.merge_concepts(session, Vocabulary.THEME, "alpha", "beta")
    record = client.put("/api/v1/records/other", json={"title": "One", "themes": [{"id": "alpha"}]}).get_json()
    assert [theme["id"] for theme in record["themes"]] == ["beta"]


def test_a_kind_fills_in_what_is_not_known_and_changes_nothing_else(client: FlaskClient) -> None:
    def kind_after(kind: str) -> str:
        body = {"title": kind, "contributors": [{"label": "Jo Doe", "kind": kind}]}
        return client.put(NEW, json=body, headers=_any_version(client)).get_json()["contributors"][0]["kind"]

    assert [kind_after(kind) for kind in ("unknown", "person", "organisation", "unknown")] == [
        "unknown",
        "person",
        "person",
        "person",
    ]


def _any_version(client: FlaskClient) -> dict[str, str]:
    return {"If-Match": "*"} if client.get(NEW).status_code == 200 else {}


# Who did it


def test_changes_are_noted_under_the_name_of_the_key(services: Services, client: FlaskClient) -> None:
    client.put(NEW, json=BODY)
    client.put(NEW, json=BODY)  # changes nothing
    client.put(NEW, json={"title": "Changed"}, headers={"If-Match": "*"})
    client.delete(NEW, headers={"If-Match": "*"})
    client.delete(NEW)  # nor does this
    client.put(NEW, json=BODY)
    client.put(NEW, json={"title": "Refused"})
    with services.catalogue.read() as session:
        entries = audit.listed(session)
    assert [(entry.action, entry.detail["version"]) for entry in reversed(entries)] == [
        ("record.added", 1),
        ("record.changed", 2),
        ("record.deleted", 3),
        ("record.restored", 4),
    ]
    assert {(entry.actor, entry.subject) for entry in entries} == {("API key Key 1", "handbook/2017")}
    assert read(services, "handbook/2017").changed_by == "API key Key 1"


# What is just within the limits


def test_a_mark_of_the_byte_order_is_passed_over(client: FlaskClient) -> None:
    body = b"\xef\xbb\xbf" + json.dumps(BODY).encode()
    assert client.put(NEW, data=body, content_type="application/json; charset=UTF-8").status_code == 201


def test_a_body_may_have_a_million_bytes(client: FlaskClient) -> None:
    fits = json.dumps({"title": "Long"}).encode()
    fits += b" " * (1_000_000 - len(fits))
    assert client.put(NEW, data=fits, content_type="application/json").status_code == 201
    answer = client.put(NEW, data=fits + b" ", content_type="application/json")
    assert answer.status_code == 413
    assert "at most 1,000,000 bytes" in answer.get_json()["detail"]


def test_the_longest_text_fits(client: FlaskClient) -> None:
    body = {"title": "é" * 1000, "abstract": "😀" * 50_000, "responsibility": "é" * 10_000}
    escaped = json.dumps(body)  # each emoji as 12 signs
    assert client.put(NEW, data=escaped, content_type="application/json").status_code == 201


def test_a_server_reads_a_body_in_pieces_and_no_more_of_it_than_it_takes(
    services: Services,
    start_server: Callable[..., ServerProcess],
    key_for: Callable[[Services, Role], dict[str, str]],
) -> None:
    headers = {**key_for(services, Role.EDITOR), "Content-Type": "application/json"}
    server = start_server(services.settings.data)
    pieces = [b'{"title": "Zymurgy", ', b'"abstract": "', b"a" * 40_000, b'"}']
    assert server.get(NEW, method="PUT", headers=headers, body=iter(pieces)).status == 201
    assert eventually(lambda: server.total("q=zymurgy") == 1, within=5) is not None
    too_long = (b" " * 100_000 for _ in range(11))
    answer = server.get(NEW, method="PUT", headers=headers, body=too_long)
    assert (answer.status, answer.headers["Content-Type"]) == (413, "application/problem+json")
    assert server.get(NEW).status == 200
