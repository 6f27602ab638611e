"""The search works, and looks the same, on whatever page it is pasted into."""

import re
import socket
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Frame, Page, Request, expect

from tests.browser.library import Library
from tests.browser.member_site import MemberSite, serving
from tests.browser.test_accessibility import problems_of, width_of
from tests.browser.widget import Widget, picture, widget_of


def requests_of(page: Page) -> list[str]:
    """The addresses that a page asks from now on, without those of the member's own site."""
    found: list[str] = []

    def note(request: Request) -> None:
        if not request.url.startswith("http://localhost:"):
            found.append(request.url)

    page.on("request", note)
    return found


def test_the_pasted_snippet_searches_the_library(
    page: Page, member: MemberSite, library: Library, violations: list[str]
) -> None:
    asked = requests_of(page)
    page.goto(member.at("bare"))
    widget = widget_of(page)
    expect(widget.box).to_be_visible()
    picture(page, "bare")
    widget.find("faith")
    expect(widget.titles).to_have_count(4)
    expect(widget.titles.locator("mark").first).to_have_text(re.compile("faith", re.IGNORECASE))
    picture(page, "bare-results")
    assert problems_of(page) == violations == []
    print(f"{len(asked)} requests: the script and {asked[1:]}")  # noqa: T201 - seen with pytest -rP
    assert len(asked) == 2
    assert all(address.startswith(library.address) for address in asked)
    widget.titles.first.click()
    expect(page).to_have_url(re.compile(rf"^{library.address}/records/"))


def test_all_results_are_a_press_away(page: Page, member: MemberSite, library: Library) -> None:
    page.goto(member.at("bare"))
    widget = widget_of(page)
    widget.find("integration")
    widget.part("all").click()
    expect(page).to_have_url(library.at("/search?q=integration"))
    expect(page.locator("h1")).to_have_text(re.compile(r"^\d+ resources"))


def test_nothing_is_kept_about_the_reader(page: Page, context: BrowserContext, member: MemberSite) -> None:
    headers: list[dict[str, str]] = []
    page.on("request", lambda request: headers.append(request.all_headers()))
    page.goto(member.at("bare"))
    widget_of(page).find("faith")
    kept = "() => localStorage.length + sessionStorage.length + document.cookie.length"
    assert page.evaluate(kept) == len(context.cookies()) == 0
    sent = headers[-1]
    assert "cookie" not in sent
    assert sent["referer"] == f"{member.address}/"


def looks(page: Page, member: MemberSite, host: str) -> Iterator[bytes]:
    """The search on a page: closed, with completions, with results."""
    page.goto(member.at(host))
    widget = widget_of(page)
    expect(widget.box).to_be_visible()
    yield widget.element.screenshot()
    widget.complete("integ")
    widget.box.press("ArrowDown")
    place = widget.element.bounding_box()
    yield page.screenshot(clip={**place, "height": 300})
    widget.box.press("Escape")
    widget.find("integration")
    yield widget.element.screenshot()
    picture(page, host)


def test_the_style_of_the_page_changes_nothing(browser: Browser, member: MemberSite) -> None:
    tabs = [browser.new_page(viewport={"width": 800, "height": 900}) for _ in range(2)]
    for alone, hostile in zip(looks(tabs[0], member, "alone"), looks(tabs[1], member, "hostile"), strict=True):
        assert alone == hostile
    for tab in tabs:
        tab.close()


def test_the_strictest_policy_has_nothing_against_it(page: Page, member: MemberSite, violations: list[str]) -> None:
    page.goto(member.at("strict"))
    widget = widget_of(page)
    widget.complete("integ")
    widget.find("faith")
    picture(page, "strict")
    assert violations == []


def test_it_works_in_a_sandbox(page: Page, member: MemberSite, violations: list[str]) -> None:
    page.goto(member.at("sandboxed"))
    frame: Frame = page.frames[1]
    widget = widget_of(frame)
    assert frame.evaluate("origin") == "null"
    widget.complete("integ")
    widget.find("faith")
    picture(page, "sandboxed")
    widget.box.fill("integration")
    widget.part("button").click()
    expect(widget.status).to_have_text("10 resources")
    expect(widget.titles.first).to_have_attribute("target", "_blank")
    assert violations == []


def test_two_on_a_page_and_the_script_twice_disturb_nobody(
    page: Page, member: MemberSite, violations: list[str]
) -> None:
    page.goto(member.at("two"))
    first, second = widget_of(page), Widget(element=page.locator("belong-search").nth(1))
    first.find("faith")
    other = second.element.get_by_role("combobox", name="Chwilio’r adroddiadau")
    expect(second.titles).to_have_count(0)
    other.fill("integration")
    other.press("Enter")
    expect(second.status).to_have_text("4 o adnoddau")
    expect(second.titles).to_have_count(3)
    expect(first.titles).to_have_count(4)
    assert all(byline.startswith("Report · ") for byline in second.part("byline").all_inner_texts())
    picture(page, "two")
    assert problems_of(page) == violations == []


@pytest.mark.parametrize("host", ["bare", "two"])
def test_without_script_the_form_searches(browser: Browser, member: MemberSite, library: Library, host: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(member.at(host))
    picture(page, f"{host}-without-script")
    form = page.locator("belong-search").last
    form.get_by_role("searchbox").fill("integration")
    form.get_by_role("button").click()
    filters = {"bare": "", "two": "&type=report"}
    expect(page).to_have_url(library.at(f"/search?q=integration{filters[host]}"))
    context.close()


def test_a_script_that_is_not_the_expected_one_is_not_run(
    page: Page, member: MemberSite, library: Library, violations: list[str]
) -> None:
    page.goto(member.at("wrong-integrity"))
    page.get_by_label("Search the Belong library").fill("integration")
    picture(page, "wrong-integrity")
    page.get_by_role("button", name="Search").click()
    expect(page).to_have_url(library.at("/search?q=integration"))
    assert len(violations) == 1
    assert "'integrity' attribute" in violations[0]


def test_with_the_library_down_the_form_stays(page: Page) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))  # nobody listens
        down = f"http://127.0.0.1:{nobody.getsockname()[1]}"
        with serving(down) as member:
            page.goto(member.at("bare"))
            page.get_by_label("Search the Belong library").fill("integration")
            picture(page, "library-down")
            assert page.evaluate("() => document.querySelector('form').action") == f"{down}/search"
            assert problems_of(page) == []


def test_it_follows_the_direction_of_the_page(page: Page, member: MemberSite, violations: list[str]) -> None:
    page.goto(member.at("right-to-left"))
    widget = widget_of(page)
    box = widget.element.get_by_role("combobox", name="ابحث في مكتبة بيلونغ")
    box.fill("community")
    box.press("Enter")
    expect(widget.status).to_contain_text("resources")
    picture(page, "right-to-left")
    places = [part.bounding_box() for part in (box, widget.element.get_by_role("button", name="بحث"))]
    assert places[0]["x"] > places[1]["x"]  # the button stands at the left end
    assert widget.status.evaluate("status => status.firstChild.matches('bdi')")
    assert problems_of(page) == violations == []


@pytest.mark.parametrize("host", ["two", "right-to-left"])
def test_it_fits_into_a_narrow_window(page: Page, member: MemberSite, host: str) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(member.at(host))
    boxes = page.locator("belong-search").get_by_role("combobox").and_(page.locator("input"))
    for box in boxes.all():
        box.fill("integration")
        box.press("Enter")
        expect(page.locator("belong-search [part=title]").first).to_be_visible()
    picture(page, f"{host}-320")
    assert width_of(page) == 320
    assert problems_of(page) == []


def test_what_was_typed_before_it_started_is_kept(page: Page, member: MemberSite) -> None:
    page.goto(member.at("bare"))
    page.evaluate(
        """() => {
            const late = document.createElement("belong-search")
            late.append(document.querySelector("belong-search form").cloneNode(true))
            late.querySelector("input").value = "faith"
            document.body.append(document.createElement("div"))
            document.body.lastChild.append(late)
            return null
        }"""
    )
    expect(widget_of(page, 1).box).to_have_value("faith")


def test_it_may_be_taken_off_the_page_and_put_back(page: Page, member: MemberSite, violations: list[str]) -> None:
    page.goto(member.at("bare"))
    widget = widget_of(page)
    widget.find("faith")
    page.evaluate("() => { const it = document.querySelector('belong-search'); it.remove(); document.body.append(it) }")
    expect(widget.titles).to_have_count(4)
    widget.find("integration")
    assert violations == []
