from collections.abc import Callable

import pytest

from catalogue import records
from catalogue.database import Catalogue
from catalogue.record import Draft, Name, PartialDate, Record
from catalogue.records import Saved


@pytest.fixture
def save(catalogue: Catalogue) -> Callable[..., Saved]:
    """Saves a draft in a transaction of its own."""

    def save(draft: Draft, **options: object) -> Saved:
        with catalogue.write() as session:
            return records.save(session, draft, **options)  # type: ignore[arg-type]

    return save


@pytest.fixture
def read(catalogue: Catalogue) -> Callable[[str], Record]:
    """Reads a record in a transaction of its own."""

    def read(record_id: str) -> Record:
        with catalogue.read() as session:
            return records.get(session, record_id)

    return read


@pytest.fixture
def full_draft() -> Draft:
    """A draft with every field."""
    return Draft(
        title="A Handbook for Governing Hyper-diverse Cities",
        contributors=(Name(name="Tuna Tasan-Kok"), Name(name="Gideon Bolt")),
        responsibility="Tuna Tasan-Kok and Gideon Bolt",
        publishers=("Utrecht University",),
        date=PartialDate(year=2017, month=4),
        type="Report > Handbook",
        themes=("Cohesion > Integration", "Local government"),
        abstract="Lessons for city governments.\n\nFrom DIVERCITIES.",
        link="https://www.urbandivercities.eu/handbook",
        language="en",
        doi="10.1000/182",
        isbn="9780306406157",
    )
