"""An index that another release made: read and written as far as its fields go, or refused."""

import pytest

from search.engine import GenerationName
from search.errors import IndexMissing
from tests.conformance.library import Library


def test_what_this_release_makes_is_current(library: Library) -> None:
    assert library.writer.is_current(library.generation)


def test_what_is_not_there_is_not_called_outdated(library: Library) -> None:
    with pytest.raises(IndexMissing):
        library.writer.is_current(GenerationName("unknown"))
