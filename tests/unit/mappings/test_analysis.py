"""The analysis in Python against the tokenizer of an engine."""

import sys
import unicodedata
from itertools import pairwise

import pytest
import tantivy
from hypothesis import example, given
from hypothesis import strategies as st

from mappings.analysis import (
    TOKEN_PATTERN,
    fold,
    folded_words,
    is_stop_word,
    normalise,
    searchable,
    token_spans,
    tokens,
)

reference = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.regex(TOKEN_PATTERN)).build()

# Python 3.11 knows Unicode 14, the engine 16: a character that Python takes for unassigned cannot be compared.
CHARACTERS = st.characters(exclude_categories=["Cs", "Cn"])
INTERESTING = st.sampled_from(list("aZ9é\u0301\ufe0f\u20e3'’.-_ 社会ひらカー々〇ｶﾞ️👩‍🎓ﷺ\u200d٣ก็한"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("Social cohesion", ["Social", "cohesion"], id="words"),
        pytest.param("well-being, foo/bar_baz", ["well", "being", "foo", "bar", "baz"], id="punctuation separates"),
        pytest.param("O’Brien's U.K.", ["O", "Brien", "s", "U", "K"], id="apostrophes and dots separate"),
        pytest.param("Míriam 2016 ٣", ["Míriam", "2016", "٣"], id="accents and numbers"),
        pytest.param("社会ひらカナ", list("社会ひらカナ"), id="one token a character without spaces"),
        pytest.param("COVID疫情2020", ["COVID", "疫", "情", "2020"], id="scripts change without a space"),
        pytest.param("コーヒー", ["コ", "ー", "ヒ", "ー"], id="long vowel mark is a token of its own"),
        pytest.param("한국어 사회", ["한국어", "사회"], id="Korean puts spaces between words"),
        pytest.param("❤️ 👩‍🎓", [], id="emoji have no token"),
        pytest.param("1️⃣", ["1\ufe0f\u20e3"], id="marks stay with what they follow"),
        pytest.param("", [], id="empty"),
    ],
)
def test_text_is_cut_into_tokens(text: str, expected: list[str]) -> None:
    assert tokens(text) == expected


def test_every_assigned_character_is_cut_as_the_engine_cuts_it() -> None:
    assigned = [c for c in map(chr, range(sys.maxunicode + 1)) if unicodedata.category(c) not in {"Cs", "Cn"}]
    # Between letters, doubled: shows whether it begins, continues or ends a token.
    text = " ".join(f"a{c}{c}b {c}" for c in assigned)
    assert tokens(text) == reference.analyze(text)


@given(st.lists(st.text(CHARACTERS) | INTERESTING).map("".join).map(normalise))
@example("a\u0301\u0323 \u0301a")
def test_any_text_is_cut_as_the_engine_cuts_it(text: str) -> None:
    assert tokens(text) == reference.analyze(text)


@given(st.text())
def test_spans_are_in_order_and_hold_the_tokens(text: str) -> None:
    spans = list(token_spans(text))
    assert all(start < end for start, end in spans)
    assert all(end <= start for (_, end), (start, _) in pairwise(spans))
    assert tokens(text) == [text[start:end] for start, end in spans]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("MÜLLER", "muller", id="case and accents"),
        pytest.param("Straße", "strasse", id="sharp s"),
        pytest.param("ﬁnding ²", "finding 2", id="compatibility forms"),
    ],
)
def test_fold_removes_case_and_accents(text: str, expected: str) -> None:
    assert fold(text) == expected


def test_titles_are_the_same_when_only_case_accents_and_punctuation_differ() -> None:
    assert folded_words("Integration: From “national” rhetoric…") == folded_words(
        "INTEGRATION - from national rhetoric"
    )


def test_every_folded_character_is_its_own_folded_form() -> None:
    changed = [c for c in map(chr, range(sys.maxunicode + 1)) if fold(fold(c)) != fold(c)]
    assert changed == []


@given(st.text())
def test_folded_words_are_their_own_folded_words(text: str) -> None:
    folded = folded_words(text)
    assert folded_words(folded) == folded


@pytest.mark.parametrize("word", ["the", "The", "s", "A"])
def test_common_words_are_stop_words(word: str) -> None:
    assert is_stop_word(word)


@pytest.mark.parametrize("word", ["cohesion", "being", "WHO", "IT", "us"])
def test_content_words_and_names_in_capitals_are_no_stop_words(word: str) -> None:
    assert not is_stop_word(word)


@pytest.mark.parametrize(
    ("text", "given"),
    [
        pytest.param("İstanbul and IŞIK", "Istanbul and IŞIK", id="a capital with two small letters"),
        pytest.param(f"a {'x' * 80} b", f"a {'x' * 80} b", id="longest token"),
        pytest.param(f"a {'x' * 81}, b", f"a {'x' * 80} , b", id="longer token"),
        pytest.param(f"{'é' * 81}-{'ж' * 90} é", f"{'é' * 80} -{'ж' * 80}{' ' * 10} é", id="two of them"),
        pytest.param("社" * 90, "社" * 90, id="tokens of one character"),
        pytest.param("x-" * 90, "x-" * 90, id="punctuation within"),
        pytest.param("", "", id="empty"),
    ],
)
def test_what_engines_read_differently_is_taken_out(text: str, given: str) -> None:
    assert searchable(text) == given
