"""The console in a real browser: all of it by keyboard, followed live, without script, and looked at by axe.

Nobody indexes but the test, so that each step of a run can be seen before the next one is done.
"""

import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect
from werkzeug.serving import make_server

from app.factory import create_app
from bootstrap.services import Services, build_services
from bootstrap.settings import read_settings
from catalogue import dead_letters, records, runs
from catalogue.record import Draft
from catalogue.roles import Role
from catalogue.runs import RunKind
from engines.embedded.generations import GenerationFolders
from engines.embedded.writer import EmbeddedWriter
from search.engine import GenerationName, Remove
from tests.browser.library import Library
from tests.browser.test_accessibility import problems_of, width_of
from tests.browser.test_staff import press_until, sign_in
from tests.integration.cli.test_reconciling import shown
from tests.staff import PASSWORD, add_account, name_of

PAGES = [
    "/staff/",
    "/staff/index/",
    "/staff/index/rebuild",
    "/staff/index/rollback",
    "/staff/index/resync",
    "/staff/index/comparison",
    "/staff/index/dead-letters",
    "/staff/index/runs",
    "/staff/index/runs/1",
    "/staff/audit-log",
]


# Those of them that say something else where there is nothing to tell of.
WITHOUT_DATA = [
    "/staff/",
    "/staff/index/",
    "/staff/index/rollback",
    "/staff/index/comparison",
    "/staff/index/dead-letters",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Console:
    """A library whose pages are served, and which the test indexes."""

    library: Library
    services: Services


@pytest.fixture
def console(sample_data: Path, tmp_path: Path) -> Iterator[Console]:
    """The sample library with an administrator."""
    data = Path(shutil.copytree(sample_data, tmp_path / "data", symlinks=True))
    built = build_services(read_settings({"BELONG_DATA": str(data)}))
    add_account(built, Role.ADMINISTRATOR)
    server = make_server("127.0.0.1", 0, create_app(built), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield Console(library=Library(address=f"http://127.0.0.1:{server.server_port}", data=data), services=built)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        built.catalogue.dispose()


@pytest.fixture
def tab(context: BrowserContext, console: Console) -> Iterator[Page]:
    """A tab in which the administrator is signed in, and whose clock is set by the test."""
    page = context.new_page()
    page.clock.install()
    said = complaints(page)
    sign_in(page, console.library, name_of(Role.ADMINISTRATOR))
    yield page
    assert said == []


def complaints(page: Page) -> list[str]:
    """What the browser will say against the pages of a tab: mistakes of a script, breaches of the policy."""
    said: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and "Failed to load resource" not in message.text:
            said.append(message.text)

    page.on("console", note)
    page.on("pageerror", lambda error: said.append(str(error)))
    return said


def look_again(page: Page) -> None:
    """Let the time pass after which the page asks."""
    page.clock.fast_forward(2_500)


def press(page: Page, name: str) -> None:
    """Go there with the Tab key, and press Enter."""
    press_until(page, name)
    page.keyboard.press("Enter")


def heading(page: Page, text: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(text)


def test_a_rebuild_is_started_followed_cancelled_and_rolled_back_without_a_mouse(
    context: BrowserContext, console: Console
) -> None:
    page, indexer = context.new_page(), console.services.indexer
    page.clock.install()
    said = complaints(page)
    page.goto(console.library.at("/staff/index/"))
    press_until(page, "Name or e-mail address")
    page.keyboard.type(name_of(Role.ADMINISTRATOR))
    press_until(page, "Password")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    heading(page, "The index")
    press(page, "Rebuild the index")
    heading(page, "Rebuild the index?")
    press(page, "Rebuild the index")
    heading(page, "Rebuild 2: waiting to begin")
    page.evaluate("window.isSame = true")
    press_until(page, "Cancel")
    indexer.try_turn()
    look_again(page)
    heading(page, "Rebuild 2: writing every record to the new index")
    expect(page.get_by_role("progressbar", name="Rebuild 2")).to_have_attribute("value", "0")
    expect(page.get_by_text("0 of 28 records")).to_be_visible()
    expect(page).to_have_title("0% – Rebuild 2 – Staff – Belong library")
    expect(page.locator("#live-voice")).to_have_text("Rebuild 2: writing every record to the new index, 0% done.")
    expect(page.get_by_role("link", name="Cancel")).to_be_focused()
    assert page.evaluate("window.isSame")
    page.keyboard.press("Enter")
    heading(page, "Cancel rebuild 2?")
    press(page, "Cancel rebuild 2")
    heading(page, "Rebuild 2: cancelled")
    expect(page.get_by_text("Rebuild 2 is cancelled.")).to_be_visible()
    press(page, "The index in use")
    heading(page, "The index")
    press(page, "Rebuild the index")
    heading(page, "Rebuild the index?")
    press(page, "Rebuild the index")
    heading(page, "Rebuild 3: waiting to begin")
    press_until(page, "Cancel")
    indexer.catch_up()
    look_again(page)
    heading(page, "Rebuild 3: done")
    expect(page.locator("#live-voice")).to_have_text("Rebuild 3: done.")
    expect(page.locator("#run")).to_be_focused()  # the link that had the focus is gone
    press(page, "The index in use")
    heading(page, "The index")
    press(page, "Go back to g1")
    heading(page, "Go back to g1?")
    press(page, "Go back to g1")
    heading(page, "Rollback 4: waiting to begin")
    indexer.catch_up()
    look_again(page)
    expect(page.get_by_text("Searches go to g1 again.")).to_be_visible()
    assert said == []


def test_a_page_that_follows_says_when_it_cannot_and_goes_on(tab: Page, console: Console) -> None:
    with console.services.catalogue.write() as session:
        runs.start(session, RunKind.REBUILD, started_by="the indexer")
    tab.goto(console.library.at("/staff/"))
    expect(tab.get_by_role("heading", name="Rebuild 2: waiting to begin")).to_be_visible()
    tab.context.set_offline(True)
    trouble = tab.locator("#live-trouble")
    look_again(tab)
    tab.wait_for_timeout(50)
    tab.clock.fast_forward(5_000)
    expect(trouble).to_have_text("The library does not answer just now. This page goes on asking.")
    tab.route("**/staff/now", lambda route: route.fulfill(status=429, content_type="text/html"))
    tab.context.set_offline(False)
    with tab.expect_response("**/staff/now") as refused:
        tab.clock.fast_forward(60_000)
    assert refused.value.status == 429
    expect(trouble).to_be_visible()
    tab.unroute("**/staff/now")
    console.services.indexer.catch_up()
    tab.clock.fast_forward(60_000)
    expect(tab.get_by_role("heading", name="Rebuild 2: waiting to begin")).to_be_hidden()
    expect(trouble).to_be_hidden()
    assert "data-live" not in tab.content()


def test_a_page_that_follows_says_when_its_reader_is_no_longer_signed_in(tab: Page, console: Console) -> None:
    with console.services.catalogue.write() as session:
        runs.start(session, RunKind.REBUILD, started_by="the indexer")
    tab.goto(console.library.at("/staff/index/runs/2"))
    tab.context.clear_cookies()
    look_again(tab)
    expect(tab.locator("#live-trouble")).to_contain_text("does not follow any longer")


def test_what_somebody_has_unfolded_or_is_at_stays_while_the_page_changes(tab: Page, console: Console) -> None:
    with console.services.catalogue.write() as session:
        records.save(session, Draft(title="On its way"))
    tab.goto(console.library.at("/staff/"))
    button = tab.get_by_role("button", name="Compare now")
    button.focus()
    console.services.indexer.catch_up()
    look_again(tab)
    expect(tab.get_by_text("None: searches show the catalogue as it is.")).to_be_visible()
    expect(button).to_be_focused()


def test_the_console_works_without_script(browser: Browser, console: Console) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    sign_in(page, console.library, name_of(Role.ADMINISTRATOR))
    page.get_by_role("link", name="Index", exact=True).click()
    page.get_by_role("link", name="Rebuild the index").click()
    page.get_by_role("button", name="Rebuild the index").click()
    heading(page, "Rebuild 2: waiting to begin")
    console.services.indexer.catch_up()
    page.get_by_role("link", name="load it anew").click()
    heading(page, "Rebuild 2: done")
    context.close()


def trouble(console: Console) -> None:
    """All at once that the pages can tell of."""
    services = console.services
    with services.catalogue.read() as session:
        first, second = records.scan(session, None, 2)
    writer = EmbeddedWriter(GenerationFolders(services.settings.index_folder))
    writer.write(GenerationName("g1"), [Remove(id=first.id, version=first.version), shown("ghost-" * 20, 3, second)])
    writer.close()
    with services.catalogue.write() as session:
        runs.start(session, RunKind.RECONCILE, started_by="the schedule")
    services.indexer.catch_up()
    with services.catalogue.write() as session:
        dead_letters.bury(session, "g1", [(second.id, 1, f"document_parsing_exception: {'x' * 400}")])
        records.save(session, Draft(title="On its way"))
        runs.start(session, RunKind.REBUILD, started_by="somebody.with.a.long.name@example.org")
    services.indexer.try_turn()


@pytest.mark.parametrize(("scheme", "width"), [("light", 360), ("dark", 1280)])
def test_axe_finds_nothing_and_nothing_is_too_wide(browser: Browser, console: Console, scheme: str, width: int) -> None:
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
    page = context.new_page()
    found = complaints(page)
    sign_in(page, console.library, name_of(Role.ADMINISTRATOR))

    def look(path: str) -> None:
        page.goto(console.library.at(path))
        found.extend(f"{path}: {problem}" for problem in problems_of(page))
        if width_of(page) > width:
            found.append(f"{path}: {width_of(page)} wide")

    for path in WITHOUT_DATA:
        look(path)
    trouble(console)
    for path in [*PAGES, "/staff/index/runs/2", "/staff/index/runs/3", "/staff/index/runs/3/cancel"]:
        look(path)
    page.goto(console.library.at("/staff/index/resync"))
    page.get_by_label("Record ids").fill("nobody")
    page.get_by_role("button", name="Write them again").click()
    found.extend(problems_of(page))
    page.get_by_label("Record ids").fill("ghost")
    context.close()
    assert found == []
