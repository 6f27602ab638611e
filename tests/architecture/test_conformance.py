"""The conformance suite is one suite: no case of it asks which engine it is run with."""

from pathlib import Path

import pytest

SUITE = Path(__file__).parents[1] / "conformance"

# How a case could know: by the name under which conftest.py makes an engine, or by its adapter.
WAYS = ('"embedded"', '"elasticsearch"', "engines.embedded", "engines.elasticsearch", "request.param", "isinstance")


@pytest.mark.parametrize("file", sorted(SUITE.glob("test_*.py")), ids=lambda file: file.name)
def test_no_case_asks_for_its_engine(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert [way for way in WAYS if way in text] == []
