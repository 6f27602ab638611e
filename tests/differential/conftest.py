"""The same records in both engines: the sample library and generated ones, some of them with every field filled."""

from collections.abc import Callable, Sequence
from random import Random

import pytest

from bootstrap.services import build_services
from bootstrap.settings import read_settings
from catalogue import records
from catalogue.record import Record
from tests.conformance.engines import elasticsearch_engine, embedded_engine, new_library
from tests.differential.libraries import Pair, RecordGenerator
from tests.differential.vocabulary import Vocabulary, build_vocabulary

_GENERATED = 2_000
_COMPLETE = 300

MakePair = Callable[..., Pair]


@pytest.fixture(scope="session")
def seed(request: pytest.FixtureRequest) -> int:
    """The same at every short run, so that it fails or passes by what was changed; `--long` looks further."""
    return int(request.config.getoption("randomly_seed")) if request.config.getoption("--long") else 2024


@pytest.fixture(scope="session")
def sample_records(sample_data: object) -> Sequence[Record]:
    """What the sample library holds."""
    built = build_services(read_settings({"BELONG_DATA": str(sample_data)}))
    with built.catalogue.read() as session:
        found = records.scan(session, None, 1_000)
    built.catalogue.dispose()
    return found


@pytest.fixture(scope="session")
def vocabulary(seed: int, sample_records: Sequence[Record]) -> Vocabulary:
    return build_vocabulary(Random(seed), sample_records)


@pytest.fixture(scope="session")
def make_pair(elasticsearch_url: str, tmp_path_factory: pytest.TempPathFactory) -> MakePair:
    """Writes records to both engines, and about so many of them again, as it comes in a library that is in use."""

    def make(name: str, held: Sequence[Record], *, again: int) -> Pair:
        folder = tmp_path_factory.mktemp("differential")
        pair = Pair(
            name=name,
            records=held,
            embedded=new_library(embedded_engine(folder)),
            elasticsearch=new_library(elasticsearch_engine(folder, elasticsearch_url)),
        )
        pair.fill(again=again)
        return pair

    return make


@pytest.fixture(scope="session", params=["sample", "generated"])
def pair(
    request: pytest.FixtureRequest,
    make_pair: MakePair,
    seed: int,
    vocabulary: Vocabulary,
    sample_records: Sequence[Record],
) -> Pair:
    """One library in both engines."""
    if request.param == "sample":
        return make_pair("sample", sample_records, again=5)
    return make_pair("generated", RecordGenerator(Random(seed), vocabulary).make(_GENERATED), again=50)


@pytest.fixture(scope="session")
def complete_pair(make_pair: MakePair, seed: int, vocabulary: Vocabulary) -> Pair:
    """A library in both engines of which no record lacks a field, and none was written twice."""
    return make_pair("complete", RecordGenerator(Random(seed), vocabulary).make_complete(_COMPLETE), again=0)
