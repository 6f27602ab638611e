"""A tree in the notation of the query language: what people are shown as "read as".

Reading it again gives the same tree.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Final, assert_never

from mappings.analysis import is_stop_word
from mappings.fields import TEXT_FIELDS
from search.language.lexemes import OPERATORS
from search.language.policy import MAX_DEPTH
from search.language.tree import All, Everything, Node, Not, Phrase, Prefix, Some, Word, Years

_QUERY_NAMES: Final = {field.name: field.query_names[0] for field in TEXT_FIELDS if field.query_names}


class _Binding(IntEnum):
    """How tightly a notation holds together: in a tighter one it needs parentheses."""

    OR = 1
    AND = 2
    RUN = 3
    ATOM = 4


def write(tree: Node) -> str:
    """The tree as somebody could type it; empty for all records."""
    # Parentheses that are not needed make a query clear, but must not add up to more than are read.
    return _Writer(is_clear=_height(tree) <= MAX_DEPTH).write(tree)[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Writer:
    is_clear: bool

    def write(self, node: Node) -> tuple[str, _Binding]:
        match node:
            case Word(times=times):
                return " ".join([_leaf(node)] * times), _Binding.ATOM if times == 1 else _Binding.RUN
            case Prefix() | Phrase() | Years():
                return _leaf(node), _Binding.ATOM
            case Not(operand=operand):
                return f"-{self._inside(operand, _Binding.ATOM)}", _Binding.ATOM
            case Some(operands=operands, required=1):
                return " OR ".join(self._joined(operand, _Binding.AND) for operand in operands), _Binding.OR
            case Some(operands=operands):
                return self._run(operands), _Binding.RUN
            case All(operands=operands):
                return self._all(operands)
            case Everything():
                return "", _Binding.ATOM
            case _:
                assert_never(node)

    def _all(self, operands: tuple[Node, ...]) -> tuple[str, _Binding]:
        wanted = [operand for operand in operands if not isinstance(operand, Not | Years | Everything)]
        conditions = [operand for operand in operands if isinstance(operand, Not | Years)]
        if len(wanted) > 1:
            return self._conjunction(wanted, conditions), _Binding.AND
        parts = [self._inside(wanted[0], _Binding.RUN)] if wanted else []
        parts += [self.write(condition)[0] for condition in conditions]
        return " ".join(parts), _Binding.RUN if len(parts) > 1 else _Binding.ATOM

    def _conjunction(self, wanted: Sequence[Node], conditions: Sequence[Node]) -> str:
        parts = [self._joined(node, _Binding.RUN) for node in wanted]
        for condition in conditions:
            match condition:
                case Not(operand=operand):
                    parts.append(f"NOT {self._inside(operand, _Binding.ATOM)}")
                case _:
                    parts.append(self.write(condition)[0])
        return " AND ".join(parts)

    def _run(self, operands: tuple[Node, ...]) -> str:
        """Operands side by side; stop words in quotation marks, without which they would be left out."""
        keeps_stop_words = all(_is_bare_stop_word(operand) for operand in operands)
        return " ".join(
            " ".join([f'"{operand.text}"'] * operand.times)
            if isinstance(operand, Word) and _is_stop_word(operand) and not keeps_stop_words
            else self._inside(operand, _Binding.ATOM, repeats=True)
            for operand in operands
        )

    def _joined(self, node: Node, loosest: _Binding) -> str:
        return self._inside(node, _Binding.ATOM if self.is_clear else loosest)

    def _inside(self, node: Node, loosest: _Binding, *, repeats: bool = False) -> str:
        text, binding = self.write(node)
        return text if binding >= loosest or (repeats and isinstance(node, Word)) else f"({text})"


def _leaf(leaf: Word | Prefix | Phrase | Years) -> str:
    match leaf:
        case Word(text=text, field=field):
            return _named(field, f'"{text}"' if text in OPERATORS else text)
        case Prefix(text=text, field=field):
            return _named(field, f"{text}*")
        case Phrase(words=words, field=field):
            return _named(field, f'"{" ".join(words)}"')
        case Years(first=first, last=last):
            ends = ["" if year is None else f"{year:04}" for year in (first, last)]
            return f"year:{ends[0]}" if first == last else f"year:{'..'.join(ends)}"


def _named(field: str | None, value: str) -> str:
    return value if field is None else f"{_QUERY_NAMES[field]}:{value}"


def _is_stop_word(word: Word) -> bool:
    return word.field is None and is_stop_word(word.text)


def _is_bare_stop_word(node: Node) -> bool:
    """Whether this is a stop word that is written without quotation marks."""
    return isinstance(node, Word) and _is_stop_word(node) and node.text not in OPERATORS


def _height(node: Node) -> int:
    match node:
        case All(operands=operands) | Some(operands=operands):
            return 1 + max(map(_height, operands))
        case Not(operand=operand):
            return 1 + _height(operand)
        case _:
            return 0
