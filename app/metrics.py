"""The address for Prometheus: /metrics (docs/operations.md).

Each figure is read from the catalogue when it is asked for, so that it is the same whichever process answers. Nothing
is counted in memory. The engine is asked whether it answers, and not waited for where it hangs.
"""

from collections.abc import Iterator
from datetime import UTC, datetime

from flask import Blueprint, Response, request
from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector

from app.readiness import PATIENCE
from app.services import readiness
from bootstrap.services import Services
from catalogue import records
from catalogue.database import Catalogue
from catalogue.errors import CatalogueUnavailable
from catalogue.freshness import Drift, Freshness, last_drift, read_freshness


def metrics_of(services: Services) -> Blueprint:
    """The address, for these services."""
    metrics = Blueprint("metrics", __name__)
    registry = CollectorRegistry()
    registry.register(_Catalogue(services.catalogue, services.settings.index_place))
    registry.register(_Search())

    @metrics.get("/metrics")
    def figures() -> Response:
        """The figures in the form that is asked for. 200 also without the catalogue, which is a figure too."""
        encode, content_type = choose_encoder(request.headers.get("Accept", ""))
        response = Response(encode(registry), content_type=content_type)
        response.headers["Cache-Control"] = "no-store"
        return response

    return metrics


class _Catalogue(Collector):
    """The figures of one look at the catalogue."""

    def __init__(self, catalogue: Catalogue, place: str) -> None:
        self._catalogue = catalogue
        self._place = place

    def describe(self) -> Iterator[Metric]:
        """Called when it is registered: nothing is read then, and the names are ours alone."""
        return iter(())

    def collect(self) -> Iterator[Metric]:
        """Called for each answer."""
        try:
            with self._catalogue.read() as session:
                held = records.count(session)
                found = read_freshness(session, now=datetime.now(UTC), place=self._place)
                drift = last_drift(session)
        except CatalogueUnavailable:
            yield _gauge("belong_catalogue_up", "Whether the catalogue answers.", 0)
            return
        yield _gauge("belong_catalogue_up", "Whether the catalogue answers.", 1)
        yield _gauge("belong_records", "Records in the catalogue, without the deleted ones and drafts.", held)
        yield from _of_freshness(found)
        if drift is not None:
            yield from _of_drift(drift)


class _Search(Collector):
    """Whether searches are answered, and by which index."""

    def describe(self) -> Iterator[Metric]:
        """Called when it is registered: nothing is asked then."""
        return iter(())

    def collect(self) -> Iterator[Metric]:
        """Called for each answer."""
        generation = readiness().generation(patience=PATIENCE)
        yield _gauge("belong_search_up", "Whether searches are answered.", generation is not None)
        info = GaugeMetricFamily("belong_index_info", "The index that answers searches.", labels=["generation"])
        if generation is not None:
            info.add_metric([generation], 1)
        yield info


def _of_freshness(found: Freshness) -> Iterator[Metric]:
    yield _gauge("belong_index_pending_changes", "Changes that the index does not show yet.", found.pending)
    yield _gauge(
        "belong_index_oldest_pending_seconds", "How long the oldest of them has waited.", found.oldest_seconds or 0
    )
    yield _gauge("belong_index_dead_letters", "Records that the index cannot take as they are.", found.dead)
    yield _gauge(
        "belong_index_outdated", "Whether no index gets the changes that searches could show.", found.index is None
    )
    yield _gauge("belong_index_stopped", "Whether the index refuses everything it is sent.", found.stop is not None)
    done = GaugeMetricFamily("belong_index_run_done_records", "Records done by the run under way.", labels=["kind"])
    total = GaugeMetricFamily("belong_index_run_records", "Records it has to do.", labels=["kind"])
    if found.run is not None:
        done.add_metric([found.run.kind], found.run.done)
        total.add_metric([found.run.kind], found.run.total or 0)
    yield done
    yield total


def _of_drift(drift: Drift) -> Iterator[Metric]:
    kinds = GaugeMetricFamily(
        "belong_index_drift_records", "Records that the last comparison found to differ.", labels=["kind"]
    )
    for kind, count in drift.counts.items():
        kinds.add_metric([kind], count)
    yield kinds
    yield _gauge(
        "belong_index_compared_timestamp_seconds", "When index and catalogue were compared.", drift.found_at.timestamp()
    )


def _gauge(name: str, meaning: str, value: float) -> Metric:
    return GaugeMetricFamily(name, meaning, value=value)
