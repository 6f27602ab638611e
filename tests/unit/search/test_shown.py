"""What a result shows, through JSON and back."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.results import Named, Shown
from search.shown import from_json, to_json

TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)
NAMED = st.builds(Named, id=TEXT, label=TEXT)
SHOWN = st.builds(
    Shown,
    title=TEXT | st.just(""),
    contributors=st.lists(st.builds(Named, id=TEXT, label=TEXT, role=TEXT)).map(tuple),
    responsibility=st.none() | TEXT,
    publishers=st.lists(NAMED).map(tuple),
    date=st.none() | TEXT,
    type=st.none() | NAMED,
    themes=st.lists(NAMED).map(tuple),
    abstract=st.none() | TEXT,
    link=st.none() | TEXT,
    language=st.none() | TEXT,
)

BARE = Shown(
    title="Trust",
    contributors=(),
    responsibility=None,
    publishers=(),
    date=None,
    type=None,
    themes=(),
    abstract=None,
    link=None,
    language=None,
)


@given(SHOWN)
def test_everything_comes_back_as_it_was(shown: Shown) -> None:
    assert from_json(to_json(shown)) == shown
    assert from_json(to_json(shown).encode()) == shown


def test_what_is_empty_takes_no_room() -> None:
    assert to_json(BARE) == '{"title":"Trust"}'


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"title"', "\x00"])
def test_what_is_no_shown_record_is_an_error(text: str) -> None:
    with pytest.raises((ValueError, KeyError, TypeError)):
        from_json(text)


def test_letters_are_stored_as_they_are() -> None:
    assert to_json(replace(BARE, title="Míriam 社会")) == '{"title":"Míriam 社会"}'
