from collections.abc import Callable

import pytest
from flask import Flask

from app.factory import create_app
from bootstrap.services import Services
from catalogue.roles import Role
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
