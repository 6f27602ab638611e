"""Where the words of a query stand in a text."""

from collections.abc import Iterable, Mapping
from itertools import accumulate
from typing import Final

import tantivy

from engines.embedded.queries import QueryCompiler
from engines.embedded.schema import plain_analyzer
from mappings.fields import FIELDS
from search.language.leaves import positive_leaves
from search.language.tree import Node, Prefix
from search.passages import Span

# Longer than any text: the spans of the whole text are wanted, and the passage is chosen by the core.
_WHOLE_TEXT: Final = 10_000_000

HIGHLIGHTED: Final = tuple(field.name for field in FIELDS if field.highlighted)

_plain: Final = plain_analyzer()


class Highlighter:
    """Finds the words of one query tree in texts."""

    def __init__(self, searcher: tantivy.Searcher, schema: tantivy.Schema, compiler: QueryCompiler, tree: Node) -> None:
        """The compiler belongs to the same searcher."""
        self._generators: Mapping[str, tantivy.SnippetGenerator] = {
            field: _generator(searcher, schema, query, field)
            for field in HIGHLIGHTED
            if (query := compiler.marked(tree, field)) is not None
        }
        self._beginnings = {field: _beginnings(tree, field) for field in HIGHLIGHTED}

    def spans(self, field: str, text: str) -> list[Span]:
        """The places of found words in a text, in characters, rising and without overlap."""
        return sorted({*self._found_words(field, text), *_words_beginning_with(self._beginnings[field], text)})

    def _found_words(self, field: str, text: str) -> Iterable[Span]:
        generator = self._generators.get(field)
        if generator is None or not text:
            return ()
        snippet = generator.snippet_from_doc(tantivy.Document(**{field: [text]}))
        start = snippet.fragment_range().start
        found = [(start + found.start, start + found.end) for found in snippet.highlighted()]
        return found if text.isascii() else _in_characters(text, found)


def _generator(
    searcher: tantivy.Searcher, schema: tantivy.Schema, query: tantivy.Query, field: str
) -> tantivy.SnippetGenerator:
    generator = tantivy.SnippetGenerator.create(searcher, query, schema, field)
    generator.set_max_num_chars(_WHOLE_TEXT)
    return generator


def _beginnings(tree: Node, field: str) -> tuple[str, ...]:
    prefixes = (leaf for leaf in positive_leaves(tree) if isinstance(leaf, Prefix) and leaf.field in {None, field})
    return tuple(word for prefix in prefixes for word in _plain.analyze(prefix.text))


def _words_beginning_with(beginnings: tuple[str, ...], text: str) -> Iterable[Span]:
    if not beginnings:
        return ()
    tokens = _plain.pre_tokenize(text).tokens
    return [(t.char_offset_from, t.char_offset_to) for t in tokens if t.text.startswith(beginnings)]


def _in_characters(text: str, spans: Iterable[Span]) -> list[Span]:
    """Spans in bytes of UTF-8, as tantivy counts, in characters."""
    ends = accumulate((len(character.encode()) for character in text), initial=0)
    character_at = {byte: character for character, byte in enumerate(ends)}
    return [(character_at[start], character_at[end]) for start, end in spans]
