"""How well the service ranks on judged collections, beside a plain BM25 over title and text.

With Elasticsearch chosen the embedded engine is asked too: both should rank about alike.
"""

import json
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import bm25s
import Stemmer
from bm25s.tokenization import Tokenized
from werkzeug.datastructures import MultiDict

from app.params import parse_page_request
from bench.engine import another_index, engine_environment
from bench.judged import NAMES, Collection, read_collection
from bench.library import fill, opened_library
from bench.scores import Ranking, Scores, score
from bootstrap.services import Services
from bootstrap.settings import EngineName
from search.discovery import Discovery

# How far below plain BM25 a collection may lie: about a third of what is noise there.
TOLERANCE: Final = 0.01

# How far apart the engines may lie.
APART: Final = 0.015

_DEPTH: Final = 100  # results a query

# A record has a title. Two documents of cranfield have none, nor a text: no query asks for this word.
_UNTITLED: Final = "untitled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """One collection, ranked by the service, by bm25s, and by the embedded engine if that is another one."""

    name: str
    documents: int
    queries: int
    ours: Scores
    plain: Scores
    embedded: Scores | None = None

    @property
    def difference(self) -> float:
        """How much higher the service scores in nDCG@10."""
        return self.ours.ndcg10 - self.plain.ndcg10

    @property
    def apart(self) -> float:
        """How far apart the engines are in nDCG@10."""
        return abs(self.ours.ndcg10 - self.embedded.ndcg10) if self.embedded else 0.0

    @property
    def is_good(self) -> bool:
        """Whether the service is at most the tolerance below, and the engines not too far apart."""
        return self.difference >= -TOLERANCE and self.apart <= APART


def compare_all(folder: Path, engine: EngineName) -> list[Comparison]:
    """Every judged collection of a folder. Raises OSError where one is missing, and ServerFailed."""
    collections = [read_collection(folder / name) for name in NAMES]
    ours = _scores(collections, engine)
    embedded = ours if engine is EngineName.EMBEDDED else _scores(collections, EngineName.EMBEDDED)
    return [
        Comparison(
            name=collection.name,
            documents=len(collection.documents),
            queries=len(collection.queries),
            ours=ours[collection.name],
            plain=score(collection, _plain_ranking(collection)),
            embedded=None if embedded is ours else embedded[collection.name],
        )
        for collection in collections
    ]


def _scores(collections: Sequence[Collection], engine: EngineName) -> dict[str, Scores]:
    """Each collection by its name, in a library of its own."""
    scores: dict[str, Scores] = {}
    with ExitStack() as stack:
        environment = stack.enter_context(engine_environment(engine))
        for collection in collections:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="belong-bench-")))
            services = stack.enter_context(opened_library(folder, another_index(environment, collection.name)))
            _load(services, collection, folder)
            ranking = {query: _found(services.discovery, text) for query, text in collection.queries.items()}
            scores[collection.name] = score(collection, ranking)
    return scores


def _load(services: Services, collection: Collection, folder: Path) -> None:
    """Import the collection as records, as staff would."""
    file = folder / "corpus.jsonl"
    lines = (
        {
            "id": document.id,
            "title": document.title.strip() or _UNTITLED,
            "abstract": document.text,
            "authors": list(document.authors),
        }
        for document in collection.documents
    )
    file.write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")
    built = fill(services, file)
    if built.records != len(collection.documents):
        raise ValueError(f"{built.refused} documents of {collection.name} were refused")


def _found(discovery: Discovery, text: str) -> list[str]:
    """The ids that a person finds who reads the pages of results up to the hundredth."""
    found: list[str] = []
    for number in range(1, _DEPTH + 1):
        page = discovery.search(parse_page_request(MultiDict([("q", text), ("page", str(number))])))
        found += [hit.id for hit in page.hits]
        if len(found) >= min(_DEPTH, page.total) or not page.hits:
            break
    return found[:_DEPTH]


def _plain_ranking(collection: Collection) -> Ranking:
    """bm25s in Lucene's variant with Lucene's own k1 and b, English stop words and stems, over title and text."""
    stemmer = Stemmer.Stemmer("english")

    def tokens(texts: list[str]) -> Tokenized:
        return bm25s.tokenize(texts, stopwords="en", stemmer=stemmer, show_progress=False)

    index = bm25s.BM25(method="lucene", k1=1.2, b=0.75)
    index.index(tokens([f"{d.title} {d.text}" for d in collection.documents]), show_progress=False)
    depth = min(_DEPTH, len(collection.documents))
    ranking: dict[str, list[str]] = {}
    for query, text in collection.queries.items():
        found, scores = index.retrieve(tokens([text]), k=depth, show_progress=False)
        ranking[query] = [collection.documents[at].id for at, s in zip(found[0], scores[0], strict=True) if s > 0]
    return ranking
