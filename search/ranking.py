"""The numbers of ranking, the same for every engine. Weights of fields stand in `mappings.fields`.

Each was chosen by measurement on judged collections (`script/bench relevance`; docs/decisions).
"""

from dataclasses import replace
from typing import Final

from search.language.tree import All, Node, Some

# A phrase found in several fields scores as in the best of them, plus this part of the others.
TIE_BREAKER: Final = 0.3

# Added to the score of a record that has all words of a long query, of which only some are required: above any score
# that words can reach, so that these records come first. It moved no judged collection by more than .002 nDCG@10.
ALL_WORDS_BONUS: Final = 1_000.0

# Added where the query is a record's whole title: above everything else.
EXACT_TITLE_SCORE: Final = 10_000.0


def with_all_words(tree: Node) -> Node | None:
    """The tree of the records that get `ALL_WORDS_BONUS`: nothing may be lacking. None where nothing may anyhow."""
    strict = _strict(tree)
    return None if strict == tree else strict


def _strict(node: Node) -> Node:
    match node:
        case Some(operands=operands, required=required):
            every = len(operands) if required > 1 else 1  # of alternatives, one is all that was asked for
            return replace(node, operands=tuple(map(_strict, operands)), required=every)
        case All(operands=operands):
            return replace(node, operands=tuple(map(_strict, operands)))
        case _:
            return node
