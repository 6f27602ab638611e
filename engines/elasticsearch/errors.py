"""The client's errors in the words of `search.errors`.

`ApiError` (the cluster answered: no) and `TransportError` (it did not answer) have no common root but Exception.
"""

from collections.abc import Generator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Final

from elasticsearch import ApiError, ConnectionTimeout, TransportError

from search.errors import (
    EngineError,
    EngineFault,
    EngineForbidden,
    EngineOverloaded,
    EngineTimeout,
    EngineUnavailable,
    IndexMissing,
)

_FORBIDDEN: Final = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})
_REFUSED: Final = frozenset({HTTPStatus.BAD_REQUEST, HTTPStatus.CONFLICT, HTTPStatus.REQUEST_ENTITY_TOO_LARGE})


@contextmanager
def translated() -> Generator[None]:
    """A block in which the client is called."""
    try:
        yield
    except (ApiError, TransportError) as e:
        raise translate(e) from e


def translate(error: ApiError | TransportError) -> EngineError:
    """The error that says the same without the client."""
    match error:
        case ConnectionTimeout():
            return EngineTimeout("Elasticsearch took too long")
        case TransportError():
            return EngineUnavailable(f"Elasticsearch cannot be reached: {error.message}")
        case ApiError():
            return _from_status(error)


def _from_status(error: ApiError) -> EngineError:
    status = error.meta.status
    reason = f"{error.error} ({status})"
    if status == HTTPStatus.NOT_FOUND:
        return IndexMissing(f"There is no search index: {reason}")
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return EngineOverloaded(f"Elasticsearch is busy: {reason}")
    if status in {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.GATEWAY_TIMEOUT}:
        return EngineTimeout(f"Elasticsearch took too long: {reason}")
    if status in _FORBIDDEN:
        return EngineForbidden(f"Elasticsearch does not let us do this: {reason}")
    if status in _REFUSED:
        return EngineFault(f"Elasticsearch refused: {reason}")
    return EngineUnavailable(f"Elasticsearch cannot answer: {reason}")
