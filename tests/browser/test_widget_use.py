"""What is done with the search by keys, with a mouse, and by those who are read to."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.library import Library
from tests.browser.member_site import MemberSite
from tests.browser.test_accessibility import problems_of
from tests.browser.widget import Widget, picture, widget_of


@pytest.fixture
def widget(page: Page, member: MemberSite) -> Widget:
    """The search on a page with nothing else."""
    page.goto(member.at("alone"))
    return widget_of(page)


def names(widget: Widget) -> list[str]:
    return [option.locator("span").first.inner_text() for option in widget.options.all()]


def test_the_box_says_what_it_is(widget: Widget) -> None:
    box = widget.box
    expect(box).to_have_attribute("aria-expanded", "false")
    expect(box).to_have_attribute("aria-autocomplete", "list")
    widget.complete("integ")
    expect(box).to_have_attribute("aria-expanded", "true")
    controls = "box => box.getRootNode().getElementById(box.getAttribute('aria-controls')).role"
    assert box.evaluate(controls) == "listbox"
    assert widget.active() is None


def test_arrows_go_through_the_list_and_the_box(widget: Widget) -> None:
    widget.complete("integ")
    offered = names(widget)
    assert len(offered) >= 2
    seen: list[str | None] = []
    for _ in range(len(offered) + 1):
        widget.box.press("ArrowDown")
        seen.append(widget.active())
    assert seen == [*offered, None]
    widget.box.press("ArrowUp")
    assert widget.active() == offered[-1]
    expect(widget.element.get_by_role("option", selected=True)).to_have_count(1)


@pytest.mark.parametrize(("key", "caret"), [("Home", 0), ("End", 5)])
def test_home_and_end_belong_to_what_is_typed(widget: Widget, key: str, caret: int) -> None:
    widget.complete("integ")
    widget.box.press("ArrowDown")
    widget.box.press(key)
    assert widget.active() is None
    assert widget.box.evaluate("box => box.selectionStart") == caret
    expect(widget.options.first).to_be_visible()


def test_escape_closes_first_and_empties_then(widget: Widget) -> None:
    widget.complete("integ")
    widget.box.press("Escape")
    expect(widget.options).to_have_count(0)
    expect(widget.box).to_have_value("integ")
    widget.box.press("ArrowDown")
    expect(widget.options.first).to_be_visible()
    widget.box.press("Escape")
    widget.box.press("Escape")
    expect(widget.box).to_have_value("")


def test_leaving_the_box_closes_the_list(widget: Widget) -> None:
    widget.complete("integ")
    widget.box.press("Tab")
    expect(widget.options).to_have_count(0)
    expect(widget.part("button")).to_be_focused()


def test_enter_in_the_box_searches_for_what_was_typed(widget: Widget) -> None:
    widget.complete("integ")
    widget.box.press("Enter")
    expect(widget.options).to_have_count(0)
    expect(widget.status).not_to_be_empty()
    expect(widget.box).to_have_value("integ")


def test_a_theme_that_is_chosen_limits_the_search_until_it_is_taken_away(page: Page, widget: Widget) -> None:
    widget.complete("integ")
    widget.element.get_by_role("option", name=re.compile("Theme")).click()
    expect(widget.part("chip")).to_have_text("Theme: Integration×")
    expect(widget.part("chip")).to_have_accessible_name("Remove Theme: Integration")
    expect(widget.box).to_have_value("")
    limited = widget.status.inner_text()
    picture(page, "chip")
    assert problems_of(page) == []
    widget.part("chip").click()
    expect(widget.part("chip")).to_have_count(0)
    expect(widget.status).not_to_have_text(limited)
    expect(widget.box).to_be_focused()


def test_a_title_that_is_chosen_leads_to_its_record(page: Page, widget: Widget, library: Library) -> None:
    widget.complete("integrated comm")
    while "Integrated Communities Strategy" not in (widget.active() or ""):
        widget.box.press("ArrowDown")
    widget.box.press("Enter")
    expect(page).to_have_url(re.compile(rf"^{library.address}/records/"))


def test_an_input_method_has_its_keys_to_itself(page: Page, widget: Widget) -> None:
    widget.box.fill("faith")
    press = "(box, isComposing) => box.dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', isComposing}))"
    widget.box.evaluate(press, True)
    page.wait_for_timeout(100)
    expect(widget.status).to_be_empty()
    widget.box.evaluate(press, False)
    expect(widget.titles.first).to_be_visible()


def test_filters_narrow_and_pages_turn(page: Page, member: MemberSite) -> None:
    page.goto(member.at("two"))
    widget = Widget(element=page.locator("belong-search").nth(1))
    box = widget.element.get_by_role("combobox", name="Chwilio’r adroddiadau")
    box.fill("integration")
    box.press("Enter")
    expect(widget.element.get_by_label("Math")).to_have_count(0)  # it is fixed
    expect(widget.status).to_have_text("4 o adnoddau")
    widget.part("before").wait_for(state="detached")
    first = widget.titles.all_inner_texts()
    widget.part("after").click()
    expect(widget.status).to_have_text("4 o adnoddau · Tudalen 2")
    assert not set(first) & set(widget.titles.all_inner_texts())
    expect(widget.titles.first).to_be_in_viewport()
    widget.part("before").click()
    expect(widget.status).to_have_text("4 o adnoddau")
    expect(widget.titles).to_have_text(first)
    themes = widget.element.get_by_label("Thema")
    assert themes.locator("option").first.inner_text() == "Pob un"
    themes.focus()
    themes.select_option("integration")
    expect(themes).to_have_value("integration")
    expect(themes).to_be_focused()
    page.wait_for_timeout(100)
    found = int(re.match(r"\d+", widget.status.inner_text())[0])
    option = themes.locator("option[value=integration]")
    assert option.inner_text() == f"Integration ({found})"


def test_completions_keep_to_what_the_page_limits_the_search_to(page: Page, member: MemberSite) -> None:
    page.goto(member.at("two"))
    widget = Widget(element=page.locator("belong-search").nth(1))
    widget.element.get_by_role("combobox", name="Chwilio’r adroddiadau").press_sequentially("integ")
    theme = widget.element.get_by_role("option", name=re.compile("Thema"))
    count = int(theme.inner_text().split("·")[1])
    theme.click()
    expect(widget.status).to_have_text(f"{count} o adnoddau")
    assert all(byline.startswith("Report · ") for byline in widget.part("byline").all_inner_texts())


def test_the_status_says_how_many(widget: Widget) -> None:
    widget.search("zebra xylophone")
    expect(widget.status).to_have_text("Nothing found. Try other words, or fewer.")
    widget.search('"Integrated Communities Strategy Green Paper"')
    expect(widget.status).to_have_text("1 resource")
    widget.search("integration")
    expect(widget.status).to_have_text("10 resources")


def test_another_spelling_is_a_press_away(page: Page, widget: Widget) -> None:
    widget.search("integraton")
    suggestion = widget.element.get_by_role("button", name="integration")
    expect(suggestion).to_be_visible()
    picture(page, "spelling")
    suggestion.click()
    expect(widget.status).to_have_text("10 resources")
    expect(widget.box).to_have_value("integration")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_closed_open_and_with_results(browser: Browser, member: MemberSite, scheme: str) -> None:
    context = browser.new_context(color_scheme=scheme, viewport={"width": 800, "height": 900})
    page = context.new_page()
    page.goto(member.at("alone"))
    widget = widget_of(page)
    found = problems_of(page)
    widget.complete("integ")
    widget.box.press("ArrowDown")
    picture(page, f"open-{scheme}")
    found += problems_of(page)
    widget.box.press("Escape")
    widget.find("integration")
    picture(page, f"results-{scheme}")
    found += problems_of(page)
    context.close()
    assert found == []


def test_nothing_is_too_small_to_be_hit(page: Page, member: MemberSite) -> None:
    page.goto(member.at("two"))
    for box in page.get_by_role("combobox").and_(page.locator("input")).all():
        box.fill("integration")
        box.press("Enter")
    widget = Widget(element=page.locator("belong-search"))
    expect(widget.part("after")).to_be_visible()
    widget_of(page).box.fill("")
    widget_of(page).complete("integ")
    sizes = "parts => parts.map(part => [part.getAttribute('part'), part.getBoundingClientRect().height])"
    main = "input, select, button, [role=option], [part=all]"
    for part, height in page.locator("belong-search").locator(main).filter(visible=True).evaluate_all(sizes):
        assert height >= 44, part
    for part, height in widget.titles.evaluate_all(sizes):
        assert height >= 24, part


def test_forced_colours_and_less_motion(browser: Browser, member: MemberSite) -> None:
    context = browser.new_context(forced_colors="active", reduced_motion="reduce")
    page = context.new_page()
    page.goto(member.at("alone"))
    widget = widget_of(page)
    widget.complete("integ")
    widget.box.press("ArrowDown")
    picture(page, "forced-colours")
    outline = "option => getComputedStyle(option).outlineStyle"
    assert widget.options.first.evaluate(outline) == "solid"
    assert widget.options.nth(1).evaluate(outline) == "none"
    widget.find("integration")
    assert widget.part("mark").first.evaluate("mark => getComputedStyle(mark).forcedColorAdjust") == "none"
    assert page.evaluate("() => document.getAnimations().length") == 0
    context.close()
