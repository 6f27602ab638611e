"""The search box while somebody types: by keys, with a mouse and a finger, on narrow windows, and in trouble."""

import re
from collections.abc import Callable, Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Request, Route, expect

from tests.browser.library import Library
from tests.browser.test_accessibility import problems_of, width_of

HOME, RESULTS = "/", "/search?q=faith&sort=title"


def box_of(page: Page) -> Locator:
    return page.get_by_role("combobox", name="Search the library")


def options_of(page: Page) -> Locator:
    return page.get_by_role("listbox", name="Suggestions").get_by_role("option")


def status_of(page: Page) -> Locator:
    return page.locator("form.search [role=status]")


def active_of(page: Page) -> str | None:
    """The text of the option that the box says is the present one."""
    marked = page.locator("[role=option][aria-selected=true]")
    id_ = box_of(page).get_attribute("aria-activedescendant")
    assert marked.count() == (0 if id_ is None else 1)
    return None if id_ is None else page.locator(f"#{id_} bdi").inner_text()


def type_text(page: Page, text: str, at: str = HOME, library: Library | None = None) -> Page:
    """Goes to a page and types, until suggestions are there."""
    if library is not None:
        page.goto(library.at(at))
    box_of(page).fill("")
    box_of(page).press_sequentially(text, delay=20)
    expect(options_of(page).first).to_be_visible()
    return page


@pytest.mark.parametrize("at", [HOME, RESULTS, "/records/en-francais", "/help/search", "/records/nothing-here"])
def test_what_is_typed_is_completed_on_every_page(page: Page, library: Library, at: str) -> None:
    type_text(page, "integ", at, library)
    box = box_of(page)
    expect(box).to_have_attribute("aria-expanded", "true")
    expect(box).to_have_attribute("aria-autocomplete", "list")
    assert box.get_attribute("aria-controls") == page.get_by_role("listbox").get_attribute("id")
    expect(options_of(page).first).to_have_accessible_name("Integration Theme · 9 resources")
    expect(options_of(page).first.locator("mark")).to_have_text("Integ")
    expect(status_of(page)).to_have_text("8 suggestions")
    assert status_of(page).get_attribute("role") == "status"
    assert options_of(page).count() == 8
    assert active_of(page) is None


def test_arrows_go_through_the_suggestions_and_the_box(page: Page, library: Library) -> None:
    type_text(page, "faith and", HOME, library)
    texts = options_of(page).locator("bdi").all_inner_texts()
    assert len(texts) > 1
    seen: list[str | None] = []
    for _ in range(len(texts) + 2):
        page.keyboard.press("ArrowDown")
        seen.append(active_of(page))
    assert seen == [*texts, None, texts[0]]
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    assert active_of(page) == texts[-1]
    expect(box_of(page)).to_be_focused()
    expect(box_of(page)).to_have_value("faith and")


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("integration", r"/search\?theme=integration$"),
        ("abrams", r"/search\?author=dominic-abrams$"),
        ("vivre", r"/records/en-francais$"),
    ],
    ids=["a theme", "an author", "a title"],
)
def test_enter_leads_where_the_chosen_suggestion_does(page: Page, library: Library, typed: str, address: str) -> None:
    type_text(page, typed, RESULTS, library)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(address))


def test_enter_without_a_choice_searches_as_typed(page: Page, library: Library) -> None:
    type_text(page, "integ", HOME, library)
    page.keyboard.press("ArrowDown")
    page.keyboard.type("x")  # whoever types on has not chosen
    page.keyboard.press("Backspace")
    page.keyboard.press("Enter")
    expect(page).to_have_url(library.at("/search?q=integ"))


def test_escape_leaves_the_box_as_it_is_and_arrows_bring_the_suggestions_back(page: Page, library: Library) -> None:
    type_text(page, "integ", HOME, library)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Escape")
    expect(page.get_by_role("listbox")).to_have_count(0)
    expect(box_of(page)).to_have_attribute("aria-expanded", "false")
    expect(box_of(page)).to_have_value("integ")
    assert box_of(page).get_attribute("aria-activedescendant") is None
    page.keyboard.press("ArrowDown")
    assert active_of(page) == "Integration"
    page.keyboard.press("Escape")
    page.keyboard.press("Alt+ArrowDown")
    expect(options_of(page)).to_have_count(8)
    assert active_of(page) is None
    page.keyboard.press("Alt+ArrowUp")
    expect(options_of(page)).to_have_count(0)


def test_what_the_box_holds_is_completed_when_it_is_asked_for(page: Page, library: Library) -> None:
    page.goto(library.at(RESULTS))
    box_of(page).focus()
    expect(options_of(page)).to_have_count(0)
    page.keyboard.press("ArrowDown")
    expect(options_of(page).first).to_contain_text("Faith")


@pytest.mark.parametrize(("key", "caret"), [("Home", 0), ("End", 5), ("ArrowLeft", 4)])
def test_keys_that_move_the_caret_move_it(page: Page, library: Library, key: str, caret: int) -> None:
    type_text(page, "integ", HOME, library)
    page.keyboard.press("ArrowDown")
    page.keyboard.press(key)
    assert active_of(page) is None
    assert box_of(page).evaluate("box => box.selectionStart") == caret
    expect(options_of(page)).to_have_count(8)


def test_tab_goes_on_and_takes_the_suggestions_away(page: Page, library: Library) -> None:
    type_text(page, "integ", HOME, library)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Search")).to_be_focused()
    expect(options_of(page)).to_have_count(0)
    expect(page).to_have_url(library.at(HOME))


def test_a_click_chooses(page: Page, library: Library) -> None:
    type_text(page, "integ", HOME, library)
    options_of(page).first.locator("mark").click()
    expect(page).to_have_url(library.at("/search?theme=integration"))


def test_a_touch_chooses(browser: Browser, library: Library) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True)
    page = type_text(context.new_page(), "abrams", HOME, library)
    options_of(page).first.tap()
    expect(page).to_have_url(library.at("/search?author=dominic-abrams"))
    context.close()


@pytest.mark.parametrize("key", ["ArrowDown", "Enter", "Escape"])
def test_keys_of_an_input_method_are_left_to_it(page: Page, library: Library, key: str) -> None:
    type_text(page, "integ", HOME, library)
    taken = box_of(page).evaluate(
        """(box, key) => {
            const event = new KeyboardEvent("keydown", { key, isComposing: true, bubbles: true, cancelable: true })
            box.dispatchEvent(event)
            return event.defaultPrevented
        }""",
        key,
    )
    assert not taken
    assert active_of(page) is None
    expect(options_of(page)).to_have_count(8)


@pytest.fixture
def asked(page: Page) -> list[str]:
    """What was asked for completion, and the word "given up" where nobody waited for the answer."""
    texts: list[str] = []

    def note(request: Request) -> None:
        if "/suggest?" in request.url:
            texts.append(parse_qs(urlsplit(request.url).query)["q"][0])

    page.on("request", note)
    page.on("requestfailed", lambda request: texts.append("given up"))
    return texts


def stop_the_clock(page: Page) -> None:
    """From now on time goes on only by `page.clock.run_for`, however long a busy machine takes."""
    page.clock.install(time="2026-01-01T10:00:00")
    page.clock.pause_at("2026-01-01T10:01:00")


def test_whoever_types_quickly_asks_once(page: Page, library: Library, asked: list[str]) -> None:
    page.goto(library.at(HOME))
    stop_the_clock(page)
    for letter in "integration":
        box_of(page).press_sequentially(letter)
        page.clock.run_for(140)
    assert asked == []
    page.clock.run_for(110)
    expect(options_of(page).first).to_be_visible()
    assert asked == ["integration"]


def answer_with(route: Route, *texts: str) -> None:
    suggestions = [
        {"kind": "title", "text": t, "marked": [{"text": t, "marked": False}], "value": t, "count": 1, "url": f"/{t}"}
        for t in texts
    ]
    route.fulfill(json={"query": "", "suggestions": suggestions})


def test_an_answer_that_comes_late_is_dropped(page: Page, library: Library, asked: list[str]) -> None:
    page.route("**/suggest?q=int", lambda route: None)  # never answered
    page.route("**/suggest?q=integ", lambda route: answer_with(route, "right"))
    page.goto(library.at(HOME))
    with page.expect_request("**/suggest?q=int"):
        box_of(page).press_sequentially("int")
    box_of(page).press_sequentially("eg")
    expect(options_of(page)).to_have_text(["right Resource"])
    assert asked == ["int", "given up", "integ"]


def test_what_nothing_fits_is_said_and_shows_nothing(page: Page, library: Library) -> None:
    type_text(page, "integ", HOME, library)
    box_of(page).press_sequentially("zzz")
    expect(status_of(page)).to_have_text("No suggestions")
    expect(options_of(page)).to_have_count(0)
    expect(box_of(page)).to_have_attribute("aria-expanded", "false")


@pytest.mark.parametrize("text", ["i", "x" * 301, "  "])
def test_the_library_is_not_asked_for_what_it_does_not_complete(
    page: Page, library: Library, asked: list[str], text: str
) -> None:
    page.goto(library.at(HOME))
    stop_the_clock(page)
    box_of(page).fill(text)
    page.clock.run_for(1_000)
    assert asked == []


def refuse(status: int) -> Callable[[Route], None]:
    return lambda route: route.fulfill(status=status, headers={"Retry-After": "7"})


@pytest.mark.parametrize(
    "trouble",
    [refuse(503), refuse(429), lambda route: route.abort(), lambda route: route.fulfill(body="<p>A proxy")],
    ids=["no search", "too many", "no network", "something else answers"],
)
def test_in_trouble_the_box_is_a_box(
    page: Page, library: Library, asked: list[str], trouble: Callable[[Route], None]
) -> None:
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    type_text(page, "integ", HOME, library)
    page.route("**/suggest?*", trouble)
    stop_the_clock(page)
    box_of(page).press_sequentially("ra")
    with page.expect_request("**/suggest?*"):
        page.clock.run_for(1_000)
    expect(options_of(page)).to_have_count(0)
    expect(box_of(page)).to_have_attribute("aria-expanded", "false")
    expect(status_of(page)).to_have_text("")
    before = len(asked)
    box_of(page).press_sequentially("t")
    page.clock.run_for(2_000)
    assert len(asked) == before  # whoever is in trouble is left alone for a while
    page.unroute("**/suggest?*")
    page.clock.run_for(10_000)
    box_of(page).press_sequentially("i")
    page.clock.run_for(1_000)
    expect(options_of(page).first).to_be_visible()
    page.keyboard.press("Enter")
    expect(page).to_have_url(library.at("/search?q=integrati"))
    assert problems == []


def test_without_search_the_box_is_a_box(page: Page, broken_library: Library) -> None:
    page.goto(broken_library.at(HOME))
    with page.expect_response("**/suggest?*") as answered:
        box_of(page).press_sequentially("integ")
    assert answered.value.status == 503
    expect(options_of(page)).to_have_count(0)
    expect(status_of(page)).to_have_text("")


def test_without_script_the_box_is_a_box(browser: Browser, library: Library) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(library.at(HOME))
    expect(page.get_by_role("combobox")).to_have_count(0)
    expect(page.get_by_role("listbox")).to_have_count(0)
    page.get_by_role("searchbox", name="Search the library").fill("faith")
    page.keyboard.press("Enter")
    expect(page).to_have_url(library.at("/search?q=faith"))
    context.close()


@pytest.fixture(params=["light", "dark"])
def tab(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    context: BrowserContext = browser.new_context(
        viewport={"width": 1280, "height": 800}, color_scheme=request.param, reduced_motion="reduce"
    )
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("at", [HOME, RESULTS])
def test_axe_finds_nothing_open_or_empty_and_nothing_is_wider_than_the_window(
    tab: Page, library: Library, at: str
) -> None:
    """With the suggestions closed every page is looked at in test_accessibility.py."""
    for width in (1280, 320):
        tab.set_viewport_size({"width": width, "height": 740})
        type_text(tab, "integ", at, library)
        tab.keyboard.press("ArrowDown")
        assert problems_of(tab) == []
        assert width_of(tab) == width
        sizes = options_of(tab).evaluate_all("all => all.map(one => one.getBoundingClientRect().height)")
        assert min(sizes) >= 44
    box_of(tab).fill("zzzz")
    expect(status_of(tab)).to_have_text("No suggestions")
    assert problems_of(tab) == []


def test_the_present_suggestion_is_seen_without_colours(browser: Browser, library: Library) -> None:
    context = browser.new_context(forced_colors="active")
    page = type_text(context.new_page(), "integ", HOME, library)
    page.keyboard.press("ArrowDown")
    width = options_of(page).first.evaluate("one => getComputedStyle(one).outlineWidth")
    other = options_of(page).nth(1).evaluate("one => getComputedStyle(one).outlineStyle")
    assert (width, other) == ("3px", "none")
    context.close()
