"""Whatever is asked, both engines find the same records, count the same and mark the same words.

Only the order of what scores nearly alike may differ: docs/engines.md names the causes. The short run is the same each
time; `--long` takes another seed (repeated by `--randomly-seed=N`) and fourteen times as many queries, over 20,000.
"""

import sys
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from random import Random
from statistics import mean
from typing import TypeVar

import pytest

from mappings.fields import FACET_NAMES
from search.language.leaves import positive_leaves
from search.language.tree import Word
from search.request import SearchRequest, Sort
from tests.differential.comparison import TOP, Comparison, Engines, told
from tests.differential.libraries import Pair
from tests.differential.queries import QueryGenerator
from tests.differential.vocabulary import Vocabulary

# How many requests, by library: the generated one has more to differ in.
SEARCHES = {"sample": 500, "generated": 1_000}
SPELLINGS = {"sample": 50, "generated": 150}
BEGINNINGS = {"sample": 100, "generated": 300}
LONGER = 14

# Of so many requests, one is followed through all its pages, and one asks for every value of a facet.
WHOLE = {"sample": 4, "generated": 60}
FACET_PAGES = 5

# How many requests to a library in which there is no reason to rank otherwise.
IN_ORDER = 200

# On average.
LEAST_OVERLAP = 0.9

_Asked = TypeVar("_Asked")


@pytest.fixture(scope="module")
def times(request: pytest.FixtureRequest) -> int:
    return LONGER if request.config.getoption("--long") else 1


@pytest.fixture(scope="module")
def engines(pair: Pair) -> Engines:
    return Engines(one=pair.embedded.engine, other=pair.elasticsearch.engine)


@pytest.fixture
def generator(pair: Pair, vocabulary: Vocabulary, seed: int) -> QueryGenerator:
    return QueryGenerator(Random(f"{pair.name} {seed}"), pair.records, vocabulary)


def _at_once(compare: Callable[[_Asked], Comparison], asked: Iterable[_Asked]) -> Sequence[Comparison]:
    """Two threads: the embedded engine and Elasticsearch leave each other time to work."""
    with ThreadPoolExecutor(2) as threads:
        return list(threads.map(compare, asked))


def test_both_engines_find_count_and_mark_the_same(
    pair: Pair,
    engines: Engines,
    generator: QueryGenerator,
    times: int,
    seed: int,
    capsys: pytest.CaptureFixture[str],
) -> None:
    asked = [(number, generator.request()) for number in range(SEARCHES[pair.name] * times)]

    def compare(numbered: tuple[int, SearchRequest]) -> Comparison:
        number, request = numbered
        return engines.compare(request, whole=number % WHOLE[pair.name] == 0)

    compared = _at_once(compare, asked)
    overlaps = [c.overlap for c in compared if c.overlap is not None]
    with capsys.disabled():
        sys.stdout.write(f"\n{_figures(pair, compared, overlaps)}, seed {seed}\n")
    assert not any(c.differences for c in compared), told([c for c in compared if c.differences])
    assert mean(overlaps) >= LEAST_OVERLAP
    assert sum(c.total > 0 for c in compared) > len(compared) / 2  # or little is compared


def test_both_engines_give_the_same_values_of_a_facet(
    pair: Pair, engines: Engines, generator: QueryGenerator, times: int
) -> None:
    requests = [generator.request() for _ in range(SEARCHES[pair.name] * times // FACET_PAGES)]
    asked = [(request, FACET_NAMES[number % len(FACET_NAMES)]) for number, request in enumerate(requests)]
    compared = _at_once(lambda each: engines.compare_facet(*each), asked)
    assert not any(c.differences for c in compared), told([c for c in compared if c.differences])


def test_both_engines_suggest_the_same_spellings(
    pair: Pair, engines: Engines, generator: QueryGenerator, times: int
) -> None:
    requests = [generator.misspelling() for _ in range(SPELLINGS[pair.name] * times)]
    asked = [
        (request, leaf.text)
        for request in requests
        for leaf in positive_leaves(request.query.tree)
        if isinstance(leaf, Word)
    ]
    compared = _at_once(lambda each: engines.compare_spelling(*each), asked)
    assert not any(c.differences for c in compared), told([c for c in compared if c.differences])
    assert any(c.total for c in compared)


def test_both_engines_complete_to_the_same_names_and_titles(
    pair: Pair, engines: Engines, generator: QueryGenerator, times: int
) -> None:
    requests = [generator.beginning() for _ in range(BEGINNINGS[pair.name] * times)]
    limits = [(1, 8, 20)[number % 3] for number in range(len(requests))]
    compared = _at_once(lambda each: engines.compare_completion(*each), zip(requests, limits, strict=True))
    assert not any(c.differences for c in compared), told([c for c in compared if c.differences])
    assert sum(c.total > 0 for c in compared) > len(compared) / 3  # or little is compared


def test_without_missing_fields_and_replaced_records_the_order_is_the_same_too(
    complete_pair: Pair, vocabulary: Vocabulary, seed: int, capsys: pytest.CaptureFixture[str]
) -> None:
    generator = QueryGenerator(Random(seed), complete_pair.records, vocabulary)
    requests = [replace(generator.request(), sort=Sort.RELEVANCE, page=1, size=20, filters={}) for _ in range(IN_ORDER)]
    both = (complete_pair.embedded.engine, complete_pair.elasticsearch.engine)
    found = [[[hit.id for hit in engine.search(request).hits] for engine in both] for request in requests]
    several = [orders for orders in found if len(orders[0]) > 1]
    same = sum(one == other for one, other in several)
    with capsys.disabled():
        sys.stdout.write(
            f"\n{same} of {len(several)} queries give the same order where no field is missing, seed {seed}\n"
        )
    assert same >= 0.99 * len(several) > IN_ORDER / 4


def _figures(pair: Pair, compared: Sequence[Comparison], overlaps: Sequence[float]) -> str:
    different = sum(1 for c in compared if c.differences)
    return (
        f"{len(compared):,} queries of the {pair.name} library ({len(pair.records):,} records): {different} differ; "
        f"{sum(c.total > 0 for c in compared):,} find something; the first {TOP} overlap by {mean(overlaps):.3f} "
        f"on average, {min(overlaps):.1f} at least ({len(overlaps):,} queries)"
    )
