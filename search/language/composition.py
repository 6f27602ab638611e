"""Trees made of parts, always in their simplest form.

No `All` or `Some` has fewer than two operands, or one of its own kind that says nothing more; equal operands are one;
nothing is negated twice. While a tree is being made, a `Not` may stand for all records but some; `grounded` says so in
the finished tree. An `All` has what is asked for first, then years, then what is excluded.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from mappings.analysis import fold, is_stop_word
from search.language.leaves import positive_leaves
from search.language.policy import required
from search.language.tree import All, Everything, Node, Not, Phrase, Some, Word, Years


@dataclass(frozen=True, slots=True, kw_only=True)
class Operand:
    """One of several things typed side by side. `bare` words are left out where they are too common to ask for."""

    node: Node
    bare: bool = False


def phrase_of(words: Sequence[str], field: str | None) -> Node | None:
    """The words next to each other; a word where there is one, None where there is none."""
    match words:
        case []:
            return None
        case [word]:
            return Word(text=word, field=field)
        case _:
            return Phrase(words=tuple(words), field=field)


def side_by_side(operands: Iterable[Operand]) -> Node | None:
    """What is typed side by side: as many of the words as the policy requires, and every condition."""
    wanted: list[Operand] = []
    conditions: list[Node] = []
    for operand in operands:
        if all(isinstance(part, Not | Years) for part in _parts_of_all(operand.node)):
            conditions.extend(_parts_of_all(operand.node))
        else:
            wanted.append(operand)
    return all_of([_enough_of(content_of(wanted)), *conditions])


def content_of(operands: Iterable[Operand]) -> list[Node]:
    """The operands without bare stop words, unless there is nothing else."""
    every = list(operands)
    content = [operand for operand in every if not (operand.bare and _is_stop_word(operand.node))]
    return [operand.node for operand in content or every]


def all_of(nodes: Iterable[Node | None]) -> Node | None:
    """What every one of the nodes finds."""
    merged = _merged(part for node in nodes if node is not None for part in _parts_of_all(node))
    if len(merged) < 2:
        return merged[0] if merged else None
    return All(operands=tuple(sorted(merged, key=_place_in_all)))


def any_of(nodes: Iterable[Node | None]) -> Node | None:
    """What any of the nodes finds."""
    merged = _merged(part for node in nodes if node is not None for part in _parts_of_any(grounded(node)))
    if len(merged) < 2:
        return _ungrounded(merged[0]) if merged else None
    return Some(operands=tuple(merged), required=1)


def negation_of(node: Node | None) -> Node | None:
    """What the node does not find; None excludes nothing."""
    match node:
        case None:
            return None
        case Not(operand=operand):
            return operand
        case _:
            return Not(operand=grounded(node))


def grounded(node: Node | None) -> Node:
    """The node; where it only excludes, that from all records."""
    match node:
        case None:
            return Everything()
        case Not():
            return All(operands=(Everything(), node))
        case All(operands=operands) if all(isinstance(operand, Not) for operand in operands):
            return All(operands=(Everything(), *operands))
        case _:
            return node


def relaxed(node: Node) -> Node:
    """The tree that any one of the words satisfies. What is excluded, years and AND stay as they are."""
    match node:
        case Some(operands=operands):
            return grounded(any_of(map(relaxed, operands)))
        case All(operands=operands):
            return grounded(all_of(map(relaxed, operands)))
        case _:
            return node


def requires_some(node: Node) -> bool:
    """Whether a record may lack words of the tree that were typed side by side: they are many."""
    match node:
        case Some(operands=operands, required=required):
            return 1 < required < len(operands) or any(map(requires_some, operands))
        case All(operands=operands):
            return any(map(requires_some, operands))
        case _:
            return False


def _enough_of(nodes: Iterable[Node]) -> Node | None:
    """As many of the nodes as the policy requires; every one where a field is named, which is no way to ramble."""
    merged = _merged(nodes)
    if len(merged) < 2:
        return merged[0] if merged else None
    names_field = any(leaf.field for node in merged for leaf in positive_leaves(node))
    return Some(operands=tuple(merged), required=len(merged) if names_field else required(len(merged)))


def _merged(nodes: Iterable[Node]) -> list[Node]:
    """The nodes in their order without repetitions; a repeated word counts how often it was typed."""
    merged: dict[object, Node] = {}
    for node in nodes:
        if isinstance(node, Word):
            key = (fold(node.text), node.field)
            known = merged.get(key)
            merged[key] = replace(known, times=known.times + node.times) if isinstance(known, Word) else node
        else:
            merged.setdefault(node, node)
    return list(merged.values())


def _parts_of_all(node: Node) -> Sequence[Node]:
    if isinstance(node, All):
        return [operand for operand in node.operands if not isinstance(operand, Everything)]
    return [node]


def _parts_of_any(node: Node) -> Sequence[Node]:
    return node.operands if isinstance(node, Some) and node.required == 1 else [node]


def _ungrounded(node: Node) -> Node:
    return all_of([node]) or node


def _place_in_all(node: Node) -> int:
    return 2 if isinstance(node, Not) else 1 if isinstance(node, Years) else 0


def _is_stop_word(node: Node) -> bool:
    return isinstance(node, Word) and is_stop_word(node.text)
