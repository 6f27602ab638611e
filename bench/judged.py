"""Judged collections: documents, queries, and which documents people found relevant to which query."""

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

NAMES: Final = ("cisi", "cranfield", "cacm", "adi")

# Two abstracts of cacm have one each, which the catalogue refuses.
_CONTROL: Final = re.compile("[\x00-\x1f\x7f]")


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedDocument:
    """A document as the collection has it."""

    id: str
    title: str
    text: str
    authors: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Collection:
    """A collection with those of its queries that were judged. `relevance` is query id -> document id -> grade."""

    name: str
    documents: Sequence[JudgedDocument]
    queries: Mapping[str, str]
    relevance: Mapping[str, Mapping[str, int]]


def read_collection(folder: Path) -> Collection:
    """The collection in a folder with corpus.jsonl, queries.jsonl and qrels.tsv. Raises OSError."""
    relevance: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for line in (folder / "qrels.tsv").read_text(encoding="utf-8").splitlines():
        query, document, grade = line.split("\t")
        relevance[query][document] = int(grade)
    return Collection(
        name=folder.name,
        documents=[
            JudgedDocument(
                id=line["id"],
                title=_CONTROL.sub(" ", line["title"]),
                text=_CONTROL.sub(" ", line["text"]),
                authors=tuple(line.get("authors") or ()),
            )
            for line in _lines(folder / "corpus.jsonl")
        ],
        queries={line["id"]: line["text"] for line in _lines(folder / "queries.jsonl") if line["id"] in relevance},
        relevance=relevance,
    )


def _lines(file: Path) -> Iterator[dict[str, Any]]:
    with file.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)
