from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from app.factory import create_app
from bootstrap.services import Services
from catalogue import records
from catalogue.record import RecordId
from catalogue.roles import Role
from engines.embedded.generations import GenerationFolders
from engines.embedded.writer import EmbeddedWriter
from search.engine import GenerationName, Remove
from tests.integration.cli.test_reconciling import shown
from tests.staff import StaffBrowser, add_account


@pytest.fixture
def application(services: Services) -> Flask:
    """The application over a sample library of its own."""
    return create_app(services)


@pytest.fixture
def browser(application: Flask) -> StaffBrowser:
    """A browser in which nobody is signed in."""
    return StaffBrowser(client=application.test_client())


@pytest.fixture
def signed_in(application: Flask, services: Services) -> Callable[[Role], StaffBrowser]:
    """Makes a browser in which somebody with a role is signed in."""

    def sign_in(role: Role) -> StaffBrowser:
        browser = StaffBrowser(client=application.test_client())
        assert browser.sign_in(add_account(services, role)).status_code == 303
        return browser

    return sign_in


@pytest.fixture
def editor(signed_in: Callable[[Role], StaffBrowser]) -> StaffBrowser:
    """A browser in which an editor is signed in."""
    return signed_in(Role.EDITOR)


@pytest.fixture
def viewer(signed_in: Callable[[Role], StaffBrowser]) -> StaffBrowser:
    """A browser in which a viewer is signed in."""
    return signed_in(Role.VIEWER)


@pytest.fixture
def drifted(services: Services, data: Path) -> RecordId:
    """A library whose index misses one record, and shows one that the catalogue never had: the missing one's id."""
    with services.catalogue.read() as session:
        first, second = records.scan(session, None, 2)
    writer = EmbeddedWriter(GenerationFolders(data / "index"))
    writer.write(GenerationName("g1"), [Remove(id=first.id, version=first.version), shown("ghost", 3, second)])
    writer.close()
    return first.id
