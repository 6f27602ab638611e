"""How many of the words are required."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.language.policy import required
from search.language.reader import read_query
from search.language.tree import Some


@pytest.mark.parametrize("words", [1, 2, 3, 4])
def test_up_to_four_words_are_all_required(words: int) -> None:
    assert required(words) == words


@given(st.integers(min_value=5, max_value=256))
def test_of_more_words_at_least_half_are_required(words: int) -> None:
    assert words / 2 <= required(words) <= words


@given(st.integers(min_value=1, max_value=255))
def test_another_word_never_lowers_what_is_required(words: int) -> None:
    assert required(words) <= required(words + 1)


REQUIRED = {
    "content words count": ("one two three four five six seven eight nine ten", 5),
    "stop words do not": ("the one of two and three with four", 4),
    "a repeated word counts once": ("one two three four five five five five five five", 4),
    "a phrase counts once": ('one two three four five six seven eight "nine ten eleven"', 5),
    "with a field everything is required": ("one two three four five six seven author:putnam", 8),
}


@pytest.mark.parametrize(("text", "count"), REQUIRED.values(), ids=REQUIRED.keys())
def test_words_are_required_by_the_policy(text: str, count: int) -> None:
    tree = read_query(text).tree
    assert isinstance(tree, Some)
    assert tree.required == count
