import hashlib
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue import records
from catalogue.database import Catalogue
from catalogue.errors import Invalid
from catalogue.identity import fingerprint, made_ids, valid_id
from catalogue.record import Draft, Name, PartialDate
from catalogue.records import Change, Saved
from catalogue.slugs import digest

Save = Callable[..., Saved]

BOOK = Draft(
    title="Our Common Life",
    contributors=(Name(name="Jane Doe"), Name(name="John Roe")),
    date=PartialDate(year=2017, month=4),
    doi="10.1000/182",
    isbn="9780306406157",
    link="https://example.org/book",
)


def found_by(catalogue: Catalogue, draft: Draft, given_id: str | None = None) -> tuple[str, str] | None:
    with catalogue.read() as session:
        found = records.find(session, draft, given_id=given_id)
    return None if found is None else (found.id, found.key)


SAME = [
    pytest.param({"doi": "https://doi.org/10.1000/182"}, "doi", id="doi"),
    pytest.param({"isbn": "0-306-40615-2"}, "isbn", id="isbn in its old form"),
    pytest.param({"link": "HTTPS://EXAMPLE.org/book"}, "link", id="link"),
    pytest.param(
        {
            "title": "our common life!",
            "contributors": (Name(name="jane  DOE"),),
            "date": PartialDate(year=2017, month=4),
        },
        "title",
        id="title, first contributor and date, folded",
    ),
]


@pytest.mark.parametrize(("values", "key"), SAME)
def test_a_record_is_found_by_one_key(catalogue: Catalogue, save: Save, values: dict[str, object], key: str) -> None:
    save(BOOK, record_id="book")
    draft = replace(Draft(title="Something else"), **values)  # type: ignore[arg-type]
    assert found_by(catalogue, draft) == ("book", key)


@pytest.mark.parametrize(
    "values",
    [
        pytest.param({"title": "Our Uncommon Life"}, id="another title"),
        pytest.param({"contributors": (Name(name="John Roe"),)}, id="another first contributor"),
        pytest.param({"contributors": ()}, id="no contributor"),
        pytest.param({"date": PartialDate(year=2017)}, id="a date less precise"),
        pytest.param({"date": None}, id="no date"),
    ],
)
def test_another_title_author_or_date_is_another_record(
    catalogue: Catalogue, save: Save, values: dict[str, object]
) -> None:
    save(BOOK, record_id="book")
    draft = replace(BOOK, doi=None, isbn=None, link=None)
    assert found_by(catalogue, draft) == ("book", "title")
    assert found_by(catalogue, replace(draft, **values)) is None  # type: ignore[arg-type]


def test_the_first_key_that_finds_decides(catalogue: Catalogue, save: Save) -> None:
    for number, key in enumerate(("doi", "isbn", "link")):
        save(replace(Draft(title=f"By {key}"), **{key: getattr(BOOK, key)}), record_id=f"r{number}")  # type: ignore[arg-type]
    assert found_by(catalogue, BOOK) == ("r0", "doi")
    assert found_by(catalogue, replace(BOOK, doi=None)) == ("r1", "isbn")
    assert found_by(catalogue, replace(BOOK, doi=None, isbn=None)) == ("r2", "link")


def test_a_given_id_is_that_record_and_no_other(catalogue: Catalogue, save: Save) -> None:
    save(BOOK, record_id="book")
    assert found_by(catalogue, Draft(title="Something else"), "book") == ("book", "id")
    assert found_by(catalogue, BOOK, "another") is None


@pytest.mark.parametrize(
    "values",
    [
        pytest.param({"doi": "10.1000/chapter-1"}, id="a chapter with the isbn, link and title of its book"),
        pytest.param({"doi": None, "isbn": "9781861972712"}, id="another edition at the same link"),
    ],
)
def test_two_different_dois_or_isbns_are_never_one_record(
    catalogue: Catalogue, save: Save, values: dict[str, str | None]
) -> None:
    save(BOOK, record_id="book")
    assert found_by(catalogue, replace(BOOK, **values)) is None  # type: ignore[arg-type]


def test_two_records_with_one_title_and_different_dois_have_two_ids(save: Save) -> None:
    preprint, article = Draft(title="Trust", doi="10.1000/1"), Draft(title="Trust", doi="10.1000/2")
    first, second = save(preprint), save(article)
    assert second.id.startswith(first.id)
    assert second.change is Change.ADDED
    assert [save(preprint).change, save(article).change] == [Change.UNCHANGED, Change.UNCHANGED]


def test_a_living_record_is_found_before_a_deleted_one(catalogue: Catalogue, save: Save) -> None:
    save(BOOK, record_id="a")
    save(BOOK, record_id="b")
    with catalogue.write() as session:
        records.delete(session, "a")
    assert found_by(catalogue, BOOK) == ("b", "doi")
    with catalogue.write() as session:
        records.delete(session, "b")
        found = records.find(session, BOOK)
    assert found is not None
    assert (found.id, found.deleted) == ("a", True)


def test_a_save_without_an_id_writes_the_record_that_is_found(save: Save) -> None:
    first = save(BOOK)
    assert save(replace(BOOK, title="Our Common Lives")) == Saved(id=first.id, version=2, change=Change.CHANGED)


def test_made_ids_are_the_same_on_every_machine(save: Save) -> None:
    assert save(Draft(title="Our Common Life")).id == save(Draft(title="our common life")).id == "2a94s3y7ep"


def test_a_made_id_that_is_taken_gets_longer(catalogue: Catalogue, save: Save) -> None:
    draft = Draft(title="Mine")
    short, longer = list(made_ids(fingerprint(draft)))[:2]
    save(Draft(title="Somebody else's"), record_id=short)
    assert save(draft).id == longer
    assert save(draft) == Saved(id=longer, version=1, change=Change.UNCHANGED)


def test_a_digest_is_base_32_of_sha_256() -> None:
    assert len(digest("")) == 52
    bits = int.from_bytes(hashlib.sha256(b"").digest(), "big")
    assert sum(DIGITS.index(each) << 5 * place for place, each in enumerate(reversed(digest("")))) == bits << 4
    assert set("".join(digest(str(number)) for number in range(200))) == set(DIGITS)


DIGITS = "0123456789abcdefghjkmnpqrstvwxyz"

GOOD_IDS = ["arxiv:cond-mat/9803367", "a", "10.1000/182", "A_b.c:d-e/f", "1" * 200, "x..y"]
BAD_IDS = [
    "",
    "/a",
    "a/",
    "a//b",
    "a/./b",
    "a/../b",
    "a/..",
    "..",
    ".a",
    "-a",
    "a b",
    "a?b",
    "a#b",
    "a%2Fb",
    "é",
    "1" * 201,
    "a\n",
]


@pytest.mark.parametrize("text", GOOD_IDS)
def test_an_id_that_can_stand_in_an_address_is_taken(save: Save, text: str) -> None:
    assert save(Draft(title="Named"), record_id=text).id == text


@pytest.mark.parametrize("text", BAD_IDS)
def test_any_other_id_is_refused(text: str) -> None:
    with pytest.raises(Invalid) as caught:
        valid_id(text)
    assert caught.value.field == "id"


@given(st.text(alphabet="a.:/-_%?", max_size=12))
def test_an_id_that_is_taken_is_one_path_in_an_address(text: str) -> None:
    try:
        valid_id(text)
    except Invalid:
        return
    assert all(segment.strip(".") for segment in text.split("/"))
    assert not set(text) & set("%?#")
