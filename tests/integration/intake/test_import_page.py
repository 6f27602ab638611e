"""The page for staff is true: its examples are imported, its table of fields and of names is what the code does."""

import re
from pathlib import Path

import pytest

from catalogue import records
from catalogue.database import Catalogue
from catalogue.intake.importer import import_file
from catalogue.intake.lines import LONGEST_LINE
from catalogue.intake.mapping import KNOWN_FIELDS
from catalogue.intake.names import split_statement
from catalogue.intake.report import MOST_NAMED
from catalogue.validation import MAX_ABSTRACT, MAX_TITLE

PAGE = (Path(__file__).parents[3] / "docs" / "import.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```(jsonl|csv)\n(.*?)```", PAGE, re.DOTALL)


def table_below(heading: str) -> list[list[str]]:
    section = PAGE.split(f"{heading}\n", 1)[1].split("\n#", 1)[0]
    rows = [line.strip("|").split("|") for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in row] for row in rows[2:]]


@pytest.mark.parametrize(("kind", "text"), EXAMPLES, ids=[kind for kind, _ in EXAMPLES])
def test_examples_are_taken_without_a_refusal(catalogue: Catalogue, tmp_path: Path, kind: str, text: str) -> None:
    path = tmp_path / f"example.{kind}"
    path.write_text(text, encoding="utf-8")
    report = import_file(catalogue, path)
    assert report.refused.first == ()
    assert report.added == 2
    assert report.ignored_fields == {}
    with catalogue.read() as session:
        found = records.scan(session, None, 10)
    assert all(record.contributors for record in found)
    assert any(len(record.themes) == 2 for record in found)


def test_there_is_an_example_of_each_format() -> None:
    assert [kind for kind, _ in EXAMPLES] == ["jsonl", "csv"]


def test_table_of_fields_names_every_field_and_no_other() -> None:
    named = {name for row in table_below("## The fields") for name in re.findall(r"`(\w+)`", row[0])}
    assert named | {"deleted"} == KNOWN_FIELDS


@pytest.mark.parametrize(("printed", "names"), table_below("### Author lines"))
def test_table_of_author_lines_is_what_happens(printed: str, names: str) -> None:
    found = [name.name for name in split_statement(printed).names]
    assert "; ".join(found) == names.removesuffix(" (as editors)")


@pytest.mark.parametrize("limit", [MAX_TITLE, MAX_ABSTRACT, LONGEST_LINE, MOST_NAMED])
def test_limits_are_those_of_the_code(limit: int) -> None:
    assert f"{limit:,}" in PAGE
