"""What the fields of a file mean."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.errors import Invalid
from catalogue.intake.mapping import nearest_field, read_entry
from catalogue.record import AgentKind, Draft, Name, PartialDate, RecordId, Role


def draft(**fields: object) -> Draft:
    return read_entry({"title": "A title", **fields}).draft


def test_every_field_of_the_format_is_read() -> None:
    entry = read_entry(
        {
            "id": "report-1",
            "title": " A title ",
            "author": "Edited by Omar Khan",
            "publisher": "Runnymede Trust",
            "published": "2017-04",
            "type": "Report",
            "themes": ["Education", "Places > Cities"],
            "abstract": "First.\n\nSecond.",
            "url": "https://example.org/report",
            "language": "en",
            "doi": "10.1000/182",
            "isbn": "9780306406157",
        }
    )
    assert entry.given_id == RecordId("report-1")
    assert entry.ignored == ()
    assert entry.draft == Draft(
        title="A title",
        contributors=(Name(name="Omar Khan", kind=AgentKind.PERSON, role=Role.EDITOR),),
        responsibility="Edited by Omar Khan",
        publishers=("Runnymede Trust",),
        date=PartialDate(year=2017, month=4),
        type="Report",
        themes=("Education", "Places > Cities"),
        abstract="First.\n\nSecond.",
        link="https://example.org/report",
        language="en",
        doi="10.1000/182",
        isbn="9780306406157",
    )


@pytest.mark.parametrize("empty", [None, "", "  ", []], ids=repr)
def test_empty_values_are_nothing(empty: object) -> None:
    fields = ("id", "author", "authors", "publisher", "publishers", "date", "type", "themes", "abstract", "link", "doi")
    entry = read_entry({"title": "A title", **dict.fromkeys(fields, empty), "notes": empty})
    assert entry.draft == Draft(title="A title")
    assert entry.given_id is None
    assert entry.ignored == ()


def test_unknown_fields_are_named_when_they_hold_something() -> None:
    assert read_entry({"title": "A", "primary": "cs.AI", "Notes": "x", "more": None}).ignored == ("primary", "notes")


def test_field_names_are_read_in_any_case() -> None:
    assert read_entry({" Title ": "A", "URL": "https://example.org"}).draft.link == "https://example.org"


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"title": None}, "title"),
        ({"title": " "}, "title"),
        ({"title": 1984}, "title"),
        ({"title": ["A"]}, "title"),
        ({"Title": "Another"}, "title"),
        ({"date": "2017", "published": "2018"}, "published"),
        ({"date": "2017-13"}, "date"),
        ({"date": "last year"}, "date"),
        ({"date": 20170401}, "date"),
        ({"date": True}, "date"),
        ({"date": 2017.5}, "date"),
        ({"date": {"year": 2017}}, "date"),
        ({"link": "https://a.org", "url": "https://b.org"}, "url"),
        ({"themes": {"a": "b"}}, "themes"),
        ({"themes": ["Education", 7]}, "themes"),
        ({"theme": "Education", "themes": ["Faith"]}, "theme"),
        ({"authors": [7]}, "authors"),
        ({"authors": {"name": "Jane"}}, "authors"),
        ({"authors": [{"name": ""}]}, "authors"),
        ({"authors": [{"name": "Jane", "kind": "robot"}]}, "authors"),
        ({"authors": [{"name": "Jane", "role": 7}]}, "authors"),
        ({"authors": [{"name": "Jane", "orcid": "0"}]}, "authors"),
        ({"author": ["A"], "authors": ["B"]}, "authors"),
        ({"author": "Jane Smith", "authors": "John Doe"}, "authors"),
        ({"publisher": "A", "publishers": ["B"]}, "publishers"),
        ({"publisher": 7}, "publisher"),
        ({"isbn": 9780306406157}, "isbn"),
        ({"id": 7}, "id"),
        ({"deleted": True}, "deleted"),
        ({"deleted": "yes"}, "deleted"),
    ],
    ids=str,
)
def test_value_that_cannot_be_is_refused_with_its_field(fields: dict[str, object], field: str) -> None:
    with pytest.raises(Invalid) as caught:
        read_entry({"title": "A title", **fields})
    assert caught.value.field == field


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        (
            {"date": "2022-13"},
            "date is '2022-13', but has to be a date such as 2017-04-18, with a month from 1 to 12",
        ),
        (
            {"published": "2023-02-29"},
            "date is '2023-02-29', but has to be a date such as 2017-04-18, with a day from 1 to 28",
        ),
        ({"date": "spring 2022"}, "date is 'spring 2022', but has to be a date such as 2017, 2017-04 or 2017-04-18"),
        (
            {"title": None, "Titel": "A"},
            "title is missing, but has to be given: is it 'titel', which means nothing here?",
        ),
        ({"title": None, "heading": "A"}, "title is missing, but has to be given"),
    ],
    ids=str,
)
def test_a_refusal_says_the_value_as_it_was_given_and_what_is_possible(fields: dict[str, object], said: str) -> None:
    with pytest.raises(Invalid) as caught:
        read_entry({"title": "A title", **fields})
    assert str(caught.value) == said


@pytest.mark.parametrize(
    ("name", "field"),
    [("publishd", "published"), ("autor", "author"), ("abstrac", "abstract"), ("issn", None), ("x" * 1_000_000, None)],
    ids=lambda value: str(value)[:20],
)
def test_a_slip_in_the_name_of_a_field_is_told_from_other_names(name: str, field: str | None) -> None:
    assert nearest_field(name) == field


def test_two_spellings_with_the_same_value_are_one() -> None:
    assert draft(date="2017", published="2017").date == PartialDate(year=2017)
    assert draft(publisher="Demos", publishers=["Demos"]).publishers == ("Demos",)


def test_year_may_be_a_number() -> None:
    assert draft(published=2017).date == PartialDate(year=2017)


@pytest.mark.parametrize(
    ("value", "themes"),
    [
        ("Education", ("Education",)),
        ("Education; Faith | Work;", ("Education", "Faith", "Work")),
        (["Faith; hope and charity", " Work ", None, "Work"], ("Faith; hope and charity", "Work")),
        (["Dance -- History -- 20th century"], ("Dance -- History -- 20th century",)),
    ],
)
def test_themes_are_a_list_or_text_with_marks_between(value: object, themes: tuple[str, ...]) -> None:
    assert draft(themes=value).themes == themes


def test_list_of_authors_is_not_split() -> None:
    names = draft(authors=["Roatcap, Adela Spindler", "Victoria and Albert Museum", " "]).contributors
    assert [name.name for name in names] == ["Roatcap, Adela Spindler", "Victoria and Albert Museum"]
    assert draft(authors=["Jane Smith"]).responsibility is None


def test_list_of_authors_in_a_csv_cell_has_marks_between() -> None:
    found = draft(authors="Smith, Jane; Doe, John")
    assert [name.name for name in found.contributors] == ["Smith, Jane", "Doe, John"]
    assert found.responsibility is None


def test_authors_without_marks_are_a_printed_line() -> None:
    found = draft(authors="Edited by Jane Smith and John Doe")
    assert [name.role for name in found.contributors] == [Role.EDITOR, Role.EDITOR]
    assert found.responsibility == "Edited by Jane Smith and John Doe"


def test_author_objects_say_kind_and_role() -> None:
    value = [{"name": "Comic Relief", "kind": "organisation"}, {"name": "Dr Jane Smith", "role": "Editor"}]
    assert draft(authors=value).contributors == (
        Name(name="Comic Relief", kind=AgentKind.ORGANISATION),
        Name(name="Jane Smith", kind=AgentKind.PERSON, role=Role.EDITOR),
    )


def test_printed_line_and_list_of_names_go_together() -> None:
    found = draft(author="Shelter, Mind and Oxfam", authors=["Shelter", "Mind", "Oxfam"])
    assert [name.name for name in found.contributors] == ["Shelter", "Mind", "Oxfam"]
    assert found.responsibility == "Shelter, Mind and Oxfam"


def test_responsibility_alone_gives_the_names() -> None:
    found = draft(responsibility="Edited by Jane Smith")
    assert found.contributors == (Name(name="Jane Smith", kind=AgentKind.PERSON, role=Role.EDITOR),)
    assert found.responsibility == "Edited by Jane Smith"


def test_responsibility_wins_over_the_author_line_as_what_is_printed() -> None:
    found = draft(author="Jane Smith", responsibility="written by J. Smith")
    assert [name.name for name in found.contributors] == ["Jane Smith"]
    assert found.responsibility == "written by J. Smith"


def test_line_that_is_too_long_for_a_name_is_only_printed() -> None:
    line = "the " * 200
    assert draft(author=line).contributors == ()
    assert draft(author=line).responsibility == line.strip()


def test_html_is_text() -> None:
    assert draft(abstract="<script>alert(1)</script>").abstract == "<script>alert(1)</script>"


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
FIELDS = st.sampled_from(
    "id title author authors publisher publishers date published theme themes link deleted x".split()
)


@given(st.dictionaries(FIELDS, VALUES, max_size=8))
def test_any_values_give_a_record_or_a_refusal(values: dict[str, object]) -> None:
    try:
        entry = read_entry(values)
    except Invalid:
        return
    assert entry.draft.title
