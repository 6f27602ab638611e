"""The reading side of the Elasticsearch engine: one request a page."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from elasticsearch import Elasticsearch
from elasticsearch.dsl import Q
from rapidfuzz.distance import OSA

from engines.elasticsearch.breaker import Breaker
from engines.elasticsearch.completion import SPARE, completion_body, lacks_names, read_completions
from engines.elasticsearch.errors import body_of, translated
from engines.elasticsearch.facets import MOST_BUCKETS, aggregations, all_values, read_buckets
from engines.elasticsearch.highlight import highlighting, spans
from engines.elasticsearch.indices import Indices
from engines.elasticsearch.queries import compile_node, filtered, ranked
from engines.elasticsearch.schema import words_field
from mappings.analysis import searchable
from mappings.fields import EVERYTHING
from search.completion import Completion, CompletionRequest
from search.engine import MOST_EDITS, GenerationName, WordFrequency
from search.errors import EngineFault, EngineTimeout, IndexIncompatible, IndexMissing
from search.passages import mark, passage
from search.request import SearchRequest, Sort
from search.results import Bucket, Hit, SearchPage
from search.shown import from_json

# Scores as if the index were in one piece, however many shards it has.
SEARCH_TYPE: Final = "dfs_query_then_fetch"

# After this time Elasticsearch itself gives up, and says so: what it works on is not worth waiting for any longer, and
# that it is there at all is told apart from a time-out, after which it is left alone.
_GIVES_UP: Final = "1500ms"

# Far more than there are: the most frequent of those within two edits may be any of them.
_MOST_SIMILAR: Final = 50_000

# An index of another release may lack what is asked for. Elasticsearch finds nothing in a field that it does not know,
# and counts nothing; only to sort by one it has to be told what to take it for.
_ORDERS: Final[Mapping[Sort, list[dict[str, Any]]]] = {
    Sort.RELEVANCE: [{"_score": "desc"}, {"id": "asc"}],
    Sort.NEWEST: [{"newest": {"order": "asc", "unmapped_type": "keyword"}}, {"id": "asc"}],
    Sort.OLDEST: [{"oldest": {"order": "asc", "unmapped_type": "keyword"}}, {"id": "asc"}],
    Sort.TITLE: [{"by_title": {"order": "asc", "unmapped_type": "keyword"}}, {"id": "asc"}],
}

# What is asked for where no hit is: any one, which names the index that answers (0.1 ms with 20,000 records).
_ANY_HIT: Final[Mapping[str, Any]] = {"size": 1, "_source": False, "sort": ["_doc"], "track_total_hits": True}


class ElasticsearchEngine:
    """Implements `search.engine.SearchEngine` on the index that the alias names. Threads may share it."""

    def __init__(self, client: Elasticsearch, indices: Indices, *, at_once: int) -> None:
        """The client has a short time-out and does not retry. Only so many questions are asked at once."""
        self._client = client
        self._indices = indices
        self._breaker = Breaker(at_once)

    def search(self, request: SearchRequest) -> SearchPage:
        """One page of results."""
        generation, answer = self._ask(search_body(request))
        hits = answer["hits"]["hits"]
        return SearchPage(
            query=request.query,
            total=answer["hits"]["total"]["value"],
            page=request.page,
            size=request.size,
            hits=tuple(_hit(hit) for hit in hits),
            facets=read_buckets(request, answer.get("aggregations", {}), request.facets, size=request.facet_size),
            generation=generation,
        )

    def count(self, request: SearchRequest) -> int:
        """How many records match."""
        _, answer = self._ask(_unranked(request))
        return int(answer["hits"]["total"]["value"])

    def buckets(self, request: SearchRequest, facet: str) -> tuple[Bucket, ...]:
        """Every value of one facet."""
        asked = all_values(request, facet)
        body = {**_ANY_HIT, "query": compile_node(request.query.tree).to_dict(), "aggs": asked}
        _, answer = self._ask(body)
        found = read_buckets(request, answer["aggregations"], (facet,), size=MOST_BUCKETS)
        return found[facet]

    def similar_words(self, word: str) -> Sequence[WordFrequency]:
        """Words with the same first letter within two edits."""
        text = searchable(word)
        field = words_field(EVERYTHING)
        term = {
            "field": field,
            "analyzer": "plain",
            "suggest_mode": "always",
            "max_edits": MOST_EDITS,
            "prefix_length": 1,
            "min_word_length": 1,
            "max_term_freq": 2_000_000_000,  # words that occur are asked about too, however often they do
            "size": _MOST_SIMILAR,
            "accuracy": 0.0,  # the number of edits says enough
            "string_distance": "damerau_levenshtein",
        }
        body = {
            **_ANY_HIT,
            "query": Q("match", **{field: {"query": text}}).to_dict(),
            "suggest": {"similar": {"text": text, "term": term}},
        }
        _, answer = self._ask(body)
        match answer["suggest"]["similar"]:
            case [found]:
                return _similar(found["text"], answer["hits"]["total"]["value"], found["options"])
            case _:
                return ()

    def complete(self, request: CompletionRequest) -> tuple[Completion, ...]:
        """Names and titles that fit what was typed."""
        first, second = SPARE
        # Nothing is scored by how rare a word is: the shards need not tell each other beforehand.
        _, answer = self._ask(completion_body(request, first), search_type="query_then_fetch")
        if lacks_names(request, answer):
            _, answer = self._ask(completion_body(request, second), search_type="query_then_fetch")
        return read_completions(request, answer)

    def generation(self) -> GenerationName:
        """The active generation. Raises whatever keeps it from being searched, with what an operator has to know."""
        with self._breaker.guarded():
            active = self._indices.active()
            if active is None:
                raise IndexMissing(self._indices.why_missing())
            self._indices.check(active)
        return active

    def product(self) -> str:
        """The name and version of the server."""
        with self._breaker.guarded(), translated():
            return f"Elasticsearch {body_of(self._client.info())['version']['number']}"

    def _answering(self, hits: Sequence[Mapping[str, Any]]) -> GenerationName:
        """The generation that an answer came from.

        An index that is none of ours has none of our fields either, and finds nothing: that nothing was found is
        believed only of an index that is.
        """
        if not hits or not self._indices.is_ours(hits[0]["_index"]):
            return self.generation()
        generation = self._indices.generation_of(hits[0]["_index"])
        with self._breaker.guarded():
            self._indices.check(generation)
        return generation

    def _ask(self, body: dict[str, Any], search_type: str = SEARCH_TYPE) -> tuple[GenerationName, Mapping[str, Any]]:
        """One search, and who answered. A rebuild may just have removed the index of the alias: then once more."""
        try:
            answer = self._search(body, search_type)
        except IndexMissing:
            self.generation()  # knows better what is missing
            answer = self._search(body, search_type)
        except EngineFault:
            self.generation()  # an index that is none of ours refuses what we ask, and that is the better reason
            raise
        return self._answering(answer["hits"]["hits"]), answer

    def _search(self, body: dict[str, Any], search_type: str) -> Mapping[str, Any]:
        limited = {**body, "timeout": _GIVES_UP}
        with self._breaker.guarded(), translated():
            answer = body_of(self._client.search(index=self._indices.alias, body=limited, search_type=search_type))
        if answer["timed_out"] or answer["_shards"]["failed"]:
            raise EngineTimeout("Elasticsearch answered in part only")
        return answer


def search_body(request: SearchRequest) -> dict[str, Any]:
    """What is asked of Elasticsearch for one page of results, in one request."""
    body: dict[str, Any] = {
        "query": ranked(request).to_dict(),
        "from": request.offset,
        "size": request.size,
        "sort": _ORDERS[request.sort],
        "track_total_hits": True,
        "_source": ["shown"],
        "version": True,
    }
    if (chosen := filtered(request.filters)) is not None:
        body["post_filter"] = chosen.to_dict()
    if request.facets:
        body["aggs"] = aggregations(request)
    if (highlight := highlighting(request.query.tree)) is not None:
        body["highlight"] = highlight
    return body


def _unranked(request: SearchRequest) -> dict[str, Any]:
    clauses = [compile_node(request.query.tree)]
    if (chosen := filtered(request.filters)) is not None:
        clauses.append(chosen)
    return {**_ANY_HIT, "query": Q("bool", filter=clauses).to_dict()}


def _similar(word: str, documents: int, others: Iterable[Mapping[str, Any]]) -> list[WordFrequency]:
    """A word as the index has it, if it does, and those that are like it."""
    found = [WordFrequency(word=word, edits=0, documents=documents)] if documents else []
    for other in others:
        edits = OSA.distance(word, other["text"])
        found.append(WordFrequency(word=other["text"], edits=edits, documents=other["freq"]))
    return found


def _hit(found: Mapping[str, Any]) -> Hit:
    try:
        shown = from_json(found["_source"]["shown"])
    except (KeyError, TypeError, ValueError) as e:
        raise IndexIncompatible(f"The document {found['_id']} of {found['_index']} is of another format") from e
    highlights: Mapping[str, Sequence[str]] = found.get("highlight", {})
    abstract = shown.abstract or ""
    return Hit(
        id=found["_id"],
        version=found["_version"],
        shown=shown,
        title=mark(shown.title, spans(highlights, "title", shown.title)),
        passage=passage(abstract, spans(highlights, "abstract", abstract)),
    )
