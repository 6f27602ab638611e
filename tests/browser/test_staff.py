"""The staff's pages in a real browser: axe, narrow windows, and all of it by keyboard and without script."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from bootstrap.services import build_services
from bootstrap.settings import read_settings
from catalogue.roles import Role
from tests.browser.library import Library
from tests.browser.test_accessibility import problems_of, width_of
from tests.staff import PASSWORD, add_account, name_of

# Pages that open without signing in, and those behind.
BEFORE = ["/staff/sign-in", "/staff/sign-in?next=/staff/account", "/staff/nothing-here"]
BEHIND = ["/staff/", "/staff/account"]


def added(library: Library, role: Role) -> str:
    """The name of somebody new in that library."""
    built = build_services(read_settings({"BELONG_DATA": str(library.data)}))
    name = add_account(built, role)
    built.catalogue.dispose()
    return name


@pytest.fixture(scope="session")
def editor(library: Library) -> str:
    """The name of an editor of that library."""
    return added(library, Role.EDITOR)


@pytest.fixture(scope="session")
def administrator(library: Library) -> str:
    """The name of an administrator of that library, who sees every page."""
    return added(library, Role.ADMINISTRATOR)


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A tab that runs no script: whatever works here works for everybody."""
    context = browser.new_context(viewport={"width": 1280, "height": 800}, java_script_enabled=False)
    yield context.new_page()
    context.close()


def sign_in(page: Page, library: Library, name: str = name_of(Role.EDITOR)) -> None:
    """Signs in with a mouse."""
    page.goto(library.at("/staff/sign-in"))
    page.get_by_label("Name or e-mail address").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Overview")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_any_page_and_none_is_wider_than_its_window(
    browser: Browser, library: Library, administrator: str, scheme: str
) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 800}, color_scheme=scheme)
    page = context.new_page()
    found: list[str] = []

    def look() -> None:
        for width in (1280, 360):
            page.set_viewport_size({"width": width, "height": 800})
            found.extend(f"{page.url} at {width}: {problem}" for problem in problems_of(page))
            if width_of(page) > width:
                found.append(f"{page.url} at {width}: {width_of(page)} wide")

    for path in BEFORE:
        page.goto(library.at(path))
        look()
    page.goto(library.at("/staff/sign-in"))
    page.get_by_label("Name or e-mail address").fill("nobody")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    look()
    sign_in(page, library, administrator)
    for path in BEHIND:
        page.goto(library.at(path))
        look()
    page.get_by_label("Present password").fill("wrong")
    page.get_by_label("New password", exact=True).fill("short")
    page.get_by_label("New password again").fill("shorter")
    page.get_by_role("button", name="Change password").click()
    look()
    page.goto(library.at("/staff/keys"))
    page.get_by_label("Name").fill(f"Sync of a {scheme} system")
    page.get_by_role("button", name="Make the key").click()
    look()
    page.goto(library.at("/staff/keys"))
    look()
    page.get_by_role("link", name=f"Revoke Sync of a {scheme} system").click()
    look()
    context.close()
    assert found == []


def press_until(page: Page, name: str) -> None:
    """Tab on until something with this text or label has the focus."""
    for _ in range(30):
        page.keyboard.press("Tab")
        focused = page.locator(":focus")
        labels = focused.evaluate("it => [it.innerText, it.labels?.[0]?.innerText, it.getAttribute('aria-label')]")
        if any(label and label.strip().startswith(name) for label in labels):
            return
    pytest.fail(f"{name} cannot be reached with the Tab key")


def test_signing_in_and_out_needs_no_mouse(browser: Browser, library: Library, editor: str) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(library.at("/staff/account"))
    press_until(page, "Name or e-mail address")
    page.keyboard.type(editor)
    press_until(page, "Password")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Your account")).to_be_visible()
    press_until(page, "Sign out")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text("You are signed out.")
    context.close()


def test_signing_in_and_out_needs_no_script(page: Page, library: Library, editor: str) -> None:
    sign_in(page, library, editor)
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_text("You are signed out.")).to_be_visible()
    page.goto(library.at("/staff/"))
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_the_message_of_a_form_leads_to_its_field(page: Page, library: Library, editor: str) -> None:
    sign_in(page, library, editor)
    page.goto(library.at("/staff/account"))
    page.get_by_label("Present password").fill(PASSWORD)
    page.get_by_label("New password", exact=True).fill("short")
    page.get_by_label("New password again").fill("short")
    page.get_by_role("button", name="Change password").click()
    expect(page.get_by_role("alert")).to_contain_text("at least 12 characters")
    page.get_by_role("alert").get_by_role("link").click()
    field = page.get_by_label("New password", exact=True)
    expect(field).to_be_focused()
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_accessible_description(
        "At least 12 characters. Three or four words that do not belong together are easy to remember and hard to "
        "guess. Error: It has to be at least 12 characters long"
    )


def test_a_new_key_is_copied_by_hand_without_script_and_with_a_button_else(
    browser: Browser, page: Page, library: Library, administrator: str
) -> None:
    sign_in(page, library, administrator)
    page.goto(library.at("/staff/keys"))
    page.get_by_label("Name").fill("Copied by hand")
    page.get_by_role("button", name="Make the key").click()
    field = page.get_by_label("Key", exact=True)
    field.focus()
    page.keyboard.press("Control+a")
    selected = field.evaluate("it => it.value.slice(it.selectionStart, it.selectionEnd)")
    assert selected == field.input_value()
    assert selected.startswith("belong_")
    expect(page.get_by_role("button", name="Copy")).to_have_count(0)

    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    tab = context.new_page()
    sign_in(tab, library, administrator)
    tab.goto(library.at("/staff/keys"))
    tab.get_by_label("Name").fill("Copied with a button")
    tab.get_by_role("button", name="Make the key").click()
    tab.get_by_role("button", name="Copy the key").click()
    expect(tab.get_by_text("Copied.")).to_be_visible()
    assert tab.evaluate("navigator.clipboard.readText()") == tab.get_by_label("Key", exact=True).input_value()
    context.close()
