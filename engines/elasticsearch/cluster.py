"""Connects to a cluster: the client for searches, which people wait for, and the one for writes."""

from typing import Any, Final

from elasticsearch import Elasticsearch, OrjsonSerializer

from engines.elasticsearch.engine import ElasticsearchEngine
from engines.elasticsearch.indices import IndexSettings, Indices
from engines.elasticsearch.writer import ElasticsearchWriter
from mappings.form import PRESENT, IndexForm

# Longer than any search should take; a page that is not there after two seconds is better an honest "not answering".
_SEARCH_TIMEOUT: Final = 2.0  # seconds

# A bulk of 500 documents takes a tenth of a second; a busy cluster may take its time.
_WRITE_TIMEOUT: Final = 30.0  # seconds


def build_elasticsearch(
    *,
    url: str,
    api_key: str | None,
    ca: str | None,
    alias: str,
    index: IndexSettings,
    at_once: int = 3,
    form: IndexForm = PRESENT,
) -> tuple[ElasticsearchEngine, ElasticsearchWriter]:
    """Both sides of the engine. Nothing is connected yet.

    At most `at_once` questions are asked at a time on behalf of people who wait: fewer than there are threads, so that
    an engine which does not answer does not hold up those who need none.
    """
    options: dict[str, Any] = {"api_key": api_key, "serializer": OrjsonSerializer()}
    if ca:
        options["ca_certs"] = ca
    # Not retried: the indexer has its own way to try again, and people their own patience.
    # A connection for each that is asked at once: who waits for one waits without a time-out.
    searching = Elasticsearch(
        url, request_timeout=_SEARCH_TIMEOUT, max_retries=0, connections_per_node=at_once, **options
    )
    writing = Elasticsearch(url, request_timeout=_WRITE_TIMEOUT, max_retries=0, **options)
    return (
        ElasticsearchEngine(searching, Indices(searching, alias, index, form), at_once=at_once),
        ElasticsearchWriter(writing, Indices(writing, alias, index, form)),
    )
