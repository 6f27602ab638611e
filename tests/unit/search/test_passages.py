"""Marked texts and passages."""

import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings.analysis import token_spans
from search.passages import PASSAGE_LENGTH, Span, mark, passage
from search.results import MarkedText


def bracketed(marked: MarkedText) -> str:
    return "".join(f"[{piece.text}]" if piece.marked else piece.text for piece in marked)


def plain(marked: MarkedText) -> str:
    return "".join(piece.text for piece in marked)


def spans_of(text: str, *words: str) -> list[Span]:
    return [(start, end) for start, end in token_spans(text) if text[start:end].casefold() in words]


@pytest.mark.parametrize(
    ("text", "words", "marked"),
    [
        pytest.param("", [], "", id="no text"),
        pytest.param("Trust", [], "Trust", id="no mark"),
        pytest.param("Trust", ["trust"], "[Trust]", id="all of it"),
        pytest.param("In trust.", ["trust"], "In [trust].", id="at the end"),
        pytest.param("Trust in trust", ["trust"], "[Trust] in [trust]", id="twice"),
        pytest.param("社会", ["社", "会"], "[社][会]", id="next to each other"),
    ],
)
def test_a_text_is_cut_into_marked_pieces(text: str, words: list[str], marked: str) -> None:
    assert bracketed(mark(text, spans_of(text, *words))) == marked


@pytest.mark.parametrize("length", [20, 280])
def test_a_short_text_is_its_own_passage(length: int) -> None:
    text = "x" * (length - 6) + " trust"
    assert bracketed(passage(text, spans_of(text, "trust"), length)) == text.replace("trust", "[trust]")


BEFORE = "Nothing of use here. " * 10
AFTER = " Nothing of use there either." * 10


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param(
            f"{BEFORE}We speak of trust, of hope and of more.{AFTER}",
            "… We speak of [trust], of [hope] and of more. Nothing of use there either.",
            id="from the beginning of the sentence",
        ),
        pytest.param(
            f"{'Words go on ' * 20}and trust follows hope{AFTER}",
            "… on Words go on Words go on Words go on Words go on Words go on Words go on and [trust] follows [hope]",
            id="from the beginning of a word near by",
        ),
        pytest.param(
            f"Trust stands here. {BEFORE}Trust and hope stand there.{AFTER}",
            "… [Trust] and [hope] stand there. Nothing",
            id="the place with more words",
        ),
        pytest.param(
            f"Trust and trust. {BEFORE}Hope.{AFTER}", "[Trust] and [trust]. Nothing", id="the first of equal places"
        ),
        pytest.param(f"{BEFORE}\nTrust is a line.{AFTER}", "… [Trust] is a line.", id="from the beginning of a line"),
        pytest.param(f"Trust comes first.{AFTER}", "[Trust] comes first. Nothing", id="at the beginning of the text"),
    ],
)
def test_a_passage_shows_the_place_with_most_different_words(text: str, shown: str) -> None:
    found = bracketed(passage(text, spans_of(text, "trust", "hope"), 160))
    assert found.startswith(shown)
    assert found.endswith(" …")


def test_the_last_words_of_a_text_have_no_ellipsis() -> None:
    text = f"{BEFORE}Trust ends here"
    assert bracketed(passage(text, spans_of(text, "trust"), 100)) == "… [Trust] ends here"


def test_without_marks_a_passage_is_the_beginning_cut_between_words() -> None:
    text = "seven words that are five times longer " * 10
    assert plain(passage(text, [], 50)) == "seven words that are five times longer seven words …"


def test_a_text_without_spaces_is_cut_somewhere() -> None:
    text = "社" * 500 + "会" + "社" * 500
    found = passage(text, spans_of(text, "会"), 100)
    assert "[会]" in bracketed(found)
    assert len(plain(found)) <= 104


def test_a_marked_word_stays_where_the_cut_falls_into_what_it_is_joined_to() -> None:
    text = f"{'a ' * 60}Trust {'b ' * 95}hope/{'c' * 100} {'d ' * 60}"
    assert "[hope]" in bracketed(passage(text, spans_of(text, "trust", "hope")))


WORDS = st.sampled_from(["trust", "hope", "faith", "a", "neighbourhoods", "x" * 40, "社", "é"])
TEXTS = st.lists(st.tuples(WORDS, st.sampled_from([" ", " ", " ", ". ", "\n", "-", ""])), max_size=120).map(
    lambda pairs: "".join(word + gap for word, gap in pairs)
)


@given(TEXTS, st.sets(st.sampled_from(["trust", "hope", "faith", "社", "é"])))
def test_a_passage_is_part_of_the_text_with_as_many_words_as_fit_anywhere(text: str, words: set[str]) -> None:
    spans = spans_of(text, *words)
    found = passage(text, spans)
    shown = plain(found).removeprefix("… ") if plain(found).startswith("… ") else plain(found)
    within = shown.removesuffix(" …") if len(text) > PASSAGE_LENGTH else shown
    assert within in text
    assert len(within) <= max(PASSAGE_LENGTH, len(text) if len(text) <= PASSAGE_LENGTH else 0)
    assert all(piece.text for piece in found)
    assert {piece.text for piece in found if piece.marked} <= {text[a:b] for a, b in spans}
    reach = PASSAGE_LENGTH - 80
    at_each = [{text[a:b] for a, b in spans if start <= a and b <= start + reach} for start, _ in spans]
    assert len({piece.text for piece in found if piece.marked}) >= max(map(len, at_each), default=0)


@given(TEXTS, st.sets(st.sampled_from(["trust", "hope", "社"])))
def test_marked_pieces_are_the_text(text: str, words: set[str]) -> None:
    spans = spans_of(text, *words)
    found = mark(text, spans)
    assert plain(found) == text
    assert [piece.text for piece in found if piece.marked] == [text[a:b] for a, b in spans]
    assert all(a.marked or b.marked for a, b in pairwise(found))


def test_a_long_text_of_found_words_takes_little_time() -> None:
    text = "trust hope " * 4_500  # the longest abstract
    spans = spans_of(text, "trust", "hope")
    started = time.perf_counter()
    passage(text, spans)
    assert time.perf_counter() - started < 0.5
