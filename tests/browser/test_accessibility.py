"""axe finds nothing to mend on any page, in both schemes, wide and narrow; and nothing is wider than the window."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.browser.library import GONE_ID

PAGES = {
    "home": "/",
    "results": "/search?q=integration",
    "results with filters": "/search?q=integration&theme=integration&year=2016..2018&type=report",
    "some of the words": "/search?q=integration+zebra",
    "query that needed notes": '/search?q=(integration+"social',
    "all of a facet": "/search/facets/author",
    "facet looked through": "/search/facets/author?containing=author+a&page=1",
    "nothing found": "/search?q=zebra&type=report&theme=integration",
    "suggestion": "/search?q=integraton",
    "no year": "/search?q=integration&year_from=soon&year_to=2018",
    "record": "/records/en-francais",
    "record with markup": "/records/script-in-title",
    "help": "/help/search",
    "bad request": "/search?page=0",
    "not found": "/records/nothing-here",
    "deleted": f"/records/{GONE_ID}",
}


def problems_of(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [f"{rule['id']}: {node['html'][:200]}" for rule in found for node in rule["nodes"]]


def width_of(page: Page) -> int:
    return page.evaluate("document.documentElement.scrollWidth")


@pytest.mark.parametrize("path", PAGES.values(), ids=PAGES.keys())
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(browser: Browser, library, path, scheme):
    context = browser.new_context(viewport={"width": 1280, "height": 800}, color_scheme=scheme)
    page = context.new_page()
    page.goto(library.at(path))
    wide = problems_of(page)
    page.set_viewport_size({"width": 360, "height": 740})
    for fold in page.locator("details").all():
        fold.evaluate("fold => { fold.open = true }")
    narrow = problems_of(page)
    context.close()
    assert (wide, narrow) == ([], [])


@pytest.mark.parametrize("path", ["/", "/search?q=trust"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_when_search_is_out_of_order(browser: Browser, broken_library, scheme, path):
    context = browser.new_context(color_scheme=scheme)
    page = context.new_page()
    page.goto(broken_library.at(path))
    found = problems_of(page)
    context.close()
    assert found == []


@pytest.mark.parametrize("path", PAGES.values(), ids=PAGES.keys())
def test_nothing_is_wider_than_a_narrow_window(page: Page, library, path):
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(library.at(path))
    for fold in page.locator("details").all():
        fold.evaluate("fold => { fold.open = true }")
    assert width_of(page) == 320


def test_every_page_has_a_title_and_a_heading_of_its_own(page: Page, library):
    titles: list[str] = []
    for path in PAGES.values():
        page.goto(library.at(path))
        titles.append(page.title())
        assert page.locator("h1").count() == 1
    assert len(set(titles)) == len(titles)


def test_focus_is_never_hidden_by_the_button_that_sticks(page: Page, library):
    page.goto(library.at("/search"))
    hidden = page.evaluate(
        """async () => {
            const button = document.querySelector(".apply button")
            const hidden = []
            for (const box of document.querySelectorAll(".filters input, .filters a")) {
                box.focus()
                await new Promise(requestAnimationFrame)
                const [a, b] = [box.getBoundingClientRect(), button.parentElement.getBoundingClientRect()]
                if (a.bottom > b.top + 1 && a.top < b.bottom) hidden.push(box.outerHTML.slice(0, 120))
            }
            return hidden
        }"""
    )
    assert hidden == []
