"""A library of its own in a folder, filled by the service's own import and indexer."""

import resource
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.engine import Environment
from bootstrap.services import Services, build_services
from bootstrap.settings import read_settings
from catalogue import pending, records
from catalogue.intake.importer import import_file


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """How long filling a library took, in seconds; how many lines were refused; the most memory meanwhile, in bytes."""

    records: int
    refused: int
    import_seconds: float
    index_seconds: float
    peak_memory: int


@contextmanager
def opened_library(folder: Path, environment: Environment) -> Generator[Services]:
    """The services of the library in a folder, which is made if it is not there. The environment names the engine."""
    folder.mkdir(parents=True, exist_ok=True)
    services = build_services(read_settings({**environment, "BELONG_DATA": str(folder)}))
    services.catalogue.migrate()
    try:
        yield services
    finally:
        services.catalogue.dispose()


def fill(services: Services, file: Path) -> Built:
    """Import a file and index it, both as the commands do it."""
    start = time.perf_counter()
    report = import_file(services.catalogue, file)
    imported = time.perf_counter()
    services.indexer.catch_up()
    indexed = time.perf_counter()
    return Built(
        records=record_count(services),
        refused=report.refused.total,
        import_seconds=imported - start,
        index_seconds=indexed - imported,
        peak_memory=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
    )


def record_count(services: Services) -> int:
    """How many records the library has."""
    with services.catalogue.read() as session:
        return records.count(session)


def is_complete(services: Services) -> bool:
    """Whether the library has records and the index shows them all."""
    with services.catalogue.read() as session:
        return records.count(session) > 0 and pending.status(session).count == 0
