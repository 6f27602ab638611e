import re

from tests.conformance.library import EngineUnderTest


def test_an_engine_says_what_it_is_before_there_is_an_index(engine_under_test: EngineUnderTest) -> None:
    assert re.fullmatch(r"(tantivy|Elasticsearch) [0-9]+\.[0-9]+\.[0-9]+", engine_under_test.engine.product())
