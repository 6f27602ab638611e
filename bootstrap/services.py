"""Builds the parts of the service and wires them together: the only module that names an engine."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bootstrap.settings import Settings
from catalogue import vocabularies
from catalogue.database import Catalogue, open_catalogue
from engines.embedded.engine import EmbeddedEngine
from engines.embedded.generations import GenerationFolders
from engines.embedded.writer import EmbeddedWriter, WriterLock
from indexer.indexer import Indexer
from search.discovery import Discovery
from search.engine import SearchEngine
from search.request import FacetValue


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
        """The labels of those values that exist. Years are their own label."""
        if facet == "year":
            return {}
        with self._catalogue.read() as session:
            found = vocabularies.labels(session, facet, values)
        return {FacetValue(value): label for value, label in found.items()}


def build_services(settings: Settings) -> Services:
    """All parts for these settings. Files and connections are opened when they are first needed, after any fork."""
    # The indexer is nudged by the catalogue that it reads: the nudge finds it when a write has happened.
    catalogue = open_catalogue(settings.database_url, after_commit=lambda: indexer.nudge())  # noqa: PLW0108
    generations = GenerationFolders(settings.index_folder)
    engine = EmbeddedEngine(generations)
    # Beside the index and not in it: whoever deletes the index must not delete the lock that somebody holds.
    lock = WriterLock(settings.data / "indexer.lock")
    indexer = Indexer(catalogue, EmbeddedWriter(generations), lock)
    discovery = Discovery(engine, CatalogueLabels(catalogue))
    return Services(settings=settings, catalogue=catalogue, engine=engine, discovery=discovery, indexer=indexer)
