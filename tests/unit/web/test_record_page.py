import pytest

from app.web.presenters.citation import citation_elements, plain_citation
from app.web.presenters.record import present_record
from catalogue.record import PartialDate, Role
from tests.unit.web.samples import a_concept, a_contributor, a_record

SITE = "https://library.example/"


def facts(**parts) -> dict[str, str]:
    view = present_record(a_record(**parts), SITE)
    return {
        fact.name: fact.text or "; ".join(" > ".join(link.text for link in trail) for trail in fact.trails)
        for fact in view.facts
    }


def test_record_shows_all_that_the_catalogue_knows():
    known = facts(isbn="978-1-4473", doi="10.1/x", language="cy", date=PartialDate(year=2017, month=4, day=18))
    assert known == {
        "Author": "Ann Lee",
        "Publisher": "Demos",
        "Published": "18 April 2017",
        "Type": "Guide",
        "Theme": "Integration",
        "Language": "Welsh",
        "DOI": "10.1/x",
        "ISBN": "978-1-4473",
        "Added": "5 March 2024",
        "Record": "a-handbook",
    }


def test_themes_lead_from_the_broader_to_the_narrower():
    theme = a_concept("faith", "Faith", a_concept("belief", "Belief"), a_concept("society", "Society"))
    assert facts(themes=(theme,))["Theme"] == "Society > Belief > Faith"


def test_printed_statement_is_shown_where_it_says_more_than_the_names():
    assert facts(responsibility="Edited by Ann Lee, PhD")["As printed"] == "Edited by Ann Lee, PhD"
    assert "As printed" not in facts(responsibility="Ann Lee")


def test_unsafe_link_is_text():
    view = present_record(a_record(link="javascript:alert(1)"), SITE)
    assert (view.outside, view.unsafe_link) == (None, "javascript:alert(1)")


def test_outside_link_names_its_site():
    view = present_record(a_record(), SITE)
    assert (view.outside.text, view.outside.address) == ("example.org", "https://www.example.org/a.pdf")


def test_deleted_record_gives_nothing_to_reference_managers():
    assert present_record(a_record(deleted=True), SITE).elements == []


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        pytest.param({}, "Ann Lee (2017) A Handbook. Demos. https://www.example.org/a.pdf", id="all known"),
        pytest.param({"date": None, "link": None}, f"Ann Lee (no date) A Handbook. Demos. {SITE}", id="little known"),
        pytest.param({"doi": "10.1/x"}, "Ann Lee (2017) A Handbook. Demos. https://doi.org/10.1/x", id="with DOI"),
        pytest.param(
            {"title": "Why?", "publishers": ()}, "Ann Lee (2017) Why? https://www.example.org/a.pdf", id="question"
        ),
        pytest.param(
            {"contributors": (a_contributor("Bo Ek", Role.EDITOR),)},
            "Bo Ek (ed.) (2017) A Handbook. Demos. https://www.example.org/a.pdf",
            id="editor",
        ),
        pytest.param(
            {"contributors": (), "responsibility": None},
            "Demos (2017) A Handbook. https://www.example.org/a.pdf",
            id="publisher only",
        ),
    ],
)
def test_citation_is_one_line_of_what_is_known(parts, expected):
    assert plain_citation(a_record(**parts), SITE) == expected


def test_reference_managers_find_authors_one_by_one_and_a_date_with_slashes():
    elements = citation_elements(a_record(contributors=(a_contributor("Ann Lee"), a_contributor("Bo Ek"))))
    assert [content for name, content in elements if name == "citation_author"] == ["Ann Lee", "Bo Ek"]
    assert ("citation_publication_date", "2017/04") in elements


def test_nothing_unknown_is_told_to_reference_managers():
    bare = a_record(contributors=(), publishers=(), date=None, type=None, themes=(), abstract=None, language=None)
    names = [name for name, _ in citation_elements(bare)]
    assert names == ["citation_title", "DC.title", "DC.identifier"]
