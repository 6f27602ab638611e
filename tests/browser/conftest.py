"""A real server with the sample library and some records that pages have to cope with, and a real browser."""

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright
from werkzeug.serving import make_server

from app.factory import create_app
from bootstrap.services import build_services
from bootstrap.settings import read_settings
from catalogue import records
from catalogue.intake.importer import import_file
from catalogue.intake.sample import SAMPLE
from tests.browser.library import EXTRA_RECORDS, GONE_ID, Library, OutOfOrder
from tests.browser.member_site import MemberSite, serving

ROOT = Path(__file__).parents[2]
BELONG = [sys.executable, "-c", "from app.cli import main; main()"]
START_UP = 60  # seconds

CHROMIUM = os.environ.get("CHROMIUM") or "/usr/bin/chromium"
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


# Counted by the page itself, from before its first line; what happens before a script runs stands in the console.
COUNTER = """
    addEventListener("securitypolicyviolation", event =>
        console.error(`violation: ${event.effectiveDirective} ${event.blockedURI} ${event.sourceFile}`))
"""


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """The service as `script/server` starts it, on a port of its own."""
    folder = tmp_path_factory.mktemp("library")
    environment = {
        **os.environ,
        "HOST": "127.0.0.1",
        "PORT": "0",
        "BELONG_DATA": str(folder / "data"),
        "WEB_PROCESSES": "1",
        "CONTACT": "library@example.org",
        "RATE_LIMIT_SIGN_IN": "1000",
    }
    _fill(folder, environment)
    output = folder / "output.txt"
    with output.open("w") as stream:
        server = subprocess.Popen([*BELONG, "serve"], env=environment, cwd=ROOT, stdout=stream, stderr=stream)
    try:
        yield Library(address=_address(server, output), data=folder / "data")
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(timeout=30)


@pytest.fixture(scope="session")
def broken_library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """The pages of a service whose search engine does not answer."""
    data = tmp_path_factory.mktemp("broken")
    built = build_services(read_settings({"BELONG_DATA": str(data), "CONTACT": "library@example.org"}))
    built.catalogue.migrate()
    import_file(built.catalogue, SAMPLE)
    with _answering(create_app(OutOfOrder.replacing_the_engine_of(built))) as address:
        yield Library(address=address, data=data)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, or the one that CHROMIUM names."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A fresh profile with a window of 1280 by 800."""
    fresh = browser.new_context(viewport={"width": 1280, "height": 800})
    yield fresh
    fresh.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """A tab of it."""
    return context.new_page()


@pytest.fixture
def violations(page: Page) -> list[str]:
    """What the browser says against the pages of this tab."""
    found: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and "Failed to load resource" not in message.text:
            found.append(f"{page.url}: {message.text}")

    page.on("console", note)
    page.on("pageerror", lambda error: found.append(f"{page.url}: {error}"))
    page.add_init_script(COUNTER)
    return found


@pytest.fixture(scope="session")
def member(library: Library) -> Iterator[MemberSite]:
    """A member's site with the search of that library."""
    with serving(library.address) as site:
        yield site


@pytest.fixture
def member_of_busy(tmp_path: Path) -> Iterator[MemberSite]:
    """A member's site with the search of a library that answers each address once a minute."""
    settings = {"BELONG_DATA": str(tmp_path), "RATE_LIMIT_READING": "1", "TRUSTED_PROXIES": "1"}
    app = create_app(build_services(read_settings(settings)))

    def server_in_front(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        return app({**environ, "HTTP_X_FORWARDED_FOR": "203.0.113.9"}, start)

    with _answering(server_in_front) as address, serving(address) as site:
        yield site


@pytest.fixture(scope="session")
def member_of_broken(broken_library: Library) -> Iterator[MemberSite]:
    """A member's site with the search of a library whose engine does not answer."""
    with serving(broken_library.address) as site:
        yield site


@contextlib.contextmanager
def _answering(app: WSGIApplication) -> Iterator[str]:
    """The address at which an application of this process answers."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _fill(folder: Path, environment: dict[str, str]) -> None:
    extra = folder / "extra.jsonl"
    extra.write_text("".join(json.dumps(record) + "\n" for record in EXTRA_RECORDS))
    for file in (ROOT / "catalogue" / "sample.jsonl", extra):
        subprocess.run([*BELONG, "import", str(file)], env=environment, cwd=ROOT, check=True, capture_output=True)
    built = build_services(read_settings(environment))
    with built.catalogue.write() as session:
        records.delete(session, GONE_ID)
    built.catalogue.dispose()


def _address(server: subprocess.Popen[bytes], output: Path) -> str:
    end = time.monotonic() + START_UP
    while time.monotonic() < end and server.poll() is None:
        found = re.search(r"http://[\d.]+:\d+", output.read_text())
        if found:
            return found[0]
        time.sleep(0.1)
    pytest.fail(f"The server did not start:\n{output.read_text()}")
