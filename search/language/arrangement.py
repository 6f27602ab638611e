"""Lexemes put in order: parentheses in pairs, operators between operands, and no more words than are read.

What does not fit is never an error: a parenthesis is left out, an operator is read as the word that it is.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from search.language.lexemes import Chunk, Dangling, FieldName, Lexeme, Mark, Quoted, YearRange
from search.language.policy import MAX_DEPTH, MAX_PREFIXES, MAX_TERMS

# Marks with which no operand begins.
_NO_OPERAND: Final = (Mark.AND, Mark.OR, Mark.CLOSE)


def arrange(lexemes: list[Lexeme]) -> tuple[list[Lexeme], list[str]]:
    """The lexemes in an order that can be parsed, and notes on what was left out or is no operator."""
    paired, notes = _in_pairs(lexemes)
    joined = list(_with_left_operands(_with_right_operands(paired)))
    if any(isinstance(lexeme, Dangling) for lexeme in joined):
        notes.append("AND, OR and NOT that join nothing were read as words.")
    limited = list(_within_limit(joined))
    if _count(limited) < _count(joined):
        notes.append(f"Only the first {MAX_TERMS} words were read.")
    few_stars = list(_with_few_stars(limited))
    if few_stars != limited:
        notes.append(f"Only the first {MAX_PREFIXES} stars were read, further words without their star.")
    return few_stars, notes


def _in_pairs(lexemes: list[Lexeme]) -> tuple[list[Lexeme], list[str]]:
    """Every parenthesis opened and closed, none nested too deep."""
    open_at: list[int] = []
    lone: set[int] = set()
    deep: set[int] = set()
    for at, lexeme in enumerate(lexemes):
        if lexeme is Mark.OPEN:
            open_at.append(at)
        elif lexeme is Mark.CLOSE and not open_at:
            lone.add(at)
        elif lexeme is Mark.CLOSE:
            opened = open_at.pop()
            if len(open_at) >= MAX_DEPTH:
                deep |= {opened, at}
    lone.update(open_at)
    notes: list[str] = []
    if lone:
        notes.append("A parenthesis without its partner was left out.")
    if deep:
        notes.append(f"Parentheses nested more than {MAX_DEPTH} deep were left out.")
    return [lexeme for at, lexeme in enumerate(lexemes) if at not in lone and at not in deep], notes


def _with_right_operands(lexemes: list[Lexeme]) -> list[Lexeme]:
    """From the right: what needs something after it has it, or is a word."""
    arranged: list[Lexeme] = []
    operand_follows = value_follows = False
    for lexeme in reversed(lexemes):
        match lexeme:
            case Mark.AND | Mark.OR | Mark.NOT if not operand_follows:
                arranged.append(Dangling(word=lexeme.value.lower()))
                value_follows = False
                continue
            case Mark.MINUS if not operand_follows:
                continue
            case FieldName(name=name) if not value_follows:
                arranged.append(Chunk(parts=((name,),)))
            case _:
                arranged.append(lexeme)
        operand_follows = not isinstance(lexeme, Mark) or lexeme not in _NO_OPERAND
        value_follows = isinstance(arranged[-1], Chunk | Quoted) or lexeme is Mark.OPEN
    arranged.reverse()
    return arranged


def _with_left_operands(lexemes: Iterable[Lexeme]) -> Iterator[Lexeme]:
    """From the left: what needs something before it has it, or is a word."""
    operand_ended = False
    for lexeme in lexemes:
        match lexeme:
            case Mark.AND | Mark.OR if not operand_ended:
                yield Dangling(word=lexeme.value.lower())
                continue
            case Mark.AND | Mark.OR | Mark.OPEN:
                operand_ended = False
            case Chunk() | Quoted() | YearRange() | Mark.CLOSE:
                operand_ended = True
            case _:
                pass
        yield lexeme


def _within_limit(lexemes: Iterable[Lexeme]) -> Iterator[Lexeme]:
    """As many words as are read, and all parentheses, so that they stay in pairs."""
    left = MAX_TERMS
    for lexeme in lexemes:
        if left:
            kept = _cut(lexeme, left)
            left -= _words_in(kept)
            yield kept
        elif lexeme is Mark.OPEN or lexeme is Mark.CLOSE:
            yield lexeme


def _with_few_stars(lexemes: Iterable[Lexeme]) -> Iterator[Lexeme]:
    """As many beginnings of words as are read; after that they are words."""
    left = MAX_PREFIXES
    for lexeme in lexemes:
        if isinstance(lexeme, Chunk) and lexeme.starred:
            left -= 1
            yield lexeme if left >= 0 else replace(lexeme, starred=False)
        else:
            yield lexeme


def _cut(lexeme: Lexeme, words: int) -> Lexeme:
    if _words_in(lexeme) <= words:
        return lexeme
    match lexeme:
        case Quoted():
            return replace(lexeme, words=lexeme.words[:words])
        case Chunk():
            parts: list[tuple[str, ...]] = []
            for part in lexeme.parts:
                parts.append(part[:words])
                words -= len(parts[-1])
            return Chunk(parts=tuple(part for part in parts if part))
        case _:
            return lexeme


def _count(lexemes: Iterable[Lexeme]) -> int:
    return sum(map(_words_in, lexemes))


def _words_in(lexeme: Lexeme) -> int:
    match lexeme:
        case Chunk(parts=parts):
            return sum(map(len, parts))
        case Quoted(words=words):
            return len(words)
        case YearRange() | Dangling():
            return 1
        case _:
            return 0
