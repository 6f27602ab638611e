"""Where the words of a query stand in a text.

tantivy's own snippets take 0.12 ms for an abstract, over half of a search with twenty hits: they analyse every word of
the text. Here only words with the right first letters are, and what a word's stem is is remembered: 0.02 ms.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Final, TypeAlias

from engines.embedded.schema import plain_analyzer, stemmed_analyzer
from mappings.analysis import LONGEST_TOKEN, token_spans, with_plain_capitals
from mappings.fields import Field
from search.language.leaves import positive_leaves
from search.language.tree import Node, Phrase, Prefix, Word
from search.passages import Span

_plain: Final = plain_analyzer()
_stemmed: Final = stemmed_analyzer()

_Leaf: TypeAlias = Word | Prefix | Phrase

# About as many words as people write; some 10 MB.
_MOST_KNOWN: Final = 50_000


class Highlighter:
    """Finds the words of one query tree in texts."""

    def __init__(self, tree: Node, fields: Iterable[Field]) -> None:
        """Words and phrases are found by their stems, prefixes by how words begin; in the highlighted of the fields."""
        leaves = tuple(positive_leaves(tree))
        everywhere = _Marker(leaves)
        self._markers: Mapping[str, _Marker] = {
            field.name: everywhere
            if all(leaf.field is None for leaf in leaves)
            else _Marker(_leaves_in(field.name, leaves))
            for field in fields
            if field.highlighted
        }

    def spans(self, field: str, text: str) -> list[Span]:
        """The places of found words in a text, in characters, rising and without overlap."""
        marker = self._markers.get(field)
        return list(marker.spans(text)) if marker else []


class _Marker:
    """Some words that are looked for in a text."""

    def __init__(self, leaves: Sequence[_Leaf]) -> None:
        self._stems = frozenset(_stems(leaves))
        self._beginnings = tuple(_beginnings(leaves))
        self._starts = tuple(sorted({*map(_start_of_words, self._stems), *(text[:2] for text in self._beginnings)}))
        starts = "|".join(map(re.escape, self._starts))
        self._in_ascii = re.compile(rf"(?<![a-z0-9])(?:{starts})[a-z0-9]*", re.ASCII | re.IGNORECASE)

    def spans(self, text: str) -> Iterator[Span]:
        """The places in the text, from left to right. Of a token that is too long the index has the beginning."""
        text = with_plain_capitals(text)
        for start, whole_end in self._candidates(text):
            end = min(whole_end, start + LONGEST_TOKEN)
            word = text[start:end]
            if _stem(word) in self._stems or (self._beginnings and _folded(word).startswith(self._beginnings)):
                yield start, end

    def _candidates(self, text: str) -> Iterable[Span]:
        """The tokens that may be among the words: those in ASCII have to start as a word with one of the stems."""
        if not self._starts:
            return ()
        if text.isascii():
            return (match.span() for match in self._in_ascii.finditer(text))
        return (span for span in token_spans(text) if self._may_be_found(text[slice(*span)]))

    def _may_be_found(self, word: str) -> bool:
        return not word.isascii() or word.lower().startswith(self._starts)


def _leaves_in(field: str, leaves: Iterable[_Leaf]) -> list[_Leaf]:
    return [leaf for leaf in leaves if leaf.field in {None, field}]


def _start_of_words(stem: str) -> str:
    """How every word with a stem starts: Snowball English changes the second letter of dying and its like only."""
    return stem[:1] if len(stem) == 3 and stem.endswith("ie") else stem[:2]


def _stems(leaves: Iterable[_Leaf]) -> Iterator[str]:
    for leaf in leaves:
        match leaf:
            case Word(text=text):
                yield from _stemmed.analyze(text)
            case Phrase(words=words):
                yield from (stem for word in words for stem in _stemmed.analyze(word))
            case Prefix():
                pass


def _beginnings(leaves: Iterable[_Leaf]) -> Iterator[str]:
    for leaf in leaves:
        if isinstance(leaf, Prefix):
            yield from _plain.analyze(leaf.text)


@lru_cache(_MOST_KNOWN)
def _stem(word: str) -> str:
    """The term of a token."""
    return "".join(_stemmed.analyze(word))


@lru_cache(_MOST_KNOWN)
def _folded(word: str) -> str:
    return "".join(_plain.analyze(word))
