"""How text becomes terms: the parts of the analysis that every engine and the query language share.

A token is a letter or number with the letters, marks and numbers that follow it, or a single Han, Hiragana or Katakana
character (those scripts put no space between words). Tokens are lowercased, folded to ASCII where that is possible,
and stemmed by Snowball English. Text is NFC before it is analysed: a decomposed accent would cut a word in two. What
engines would read differently even so is taken out before they get it (`searchable`).
"""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from typing import Final

# The same pattern in the spelling of Rust's regex crate; Java writes \p{IsHan} for \p{Han}.
# A token never begins with a mark: the variation selector of an emoji is no word.
TOKEN_PATTERN: Final = (
    r"[\p{Han}\p{Hiragana}\p{Katakana}]"
    r"|[\p{L}\p{N}&&[^\p{Han}\p{Hiragana}\p{Katakana}]]"
    r"[\p{L}\p{M}\p{N}&&[^\p{Han}\p{Hiragana}\p{Katakana}]]*"
)

# What follows in a longer token is left out. Thai, which puts no space between words, has such; else they are mistakes.
LONGEST_TOKEN: Final = 80  # characters
_MAY_BE_LONG: Final = re.compile(rf"\S{{{LONGEST_TOKEN + 1}}}")

# Words of different values of one field stand this far apart, so that no phrase reaches from one author into the next.
VALUE_GAP: Final = 100

# Too common to ask for on their own: left out of a query, unless it has no other words or they stand in a phrase.
# The list of Lucene's English analyzer, what is left of "Britain's" and "don't", and the words that questions are made
# of: leaving out those as well gains .018 nDCG@10 on the judged collection with the longest questions (cisi) and moves
# the others by less than .007. They stand in the index, so that phrases are found word for word.
# Not "being", which is half of well-being, and not "us", which is a country to those who type in small letters.
STOP_WORDS: Final = frozenset(
    (
        "a an and are as at be but by for if in into is it no not of on or such that the their then there these they "
        "this to was will with s t "
        "what which how who whom whose when where why do does did done about from have has had having been am "
        "were can could should would may might must than so also any some "
        "i me my we our you your he him his she her its them"
    ).split()
)


def normalise(text: str) -> str:
    """The text in NFC, the one form in which text is stored, indexed and asked for."""
    return unicodedata.normalize("NFC", text)


def with_plain_capitals(text: str) -> str:
    """The text with I for İ, whose small letter is i to Java, and i with a second dot to Rust."""
    return text.replace("İ", "I")


def searchable(text: str) -> str:
    """The text as engines and queries have it, of the same length: what engines would read differently is taken out.

    That is İ, and the rest of tokens that are too long, which engines do not measure alike: blanks stand in its place.
    """
    text = with_plain_capitals(text)
    if _MAY_BE_LONG.search(text) is None:
        return text
    pieces: list[str] = []
    at = 0
    for start, end in token_spans(text):
        if end - start > LONGEST_TOKEN:
            pieces += [text[at : start + LONGEST_TOKEN], " " * (end - start - LONGEST_TOKEN)]
            at = end
    return "".join([*pieces, text[at:]])


def tokens(text: str) -> list[str]:
    """The tokens of a text as written, before they are lowercased, folded and stemmed.

    Text is expected in NFC. The counterpart in Python of `TOKEN_PATTERN`; a test holds the two together for every
    character that Python's Unicode tables know.
    """
    return [text[start:end] for start, end in token_spans(text)]


def token_spans(text: str) -> Iterator[tuple[int, int]]:
    """Where the tokens of a text begin and end."""
    if text.isascii():
        return (match.span() for match in _ASCII_TOKEN.finditer(text))
    return (match.span() for match in _TOKEN_IN_KINDS.finditer(text.translate(_KINDS)))


def fold(text: str) -> str:
    """Lower case without accents: the form by which names, titles and labels are compared and ordered."""
    if text.isascii():
        return text.lower()
    # Decomposed before and after: ℡ holds capitals, and İ an accent that only its small letter shows.
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return unicodedata.normalize("NFC", "".join(c for c in decomposed if not unicodedata.combining(c)))


def folded_words(text: str) -> str:
    """The folded tokens of a text joined by single spaces: what "the same title" means."""
    return " ".join(tokens(fold(normalise(text))))


def is_stop_word(word: str) -> bool:
    """Whether a word is too common to ask for. In capitals it is a name instead: WHO, IT, US."""
    is_name = len(word) > 1 and word.isupper()
    return word.lower() in STOP_WORDS and not is_name


def is_ideograph(text: str) -> bool:
    """Whether a text is a single character that is a word by itself."""
    return len(text) == 1 and _kind(ord(text)) == _IDEOGRAPH


# The scripts Han, Hiragana and Katakana as Unicode 16 lists them (Scripts.txt): first and last code point of each run.
_IDEOGRAPHIC_RUNS: Final = tuple(
    (int(first, 16), int(last or first, 16))
    for first, _, last in (
        run.partition("-")
        for run in (
            "2E80-2E99 2E9B-2EF3 2F00-2FD5 3005 3007 3021-3029 3038-303B 3041-3096 309D-309F 30A1-30FA 30FD-30FF "
            "31F0-31FF 32D0-32FE 3300-3357 3400-4DBF 4E00-9FFF F900-FA6D FA70-FAD9 FF66-FF6F FF71-FF9D 16FE2-16FE3 "
            "16FF0-16FF1 1AFF0-1AFF3 1AFF5-1AFFB 1AFFD-1AFFE 1B000-1B122 1B132 1B150-1B152 1B155 1B164-1B167 1F200 "
            "20000-2A6DF 2A700-2B739 2B740-2B81D 2B820-2CEA1 2CEB0-2EBE0 2EBF0-2EE5D 2F800-2FA1D 30000-3134A "
            "31350-323AF"
        ).split()
    )
)
_IDEOGRAPHIC_STARTS: Final = tuple(first for first, _ in _IDEOGRAPHIC_RUNS)

# One letter for the kind of each character, and what a token is in these letters.
_IDEOGRAPH, _LETTER, _MARK, _OTHER = "ilm "
_TOKEN_IN_KINDS: Final = re.compile("i|l[lm]*")

# The same for the texts that most are, read in a fraction of the time.
_ASCII_TOKEN: Final = re.compile("[a-z0-9]+", re.ASCII | re.IGNORECASE)


class _Kinds(dict[int, str]):
    """The kind of a code point, found out when it is first asked for: `str.translate` then reads a text at C speed."""

    def __missing__(self, code_point: int) -> str:
        kind = _kind(code_point)
        if code_point <= 0xFFFF:  # the rarer planes are not kept: a million entries are too many
            self[code_point] = kind
        return kind


_KINDS: Final = _Kinds()


def _kind(code_point: int) -> str:
    run = bisect_right(_IDEOGRAPHIC_STARTS, code_point) - 1
    if run >= 0 and code_point <= _IDEOGRAPHIC_RUNS[run][1]:
        return _IDEOGRAPH
    match unicodedata.category(chr(code_point))[0]:
        case "L" | "N":
            return _LETTER
        case "M":
            return _MARK
        case _:
            return _OTHER
