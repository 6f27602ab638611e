"""The long randomised run. `pytest --long tests/faults/test_storm.py -s` has twenty thousand edits and fifty kills."""

import os
import random

import pytest

from tests.faults.place import Place
from tests.faults.storm import storm


def test_after_a_storm_of_edits_kills_and_rebuilds_nothing_differs(
    place: Place, pytestconfig: pytest.Config, capsys: pytest.CaptureFixture[str]
) -> None:
    seed = int(os.environ.get("STORM_SEED") or random.randrange(10**6))
    edits, kills = (20_000, 50) if pytestconfig.getoption("--long") else (2_000, 8)
    with capsys.disabled():
        print(f"\nSTORM_SEED={seed}, {edits:,} edits, {kills} kills, {place.url or 'embedded'}", flush=True)  # noqa: T201
        print(storm(place, edits=edits, kills=kills, seed=seed))  # noqa: T201
