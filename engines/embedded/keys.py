"""Facet values as numbers, and back.

tantivy looks up the text of every value that it counts: a search with 5,000 hits by 10,000 authors took 16 ms. Numbers
are counted in 3 ms, and only those that are shown are looked up (34,000 records, docs/measurements.md).
"""

from hashlib import blake2b
from typing import Final

import tantivy

from mappings.fields import NONE_GIVEN, facet_term, split_facet_term

# Of 63 bits a million values have two in common once in eighteen million libraries.
_BITS: Final = 63
_DIGITS: Final = 16  # hexadecimal

NONE_GIVEN_KEY: Final = 0

# More values than this are not remembered: some 20 MB.
_MOST_KNOWN: Final = 100_000


def key_of(facet: str, value: str) -> int:
    """The number that stands for an id. Years stand for themselves."""
    if value == NONE_GIVEN:
        return NONE_GIVEN_KEY
    if facet == "year":
        return int(value)
    return int.from_bytes(blake2b(value.encode(), digest_size=8).digest(), "big") >> (64 - _BITS) or 1


def keyed_term(facet: str, term: str) -> str:
    """A term of `mappings.fields.facet_term` behind its number, so that the dictionary finds it by that."""
    return f"{key_of(facet, split_facet_term(term)[0]):0{_DIGITS}x}{term}"


class FacetTerms:
    """The terms for numbers, in one state of the index. What was looked up is remembered."""

    def __init__(self, schema: tantivy.Schema, searcher: tantivy.Searcher) -> None:
        """Nothing is looked up yet."""
        self._schema = schema
        self._searcher = searcher
        self._known: dict[tuple[str, int], str] = {}

    def term(self, facet: str, key: int) -> str:
        """The term with the id and the label of a value that some document has."""
        if key == NONE_GIVEN_KEY:
            return facet_term(NONE_GIVEN, "")
        if facet == "year":
            return facet_term(f"{key:04}", f"{key:04}")
        known = self._known.get((facet, key))
        if known is None:
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            known = self._known[facet, key] = self._look_up(facet, key)
        return known

    def _look_up(self, facet: str, key: int) -> str:
        beginning = f"{key:0{_DIGITS}x}"
        found = [term for term, _ in self._searcher.terms_with_prefix(facet, beginning)]
        # After a renaming the dictionary still has the old label, until the last segment that held it is merged.
        term = found[0] if len(found) == 1 else max(found, key=lambda each: self._documents_with(facet, each))
        return term[_DIGITS:]

    def _documents_with(self, facet: str, term: str) -> int:
        query = tantivy.Query.term_query(self._schema, facet, term, "basic")
        return int(getattr(self._searcher.search(query, limit=1), "count"))  # noqa: B009 - the stubs lack it
