"""Marked text from the places that an engine found: the whole text, or the passage with most of the words."""

from collections import Counter
from collections.abc import Sequence
from typing import Final

from search.results import Fragment, MarkedText

# Two lines of a results page and a little more.
PASSAGE_LENGTH: Final = 280  # characters

# A span of a text: first character and the one after the last.
Span = tuple[int, int]


def mark(text: str, spans: Sequence[Span]) -> MarkedText:
    """The whole text in fragments. The spans rise and do not overlap."""
    fragments: list[Fragment] = []
    at = 0
    for start, end in spans:
        if start > at:
            fragments.append(Fragment(text=text[at:start], marked=False))
        fragments.append(Fragment(text=text[start:end], marked=True))
        at = end
    if at < len(text):
        fragments.append(Fragment(text=text[at:], marked=False))
    return tuple(fragments)


def passage(text: str, spans: Sequence[Span], length: int = PASSAGE_LENGTH) -> MarkedText:
    """The part of a text with most different marked words, about `length` characters, cut between words.

    Of equal parts the first; without marks the beginning. An ellipsis stands where something was cut off.
    """
    if len(text) <= length:
        return mark(text, spans)
    start = _start(text, _best_span(text, spans, length))
    reached = [(a, b) for a, b in spans if start <= a and b <= start + length]
    end = _end(text, start + length, reached[-1][1] if reached else start)
    inside = [(a - start, b - start) for a, b in reached]
    before = (Fragment(text="… ", marked=False),) if start else ()
    after = (Fragment(text=" …", marked=False),) if end < len(text) else ()
    return (*before, *mark(text[start:end], inside), *after)


def _best_span(text: str, spans: Sequence[Span], length: int) -> int:
    """Where the first marked word of the best part begins. Looks at each span twice: a long text may have thousands."""
    words = [text[start:end].casefold() for start, end in spans]
    within: Counter[str] = Counter()
    best, most, following = 0, 0, 0
    for at, (start, _) in enumerate(spans):
        while following < len(spans) and spans[following][1] <= start + length - _LEAD:
            within[words[following]] += 1
            following += 1
        if len(within) > most:
            best, most = start, len(within)
        if at < following:
            within[words[at]] -= 1
            if not within[words[at]]:
                del within[words[at]]
    return best


# How far before the first marked word a passage may begin, so that it can be read.
_LEAD: Final = 80

_SENTENCE_ENDS: Final = (". ", "? ", "! ", "\n")


def _start(text: str, word: int) -> int:
    """The beginning of the sentence before a word if it is near, else of a word near by."""
    if word <= _LEAD:
        return 0
    from_here = word - _LEAD
    sentences = [text.rfind(mark, from_here, word) for mark in _SENTENCE_ENDS]
    if max(sentences) >= 0:
        return _skip_spaces(text, max(sentences) + 1)
    space = text.find(" ", from_here, word)
    return _skip_spaces(text, space) if space >= 0 else word


def _skip_spaces(text: str, at: int) -> int:
    while at < len(text) and text[at].isspace():
        at += 1
    return at


def _end(text: str, at: int, last_mark: int) -> int:
    """The end of a word near by, but never before that of the last marked one: it may be half of "and/or"."""
    if at >= len(text):
        return len(text)
    space = max(text.rfind(" ", 0, at + 1), text.rfind("\n", 0, at + 1))
    return at if space < at - _LEAD else max(space, last_mark)
