"""What only this engine's writer has to see to: indices that vanish, shards that are away."""

import secrets
from collections.abc import Iterator

import pytest
from elasticsearch import Elasticsearch

from engines.elasticsearch.indices import IndexSettings, Indices
from engines.elasticsearch.writer import ElasticsearchWriter, version_page
from mappings.fields import Field
from search.engine import GenerationName, Operation, Outcome, Put, Remove
from search.errors import EngineUnavailable, IndexMissing
from tests.processes import eventually

G1 = GenerationName("g1")
PUT = Put(id="a", version=1, document={"id": "a", "version": 1, "title": ["Trust"]})
REMOVE = Remove(id="a", version=1)


@pytest.fixture
def alias(cluster: Elasticsearch) -> Iterator[str]:
    alias = f"writing{secrets.token_hex(6)}"
    yield alias
    for name in cluster.indices.get(index=f"{alias}*").body:
        cluster.indices.delete(index=name)


@pytest.fixture
def writer(cluster: Elasticsearch, alias: str) -> ElasticsearchWriter:
    writer = ElasticsearchWriter(cluster, Indices(cluster, alias, IndexSettings()))
    writer.create(G1)
    return writer


class Vanishing(Indices):
    """Indices of which each is deleted right after it was looked at."""

    def fields_of(self, generation: GenerationName) -> tuple[Field, ...]:
        fields = super().fields_of(generation)
        self._client.indices.delete(index=self.name_of(generation))
        return fields


@pytest.mark.parametrize("operations", [[PUT], [REMOVE], [REMOVE, PUT]], ids=["put", "remove", "both"])
def test_a_write_to_an_index_that_was_just_deleted_makes_no_new_one(
    writer: ElasticsearchWriter, cluster: Elasticsearch, alias: str, operations: list[Operation]
) -> None:
    late = ElasticsearchWriter(cluster, Vanishing(cluster, alias, IndexSettings()))
    with pytest.raises(IndexMissing):
        late.write(G1, operations)
    assert cluster.indices.get(index=f"{alias}*").body == {}


@pytest.mark.parametrize("operation", [PUT, REMOVE], ids=["put", "remove"])
def test_an_index_of_an_earlier_release_is_written_as_well(
    writer: ElasticsearchWriter, cluster: Elasticsearch, alias: str, operation: Operation
) -> None:
    """It has no alias for writes yet."""
    cluster.indices.delete_alias(index=f"{alias}-g1", name=f"{alias}-g1-writes")
    assert [result.outcome for result in writer.write(G1, [operation])] == [Outcome.DONE]
    assert list(cluster.indices.get(index=f"{alias}*").body) == [f"{alias}-g1"]
    assert list(writer.generations()) == [G1]


def test_versions_are_not_told_while_a_shard_is_away(cluster: Elasticsearch, alias: str) -> None:
    """Its records would be missing without a word."""
    cluster.indices.create(
        index=f"{alias}-g1",
        mappings={"properties": {"id": {"type": "keyword"}}},
        settings={"number_of_shards": 2, "number_of_replicas": 0, "routing.allocation.total_shards_per_node": 1},
        wait_for_active_shards=0,
    )

    def started() -> int:
        return int(str(cluster.cat.shards(index=f"{alias}-g1", h="state")).count("STARTED"))

    assert eventually(lambda: started() == 1, within=20) is not None
    with pytest.raises(EngineUnavailable):
        version_page(cluster.options(max_retries=0), f"{alias}-g1", None)


def test_a_document_that_cannot_be_sent_is_refused_alone(writer: ElasticsearchWriter) -> None:
    odd = Put(id="odd", version=1, document={"id": "odd", "version": 1, "title": ["\ud800"]})
    assert [result.outcome for result in writer.write(G1, [odd, PUT])] == [Outcome.REFUSED, Outcome.DONE]
    assert list(writer.versions(G1)) == [("a", 1)]
