"""The properties and the parts that the guide names are there, do what it says, and are all that there are."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.member_site import GUIDE, MemberSite
from tests.browser.test_accessibility import problems_of
from tests.browser.widget import Widget, picture, widget_of

TEXT = GUIDE.read_text(encoding="utf-8")
STYLE = (GUIDE.parents[1] / "widget" / "src" / "style.css").read_text(encoding="utf-8")
SOURCES = "".join(file.read_text(encoding="utf-8") for file in (GUIDE.parents[1] / "widget" / "src").glob("*.js"))

# What each property is set to, and where that has to be seen.
SET = {
    "--belong-accent": ("rgb(1, 2, 3)", "button", "background-color"),
    "--belong-on-accent": ("rgb(1, 2, 4)", "button", "color"),
    "--belong-ink": ("rgb(1, 2, 5)", "passage", "color"),
    "--belong-soft": ("rgb(1, 2, 6)", "byline", "color"),
    "--belong-paper": ("rgb(1, 2, 7)", "input", "background-color"),
    "--belong-tint": ("rgb(1, 2, 8)", "active", "background-color"),
    "--belong-line": ("rgb(1, 2, 9)", "result", "border-bottom-color"),
    "--belong-mark": ("rgb(1, 2, 10)", "passage mark", "background-color"),
    "--belong-font": ("monospace", "passage", "font-family"),
    "--belong-title-font": ("cursive", "title", "font-family"),
    "--belong-font-size": ("21px", "passage", "font-size"),
    "--belong-space": ("20px", "result", "padding-top"),
    "--belong-radius": ("9px", "list", "border-start-start-radius"),
    "--belong-width": ("456px", "box", "width"),
}
SEEN = {"--belong-space": "30px"}


@pytest.fixture
def shown(page: Page, member: MemberSite) -> Widget:
    """A search with results and with completions."""
    page.goto(member.at("bare"))
    widget = widget_of(page)
    widget.find("integration")
    widget.box.fill("")
    widget.complete("integ")
    widget.box.press("ArrowDown")
    return widget


def test_every_property_does_what_it_says(page: Page, shown: Widget) -> None:
    rules = "".join(f"{name}: {value[0]};" for name, value in SET.items())
    page.add_style_tag(content=f"main {{ {rules} }}")
    for name, (value, place, seen) in SET.items():
        part, _, inner = place.partition(" ")
        at = shown.part(part).locator(inner).first if inner else shown.part(part).first
        got = at.evaluate("(part, seen) => getComputedStyle(part)[seen]", seen)
        assert (name, got) == (name, SEEN.get(name, value))
    picture(page, "every-property")


def test_the_guide_names_every_property() -> None:
    used = set(re.findall(r"var\((--belong-[a-z-]+)", STYLE))
    assert set(re.findall(r"^\| `(--belong-[a-z-]+)`", TEXT, re.MULTILINE)) == used == set(SET)


def test_the_guide_tells_the_defaults() -> None:
    told = dict(re.findall(r"^\| `(--belong-[a-z-]+)` \|[^|]+\| ([^|]+) \|", TEXT, re.MULTILINE))
    for name, light, dark in re.findall(r"var\((--belong-[a-z-]+), light-dark\((#\w+), (#\w+)\)\)", STYLE):
        assert told[name] == f"`{light}`, `{dark}`"
    for name in ("font", "font-size", "space", "radius", "width"):
        default = re.search(rf"var\(--belong-{name}, ([^)]+)\)", STYLE)
        assert default is not None
        assert told[f"--belong-{name}"].startswith(f"`{default[1]}`")


def named_parts() -> list[str]:
    table = TEXT.split("| Part |")[1].split("\n\n")[0]
    return [name for row in table.splitlines()[2:] for name in re.findall(r"`([a-z]+)`", row.split("|")[1])]


def test_the_guide_names_every_part() -> None:
    in_code = (
        set(re.findall(r'part: "([a-z]+)"', SOURCES)) | set(re.findall(r'button\("([a-z]+)"', SOURCES)) | {"active"}
    )
    assert set(named_parts()) == in_code


def test_a_page_can_style_the_parts(page: Page, shown: Widget) -> None:
    rules = "".join(
        f"belong-search::part({name}) {{ border-left: 7px solid rgb(9, 8, 7) !important }}" for name in named_parts()
    )
    page.add_style_tag(content=rules)
    for name in ("label", "input", "button", "option", "active", "kind", "status", "result", "title", "byline", "all"):
        width = shown.part(name).first.evaluate("part => getComputedStyle(part).borderLeftWidth")
        assert (name, width) == (name, "7px")


def test_a_page_with_colours_of_its_own(page: Page, member: MemberSite) -> None:
    page.goto(member.at("styled"))
    widget = widget_of(page)
    widget.find("community")
    picture(page, "styled")
    expect(widget.titles.first).to_have_css("text-decoration-line", "none")
    expect(widget.part("byline").first).to_have_css("font-style", "italic")
    assert problems_of(page) == []


def test_the_hash_in_the_guide_is_that_of_the_newest_version() -> None:
    from app.widget.releases import newest

    assert newest().integrity in TEXT
    assert re.findall(r"/widget/(\d+\.\d+\.\d+)/", TEXT) == [newest().version, newest().version]
