"""The same collection in Datasette, set up as its documentation advises for search and facets."""

import json
import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

from bench.searches import Part, Search
from catalogue.record import Record

DATABASE: Final = "library.db"

# As it comes, but for suggesting further facets, which is no part of a search. As it comes it leaves out a facet that
# takes over 200 ms: the authors of "network" take 2 to 5 s without that limit.
SETTINGS: Final = {"suggest_facets": 0}

_FACETS: Final = (
    ("_facet_array", "themes"),
    ("_facet", "type"),
    ("_facet", "year"),
    ("_facet_array", "authors"),
    ("_facet", "publisher"),
)

_TABLE: Final = """
CREATE TABLE records (id TEXT PRIMARY KEY, title TEXT, abstract TEXT, authors TEXT, themes TEXT, type TEXT,
  year TEXT, publisher TEXT);
CREATE INDEX by_type ON records (type);
CREATE INDEX by_year ON records (year);
CREATE INDEX by_publisher ON records (publisher);
CREATE VIRTUAL TABLE records_fts USING fts5 (title, abstract, authors, themes, content="records", tokenize="porter");
"""


def build_database(file: Path, records: Iterable[Record]) -> None:
    """A table with a full-text index of title, abstract, authors and themes, and indexes on the facets' columns."""
    file.unlink(missing_ok=True)
    database = sqlite3.connect(file)
    with database:
        database.executescript(_TABLE)
        database.executemany("INSERT INTO records VALUES (?, ?, ?, ?, ?, ?, ?, ?)", map(_row, records))
        database.execute("INSERT INTO records_fts (records_fts) VALUES ('rebuild')")
        database.execute("ANALYZE")
    database.close()


def search_path(search: Search) -> str:
    """The address of a search: a table with five facets of ten values, twenty rows, the total, as JSON."""
    parameters = [
        ("_search", " ".join(map(_term, search.parts))),
        ("_searchmode", "raw"),
        *_FACETS,
        ("_facet_size", "10"),
        ("_size", "20"),
        ("_shape", "objects"),
    ]
    for chosen in search.filters:
        match chosen.facet:
            case "theme":
                parameters.append(("themes__arraycontains", chosen.label))
            case "author":
                parameters.append(("authors__arraycontains", chosen.label))
            case facet:
                parameters.append((f"{facet}__exact", chosen.value))
    return f"/{Path(DATABASE).stem}/records.json?{urlencode(parameters)}"


def lacks_facets(answer: dict[str, Any]) -> bool:
    """Whether an answer lacks a facet that was asked for."""
    return len(answer["facet_results"]) < len(_FACETS)


def _row(record: Record) -> tuple[str | None, ...]:
    """The columns in the order of the table."""
    return (
        record.id,
        record.title,
        record.abstract,
        json.dumps([contributor.agent.name for contributor in record.contributors], ensure_ascii=False),
        json.dumps([theme.label for theme in record.themes], ensure_ascii=False),
        record.type and record.type.label,
        f"{record.date.year:04}" if record.date else None,
        ", ".join(publisher.name for publisher in record.publishers),
    )


def _term(part: Part) -> str:
    """A part in the syntax of FTS5."""
    return f'"{" ".join(part.words)}"{"*" if part.is_prefix else ""}'
