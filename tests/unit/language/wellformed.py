"""What every tree has to be, whatever was typed."""

from typing import assert_never

from mappings.fields import TEXT_FIELDS
from search.language.policy import MAX_TERMS
from search.language.tree import All, Everything, Node, Not, Phrase, Prefix, Some, Word, Years

FIELDS = {None, *(field.name for field in TEXT_FIELDS)}


def check_tree(tree: Node) -> None:
    """Fails on a tree that is not in its simplest form or holds too many words."""
    if not isinstance(tree, Everything):
        _check(tree)
    assert leaf_count(tree) <= MAX_TERMS


def leaf_count(node: Node) -> int:
    """How many words, prefixes, phrases and ranges of years a tree has; a word counts as often as it was typed."""
    match node:
        case Word(times=times):
            return times
        case Phrase(words=words):
            return len(words)
        case Prefix() | Years():
            return 1
        case All(operands=operands) | Some(operands=operands):
            return sum(map(leaf_count, operands))
        case Not(operand=operand):
            return leaf_count(operand)
        case Everything():
            return 0
        case _:
            assert_never(node)


def _check(node: Node) -> None:
    match node:
        case Word():
            assert node.text
            assert node.field in FIELDS
            assert node.times >= 1
        case Prefix():
            assert len(node.text) >= 2
            assert node.field in FIELDS
        case Phrase():
            assert len(node.words) >= 2
            assert all(node.words)
            assert node.field in FIELDS
        case Years(first=first, last=last):
            assert first is not None or last is not None
            assert first is None or last is None or first <= last
        case All():
            _check_all(node)
        case Some():
            assert len(set(node.operands)) == len(node.operands) >= 2
            assert 1 <= node.required <= len(node.operands)
            for operand in node.operands:
                assert not isinstance(operand, Not | Everything)
                assert not (isinstance(operand, Some) and operand.required == node.required == 1)
                _check(operand)
        case Not(operand=operand):
            assert not isinstance(operand, Not | Everything)
            assert not (
                isinstance(operand, All) and isinstance(operand.operands[0], Everything) and len(operand.operands) == 2
            )
            _check(operand)
        case Everything():
            raise AssertionError("all records as an operand")
        case _:
            assert_never(node)


def _check_all(node: All) -> None:
    assert len(set(node.operands)) == len(node.operands) >= 2
    first, *others = node.operands
    if isinstance(first, Everything):
        assert all(isinstance(operand, Not) for operand in others)
    places = [2 if isinstance(o, Not) else 1 if isinstance(o, Years) else 0 for o in node.operands]
    assert places == sorted(places)
    assert min(places) < 2
    for operand in others if isinstance(first, Everything) else node.operands:
        assert not isinstance(operand, All)
        _check(operand)
