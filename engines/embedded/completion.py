"""Completion: names from the dictionary of their fields, titles by the words and the beginning of the title."""

import re
from collections.abc import Iterator
from itertools import chain
from typing import Final

import tantivy
from tantivy import Occur, Query

from engines.embedded.queries import QueryCompiler
from engines.embedded.ranking import Address, newest_addresses
from engines.embedded.schema import plain_analyzer, words_field
from mappings.completion import COMPLETED_FACETS, names_field
from search.completion import (
    Beginning,
    Completion,
    CompletionKind,
    CompletionRequest,
    Place,
    can_be_suggested,
    lookups,
    named,
)
from search.shown import read_title

_plain: Final = plain_analyzer()

# Where too few of the titles that were asked for can be suggested, so many times as many are.
_MORE: Final = 4


class Completer:
    """Completes from one searcher."""

    def __init__(self, searcher: tantivy.Searcher, schema: tantivy.Schema, compiler: QueryCompiler) -> None:
        """All belong together."""
        self._searcher = searcher
        self._schema = schema
        self._compiler = compiler

    def complete(self, request: CompletionRequest) -> tuple[Completion, ...]:
        """The best of each kind."""
        passing = self._compiler.filtered(request.filters)
        names = [
            completion
            for facet in COMPLETED_FACETS
            if self._compiler.has(names_field(facet))
            for completion in named(CompletionKind(facet), self._names(facet, request.beginning, passing), request)
        ]
        return (*names, *self._titles(request, passing))

    def _names(self, facet: str, beginning: Beginning, passing: Query) -> Iterator[tuple[Place, list[tuple[str, int]]]]:
        """The names that fit at each place, each with the number of its records, and none without."""
        field = names_field(facet)
        for lookup in lookups(beginning):
            found = (lookup.fitting(start, self._terms(field, start, passing)) for start in lookup.starts)
            yield lookup.place, list(chain.from_iterable(found))

    def _terms(self, field: str, start: str, passing: Query) -> list[tuple[str, int]]:
        """The terms that begin so, in rising order.

        The query that their records have to pass makes the count one of records that are there: the dictionary's own
        numbers go on counting those that were replaced or removed.
        """
        if not self._searcher.terms_with_prefix(field, start, limit=1):
            return []  # as a rule: most of what is typed begins one kind of name, and the query takes a tenth of a ms
        return self._searcher.terms_with_prefix(field, start, passing)

    def _titles(self, request: CompletionRequest, passing: Query) -> Iterator[Completion]:
        """The newest at each place, as long as there is room; none twice."""
        seen: set[str] = set()
        for place, query in self._titles_by_place(request.beginning):
            both = Query.boolean_query([(Occur.Must, query), (Occur.Must, passing)])
            for completion in self._newest(both, place, request.limit):
                if completion.id not in seen and can_be_suggested(completion.label, request):
                    seen.add(completion.id)
                    yield completion
                if len(seen) == request.limit:
                    return

    def _newest(self, query: Query, place: Place, at_first: int) -> Iterator[Completion]:
        """All titles that a query finds; as a rule few of them are asked for."""
        count, told = at_first, 0
        while True:
            found = newest_addresses(self._searcher, self._compiler, query, count)
            yield from (self._title(address, place) for address in found[told:])
            if len(found) < count:
                return
            count, told = count * _MORE, count

    def _titles_by_place(self, beginning: Beginning) -> Iterator[tuple[Place, Query]]:
        if self._compiler.has("exact_title"):
            yield Place.WHOLE, self._term("exact_title", beginning.text)
            yield Place.BEGINNING, self._begun("exact_title", beginning.text, longer=beginning.longer)
        if self._compiler.has("title") and beginning.last is not None:
            field = words_field("title")
            words = [self._term(field, term) for word in beginning.words for term in _plain.analyze(word.written)]
            last = _plain.analyze(beginning.last.written)
            begun = [self._begun(field, term, longer=beginning.longer) for term in last]
            yield Place.WITHIN, Query.boolean_query([(Occur.Must, each) for each in (*words, *begun)])

    def _term(self, field: str, term: str) -> Query:
        return Query.term_query(self._schema, field, term, "basic")

    def _begun(self, field: str, text: str, *, longer: bool) -> Query:
        """What has a term that begins so, and goes on with a letter if it has to be longer."""
        if longer:
            return Query.regex_query(self._schema, field, f"{re.escape(text)}[^ ].*")
        # With no edit allowed this is a plain prefix: no pattern has to be compiled, which takes .3 ms.
        return Query.fuzzy_term_query(self._schema, field, text, 0, prefix=True)

    def _title(self, address: Address, place: Place) -> Completion:
        document = self._searcher.doc(address)
        label = read_title(bytes(document["shown"][0]))
        return Completion(kind=CompletionKind.TITLE, place=place, id=document["id"][0], label=label)
