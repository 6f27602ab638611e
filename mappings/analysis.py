"""How text becomes terms: the parts of the analysis that every engine and the query language share.

A token is a run of letters, marks and numbers, or a single Han, Hiragana or Katakana character (those scripts put no
space between words). Tokens are lowercased, folded to ASCII where that is possible, and stemmed by Snowball English.
Text is NFC before it is analysed: a decomposed accent would cut a word in two.
"""

import unicodedata
from itertools import pairwise
from typing import Final

# The same pattern in the spelling of Rust's regex crate; Java writes \p{IsHan} for \p{Han}.
TOKEN_PATTERN: Final = (
    r"[\p{Han}\p{Hiragana}\p{Katakana}]"
    r"|[\p{L}\p{M}\p{N}&&[^\p{Han}\p{Hiragana}\p{Katakana}]]+"
)

# A longer token is a mistake in the text, not a word that somebody looks for.
LONGEST_TOKEN: Final = 80  # bytes of UTF-8

# Too common to ask for on their own: left out of a query, unless it has no other words or they stand in a phrase.
# The list of Lucene's English analyzer, and what is left of "Britain's" and "don't".
STOP_WORDS: Final = frozenset(
    (
        "a an and are as at be but by for if in into is it no not of on or such that the their then there these they "
        "this to was will with s t"
    ).split()
)


def normalise(text: str) -> str:
    """The text in NFC, the one form in which text is stored, indexed and asked for."""
    return unicodedata.normalize("NFC", text)


def tokens(text: str) -> list[str]:
    """The tokens of a text as written, before they are lowercased, folded and stemmed.

    Text is expected in NFC. The counterpart in Python of `TOKEN_PATTERN`; a test holds the two together.
    """
    kinds = [_token_kind(character) for character in text]
    cuts = [at for at, (left, right) in enumerate(pairwise(kinds), start=1) if left != right or right == "ideograph"]
    bounds = pairwise([0, *cuts, len(text)])
    return [text[start:end] for start, end in bounds if start < end and kinds[start] != "other"]


def fold(text: str) -> str:
    """Lower case without accents: the form by which names, titles and labels are compared and ordered."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return unicodedata.normalize("NFC", "".join(c for c in decomposed if not unicodedata.combining(c)))


def folded_words(text: str) -> str:
    """The folded tokens of a text joined by single spaces: what "the same title" means."""
    return " ".join(tokens(fold(normalise(text))))


def is_stop_word(word: str) -> bool:
    """Whether a word is too common to ask for."""
    return word.lower() in STOP_WORDS


def _token_kind(character: str) -> str:
    if unicodedata.category(character)[0] not in "LMN":
        return "other"
    name = unicodedata.name(character, "")
    if name.startswith(_IDEOGRAPHIC_NAMES):
        return "ideograph"
    return "word"


# The names that Unicode gives to the characters of the scripts Han, Hiragana and Katakana.
_IDEOGRAPHIC_NAMES: Final = (
    "CJK UNIFIED IDEOGRAPH",
    "CJK COMPATIBILITY IDEOGRAPH",
    "CJK RADICAL",
    "KANGXI RADICAL",
    "HIRAGANA",
    "KATAKANA LETTER",
    "KATAKANA ITERATION",
    "KATAKANA VOICED ITERATION",
    "HALFWIDTH KATAKANA LETTER",
    "IDEOGRAPHIC ITERATION MARK",
    "IDEOGRAPHIC NUMBER ZERO",
    "HANGZHOU NUMERAL",
)
