from collections.abc import Callable

import pytest

from bootstrap.services import Services
from catalogue import records
from catalogue.record import Draft

Change = Callable[[str], str]


@pytest.fixture
def change(services: Services) -> Change:
    """Adds a record with a title to the catalogue, as another program beside the server does: its id."""

    def change(title: str) -> str:
        with services.catalogue.write() as session:
            return records.save(session, Draft(title=title)).id

    return change
