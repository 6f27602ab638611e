import shutil
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from app.factory import create_app
from bootstrap.services import Services, build_services
from bootstrap.settings import read_settings
from catalogue import api_keys, pending, records
from catalogue.record import Draft
from catalogue.roles import Role


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


@pytest.fixture
def key_for() -> Callable[[Services, Role], dict[str, str]]:
    """Makes a key in a role, called Key 1, Key 2 and so on: the header by which it is shown."""
    numbers = count(1)

    def key_for(services: Services, role: Role) -> dict[str, str]:
        with services.catalogue.write() as session:
            made = api_keys.add(session, name=f"Key {next(numbers)}", role=role, created_by="a test")
        return {"Authorization": f"Bearer {made.secret}"}

    return key_for


@pytest.fixture(scope="session")
def refused_editor(sample_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """A client that shows a key of an editor, over a sample library, for what is refused and changes nothing."""
    copied = shutil.copytree(sample_data, tmp_path_factory.mktemp("refused") / "data", symlinks=True)
    built = build_services(read_settings({"BELONG_DATA": str(copied)}))
    with built.catalogue.write() as session:
        made = api_keys.add(session, name="Refused", role=Role.EDITOR, created_by="a test")
    client = create_app(built).test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {made.secret}"
    yield client
    with built.catalogue.read() as session:
        assert records.count(session) == 28
        assert pending.status(session).count == 0
    built.catalogue.dispose()
