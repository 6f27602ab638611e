"""A request as explicit clauses: no query_string, no script, no leading wildcard."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final, assert_never

from elasticsearch.dsl import Q
from elasticsearch.dsl.query import Query

from engines.elasticsearch.schema import value_field, words_field
from mappings.fields import EVERYTHING, TEXT_FIELDS
from search.language.leaves import positive_leaves
from search.language.tree import All, Everything, Node, Not, Phrase, Prefix, Some, Word, Years
from search.ranking import ALL_WORDS_BONUS, EXACT_TITLE_SCORE, TIE_BREAKER, with_all_words
from search.request import FacetValue, SearchRequest, year_range

# Where a word is looked for, and where a phrase is: "everything" would let it reach from one field into the next.
_WORD_FIELDS: Final = [(field.name, field.weight) for field in TEXT_FIELDS if field.weight]
_PHRASE_FIELDS: Final = [(field.name, 1.0 + field.weight) for field in TEXT_FIELDS if field.name != EVERYTHING]

# Far longer than any id in the catalogue.
_LONGEST_VALUE: Final = 1_000

_EVERYTHING: Final = Q("constant_score", filter=Q("match_all"), boost=0.0)


def ranked(request: SearchRequest) -> Query:
    """The request's tree, scored; its filters are apart, so that facets can be counted without their own."""
    tree, title = request.query.tree, request.query.exact_title
    bonuses: list[Query] = []
    if (every := with_all_words(tree)) is not None:
        bonuses.append(Q("constant_score", filter=compile_node(every), boost=ALL_WORDS_BONUS))
    if title:
        found = Q("term", exact_title={"value": title})
        bonuses.append(Q("constant_score", filter=found, boost=EXACT_TITLE_SCORE))
    compiled = compile_node(tree)
    return Q("bool", must=[compiled], should=bonuses) if bonuses else compiled


def filtered(filters: Mapping[str, tuple[FacetValue, ...]], *, without_facet: str | None = None) -> Query | None:
    """All filters, or all but one facet's; None where there is none."""
    clauses = [_filter(facet, chosen) for facet, chosen in filters.items() if facet != without_facet]
    return Q("bool", filter=clauses) if clauses else None


def compile_node(node: Node) -> Query:
    """The clauses of one node."""
    match node:
        case Word():
            return _sum(node.field, lambda name, weight: _word(name, node.text, weight * node.times))
        case Phrase():
            return _phrase(node)
        case Prefix():
            return _sum(node.field, lambda name, weight: _prefix(name, node.text, weight))
        case Years():
            return Q("constant_score", filter=_years(node), boost=0.0)
        case All(operands=operands):
            excluded = [compile_node(o.operand) for o in operands if isinstance(o, Not)]
            return Q("bool", must=[compile_node(o) for o in operands if not isinstance(o, Not)], must_not=excluded)
        case Some():
            return _some(node)
        case Not(operand=operand):
            return Q("bool", must=[_EVERYTHING], must_not=[compile_node(operand)])
        case Everything():
            return _EVERYTHING
        case _:
            assert_never(node)


def possible(values: Iterable[FacetValue]) -> tuple[FacetValue, ...]:
    """The values that a record can have. Lucene refuses to look for terms of more than 32,766 bytes."""
    return tuple(value for value in values if len(value) <= _LONGEST_VALUE)


def marked(node: Node, field: str) -> Query | None:
    """Any word of the tree that is looked for in a field: what is highlighted there, phrases word by word."""
    words = [
        word
        for leaf in _leaves_in(node, field)
        if not isinstance(leaf, Prefix)
        for word in (leaf.words if isinstance(leaf, Phrase) else (leaf.text,))
    ]
    return Q("match", **{field: {"query": " ".join(dict.fromkeys(words))}}) if words else None


def marked_prefixes(node: Node, field: str) -> Query | None:
    """Any beginning of a word that is looked for in a field."""
    beginnings = [leaf.text for leaf in _leaves_in(node, field) if isinstance(leaf, Prefix)]
    return Q("bool", should=[_prefix(field, beginning) for beginning in beginnings]) if beginnings else None


def _leaves_in(node: Node, field: str) -> Iterable[Word | Prefix | Phrase]:
    return (leaf for leaf in positive_leaves(node) if leaf.field in {None, field})


def _some(node: Some) -> Query:
    operands = [compile_node(operand) for operand in node.operands]
    if node.required >= len(operands):
        return Q("bool", must=operands)
    return Q("bool", should=operands, minimum_should_match=node.required)


def _phrase(node: Phrase) -> Query:
    text = " ".join(node.words)
    fields = _PHRASE_FIELDS if node.field is None else [(node.field, 1.0)]
    clauses = [Q("match_phrase", **{name: {"query": text, "boost": weight}}) for name, weight in fields]
    return Q("dis_max", queries=clauses, tie_breaker=TIE_BREAKER)


def _word(field: str, text: str, boost: float) -> Query:
    return Q("match", **{field: {"query": text, "boost": boost}})


def _prefix(field: str, beginning: str, boost: float = 1.0) -> Query:
    # With a single word this is a prefix query for that word as the analyzer leaves it.
    found = Q("match_bool_prefix", **{words_field(field): {"query": beginning}})
    return Q("constant_score", filter=found, boost=boost)


def _sum(field: str | None, in_field: Callable[[str, float], Query]) -> Query:
    """Found in one field, or in any and scored in all that have a weight."""
    fields: Sequence[tuple[str, float]] = _WORD_FIELDS if field is None else [(field, 1.0)]
    clauses = [in_field(name, weight) for name, weight in fields]
    return clauses[0] if len(clauses) == 1 else Q("bool", should=clauses, minimum_should_match=1)


def _filter(facet: str, chosen: tuple[FacetValue, ...]) -> Query:
    chosen = possible(chosen)
    plain = [value for value in chosen if facet != "year" or year_range(value) is None]
    ranges = [years for value in chosen if facet == "year" and (years := year_range(value)) is not None]
    clauses = [Q("terms", **{value_field(facet): plain}), *(_years(years) for years in ranges)]
    return Q("bool", should=clauses, minimum_should_match=1)


def _years(years: Years) -> Query:
    """Four digits each, so that their order as text is their order as years; "none" comes after them."""
    first = f"{years.first or 0:04}"
    last = f"{9999 if years.last is None else years.last:04}"
    return Q("range", **{value_field("year"): {"gte": first, "lte": last}})
