"""Another spelling of a query that found nothing."""

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice, product
from typing import Final

from search.engine import SearchEngine, WordFrequency
from search.language.leaves import positive_leaves
from search.language.reader import read_query
from search.language.tree import Phrase, Word
from search.request import Query, SearchRequest
from search.results import Suggestion

# A shorter word has too many neighbours to guess which was meant.
_SHORTEST: Final = 4

# A word of up to this many letters is one edit from what was meant; a longer one may be two.
_LONGEST_FOR_ONE_EDIT: Final = 5

# A word that the index has is taken for a slip only if the other is in this many times as many documents.
_MUCH_MORE: Final = 20

# Of more words than this, one slip is not why nothing was found; and every word costs a look through the index's words.
_MOST_WORDS: Final = 12

# How many other words are considered for each, and how many spellings are tried against the index for one query.
_MOST_OPTIONS: Final = 3
_MOST_TRIES: Final = 8

# How many combinations of other words are looked at: those of a long query are more than anybody has time for.
_MOST_COMBINATIONS: Final = 64


def suggest_spelling(engine: SearchEngine, request: SearchRequest) -> Suggestion | None:
    """The likeliest other spelling that finds something under the same filters, None if there is none."""
    for text in islice(_spellings(engine, request.query), _MOST_TRIES):
        total = engine.count(replace(request, query=read_query(text)))
        if total:
            return Suggestion(text=text, total=total)
    return None


def _spellings(engine: SearchEngine, query: Query) -> Iterator[str]:
    """Texts with some words replaced, the likeliest first."""
    words = list(dict.fromkeys(_words(query)))
    if not 0 < len(words) <= _MOST_WORDS:
        return
    options = [_options(engine, word) for word in words]
    any_word = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, words))})(?!\w)")
    for chosen in islice(product(*options), _MOST_COMBINATIONS):
        others = dict(zip(words, chosen, strict=True))
        text = any_word.sub(lambda found, others=others: others[found[0]], query.text)
        if text != query.text:
            yield text


def _words(query: Query) -> Iterator[str]:
    for leaf in positive_leaves(query.tree):
        match leaf:
            case Word(text=text):
                yield text
            case Phrase(words=words):
                yield from words
            case _:
                pass  # a prefix is not a word that could be misspelt


def _options(engine: SearchEngine, word: str) -> list[str]:
    """What may stand in a word's place: other words if the index lacks it, else itself before any other."""
    if len(word) < _SHORTEST or any(character.isdigit() for character in word):  # a number has no spelling
        return [word]
    found = engine.similar_words(word)
    known = next((other.documents for other in found if other.edits == 0), 0)
    others = [
        other
        for other in found
        if other.edits
        and other.documents >= known * _MUCH_MORE
        and (other.edits == 1 or len(word) > _LONGEST_FOR_ONE_EDIT)
    ]
    likeliest = [other.word for other in sorted(others, key=_unlikeliness)[:_MOST_OPTIONS]]
    return [word, *likeliest] if known or not likeliest else likeliest


def _unlikeliness(other: WordFrequency) -> tuple[int, int, str]:
    return other.edits, -other.documents, other.word
