"""A request as tantivy clauses. Nothing that a person typed ever reaches a query parser of the engine.

tantivy refuses to be asked about a field that the index lacks: where an older index lacks one, it has nothing to find.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final, assert_never

import tantivy
from tantivy import Occur, Query

from engines.embedded.schema import plain_analyzer, stemmed_analyzer, value_field, words_field
from mappings.fields import EVERYTHING, NONE_GIVEN, Field, Kind
from search.language.tree import All, Everything, Node, Not, Phrase, Prefix, Some, Word, Years
from search.ranking import ALL_WORDS_BONUS, EXACT_TITLE_SCORE, TIE_BREAKER, with_all_words
from search.request import FacetValue, SearchRequest, year_range

# A set of terms takes 0.4 ms to set up, which pays off where there are many: the years of a range.
_FEW_VALUES: Final = 8

_stemmed: Final = stemmed_analyzer()
_plain: Final = plain_analyzer()


class QueryCompiler:
    """Compiles requests against the schema and the dictionary of one searcher."""

    def __init__(self, schema: tantivy.Schema, searcher: tantivy.Searcher, fields: Sequence[Field]) -> None:
        """The searcher's dictionary tells which years occur; the fields are those that the schema has."""
        self._schema = schema
        self._searcher = searcher
        self._names = frozenset(field.name for field in fields)
        texts = [field for field in fields if field.kind is Kind.TEXT]
        # Where a word is looked for, and where a phrase is: "everything" would let it reach from one into the next.
        self._word_fields = [(field.name, field.weight) for field in texts if field.weight]
        self._phrase_fields = [(field.name, 1.0 + field.weight) for field in texts if field.name != EVERYTHING]

    def has(self, field: str) -> bool:
        """Whether the index has a field of `mappings.fields`."""
        return field in self._names

    def ranked(self, request: SearchRequest) -> Query:
        """The request's tree and filters, scored."""
        tree, title = request.query.tree, request.query.exact_title
        clauses = [(Occur.Must, self._compile(tree, ranked=True)), *self._filters(request.filters)]
        if (every := with_all_words(tree)) is not None:
            bonus = Query.const_score_query(self._compile(every, ranked=False), ALL_WORDS_BONUS)
            clauses.append((Occur.Should, bonus))
        if title and self.has("exact_title"):
            found = Query.term_query(self._schema, "exact_title", title, "basic")
            clauses.append((Occur.Should, Query.const_score_query(found, EXACT_TITLE_SCORE)))
        return clauses[0][1] if len(clauses) == 1 else Query.boolean_query(clauses)

    def counted(self, request: SearchRequest, *, without_facet: str | None = None) -> Query:
        """The request's tree and filters, or all filters but one facet's, for counting only."""
        filters = {name: values for name, values in request.filters.items() if name != without_facet}
        tree = self._compile(request.query.tree, ranked=False)
        return Query.boolean_query([(Occur.Must, tree), *self._filters(filters)])

    def filtered(self, filters: Mapping[str, tuple[FacetValue, ...]]) -> Query:
        """All records that pass the filters, for counting only."""
        clauses = list(self._filters(filters))
        return Query.boolean_query(clauses) if clauses else Query.all_query()

    def having(self, query: Query, facet: str, value: str) -> Query:
        """Those that a query finds that have a value of a facet, for counting only."""
        return Query.boolean_query([(Occur.Must, query), (Occur.Must, self._value_query(facet, [value]))])

    def _compile(self, node: Node, *, ranked: bool) -> Query:
        """The clauses of one node; if it is not ranked only those that decide what it finds."""
        match node:
            case Word():
                return self._word(node, ranked=ranked)
            case Phrase():
                return self._phrase(node)
            case Prefix():
                return self._prefix(node, ranked=ranked)
            case Years():
                return _unscored(self._value_query("year", self._years_between(node)))
            case All():
                return Query.boolean_query([self._clause(operand, ranked=ranked) for operand in node.operands])
            case Some():
                return self._some(node, ranked=ranked)
            case Not():
                # A bare MustNot matches nothing.
                return Query.boolean_query([(Occur.Must, _everything()), self._clause(node, ranked=ranked)])
            case Everything():
                return _everything()
            case _:
                assert_never(node)

    def _clause(self, operand: Node, *, ranked: bool) -> tuple[Occur, Query]:
        if isinstance(operand, Not):
            return Occur.MustNot, self._compile(operand.operand, ranked=False)
        return Occur.Must, self._compile(operand, ranked=ranked)

    def _some(self, node: Some, *, ranked: bool) -> Query:
        operands = [self._compile(operand, ranked=ranked) for operand in node.operands]
        if node.required >= len(operands):
            return Query.boolean_query([(Occur.Must, operand) for operand in operands])
        return Query.boolean_query([(Occur.Should, operand) for operand in operands], node.required)

    def _word(self, node: Word, *, ranked: bool) -> Query:
        return self._terms([node.text], _where(node.field, ranked=ranked), boost=node.times)

    def _phrase(self, node: Phrase) -> Query:
        return self._terms(node.words, node.field)

    def _terms(self, words: Sequence[str], field: str | None, *, boost: float = 1.0) -> Query:
        """The words next to each other."""
        terms = [(place, term) for place, word in enumerate(words) for term in _stemmed.analyze(word)]
        if not terms or not self._is_searched(field):
            return Query.empty_query()
        if len(terms) > 1:
            phrases = [
                Query.boost_query(Query.phrase_query(self._schema, name, list[str | tuple[int, str]](terms)), weight)
                for name, weight in (self._phrase_fields if field is None else [(field, 1.0)])
            ]
            return Query.disjunction_max_query(phrases, TIE_BREAKER)
        return self._sum(field, lambda name: Query.term_query(self._schema, name, terms[0][1], "freq"), boost=boost)

    def _prefix(self, node: Prefix, *, ranked: bool) -> Query:
        beginnings = _plain.analyze(node.text)
        if len(beginnings) != 1 or not self._is_searched(node.field):
            return Query.empty_query()
        pattern = f"{re.escape(beginnings[0])}.*"  # folding may give signs: "⑴" becomes "(1)"
        return self._sum(
            _where(node.field, ranked=ranked),
            lambda name: Query.const_score_query(Query.regex_query(self._schema, words_field(name), pattern), 1.0),
        )

    def _is_searched(self, field: str | None) -> bool:
        return field is None or self.has(field)

    def _sum(self, field: str | None, in_field: Callable[[str], Query], *, boost: float = 1.0) -> Query:
        """Found in one field, or in any and scored in all that have a weight."""
        if field is not None:
            return Query.boost_query(in_field(field), boost)
        return Query.boolean_query(
            [(Occur.Should, Query.boost_query(in_field(name), weight * boost)) for name, weight in self._word_fields]
        )

    def _filters(self, filters: Mapping[str, tuple[FacetValue, ...]]) -> Iterator[tuple[Occur, Query]]:
        for facet, chosen in filters.items():
            values = self._plain_years(chosen) if facet == "year" else list(chosen)
            yield Occur.Must, _unscored(self._value_query(facet, values))

    def _value_query(self, facet: str, values: Sequence[str]) -> Query:
        if not self.has(facet):
            return Query.empty_query()
        if len(values) > _FEW_VALUES:
            return Query.term_set_query(self._schema, value_field(facet), values)
        terms = [Query.term_query(self._schema, value_field(facet), value, "basic") for value in values]
        return terms[0] if len(terms) == 1 else Query.boolean_query([(Occur.Should, term) for term in terms])

    def _plain_years(self, chosen: tuple[FacetValue, ...]) -> list[str]:
        ranges = [(value, year_range(value)) for value in chosen]
        return [
            year for value, years in ranges for year in ([str(value)] if years is None else self._years_between(years))
        ]

    def _years_between(self, years: Years) -> list[str]:
        if not self.has("year"):
            return []
        first = f"{years.first or 0:04}"
        last = f"{9999 if years.last is None else years.last:04}"
        known = (year for year, _ in self._searcher.terms_with_prefix(value_field("year"), ""))
        return [year for year in known if year != NONE_GIVEN and first <= year <= last]


def _where(field: str | None, *, ranked: bool) -> str | None:
    """The field in which a word is looked for. Without a score "everything" says as much as all fields together."""
    return EVERYTHING if field is None and not ranked else field


def _unscored(query: Query) -> Query:
    return Query.const_score_query(query, 0.0)


def _everything() -> Query:
    return _unscored(Query.all_query())
