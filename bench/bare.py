"""The engines without the catalogue: how fast they take documents that are already made."""

import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final, TypeVar

from bench.engine import Environment, bare_client
from bootstrap.settings import EngineName
from engines.elasticsearch.bulk import to_elasticsearch
from engines.elasticsearch.schema import build_analysis, build_mapping
from engines.embedded.generations import GenerationFolders
from engines.embedded.writer import EmbeddedWriter
from mappings.fields import FIELDS
from mappings.form import PRESENT
from search.engine import GenerationName, Put

# As many as a rebuild writes at a time.
CHUNK: Final = 2_000

_T = TypeVar("_T")


def bulk_seconds(engine: EngineName, environment: Environment, folder: Path, documents: Sequence[Put]) -> float:
    """How long a new index takes the documents, in seconds, until they can be searched; it is deleted again."""
    if engine is EngineName.EMBEDDED:
        return _embedded(folder, documents)
    return _elasticsearch(environment, documents)


def _elasticsearch(environment: Environment, documents: Sequence[Put]) -> float:
    """By Elasticsearch's own client, as it comes, in an index with the settings of ours."""
    index = f"{environment['ELASTICSEARCH_ALIAS']}-bare"
    lines: list[dict[str, Any]] = []
    for put in documents:
        lines += [{"index": {"_id": put.id}}, to_elasticsearch(put.document, FIELDS)]
    settings: dict[str, Any] = {"analysis": build_analysis(), "number_of_replicas": 0, "refresh_interval": "500ms"}
    with bare_client(environment) as client:
        client.indices.create(index=index, mappings=build_mapping(PRESENT), settings=settings)
        start = time.perf_counter()
        for chunk in _chunks(lines, 2 * CHUNK):
            if client.bulk(index=index, operations=chunk)["errors"]:
                raise RuntimeError("Elasticsearch did not take all documents")
        client.indices.refresh(index=index)
        taken = time.perf_counter() - start
        client.indices.delete(index=index)
    return taken


def _embedded(folder: Path, documents: Sequence[Put]) -> float:
    """By our own writer: tantivy takes documents only word by word, and cutting them up is most of the work."""
    generation = GenerationName("g1")
    writer = EmbeddedWriter(GenerationFolders(folder / "bare"))
    writer.create(generation)
    start = time.perf_counter()
    for chunk in _chunks(documents, CHUNK):
        writer.write(generation, chunk)
    taken = time.perf_counter() - start
    writer.close()
    writer.remove(generation)
    return taken


def _chunks(whole: Sequence[_T], size: int) -> Iterator[Sequence[_T]]:
    for start in range(0, len(whole), size):
        yield whole[start : start + size]
