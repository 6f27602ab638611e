"""What is sent to write documents: the lines of bulk requests, cut to a sane size."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

import orjson

from engines.elasticsearch.schema import value_field
from mappings.fields import Field, Kind, split_facet_term
from search.engine import Document, Operation, Outcome, Put, Result

# Operations per request: a server that had just been started took more than half a minute for two thousand.
MOST_OPERATIONS: Final = 500

# And bytes, unless a single operation has more. Elasticsearch refuses more than 100 MB, proxies often less, and both
# sides hold each request several times over.
MOST_BYTES: Final = 10_000_000

# Begins each request, and changes nothing: no record has such an id. A request that is required to go to an alias makes
# no index in its place; one of deletions alone does all the same (seen with 9.4.3), unless there is an update in it.
NOTHING: Final = b'{"update":{"_id":"/"}}\n{"doc":{}}\n'


def bulks(operations: Iterable[Operation], fields: Sequence[Field]) -> Iterator[list[bytes | Result]]:
    """For each request the lines of its operations; instead of those of a document that cannot be sent, its result."""
    bulk: list[bytes | Result] = []
    size = 0
    for operation in operations:
        lines = _lines(operation, fields)
        length = len(lines) if isinstance(lines, bytes) else 0
        if bulk and (len(bulk) == MOST_OPERATIONS or size + length > MOST_BYTES):
            yield bulk
            bulk, size = [], 0
        bulk.append(lines)
        size += length
    if bulk:
        yield bulk


def to_elasticsearch(document: Document, fields: Iterable[Field]) -> dict[str, Any]:
    """These fields of a document unless they are empty, with the companions that the mapping has for them."""
    built: dict[str, Any] = {}
    for field in fields:
        value = document.get(field.name)
        if not value:
            continue
        built[field.name] = value
        if field.kind is Kind.FACET and not isinstance(value, int):
            terms = (value,) if isinstance(value, str) else value
            built[value_field(field.name)] = [split_facet_term(term)[0] for term in terms]
    return built


def _lines(operation: Operation, fields: Sequence[Field]) -> bytes | Result:
    about = {"_id": operation.id, "version": operation.version, "version_type": "external_gte"}
    if not isinstance(operation, Put):
        return _json({"delete": about})
    try:
        return _json({"index": about}) + _json(to_elasticsearch(operation.document, fields))
    except (ValueError, TypeError) as e:  # one odd document must not keep back the rest
        return Result(id=operation.id, outcome=Outcome.REFUSED, reason=f"It cannot be sent: {e}")


def _json(line: Mapping[str, Any]) -> bytes:
    return orjson.dumps(line) + b"\n"
