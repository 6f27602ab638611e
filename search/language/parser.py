"""From arranged lexemes to a tree.

alternatives = conjunction ("OR" conjunction)*
conjunction  = run ("AND" run)*
run          = operand*                                   typed side by side
operand      = ("NOT" | "-")* [field] (chunk | quoted | years | "(" alternatives ")")
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Final

from search.language.composition import (
    Operand,
    all_of,
    any_of,
    content_of,
    grounded,
    negation_of,
    phrase_of,
    side_by_side,
)
from search.language.lexemes import Chunk, Dangling, FieldName, Lexeme, Mark, Quoted, YearRange
from search.language.policy import WHOLE_VALUE_FIELDS
from search.language.tree import Node, Prefix, Word, Years

_ENDS_RUN: Final = (Mark.AND, Mark.OR, Mark.CLOSE)


@dataclass(slots=True, kw_only=True)
class Parser:
    """One parse of lexemes that `arrange` has put in order."""

    lexemes: Sequence[Lexeme]
    notes: list[str] = field(default_factory=list[str])
    _at: int = 0

    def parse(self) -> Node:
        """The tree of all lexemes."""
        return grounded(self._alternatives(None))

    def _alternatives(self, within: str | None) -> Node | None:
        operands = [self._conjunction(within)]
        while self._took(Mark.OR):
            operands.append(self._conjunction(within))
        return any_of(operands) if len(operands) > 1 else operands[0]

    def _conjunction(self, within: str | None) -> Node | None:
        operands = [self._run(within)]
        while self._took(Mark.AND):
            operands.append(self._run(within))
        return all_of(operands) if len(operands) > 1 else operands[0]

    def _run(self, within: str | None) -> Node | None:
        operands: list[Operand] = []
        while self._has_operand():
            operands.extend(self._operands(within))
        return side_by_side(operands)

    def _operands(self, within: str | None) -> Iterator[Operand]:
        """The next operand; a chunk that is not negated gives one for each of its parts."""
        negated = False
        while self._took(Mark.NOT) or self._took(Mark.MINUS):
            negated = not negated
        match self._next():
            case Chunk() as chunk if not negated and within not in WHOLE_VALUE_FIELDS:
                self._at += 1
                yield from _operands_of(chunk, within)
            case FieldName(field=name) if not negated and name not in WHOLE_VALUE_FIELDS:
                self._at += 1
                match self._next():
                    case Chunk() as chunk:
                        self._at += 1
                        yield from (Operand(node=node) for node in content_of(_operands_of(chunk, name)))
                    case _:
                        yield from _operand(self._primary(name))
            case Dangling(word=word):
                self._at += 1
                yield Operand(node=Word(text=word, field=within), bare=True)
            case _:
                node = self._primary(within)
                yield from _operand(negation_of(node) if negated else node)

    def _primary(self, within: str | None) -> Node | None:
        """The next chunk, quotation, range of years or group as one node; None where it has no words."""
        match self._next():
            case FieldName(field=name):
                self._at += 1
                return self._primary(name)
            case Mark.OPEN:
                self._at += 1
                node = self._alternatives(within)
                self._took(Mark.CLOSE)
                return node
            case Chunk() as chunk:
                self._at += 1
                return self._whole(chunk, within)
            case Quoted(words=words):
                self._at += 1
                return phrase_of(words, within)
            case YearRange(first=first, last=last):
                self._at += 1
                return Years(first=first, last=last)
            case _:
                return None

    def _whole(self, chunk: Chunk, within: str | None) -> Node | None:
        """A chunk of which no part may be looked for on its own."""
        words = list(chain.from_iterable(chunk.parts))
        if not chunk.starred:
            return phrase_of(words, within)
        if len(words) == 1:
            return Prefix(text=words[0], field=within)
        self.notes.append("The star was left out after words that are looked for as a phrase.")
        return phrase_of(words, within)

    def _has_operand(self) -> bool:
        lexeme = self._next()
        return lexeme is not None and not (isinstance(lexeme, Mark) and lexeme in _ENDS_RUN)

    def _next(self) -> Lexeme | None:
        return self.lexemes[self._at] if self._at < len(self.lexemes) else None

    def _took(self, mark: Mark) -> bool:
        """Whether the next lexeme is the mark, which is then passed."""
        if self._next() is not mark:
            return False
        self._at += 1
        return True


def _operand(node: Node | None) -> Iterator[Operand]:
    if node is not None:
        yield Operand(node=node)


def _operands_of(chunk: Chunk, within: str | None) -> Iterator[Operand]:
    """A word, or a phrase of words that belong together, for each part of a chunk."""
    *parts, last = chunk.parts
    for part in (*parts, last[:-1] if chunk.starred else last):
        node = phrase_of(part, within)
        if node is not None:
            yield Operand(node=node, bare=len(part) == 1)
    if chunk.starred:
        yield Operand(node=Prefix(text=last[-1], field=within))
