"""Builds the parts of the service and wires them together: the only module that names an engine."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, assert_never

from bootstrap.settings import EngineName, Settings
from catalogue import vocabularies
from catalogue.database import Catalogue, open_catalogue
from catalogue.errors import CatalogueUnavailable
from engines.embedded.engine import EmbeddedEngine
from engines.embedded.generations import GenerationFolders
from engines.embedded.writer import EmbeddedWriter, WriterLock
from indexer.indexer import Indexer
from search.discovery import Discovery
from search.engine import IndexWriter, SearchEngine
from search.request import FacetValue

_log: Final = logging.getLogger(__name__)

# The lock lets one process write at a time: what a dead one held can be had sooner than where many are at work.
_EMBEDDED_LEASE: Final = timedelta(seconds=3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """Everything that the pages, the API and the commands work with."""

    settings: Settings
    catalogue: Catalogue
    engine: SearchEngine
    discovery: Discovery
    indexer: Indexer


class CatalogueLabels:
    """Implements `search.discovery.FacetLabels` with the catalogue's names."""

    def __init__(self, catalogue: Catalogue) -> None:
        """A session is opened for each question."""
        self._catalogue = catalogue

    def labels(self, facet: str, values: Sequence[FacetValue]) -> Mapping[FacetValue, str]:
        """The labels of those values that exist. Years are their own label.

        Searches go on without the catalogue: then values that no found record carries have no label.
        """
        if facet == "year":
            return {}
        try:
            with self._catalogue.read() as session:
                found = vocabularies.labels(session, facet, values)
        except CatalogueUnavailable as e:
            _log.warning("Labels of the facet %s are left out: %s", facet, e)
            return {}
        return {FacetValue(value): label for value, label in found.items()}


def build_services(settings: Settings, *, nudge: Callable[[], None] | None = None) -> Services:
    """All parts for these settings. Files and connections are opened when they are first needed, after any fork.

    `nudge` is called after each change that has to be indexed, and must not raise; without it the indexer of this
    process is told.
    """
    # The indexer is nudged by the catalogue that it reads: the nudge finds it when a write has happened.
    after_commit = nudge or (lambda: indexer.nudge())  # noqa: PLW0108
    catalogue = open_catalogue(settings.database_url, after_commit=after_commit, threads=settings.web_threads)
    engine, writer = _build_engine(settings)
    indexer = _build_indexer(settings, catalogue, writer)
    discovery = Discovery(engine, CatalogueLabels(catalogue))
    return Services(settings=settings, catalogue=catalogue, engine=engine, discovery=discovery, indexer=indexer)


class _OpenToAll:
    """Implements `indexer.indexer.WriterLock` for an engine that any number of processes may write at once."""

    def try_acquire(self) -> bool:
        return True

    def release(self) -> None:
        pass


def _build_indexer(settings: Settings, catalogue: Catalogue, writer: IndexWriter) -> Indexer:
    if settings.engine is EngineName.ELASTICSEARCH:
        return Indexer(catalogue, writer, _OpenToAll(), place=settings.index_place)
    # Beside the index and not in it: whoever deletes the index must not delete the lock that somebody holds.
    lock = WriterLock(settings.data / "indexer.lock")
    return Indexer(catalogue, writer, lock, place=settings.index_place, lease=_EMBEDDED_LEASE)


def _build_engine(settings: Settings) -> tuple[SearchEngine, IndexWriter]:
    match settings.engine:
        case EngineName.EMBEDDED:
            generations = GenerationFolders(settings.index_folder)
            return EmbeddedEngine(generations), EmbeddedWriter(generations)
        case EngineName.ELASTICSEARCH:
            # Late: who has no cluster need not wait for its client.
            from engines.elasticsearch.cluster import build_elasticsearch
            from engines.elasticsearch.indices import IndexSettings

            cluster = settings.elasticsearch
            return build_elasticsearch(
                url=cluster.url,
                api_key=cluster.api_key,
                ca=cluster.ca,
                alias=cluster.alias,
                at_once=max(1, settings.web_threads - 1),
                index=IndexSettings(shards=cluster.shards, replicas=cluster.replicas, refresh=cluster.refresh),
            )
        case _:
            assert_never(settings.engine)
