"""Names as completion finds them: by the beginning of any of their words, and by several words in any order.

An index holds each name once for every word of it that says something, with that word first and those before it at the
end: "university of york" and, from its last word on, "york university of". So whatever begins a word begins a term,
and a term holds all words of the name.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from mappings.analysis import fold, is_stop_word, normalise, searchable, tokens
from mappings.fields import split_facet_term

# The facets whose values are completed, and the fields that hold their names.
COMPLETED_FACETS: Final = ("theme", "author", "publisher")

# What a term begins with: whether it is a name from its first word on, or from a later one.
FROM_THE_FIRST: Final = "0"
FROM_A_LATER: Final = "1"

# Stands between the words and the value of the facet with its label.
WORDS_END: Final = "\x1f"

# A name is found by its first so many words. The longest names of institutions have a dozen; Chinese ones, of which
# each character is a word, twice that.
_MOST_WORDS: Final = 24

# Letters that have no accent to take off, and are typed without their stroke all the same. As Lucene folds them.
_PLAIN_LETTERS: Final = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ħ": "h", "ŧ": "t", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th", "ŋ": "n"}
)

_LIST: Final = Path(__file__).with_name("never_suggested.txt")


@dataclass(frozen=True, slots=True, kw_only=True)
class NameWord:
    """A word as it is written, and folded: in small letters without accents. Few signs fold to several words."""

    written: str
    folded: str


def name_words(text: str) -> Iterator[NameWord]:
    """The words of a name, or of what is typed to find one."""
    for token in tokens(searchable(normalise(text))):
        if folded := folded_word(token):
            yield NameWord(written=token, folded=folded)


def folded_word(token: str) -> str:
    """A token in small letters without accents; nothing where it has neither letter nor number."""
    return token.lower() if token.isascii() else " ".join(tokens(fold(token).translate(_PLAIN_LETTERS)))


def names_field(facet: str) -> str:
    """The field that holds the names of a facet's values."""
    return f"{facet}_names"


def completion_terms(facet_term: str) -> list[str]:
    """The terms under which a value with its label (`mappings.fields.facet_term`) is completed."""
    words = list(name_words(split_facet_term(facet_term)[1]))
    folded = [word.folded for word in words]
    terms = [f"{FROM_THE_FIRST}{' '.join(folded)}{WORDS_END}{facet_term}"] if words else []
    for at, word in enumerate(words[:_MOST_WORDS]):
        if at and not is_stop_word(word.written):
            terms.append(f"{FROM_A_LATER}{' '.join([*folded[at:], *folded[:at]])}{WORDS_END}{facet_term}")
    return terms


def read_completion_term(term: str) -> tuple[str, str, str]:
    """The words of a term, the first of them the one that it is found by, and the id and the label of the value."""
    words, _, facet_term = term[1:].partition(WORDS_END)
    return (words, *split_facet_term(facet_term))


@cache
def never_suggested() -> frozenset[str]:
    """The folded words of which no suggestion has any. Read once per process."""
    lines = _LIST.read_text(encoding="utf-8").splitlines()
    return frozenset(word.folded for line in lines for word in name_words(line.partition("#")[0]))
