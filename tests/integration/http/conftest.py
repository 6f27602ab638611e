from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from app.factory import create_app
from bootstrap.services import Services
from catalogue import records
from catalogue.record import Draft


@pytest.fixture
def application() -> Callable[[Services], FlaskClient]:
    """A client of the application over some services."""
    return lambda services: create_app(services).test_client()


@pytest.fixture
def touch() -> Callable[..., str]:
    """Adds a record to the catalogue, not to the index: its id."""

    def touch(services: Services, title: str = "Zymurgy", **parts: object) -> str:
        with services.catalogue.write() as session:
            return records.save(session, Draft(title=title, **parts)).id  # type: ignore[arg-type]

    return touch
