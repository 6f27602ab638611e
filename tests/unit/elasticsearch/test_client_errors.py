"""Whatever the client of Elasticsearch raises has a counterpart among our errors."""

from collections.abc import Iterator
from typing import Any

import elastic_transport
import elasticsearch
import elasticsearch.dsl
import elasticsearch.helpers
import pytest
from elastic_transport import ApiResponseMeta, HttpHeaders, NodeConfig, ObjectApiResponse

from engines.elasticsearch.errors import body_of, translated
from search.errors import (
    EngineError,
    EngineFault,
    EngineForbidden,
    EngineOverloaded,
    EngineTimeout,
    EngineUnavailable,
    IndexMissing,
)

PACKAGES = {elasticsearch.__name__, elastic_transport.__name__}
OURS = {"x-elastic-product": "Elasticsearch"}


def subclasses_of(kind: type[BaseException]) -> Iterator[type[BaseException]]:
    for found in kind.__subclasses__():
        yield found
        yield from subclasses_of(found)


# Also those that nobody exports: what is raised is not bound to be documented. Warnings are told and not raised.
ERRORS = sorted(
    {
        found
        for found in subclasses_of(BaseException)
        if found.__module__.split(".")[0] in PACKAGES and not issubclass(found, Warning)
    },
    key=lambda found: f"{found.__module__}.{found.__qualname__}",
)


def meta(status: int, headers: dict[str, str] | None = None) -> ApiResponseMeta:
    node = NodeConfig(scheme="http", host="127.0.0.1", port=9200)
    return ApiResponseMeta(
        status=status,
        http_version="1.1",
        headers=HttpHeaders(OURS if headers is None else headers),
        duration=0,
        node=node,
    )


def an_error(kind: type[BaseException]) -> BaseException:
    if issubclass(kind, elastic_transport.ApiError):
        return kind("reason", meta(500), {})
    if issubclass(kind, elasticsearch.helpers.ScanError):
        return kind("scroll", "reason")
    if issubclass(kind, elasticsearch.helpers.BulkIndexError):
        return kind("reason", [])
    return kind("reason")


def translation_of(error: BaseException) -> EngineError:
    with pytest.raises(EngineError) as raised, translated():
        raise error
    assert raised.value.__cause__ is error
    return raised.value


def test_the_errors_are_found() -> None:
    names = {error.__name__ for error in ERRORS}
    assert names >= {"ApiError", "TransportError", "ConnectionTimeout", "TlsError", "UnsupportedProductError"}
    assert len(ERRORS) > 15


@pytest.mark.parametrize("kind", ERRORS, ids=lambda kind: f"{kind.__module__}.{kind.__qualname__}")
def test_every_error_of_the_client_is_translated(kind: type[BaseException]) -> None:
    assert "reason" in str(translation_of(an_error(kind))) or kind is elasticsearch.ConnectionTimeout


@pytest.mark.parametrize(
    ("error", "meaning"),
    [
        (elasticsearch.ConnectionTimeout("slow"), EngineTimeout),
        (elasticsearch.ConnectionError("refused"), EngineUnavailable),
        (elasticsearch.SSLError("certificate"), EngineUnavailable),
        (elasticsearch.SerializationError("half an answer"), EngineUnavailable),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
def test_no_answer_is_an_outage(error: Exception, meaning: type[EngineError]) -> None:
    assert type(translation_of(error)) is meaning


@pytest.mark.parametrize(
    ("status", "meaning"),
    [
        (400, EngineFault),
        (401, EngineForbidden),
        (403, EngineForbidden),
        (404, IndexMissing),
        (408, EngineTimeout),
        (409, EngineFault),
        (413, EngineFault),
        (429, EngineOverloaded),
        (500, EngineUnavailable),
        (502, EngineUnavailable),
        (503, EngineUnavailable),
        (504, EngineTimeout),
    ],
)
def test_a_status_means_the_same_whatever_its_class(status: int, meaning: type[EngineError]) -> None:
    kind = elasticsearch.exceptions.HTTP_EXCEPTIONS.get(status, elasticsearch.ApiError)
    assert type(translation_of(kind("reason", meta(status), {}))) is meaning


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({"error": {"type": "a", "reason": "b", "root_cause": [{"type": "c", "reason": "d"}]}, "status": 500}, "a: d"),
        ({"error": {"type": "a", "reason": "all shards failed", "root_cause": []}, "status": 500}, "a: all shards"),
        ({"error": "alias [x] missing", "status": 500}, "message"),
        ("<html>\n  <h1>Bad gateway</h1></html>", "message"),
        (None, "message"),
    ],
)
def test_the_reason_of_the_first_shard_is_told(body: Any, reason: str) -> None:
    assert reason in str(translation_of(elasticsearch.ApiError("message", meta(500), body)))


def test_a_long_reason_is_cut() -> None:
    assert len(str(translation_of(elasticsearch.ApiError("message" * 1_000, meta(502), None)))) < 400


def test_that_there_is_no_index_is_believed_of_elasticsearch_only() -> None:
    """A proxy that lost its way must not make the indexer believe that there is no index."""
    error = translation_of(elasticsearch.NotFoundError("no page", meta(404, {"server": "nginx"}), "<html>"))
    assert type(error) is EngineUnavailable


def test_what_something_else_answers_is_not_read() -> None:
    assert body_of(ObjectApiResponse({"took": 1}, meta(200))) == {"took": 1}
    with pytest.raises(EngineUnavailable):
        body_of(ObjectApiResponse({"took": 1}, meta(200, {})))
