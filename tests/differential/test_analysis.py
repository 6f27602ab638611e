"""Both engines make the same terms of a text."""

import sys
import unicodedata
from collections.abc import Callable, Sequence
from itertools import islice
from random import Random
from typing import Any

import pytest
from elasticsearch import Elasticsearch

from engines.elasticsearch.schema import PLAIN, STEMMED, build_analysis
from engines.embedded.schema import plain_analyzer, stemmed_analyzer
from mappings.analysis import normalise, searchable
from tests.differential.vocabulary import UNUSUAL, Vocabulary, made_word

# Elasticsearch analyses no more tokens at a time.
MOST_TOKENS = 10_000

Analyze = Callable[[str, Sequence[str]], list[str]]


@pytest.fixture(scope="module")
def analyze(elasticsearch_url: str) -> Analyze:
    """The terms that Elasticsearch makes of texts."""
    analysis = build_analysis()
    client = Elasticsearch(elasticsearch_url, request_timeout=60)

    def terms(analyzer: str, texts: Sequence[str]) -> list[str]:
        names = analysis["analyzer"][analyzer]["filter"]
        filters: list[Any] = [analysis["filter"].get(name, name) for name in names]
        answer = client.indices.analyze(tokenizer=analysis["tokenizer"]["tokens"], filter=filters, text=list(texts))
        return [token["token"] for token in answer["tokens"]]

    return terms


def test_every_character_gives_the_same_terms(analyze: Analyze) -> None:
    assigned = (c for c in map(chr, range(sys.maxunicode + 1)) if unicodedata.category(c) not in {"Cs", "Cn", "Co"})
    plain = plain_analyzer()
    while some := list(islice(assigned, MOST_TOKENS // 6)):
        # Within a word, at the beginning of one and alone.
        text = searchable(normalise(" ".join(f"a{c}b {c}x {c}" for c in some)))
        assert analyze(PLAIN, [text]) == plain.analyze(text)


def test_made_words_have_the_same_stems(analyze: Analyze, seed: int, vocabulary: Vocabulary) -> None:
    random = Random(seed)
    words = [*vocabulary.words, *UNUSUAL, *(made_word(random) for _ in range(20_000))]
    stemmed = stemmed_analyzer()
    for start in range(0, len(words), MOST_TOKENS // 4):
        text = searchable(normalise("\n".join(words[start : start + MOST_TOKENS // 4])))
        assert analyze(STEMMED, [text]) == stemmed.analyze(text)
