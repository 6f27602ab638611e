"""Completion in one request: titles as hits, names as the terms of their fields."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from elasticsearch.dsl import Q
from elasticsearch.dsl.query import Query

from engines.elasticsearch.facets import MOST_BUCKETS
from engines.elasticsearch.queries import filtered
from engines.elasticsearch.schema import words_field
from mappings.completion import COMPLETED_FACETS, WORDS_END, names_field
from search.completion import (
    Beginning,
    Completion,
    CompletionKind,
    CompletionRequest,
    Lookup,
    Place,
    lookups,
    named,
)
from search.shown import read_title

# A name may stand at one place under several of its words, and have a word that is never suggested: more are fetched
# than are wanted, and at the second try so many that nobody will see one missing.
SPARE: Final = (4, 50)

# What titles score at each place; a document that only has a name that fits scores nothing.
_SCORES: Final[Mapping[Place, float]] = {Place.WHOLE: 3.0, Place.BEGINNING: 2.0, Place.WITHIN: 1.0}
_PLACES: Final = {score: place for place, score in _SCORES.items()}


def completion_body(request: CompletionRequest, spare: int) -> dict[str, Any]:
    """What is asked of Elasticsearch; so many times as many names as are wanted."""
    asked = list(lookups(request.beginning))
    starts = {start for lookup in asked for start in lookup.starts}
    shortest = sorted(start for start in starts if not any(start != each and start.startswith(each) for each in starts))
    names = [Q("prefix", **{names_field(facet): {"value": start}}) for facet in COMPLETED_FACETS for start in shortest]
    holding = Q("constant_score", filter=Q("bool", should=names), boost=0.0)
    matching = Q("dis_max", queries=[*_titles(request), holding])
    passing = filtered(request.filters)
    return {
        "query": Q("bool", must=[matching], filter=[passing] if passing is not None else []).to_dict(),
        "size": request.limit,
        "sort": [{"_score": "desc"}, {"newest": {"order": "asc", "unmapped_type": "keyword"}}, {"id": "asc"}],
        "_source": ["shown"],
        "track_total_hits": False,
        "aggs": {
            _name(facet, lookup): _terms(names_field(facet), lookup, request.limit * spare)
            for facet in COMPLETED_FACETS
            for lookup in asked
        },
    }


def read_completions(request: CompletionRequest, answer: Mapping[str, Any]) -> tuple[Completion, ...]:
    """The completions of an answer."""
    names = [
        completion
        for facet in COMPLETED_FACETS
        for completion in named(CompletionKind(facet), _found(request, answer, facet), request)
    ]
    return (*names, *(_title(hit) for hit in answer["hits"]["hits"] if hit["_score"] in _PLACES))


def lacks_names(request: CompletionRequest, answer: Mapping[str, Any]) -> bool:
    """Whether at one of the places more names are there than came, and fewer of those can be used than are wanted."""
    return any(
        answer["aggregations"][_name(facet, lookup)]["sum_other_doc_count"]
        and len(named(CompletionKind(facet), [(lookup.place, _fitting(answer, facet, lookup))], request))
        < request.limit
        for facet in COMPLETED_FACETS
        for lookup in lookups(request.beginning)
    )


def _titles(request: CompletionRequest) -> Iterator[Query]:
    """The titles at each place; a title that stands at several scores as at the best."""
    unwanted = [_word(" ".join(sorted(request.without)))] if request.without else []
    for place, query in _titles_by_place(request.beginning):
        clauses = Q("bool", filter=[query], must_not=unwanted)
        yield Q("constant_score", filter=clauses, boost=_SCORES[place])


def _titles_by_place(beginning: Beginning) -> Iterator[tuple[Place, Query]]:
    text = beginning.text
    begun = Q("prefix", exact_title={"value": text})
    if beginning.longer:
        begun = Q("bool", filter=[begun], must_not=[Q("prefix", exact_title={"value": f"{text} "})])
    yield Place.WHOLE, Q("term", exact_title={"value": text})
    yield Place.BEGINNING, begun
    if beginning.last is not None:
        yield Place.WITHIN, _within(beginning, beginning.last.written)


def _within(beginning: Beginning, last: str) -> Query:
    """The titles that have the words, and one that begins with the last."""
    begun = Q("match_bool_prefix", **{words_field("title"): {"query": last}})
    if beginning.longer:
        begun = Q("regexp", **{words_field("title"): {"value": f"{beginning.text}.+"}})
    return Q("bool", filter=[begun, *(_word(word.written) for word in beginning.words)])


def _word(words: str) -> Query:
    """The titles that have a word just so, or any of several."""
    return Q("match", **{words_field("title"): {"query": words}})


def _terms(field: str, lookup: Lookup, size: int) -> dict[str, Any]:
    """The names that fit, most records first. Those of all shards are counted before any is left out."""
    order = [{"_count": "desc"}, {"_key": "asc"}]
    terms = {"field": field, "size": size, "shard_size": MOST_BUCKETS, "order": order, "include": _pattern(lookup)}
    return {"terms": terms}


def _pattern(lookup: Lookup) -> str:
    """Lucene's regular expression for the terms that may fit.

    Folded words have letters and digits only: none is a sign. Of words that may stand in any order only two are in it:
    for five such the automaton would have more states than Lucene is ready to make.
    """
    starts = "|".join(lookup.starts)
    if lookup.last is not None:
        return f"({starts})([^{WORDS_END}]* )?{lookup.last}.*"
    return f"({starts})[^ {WORDS_END}].*" if lookup.longer else f"({starts}).*"


def _found(
    request: CompletionRequest, answer: Mapping[str, Any], facet: str
) -> Iterator[tuple[Place, list[tuple[str, int]]]]:
    return ((lookup.place, _fitting(answer, facet, lookup)) for lookup in lookups(request.beginning))


def _fitting(answer: Mapping[str, Any], facet: str, lookup: Lookup) -> list[tuple[str, int]]:
    """The names that fit, with their counts."""
    buckets = answer["aggregations"][_name(facet, lookup)]["buckets"]
    terms = [(str(bucket["key"]), int(bucket["doc_count"])) for bucket in buckets]
    starts = ((start, [each for each in terms if each[0].startswith(start)]) for start in lookup.starts)
    return [each for start, beginning in starts for each in lookup.fitting(start, beginning)]


def _name(facet: str, lookup: Lookup) -> str:
    return f"{facet}.{lookup.place.name}"


def _title(hit: Mapping[str, Any]) -> Completion:
    label = read_title(hit["_source"]["shown"])
    return Completion(kind=CompletionKind.TITLE, place=_PLACES[hit["_score"]], id=hit["_id"], label=label)
