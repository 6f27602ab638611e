"""The document that programs are written from."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.factory import create_app
from bootstrap.services import Services
from catalogue.roles import Role
from mappings.fields import FACET_NAMES

Document = dict[str, Any]


@pytest.fixture(scope="module")
def document(client: FlaskClient) -> Document:
    return client.get("/api/v1/openapi.json").get_json()


def operations(document: Document) -> Iterator[tuple[str, Document]]:
    for path, methods in document["paths"].items():
        for method in methods.keys() - {"parameters"}:
            yield f"{method.upper()} {path}", methods[method]


def test_it_is_openapi_3_1_of_all_addresses(document: Document) -> None:
    assert document["openapi"] == "3.1.0"
    assert {name for name, _ in operations(document)} == {
        "GET /api/v1/search",
        "GET /api/v1/suggest",
        "GET /api/v1/facets/{name}",
        "GET /api/v1/records/{record_id}",
        "PUT /api/v1/records/{record_id}",
        "DELETE /api/v1/records/{record_id}",
        "GET /api/v1/reindexes",
        "POST /api/v1/reindexes",
        "GET /api/v1/reindexes/{number}",
        "POST /api/v1/reindexes/{number}/cancel",
        "GET /api/v1/status",
    }


def test_every_reference_leads_somewhere(document: Document) -> None:
    references = list(_references(document))
    assert references
    for reference in references:
        at = document
        for part in reference.removeprefix("#/").split("/"):
            at = at[part]


def test_every_answer_has_an_example_and_a_schema(document: Document) -> None:
    for name, operation in operations(document):
        assert operation["summary"], name
        for status, answer in operation["responses"].items():
            if status.startswith("2") and status != "204":
                content = answer["content"]["application/json"]
                assert content["example"], name
                assert content["schema"]["$ref"].startswith("#/components/schemas/"), name


def test_every_error_is_a_problem(document: Document) -> None:
    for name, operation in operations(document):
        assert {"400", "503", "default"} < set(operation["responses"]), name
        for status, response in operation["responses"].items():
            if not status.startswith("2"):
                assert set(_resolved(document, response)["content"]) == {"application/problem+json"}, name


def test_what_needs_a_key_says_so(document: Document) -> None:
    [(name, scheme)] = document["components"]["securitySchemes"].items()
    assert (scheme["type"], scheme["scheme"]) == ("http", "bearer")
    for operation_name, operation in operations(document):
        needs_key = operation.get("security") == [{name: []}]
        assert needs_key == ({"401", "403"} <= set(operation["responses"])), operation_name
        assert needs_key or operation_name.startswith("GET"), operation_name


def test_examples_of_bodies_are_taken(
    services: Services, document: Document, key_for: Callable[[Services, Role], dict[str, str]]
) -> None:
    client, key = create_app(services).test_client(), key_for(services, Role.EDITOR)
    tried = 0
    for name, operation in operations(document):
        if "requestBody" in operation:
            method, path = name.split()
            example = operation["requestBody"]["content"]["application/json"]["example"]
            answer = client.open(path.replace("{record_id}", "an-example"), method=method, json=example, headers=key)
            assert answer.status_code == 201
            tried += 1
    assert tried == 1


def test_a_search_says_what_it_takes(document: Document) -> None:
    parameters = {p["name"]: p for p in document["paths"]["/api/v1/search"]["get"]["parameters"]}
    assert set(parameters) == {"q", "sort", "page", "size", "member", *FACET_NAMES}
    assert parameters["q"]["schema"]["maxLength"] == 4000
    assert parameters["size"]["schema"]["maximum"] == 100
    assert parameters["theme"]["schema"]["type"] == "array"
    assert all(parameter["description"] for parameter in parameters.values())


@pytest.mark.parametrize("address", ["/api/v1/search", "/api/v1/suggest"])
def test_what_is_documented_is_taken(client: FlaskClient, document: Document, address: str) -> None:
    for parameter in document["paths"][address]["get"]["parameters"]:
        assert parameter["description"]
        example = parameter["schema"].get("example", parameter["schema"].get("default"))
        assert client.get(address, query_string={parameter["name"]: example}).status_code == 200


def _references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if "$ref" in node:
            yield node["$ref"]
        for child in node.values():
            yield from _references(child)
    elif isinstance(node, list):
        for child in node:
            yield from _references(child)


def _resolved(document: Document, response: Document) -> Document:
    if "$ref" in response:
        return document["components"]["responses"][response["$ref"].rsplit("/", 1)[1]]
    return response
