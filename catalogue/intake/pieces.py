"""Cutting a line of names into pieces: where it may be cut, and what is trimmed off. Knows nothing of who is named."""

import re
from collections.abc import Iterable
from typing import Final

AND: Final = re.compile(r"\s+(?:and|&)\s+")

_LEADING_AND: Final = re.compile(r"^\s*(?:and|&)\s+")
_FULL_STOP: Final = re.compile(r"(?<=[^\W\d_]{4})\.$")
_KEEPS_ITS_STOP: Final = ("Dept.", "Assoc.", "Bros.", "Corp.", "Univ.")


def at_top(text: str, mark: str) -> list[str]:
    """A text cut at a mark that stands outside of brackets."""
    pieces: list[str] = []
    start = open_brackets = 0
    for at, character in enumerate(text):
        open_brackets = max(0, open_brackets + (character == "(") - (character == ")"))
        if character == mark and open_brackets == 0:
            pieces.append(text[start:at])
            start = at + 1
    return [*pieces, text[start:]]


def is_bracketed(text: str, at: int) -> bool:
    """Whether a bracket is open at a place in a text."""
    return text.count("(", 0, at) > text.count(")", 0, at)


def trimmed(text: str) -> str:
    """A piece without the marks around it, and without the full stop of a sentence."""
    bare = text.strip(" ,;:|\t")
    return bare if bare.endswith(_KEEPS_ITS_STOP) else _FULL_STOP.sub("", bare)


def filled(pieces: Iterable[str]) -> list[str]:
    """The pieces that are not blank, trimmed, without the "and" before the last one."""
    bare = (trimmed(_LEADING_AND.sub("", piece)) for piece in pieces)
    return [piece for piece in bare if piece]


def partition(text: str, pattern: str) -> tuple[str, str]:
    """What stands before and after the first match. Nothing stands after it where there is no match."""
    match = re.search(pattern, text)
    return (text[: match.start()], text[match.end() :]) if match else (text, "")


def without_article(text: str) -> str:
    """A name without the "the" of the sentence around it: "and the Inter Faith Network"."""
    return text.removeprefix("the ")
