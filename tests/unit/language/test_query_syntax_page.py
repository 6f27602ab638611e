"""docs/query-syntax.md is true: every example on the page is read, and read as the page says."""

import re
from pathlib import Path

import pytest

from mappings.fields import TEXT_FIELD_OF_QUERY_NAME
from search.language.policy import FEW_RESULTS, MAX_DEPTH, MAX_QUERY_LENGTH, MAX_TERMS
from search.language.reader import read_query

PAGE = (Path(__file__).parents[3] / "docs" / "query-syntax.md").read_text(encoding="utf-8")


def section(title: str) -> str:
    return PAGE.split(f"## {title}\n")[1].split("\n## ")[0]


def rows(title: str) -> list[tuple[str, str]]:
    cells = [line.strip("| ").split(" | ") for line in section(title).splitlines() if line.startswith("| `")]
    return [(first.strip("`"), second.strip("`")) for first, second in cells]


@pytest.mark.parametrize("example", [example for example, _ in rows("Ways of asking")])
def test_an_instruction_is_read_as_it_is_typed(example: str) -> None:
    query = read_query(example)
    assert query.reading == example
    assert query.notes == ()


@pytest.mark.parametrize(("typed", "same"), rows("Other ways of typing the same"))
def test_two_ways_of_typing_are_the_same(typed: str, same: str) -> None:
    assert read_query(typed).tree == read_query(same).tree


@pytest.mark.parametrize(("typed", "reading"), rows("What cannot be read as an instruction"))
def test_what_is_no_instruction_is_read_as_words(typed: str, reading: str) -> None:
    assert read_query(typed).reading == reading


@pytest.mark.parametrize("example", sorted(set(re.findall(r"`([^`\n]+)`", PAGE))))
def test_every_example_is_read_and_its_reading_is_read_the_same(example: str) -> None:
    query = read_query(example)
    assert read_query(query.reading).tree == query.tree


def test_examples_in_the_text_are_read_as_it_says() -> None:
    readings = re.findall(r"`([^`]+)` is\s+read as\s+`([^`]+)`", PAGE)
    assert len(readings) == 2
    assert [read_query(typed).reading for typed, _ in readings] == [reading for _, reading in readings]


@pytest.mark.parametrize("name", [*TEXT_FIELD_OF_QUERY_NAME, "year"])
def test_every_field_is_on_the_page(name: str) -> None:
    assert f"`{name}:" in PAGE


def test_the_limits_are_those_of_the_program() -> None:
    assert f"fewer than {FEW_RESULTS} records" in section("How many of the words a record must have")
    limits = section("Limits")
    assert f"{MAX_QUERY_LENGTH:,} characters" in limits
    assert f"past the {MAX_TERMS}th" in limits
    assert f"{MAX_DEPTH} deep" in limits
