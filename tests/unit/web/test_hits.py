import pytest

from app.web.presenters.hits import byline, icon_for, present_hit
from search.results import Named
from tests.unit.web.samples import a_hit


def people(*names: str, role: str = "author") -> tuple[Named, ...]:
    return tuple(Named(id=name, label=name, role=role) for name in names)


DEMOS = (Named(id="demos", label="Demos"),)


@pytest.mark.parametrize(
    ("contributors", "responsibility", "publishers", "expected"),
    [
        pytest.param(people("A", "B"), "A and B", DEMOS, "A and B · Demos", id="authors and publisher"),
        pytest.param(people("Demos"), "Demos", DEMOS, "Demos", id="its own publisher, named once"),
        pytest.param(people("A", role="editor"), "Edited by A", (), "Edited by A", id="editor"),
        pytest.param((*people("A"), *people("B", role="editor")), None, (), "A, edited by B", id="author and editor"),
        pytest.param((), "The printed line", (), "The printed line", id="only the statement of responsibility"),
        pytest.param((), None, DEMOS, "Demos", id="only a publisher"),
        pytest.param((), None, (), "", id="nobody"),
        pytest.param(people(*"ABCD"), None, (), "A, B, C and D", id="four"),
        pytest.param(people(*"ABCDEF"), None, (), "A, B, C and 3 others", id="many are cut short"),
    ],
)
def test_byline_says_who_made_and_published_it(contributors, responsibility, publishers, expected):
    assert byline(contributors, responsibility, publishers) == expected


def test_result_links_to_its_record_and_themes():
    view = present_hit(a_hit())
    assert view.address == "/records/a-handbook"
    assert [(theme.text, theme.address) for theme in view.themes] == [("Integration", "/search?theme=integration")]


def test_result_says_when_it_was_published():
    assert present_hit(a_hit()).published == "April 2017"


def test_undated_result_says_nothing_about_its_date():
    assert present_hit(a_hit(date=None)).published is None


def test_result_in_another_language_says_so():
    view = present_hit(a_hit(language="ar"))
    assert (view.language, view.direction) == ("ar", "rtl")


@pytest.mark.parametrize(
    ("label", "icon"),
    [
        ("Video", "video"),
        ("What works", "works"),
        ("Policy paper", "policy"),
        ("Something new", "document"),
        (None, "document"),
    ],
)
def test_each_type_has_a_picture(label, icon):
    assert icon_for(label) == icon
