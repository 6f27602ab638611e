"""Names as completion finds them."""

import pytest

from mappings.completion import completion_terms, folded_word, name_words, never_suggested, read_completion_term
from mappings.fields import NONE_GIVEN, facet_term


def beginnings(label: str) -> list[str]:
    return [f"{term[0]} {read_completion_term(term)[0]}" for term in completion_terms(facet_term("id", label))]


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        pytest.param("Faith", ["0 faith"], id="one word"),
        pytest.param("Dominic Abrams", ["0 dominic abrams", "1 abrams dominic"], id="each word first once"),
        pytest.param("Abrams, D.", ["0 abrams d", "1 d abrams"], id="punctuation"),
        pytest.param("University of York", ["0 university of york", "1 york university of"], id="common word"),
        pytest.param("The Trust", ["0 the trust", "1 trust the"], id="common word at the beginning"),
        pytest.param("Guide by WHO", ["0 guide by who", "1 who guide by"], id="a name that looks like a common word"),
        pytest.param("Míriam O’Łucz", ["0 miriam o lucz", "1 o lucz miriam", "1 lucz miriam o"], id="accents"),
        pytest.param("社会", ["0 社 会", "1 会 社"], id="no spaces"),
        pytest.param("½ Ⅷ", ["0 1 2 viii", "1 viii 1 2"], id="signs that stand for several"),
        pytest.param("!!!", [], id="no word"),
        pytest.param("", [], id="nothing"),
    ],
)
def test_a_name_is_found_by_each_word_that_says_something(label: str, expected: list[str]) -> None:
    assert beginnings(label) == expected


def test_a_term_tells_the_value_and_its_label() -> None:
    [whole, _] = completion_terms(facet_term("dominic-abrams", "Dominic Abrams"))
    assert read_completion_term(whole) == ("dominic abrams", "dominic-abrams", "Dominic Abrams")


def test_none_given_has_no_name() -> None:
    assert completion_terms(facet_term(NONE_GIVEN, "")) == []


def test_of_a_very_long_name_the_first_words_are_found() -> None:
    label = " ".join(f"w{number}" for number in range(99))
    assert len(completion_terms(facet_term("id", label))) == 24
    assert all(len(read_completion_term(term)[0].split()) == 99 for term in completion_terms(facet_term("id", label)))


@pytest.mark.parametrize("length", [300, 3_000])
def test_no_term_is_longer_than_an_engine_takes(length: int) -> None:
    for label in ("\ufdfa" * length, "社" * length, "𝒜 " * length):
        assert all(len(term.encode()) < 32_766 for term in completion_terms(facet_term("id", label[:300])))


@pytest.mark.parametrize(
    ("token", "folded"),
    [
        ("Zürich", "zurich"),
        ("ŁÓDŹ", "lodz"),
        ("Ærø", "aero"),
        ("Straße", "strasse"),
        ("ﬁnance", "finance"),
        ("X2", "x2"),
    ],
)
def test_words_are_folded_as_they_are_typed(token: str, folded: str) -> None:
    assert folded_word(token) == folded


def test_words_that_are_never_suggested_are_words() -> None:
    assert len(never_suggested()) > 10
    assert all([word.folded for word in name_words(word)] == [word] for word in never_suggested())
