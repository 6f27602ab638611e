"""The writing side of the Elasticsearch engine. Any number of processes may write at once: versions decide."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final, cast

from elasticsearch import Elasticsearch

from engines.elasticsearch.bulk import NOTHING, bulks
from engines.elasticsearch.errors import translated
from engines.elasticsearch.indices import Indices
from search.engine import GenerationName, Operation, Outcome, Result
from search.errors import EngineUnavailable, IndexIncompatible, IndexMissing

_DONE: Final = frozenset({HTTPStatus.OK, HTTPStatus.CREATED})

# Part of the reason of a conflict: the only place where the version of a deleted document can be read.
_HELD: Final = re.compile(r"current version \[(\d+)\]")

_LONGEST_REASON: Final = 300  # characters

# How many (id, version) pairs are read at a time.
_VERSIONS: Final = 5_000


class ElasticsearchWriter:
    """Implements `search.engine.IndexWriter`."""

    def __init__(self, client: Elasticsearch, indices: Indices) -> None:
        """The client may take its time: a bulk is longer than a search."""
        self._client = client
        self._indices = indices

    def create(self, generation: GenerationName) -> None:
        """Make an empty generation."""
        self._indices.create(generation)

    def write(self, generation: GenerationName, operations: Sequence[Operation]) -> Sequence[Result]:
        """Apply the operations in bulks; searchable after the next refresh."""
        if not operations:
            return []
        fields = self._indices.fields_of(generation)
        results: list[Result] = []
        for bulk in bulks(operations, fields):
            try:
                results += self._send(generation, bulk)
            except IndexMissing:  # of an earlier release, without the way to write it; or it was just deleted
                self._indices.let_write(generation)
                results += self._send(generation, bulk)
        return results

    def held(self, generation: GenerationName, ids: Collection[str]) -> Mapping[str, int]:
        """The versions of those of these documents that a generation has."""
        if not ids:
            return {}
        with translated():
            found = self._client.mget(index=self._indices.name_of(generation), ids=list(ids), source=False)
        documents = found.body["docs"]
        for document in documents:
            if "error" in document:
                raise _trouble(document["error"])
        return {document["_id"]: document["_version"] for document in documents if document["found"]}

    def versions(self, generation: GenerationName) -> Iterable[tuple[str, int]]:
        """The id and version of every document, in order of id; all that was written is searchable from now on."""
        index = self._indices.name_of(generation)
        with translated():
            self._client.indices.refresh(index=index)
        after: list[str] | None = None
        while page := version_page(self._client, index, after):
            yield from page
            after = [page[-1][0]]

    def activate(self, generation: GenerationName) -> None:
        """Let searches go to this generation, with all that was written to it."""
        with translated():
            self._client.indices.refresh(index=self._indices.name_of(generation))
        self._indices.activate(generation)

    def active(self) -> GenerationName | None:
        """The generation that searches go to, None where there is none or it is of another format."""
        active = self._indices.active()
        try:
            if active is not None:
                self._indices.check(active)
        except (IndexMissing, IndexIncompatible):
            return None
        return active

    def is_current(self, generation: GenerationName) -> bool:
        """Whether a generation was made with exactly the present fields and format."""
        return self._indices.is_current(generation)

    def generations(self) -> Sequence[GenerationName]:
        """Every generation that there is, active or not."""
        return self._indices.all()

    def remove(self, generation: GenerationName) -> None:
        """Delete a generation that is not active."""
        self._indices.remove(generation)

    def close(self) -> None:
        """Nothing is held open."""

    def _send(self, generation: GenerationName, bulk: Sequence[bytes | Result]) -> list[Result]:
        """What became of operations, of which some have their results already."""
        lines = [each for each in bulk if isinstance(each, bytes)]
        answered: Iterator[Mapping[str, Any]] = iter(())
        if lines:
            with translated():
                answer = self._client.bulk(
                    index=self._indices.writes_of(generation),
                    operations=cast("Sequence[Mapping[str, Any]]", [NOTHING, *lines]),
                    require_alias=True,
                )
            answered = iter(answer.body["items"][1:])
        return [each if isinstance(each, Result) else _result(next(answered)) for each in bulk]


def version_page(client: Elasticsearch, index: str, after: list[str] | None) -> list[tuple[str, int]]:
    """The next ids and versions in order of id: the first, or those after an id. Raises EngineError.

    Never some of them only: those of a shard that is away would be thought missing.
    """
    body: dict[str, Any] = {"size": _VERSIONS, "sort": [{"id": "asc"}], "_source": False, "version": True}
    if after is not None:
        body["search_after"] = after
    with translated():
        answer = client.search(index=index, body=body, allow_partial_search_results=False)
    return [(hit["_id"], hit["_version"]) for hit in answer.body["hits"]["hits"]]


def _trouble(error: Mapping[str, Any]) -> EngineUnavailable:
    """What keeps an index from telling of a document: it is gone for good, or a part of it is away for now."""
    reason = f"{error.get('type')}: {error.get('reason')}"
    if error.get("type") == "index_not_found_exception":
        return IndexMissing(f"There is no search index: {reason}")
    return EngineUnavailable(f"Elasticsearch cannot answer: {reason}")


def _result(answer: Mapping[str, Any]) -> Result:
    item: Mapping[str, Any] = next(iter(answer.values()))
    status = item["status"]
    error: Mapping[str, Any] = item.get("error") or {}
    if error.get("type") == "index_not_found_exception":
        raise IndexMissing(f"There is no index {item['_index']}")
    if status in _DONE or (status == HTTPStatus.NOT_FOUND and item.get("result") == "not_found"):
        return Result(id=item["_id"], outcome=Outcome.DONE)
    reason = _reason(error)
    if status == HTTPStatus.CONFLICT:
        found = _HELD.search(str(error.get("reason")))
        return Result(id=item["_id"], outcome=Outcome.NEWER, reason=reason, held=int(found.group(1)) if found else None)
    # Whatever else it refuses (a block on the index, a queue that is full) is no fault of the document.
    outcome = Outcome.REFUSED if status == HTTPStatus.BAD_REQUEST else Outcome.TRY_AGAIN
    return Result(id=item["_id"], outcome=outcome, reason=reason)


def _reason(error: Mapping[str, Any]) -> str:
    """Why an item was refused, and what caused that, without the whole value that is quoted in between."""
    cause: Mapping[str, Any] = error.get("caused_by") or {}
    parts = [str(each["reason"])[:_LONGEST_REASON] for each in (error, cause) if each.get("reason")]
    return f"{error.get('type')}: {' — '.join(parts)}"
