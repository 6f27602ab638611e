"""The client's errors in the words of `search.errors`.

`ApiError` (the cluster answered: no) and `TransportError` (it did not answer) have no common root but Exception.
"""

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any, Final, TypeAlias, cast

from elastic_transport import ApiError, HttpHeaders, ObjectApiResponse
from elasticsearch import ConnectionTimeout, SerializationError, TransportError
from elasticsearch.dsl.exceptions import ElasticsearchDslException
from elasticsearch.helpers import BulkIndexError, ScanError

from search.errors import (
    EngineError,
    EngineFault,
    EngineForbidden,
    EngineOverloaded,
    EngineTimeout,
    EngineUnavailable,
    IndexMissing,
)

ClientError: TypeAlias = ApiError | TransportError | ElasticsearchDslException | BulkIndexError | ScanError

_FORBIDDEN: Final = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})
_REFUSED: Final = frozenset({HTTPStatus.BAD_REQUEST, HTTPStatus.CONFLICT, HTTPStatus.REQUEST_ENTITY_TOO_LARGE})
_SILENT: Final = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.GATEWAY_TIMEOUT})

# What a proxy in between may say has no more than a page of HTML for a reason.
_LONGEST_REASON: Final = 300


@contextmanager
def translated() -> Generator[None]:
    """A block in which the client is called."""
    try:
        yield
    except (ApiError, TransportError, ElasticsearchDslException, BulkIndexError, ScanError) as e:
        raise translate(e) from e


def translate(error: ClientError) -> EngineError:
    """The error that says the same without the client."""
    match error:
        case ConnectionTimeout():
            return EngineTimeout("Elasticsearch took too long")
        case SerializationError():
            return EngineUnavailable(f"Elasticsearch's answer cannot be read: {_shortened(error.message)}")
        case TransportError():
            return EngineUnavailable(f"Elasticsearch cannot be reached: {_shortened(error.message)}")
        case ApiError():
            return _from_status(error)
        case ElasticsearchDslException() | BulkIndexError() | ScanError():
            return EngineFault(f"Elasticsearch's client refused: {_shortened(error)}")


def body_of(response: ObjectApiResponse[Any]) -> Mapping[str, Any]:
    """What Elasticsearch answered. Raises EngineUnavailable where something else did: the client looks only once."""
    if not _is_elasticsearch(response.meta.headers):
        raise EngineUnavailable("What answers in Elasticsearch's place is not Elasticsearch")
    return cast("Mapping[str, Any]", response.body)


def _from_status(error: ApiError) -> EngineError:
    status = error.meta.status
    reason = f"{_shortened(_reason(error))} ({status})"
    if status == HTTPStatus.NOT_FOUND and _is_elasticsearch(error.meta.headers):
        return IndexMissing(f"There is no search index: {reason}")
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return EngineOverloaded(f"Elasticsearch is busy: {reason}")
    if status in _SILENT:
        return EngineTimeout(f"Elasticsearch took too long: {reason}")
    if status in _FORBIDDEN:
        return EngineForbidden(f"Elasticsearch does not let us do this: {reason}")
    if status in _REFUSED:
        return EngineFault(f"Elasticsearch refused: {reason}")
    return EngineUnavailable(f"Elasticsearch cannot answer: {reason}")


def _reason(error: ApiError) -> str:
    """The kind of error, and the reason of the first shard or index that gave one."""
    match error.body:
        case {"error": {"type": str(kind), "root_cause": [{"reason": str(reason)}, *_]}}:
            return f"{kind}: {reason}"
        case {"error": {"type": str(kind), "reason": str(reason)}}:
            return f"{kind}: {reason}"
        case _:
            return error.message


def _is_elasticsearch(headers: HttpHeaders) -> bool:
    return headers.get("x-elastic-product") == "Elasticsearch"


def _shortened(reason: object) -> str:
    text = " ".join(str(reason).split())
    return text if len(text) <= _LONGEST_REASON else f"{text[:_LONGEST_REASON]}…"
