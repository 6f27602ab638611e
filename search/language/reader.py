"""A query as typed, read."""

import re
from typing import Final

from mappings.analysis import folded_words, normalise, searchable
from search.language.arrangement import arrange
from search.language.composition import relaxed, requires_some
from search.language.lexemes import FieldName, Lexeme, Mark, YearRange
from search.language.lexer import Lexer
from search.language.parser import Parser
from search.language.policy import FEW_RESULTS, MAX_NOTES
from search.language.reading import write
from search.language.tree import Everything
from search.request import Query

# The catalogue takes no longer title.
_LONGEST_TITLE: Final = 1_000

# Groups of an ISBN: prefix (of 13 digits), country, publisher, title, check digit. The index has them joined.
_HYPHENATED_ISBN: Final = re.compile(r"(?<![\w-])(?:97[89]-)?\d{1,5}-\d{1,7}-\d{1,7}-[\dXx](?![\w-])", re.ASCII)


def read_query(text: str) -> Query:
    """The query that a text asks for. Every text is one: what is no syntax is read as words. Never raises.

    A text without any word finds everything. Longer texts than `policy.MAX_QUERY_LENGTH` are for the caller to refuse.
    """
    text = normalise(text)
    lexer = Lexer(text=_HYPHENATED_ISBN.sub(_joined, searchable(text)))
    lexer.run()
    lexemes, arrangement_notes = arrange(lexer.lexemes)
    parser = Parser(lexemes=lexemes)
    tree = parser.parse()
    notes = [*arrangement_notes, *lexer.notes, *parser.notes]  # first what was left out
    if isinstance(tree, Everything) and text.replace("*", "").strip():
        notes.append("There is no word to look for in this query, so all records are shown.")
    any_word = relaxed(tree)
    return Query(
        text=text,
        tree=tree,
        reading=write(tree),
        notes=tuple(dict.fromkeys(notes))[:MAX_NOTES],
        exact_title=_exact_title(text, lexemes),
        relaxed=None if any_word == tree else any_word,
        relaxed_below=FEW_RESULTS if requires_some(tree) else 1,
    )


def _joined(number: re.Match[str]) -> str:
    joined = number.group().replace("-", "")
    return joined if len(joined) in {10, 13} else number.group()


def _exact_title(text: str, lexemes: list[Lexeme]) -> str | None:
    """The whole text as a title. Quotation marks and capital ANDs occur in titles; a field or a minus is syntax."""
    is_syntax = any(isinstance(lexeme, FieldName | YearRange) or lexeme is Mark.MINUS for lexeme in lexemes)
    return None if is_syntax or len(text) > _LONGEST_TITLE else folded_words(text) or None
