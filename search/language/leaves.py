"""The words of a tree that a found record can have: what is highlighted, and what spelling looks at."""

from collections.abc import Iterator
from typing import assert_never

from search.language.tree import All, Everything, Node, Not, Phrase, Prefix, Some, Word, Years


def positive_leaves(node: Node) -> Iterator[Word | Prefix | Phrase]:
    """Every word, prefix and phrase that is not excluded, from left to right."""
    match node:
        case Word() | Prefix() | Phrase():
            yield node
        case All(operands=operands) | Some(operands=operands):
            for operand in operands:
                yield from positive_leaves(operand)
        case Not() | Years() | Everything():
            return
        case _:
            assert_never(node)
