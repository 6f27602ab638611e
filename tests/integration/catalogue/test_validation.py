import unicodedata
from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.errors import Invalid
from catalogue.record import Draft, Name
from catalogue.validation import validate

NORMAL = Draft(title="Title")


def valid(**values: object) -> Draft:
    return validate(replace(NORMAL, **values))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("field", "given", "kept"),
    [
        pytest.param("title", "  Two\twords \n here ", "Two words here", id="white space in a title"),
        pytest.param("title", "Mi\u0301riam", "M\u00edriam", id="decomposed accents"),
        pytest.param(
            "abstract", "One.\r\n\r\n\r\n\r\n Two  words.\u2028Three.\n", "One.\n\nTwo words.\nThree.", id="paragraphs"
        ),
        pytest.param("abstract", " \n ", None, id="an empty abstract"),
        pytest.param("responsibility", "", None, id="an empty statement"),
        pytest.param("type", " Report>Handbook ", "Report > Handbook", id="a path"),
        pytest.param("type", " ", None, id="an empty type"),
        pytest.param("themes", ("Health >  Mental\nhealth",), ("Health > Mental health",), id="a theme's path"),
        pytest.param("publishers", (" A  B ",), ("A B",), id="a publisher"),
        pytest.param("link", " HTTPS://Example.ORG/Path?q=A#b ", "https://example.org/Path?q=A#b", id="a link's host"),
        pytest.param("link", "http://example.org:8080", "http://example.org:8080", id="a link with a port"),
        pytest.param("link", "https://exämple.org/ü", "https://exämple.org/ü", id="a link beyond ASCII"),
        pytest.param("language", "EN", "en", id="a language"),
        pytest.param("language", "pt_br", "pt-BR", id="a language and a region"),
        pytest.param("language", "zh-hant-TW", "zh-Hant-TW", id="a language, a script and a region"),
        pytest.param("language", "cym", "cym", id="a language of three letters"),
        pytest.param("doi", "10.1000/ABC", "10.1000/abc", id="a DOI in capitals"),
        pytest.param("doi", "https://doi.org/10.1000/a%2Fb", "10.1000/a/b", id="a DOI's address"),
        pytest.param("doi", "http://dx.doi.org/10.1000/182", "10.1000/182", id="a DOI's old address"),
        pytest.param("doi", "doi: 10.1000/182", "10.1000/182", id="a DOI with its name"),
        pytest.param("isbn", "978-0-306-40615-7", "9780306406157", id="an ISBN with hyphens"),
        pytest.param(
            "isbn", "ISBN 0\u2010306\u201340615 2", "9780306406157", id="an old ISBN with dashes and its name"
        ),
        pytest.param("isbn", "080442957x", "9780804429573", id="an old ISBN that ends in X"),
        pytest.param("isbn", "979-10-90636-07-1", "9791090636071", id="an ISBN that begins with 979"),
    ],
)
def test_a_value_is_kept_in_its_normal_form(field: str, given: object, kept: object) -> None:
    draft = valid(**{field: given})
    assert getattr(draft, field) == kept
    assert validate(draft) == draft


@pytest.mark.parametrize(
    ("field", "value"),
    [
        pytest.param("title", "", id="no title"),
        pytest.param("title", " \n ", id="a blank title"),
        pytest.param("title", "a" * 1_001, id="a long title"),
        pytest.param("title", "a\0b", id="NUL"),
        pytest.param("title", "a\x1bb", id="escape"),
        pytest.param("title", "a\x92b", id="Windows text read as Latin-1"),
        pytest.param("title", "a\ud800b", id="half a surrogate pair"),
        pytest.param("abstract", "a" * 50_001, id="a long abstract"),
        pytest.param("abstract", "a\x1fb", id="a separator in an abstract"),
        pytest.param("responsibility", "a" * 10_001, id="a long statement"),
        pytest.param("contributors", (Name(name=""),), id="an empty name"),
        pytest.param("contributors", (Name(name="a" * 301),), id="a long name"),
        pytest.param("contributors", (Name(name="A"),) * 501, id="many contributors"),
        pytest.param("publishers", (" ",), id="an empty publisher"),
        pytest.param("publishers", ("A",) * 101, id="many publishers"),
        pytest.param("themes", ("A",) * 101, id="many themes"),
        pytest.param("themes", ("",), id="an empty theme"),
        pytest.param("themes", ("A > ",), id="a path with an empty end"),
        pytest.param("themes", ("A" + " > A" * 10,), id="a deep path"),
        pytest.param("type", "> A", id="a path with an empty beginning"),
        pytest.param("link", "javascript:alert(1)", id="a script"),
        pytest.param("link", "ftp://example.org", id="another scheme"),
        pytest.param("link", "//example.org", id="no scheme"),
        pytest.param("link", "https://", id="no host"),
        pytest.param("link", "https:\\\\example.org", id="backslashes"),
        pytest.param("link", "https://example.org\\@evil.org", id="a backslash in the host"),
        pytest.param("link", "https://[::1", id="a broken address"),
        pytest.param("link", "https://example.org:99999/", id="a port that is none"),
        pytest.param("link", "https://example.org/a b", id="a space"),
        pytest.param("link", "https://example.org/" + "a" * 1_981, id="a long link"),
        pytest.param("language", "english", id="a language's name"),
        pytest.param("language", "en-" + "a" * 9, id="a long part"),
        pytest.param("language", "e", id="one letter"),
        pytest.param("language", "en" + "-abcdefgh" * 4, id="a long tag"),
        pytest.param("doi", "11.1000/182", id="no DOI"),
        pytest.param("doi", "10.1000/", id="a DOI without its end"),
        pytest.param("doi", "10.1000/a b", id="a DOI with a space"),
        pytest.param("doi", "10.1000/" + "a" * 493, id="a long DOI"),
        pytest.param("doi", "https://doi.org/10.1000/%00", id="a hidden NUL"),
        pytest.param("isbn", "9780306406158", id="a wrong last digit"),
        pytest.param("isbn", "0306406153", id="a wrong last digit of an old ISBN"),
        pytest.param("isbn", "9770306406157", id="another article number"),
        pytest.param("isbn", "97803064061", id="too few digits"),
        pytest.param("isbn", "٩٧٨٠٣٠٦٤٠٦١٥٧", id="digits of another script"),
    ],
)
def test_a_value_outside_its_limit_is_refused_with_its_field(field: str, value: object) -> None:
    with pytest.raises(Invalid) as caught:
        valid(**{field: value})
    assert caught.value.field == field


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", "a" * 1_000),
        ("abstract", "a" * 50_000),
        ("contributors", (Name(name="a" * 300),) * 500),
        ("themes", (" > ".join("abcdefghij"),) * 100),
        ("link", "https://example.org/" + "a" * 1_980),
        ("doi", "10.1000/" + "a" * 492),
    ],
    ids=lambda value: value if isinstance(value, str) and len(value) < 20 else "at its limit",
)
def test_a_value_at_its_limit_is_taken(field: str, value: object) -> None:
    assert getattr(valid(**{field: value}), field) == value


@given(st.integers(0, 999_999_999), st.sampled_from("0123456789X"))
def test_one_last_digit_makes_an_isbn(number: int, last: str) -> None:
    weighted = sum((10 - place) * int(digit) for place, digit in enumerate(f"{number:09}"))
    is_right = (weighted + (10 if last == "X" else int(last))) % 11 == 0
    try:
        isbn = valid(isbn=f"{number:09}{last}").isbn
    except Invalid:
        assert not is_right
    else:
        assert is_right
        assert isbn is not None
        assert isbn[:12] == f"978{number:09}"
        assert sum(int(digit) * (1, 3)[place % 2] for place, digit in enumerate(isbn)) % 10 == 0


ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=40)
ANY_FIELD = st.sampled_from(["title", "responsibility", "type", "abstract", "link", "language", "doi", "isbn"])


@given(ANY_FIELD, ANY_TEXT | ANY_TEXT.map("https://example.org/{}".format) | ANY_TEXT.map("10.1000/{}".format))
def test_any_text_is_refused_or_has_a_normal_form_that_stays(field: str, text: str) -> None:
    with suppress(Invalid):
        draft = valid(**{field: text})
        assert validate(draft) == draft
        kept = getattr(draft, field) or ""
        assert unicodedata.is_normalized("NFC", kept)
        kept.encode()
        assert not [each for each in kept if unicodedata.category(each) == "Cc" and each != "\n"]
