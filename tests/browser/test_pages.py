"""What a person does on the pages, all of it without script, with a mouse or only with keys."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.library import GONE_ID, SCRIPT_TITLE


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A tab that runs no script: whatever works here works for everybody."""
    context = browser.new_context(viewport={"width": 1280, "height": 800}, java_script_enabled=False)
    yield context.new_page()
    context.close()


def found(page: Page) -> int:
    return int(re.match(r"(\d+) resource", page.locator("h1").inner_text())[1])


def test_a_search_from_the_first_page_finds_marked_titles(page: Page, library):
    page.goto(library.at("/"))
    page.get_by_label("Search the library").fill("faith")
    page.get_by_role("button", name="Search").click()
    expect(page).to_have_url(re.compile(r"/search\?q=faith$"))
    expect(page.locator(".hit-title mark").first).to_have_text(re.compile("faith", re.IGNORECASE))


def test_ticked_filters_narrow_together_with_the_words(page: Page, library):
    page.goto(library.at("/search?q=integration"))
    before = found(page)
    page.get_by_role("group", name="Type").get_by_label("Report").check()
    page.get_by_role("button", name="Apply filters").click()
    expect(page).to_have_url(re.compile(r"q=integration&type=report"))
    assert 0 < found(page) < before
    expect(page.get_by_role("group", name="Type").get_by_label("Report")).to_be_checked()


def test_a_new_query_keeps_the_ticks(page: Page, library):
    page.goto(library.at("/search?q=integration&type=report"))
    page.get_by_label("Search the library").fill("faith")
    page.get_by_role("button", name="Search").click()
    expect(page).to_have_url(re.compile(r"q=faith&type=report"))


def test_a_chosen_filter_is_taken_away_by_its_link(page: Page, library):
    page.goto(library.at("/search?q=integration&type=report&theme=integration"))
    page.get_by_role("link", name="Remove filter: Report").click()
    expect(page).to_have_url(library.at("/search?q=integration&theme=integration"))
    page.get_by_role("link", name="Clear all filters").click()
    expect(page).to_have_url(library.at("/search?q=integration"))


def test_a_bar_of_the_histogram_limits_to_its_year(page: Page, library):
    page.goto(library.at("/search?q=integration"))
    bar = page.get_by_role("link", name=re.compile("^2017: .* show only these"))
    count = int(re.search(r": (\d+) resource", bar.get_attribute("aria-label"))[1])
    bar.click()
    expect(page).to_have_url(library.at("/search?q=integration&year=2017"))
    assert found(page) == count
    expect(page.get_by_role("link", name=re.compile("^2017: .* chosen"))).to_have_attribute("aria-current", "true")


def test_a_span_of_years_becomes_part_of_the_address(page: Page, library):
    page.goto(library.at("/search?q=integration"))
    page.get_by_label("From").fill("2016")
    page.get_by_label("to", exact=True).fill("2018")
    page.get_by_role("button", name="Apply filters").click()
    expect(page).to_have_url(library.at("/search?q=integration&year=2016..2018"))
    expect(page.get_by_role("link", name="Remove filter: 2016 to 2018")).to_be_visible()
    expect(page.get_by_label("From")).to_have_value("2016")


def test_a_year_that_is_none_is_refused_by_name(page: Page, library):
    answer = page.goto(library.at("/search?year_from=soon"))
    assert answer.status == 400
    field = page.get_by_label("From")
    expect(field).to_have_value("soon")
    expect(field).to_have_accessible_description("“soon” is not a year. Please type four digits, such as 2017.")
    field.fill("2017")
    page.get_by_role("button", name="Apply filters").click()
    expect(page).to_have_url(library.at("/search?year=2017.."))


def test_a_year_that_is_none_opens_the_filters_of_a_narrow_window(page: Page, library):
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(library.at("/search?q=integration&year_to=soon"))
    page.get_by_role("link", name="Go to the years").click()
    expect(page.get_by_label("to", exact=True)).to_be_in_viewport()


def test_results_are_ordered_as_asked(page: Page, library):
    page.goto(library.at("/search?q=integration"))
    page.get_by_role("navigation", name="Order").get_by_role("link", name="Title").click()
    titles = page.locator(".hit-title").all_inner_texts()
    assert titles == sorted(titles, key=str.casefold)


def test_the_second_page_is_reached_and_named(page: Page, library):
    page.goto(library.at("/search"))
    page.get_by_role("link", name="Next page").click()
    expect(page).to_have_url(library.at("/search?page=2"))
    expect(page).to_have_title(re.compile("page 2 of"))
    current = page.locator(".paging [aria-current=page]")
    expect(current).to_have_text("Page 2")


def test_a_long_facet_is_looked_through_and_chosen_from(page: Page, library):
    page.goto(library.at("/search"))
    page.get_by_role("link", name="All authors and organisations").click()
    expect(page.locator("h1")).to_have_text("All authors and organisations")
    page.get_by_label("Find a name").fill("author C")
    page.get_by_role("button", name="Find").click()
    expect(page.locator(".options li")).to_have_count(10)
    page.get_by_label("Author C7").check()
    page.get_by_role("button", name="Show resources").click()
    assert found(page) == 1
    expect(page.get_by_role("link", name="Remove filter: Author C7")).to_be_visible()


def test_what_is_ticked_is_kept_while_other_names_are_looked_for(page: Page, library):
    page.goto(library.at("/search/facets/author?type=none"))
    page.get_by_label("Author C7").check()
    page.get_by_label("Find a name").fill("author K")
    page.keyboard.press("Enter")
    expect(page.locator(".options li")).to_have_count(10)
    expect(page.locator(".choose-values")).to_contain_text("1 more is ticked")
    page.get_by_label("Author K1").check()
    page.get_by_role("button", name="Show resources").click()
    expect(page).to_have_url(re.compile(r"/search\?type=none&author=author-c7&author=author-k1$"))
    assert found(page) == 2


def test_a_long_facet_has_pages(page: Page, library):
    page.goto(library.at("/search/facets/author?type=none"))
    page.get_by_role("link", name="Next page").click()
    expect(page).to_have_url(library.at("/search/facets/author?type=none&page=2"))


def test_nothing_found_offers_ways_out(page: Page, library):
    page.goto(library.at("/search?q=integration&type=report&author=nobody"))
    expect(page.locator("h1")).to_have_text("No resources for “integration”")
    without = page.locator(".nothing li", has_text="Without nobody")
    count = int(re.search(r"(\d+) resource", without.inner_text())[1])
    expect(page.locator(".nothing").get_by_role("link", name="contact us")).to_have_attribute(
        "href", "mailto:library@example.org"
    )
    without.get_by_role("link").click()
    assert found(page) == count > 0


def test_a_misspelt_word_is_suggested_with_its_count(page: Page, library):
    page.goto(library.at("/search?q=integraton"))
    suggestion = page.locator(".suggestion")
    count = int(re.search(r"(\d+) resource", suggestion.inner_text())[1])
    suggestion.get_by_role("link", name="integration").click()
    assert found(page) == count


def test_some_of_the_words_are_said_to_be_some(page: Page, library):
    page.goto(library.at("/search?q=integration+zebra"))
    expect(page.locator("h1")).to_have_text("No resource has all of these words")
    expect(page.locator(".relaxed")).to_have_text(re.compile(r"^\d+ have some of them:"))


def test_the_way_a_query_was_read_is_told(page: Page, library):
    page.goto(library.at("/search?q=(integration"))
    expect(page.locator(".reading")).to_contain_text("How your search was read: integration")


def test_record_shows_what_is_known_and_leads_out(page: Page, library):
    page.goto(library.at("/records/en-francais"))
    expect(page.locator("h1")).to_have_attribute("lang", "fr")
    expect(page.get_by_role("link", name="Go to the resource")).to_have_attribute("rel", "noopener noreferrer external")
    facts = page.locator(".facts")
    for known in ("Éloïse Lefèvre", "2 May 2019", "Report", "Society", "Social cohesion", "French", "10.1000/182"):
        expect(facts).to_contain_text(known)
    expect(page.locator('meta[name="citation_author"]')).to_have_attribute("content", "Éloïse Lefèvre")


def test_a_deleted_record_answers_410_with_its_title(page: Page, library):
    answer = page.goto(library.at(f"/records/{GONE_ID}"))
    assert answer.status == 410
    expect(page.locator("main")).to_contain_text("A report that went away")


def test_markup_in_a_record_is_text(page: Page, library):
    page.goto(library.at("/records/script-in-title"))
    expect(page.locator("h1")).to_have_text(SCRIPT_TITLE)
    expect(page.locator(".abstract")).to_contain_text("<b>bold</b>")
    expect(page.locator("main script, main img")).to_have_count(0)


def test_markup_in_a_query_is_text(page: Page, library):
    page.goto(library.at("/search?q=%3Cscript%3Edocument.title%3D1%3C%2Fscript%3E"))
    expect(page.get_by_label("Search the library")).to_have_value("<script>document.title=1</script>")
    expect(page).to_have_title(re.compile("^<script>document.title=1</script>"))
    expect(page.locator("main script")).to_have_count(0)


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/search?page=0", 400, "page"),
        ("/search?sort=best", 400, "sort"),
        ("/search/facets/colour", 404, "no such page"),
        ("/records/nothing-here", 404, "no such page"),
        ("/nothing-here", 404, "no such page"),
    ],
)
def test_problems_are_pages_with_a_way_on(page: Page, library, path, status, words):
    answer = page.goto(library.at(path))
    assert answer.status == status
    expect(page.locator("main")).to_contain_text(re.compile(words, re.IGNORECASE))
    expect(page.get_by_role("link", name="Go to the first page")).to_be_visible()


def test_search_out_of_order_says_so_and_no_more(page: Page, broken_library):
    answer = page.goto(broken_library.at("/search?q=trust"))
    assert answer.status == 503
    expect(page.locator("main")).to_contain_text("Search is not answering just now. Record pages still work.")
    assert "secret" not in page.content()


def test_the_first_page_without_search_leads_to_record_pages(page: Page, broken_library):
    answer = page.goto(broken_library.at("/"))
    assert answer.status == 200
    expect(page.get_by_role("status")).to_contain_text("Search is not answering just now. Record pages still work")
    page.locator(".newest a").first.click()
    expect(page.locator(".record h1")).to_be_visible()


def test_pages_work_by_keys_alone(page: Page, library):
    page.goto(library.at("/search?q=integration"))
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to results")).to_be_focused()
    page.get_by_label("Search the library").focus()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("faith")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("q=faith"))
    report = page.get_by_role("group", name="Type").get_by_label("Report")
    for _ in range(60):
        page.keyboard.press("Tab")
        if report.evaluate("box => box === document.activeElement"):
            break
    expect(report).to_be_focused()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("q=faith&type=report"))


def test_filters_fold_on_a_narrow_window_and_open_without_script(browser: Browser, library):
    context = browser.new_context(viewport={"width": 360, "height": 740}, java_script_enabled=False)
    page = context.new_page()
    page.goto(library.at("/search?q=integration"))
    apply = page.get_by_role("button", name="Apply filters")
    expect(apply).to_be_hidden()
    page.locator(".filters-fold > summary").click()
    expect(apply).to_be_visible()
    context.close()


def test_print_leaves_out_what_paper_cannot_do(page: Page, library):
    page.goto(library.at("/search?q=integration"))
    page.emulate_media(media="print")
    expect(page.locator(".hit-title").first).to_be_visible()
    expect(page.get_by_role("button", name="Apply filters")).to_be_hidden()
    expect(page.get_by_role("search")).to_be_hidden()


def test_nothing_is_loaded_from_elsewhere_and_nothing_is_refused(context: BrowserContext, library):
    page = context.new_page()
    asked: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    for path in ("/", "/search?q=integration", "/records/en-francais"):
        page.goto(library.at(path), wait_until="networkidle")
    assert [url for url in asked if not url.startswith(library.address)] == []
    assert complaints == []


def test_with_script_the_page_comes_back_with_the_search(context: BrowserContext, broken_library):
    page = context.new_page()
    page.clock.install()
    page.goto(broken_library.at("/search?q=trust"))
    expect(page.locator("#retry")).to_have_text("We try again in a few seconds.")
    page.route("**/search?q=trust", lambda route: route.fulfill(status=200, body="<h1>Back</h1>"))
    page.clock.fast_forward(10_000)
    expect(page.locator("h1")).to_have_text("Back")
