"""The document that programs are written from."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient

from mappings.fields import FACET_NAMES

Document = dict[str, Any]


@pytest.fixture(scope="module")
def document(client: FlaskClient) -> Document:
    return client.get("/api/v1/openapi.json").get_json()


def operations(document: Document) -> Iterator[tuple[str, Document]]:
    for path, methods in document["paths"].items():
        assert set(methods) <= {"get", "parameters"}
        yield path, methods["get"]


def test_it_is_openapi_3_1_of_all_addresses(document: Document) -> None:
    assert document["openapi"] == "3.1.0"
    assert set(document["paths"]) == {
        "/api/v1/search",
        "/api/v1/facets/{name}",
        "/api/v1/records/{record_id}",
        "/api/v1/status",
    }


def test_every_reference_leads_somewhere(document: Document) -> None:
    references = list(_references(document))
    assert references
    for reference in references:
        at = document
        for part in reference.removeprefix("#/").split("/"):
            at = at[part]


def test_every_answer_has_an_example_and_a_schema(document: Document) -> None:
    for path, operation in operations(document):
        content = operation["responses"]["200"]["content"]["application/json"]
        assert content["example"], path
        assert content["schema"]["$ref"].startswith("#/components/schemas/"), path
        assert operation["summary"], path


def test_every_error_is_a_problem(document: Document) -> None:
    for path, operation in operations(document):
        assert {"400", "503", "default"} < set(operation["responses"]), path
        for status, response in operation["responses"].items():
            if status != "200":
                assert set(_resolved(document, response)["content"]) == {"application/problem+json"}, path


def test_a_search_says_what_it_takes(document: Document) -> None:
    parameters = {p["name"]: p for p in document["paths"]["/api/v1/search"]["get"]["parameters"]}
    assert set(parameters) == {"q", "sort", "page", "size", "member", *FACET_NAMES}
    assert parameters["q"]["schema"]["maxLength"] == 4000
    assert parameters["size"]["schema"]["maximum"] == 100
    assert parameters["theme"]["schema"]["type"] == "array"
    assert all(parameter["description"] for parameter in parameters.values())


def test_what_is_documented_is_taken(client: FlaskClient, document: Document) -> None:
    for parameter in document["paths"]["/api/v1/search"]["get"]["parameters"]:
        example = parameter["schema"].get("example", parameter["schema"].get("default"))
        assert client.get("/api/v1/search", query_string={parameter["name"]: example}).status_code == 200


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
