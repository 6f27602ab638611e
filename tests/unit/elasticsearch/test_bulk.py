"""How writes are cut into requests."""

from itertools import chain

from engines.elasticsearch.bulk import MOST_BYTES, MOST_OPERATIONS, bulks
from mappings.fields import FIELDS
from search.engine import Outcome, Put, Remove, Result


def a_put(id_: str, abstract: str) -> Put:
    return Put(id=id_, version=1, document={"id": id_, "version": 1, "abstract": [abstract]})


def sent(*operations: Put | Remove) -> list[list[bytes | Result]]:
    return list(bulks(operations, FIELDS))


def test_small_operations_are_cut_by_number() -> None:
    found = sent(*(Remove(id=str(number), version=1) for number in range(MOST_OPERATIONS + 1)))
    assert [len(bulk) for bulk in found] == [MOST_OPERATIONS, 1]


def test_large_documents_are_cut_by_size_and_one_that_is_too_large_goes_alone() -> None:
    third = "x" * (MOST_BYTES // 3)
    found = sent(*(a_put(id_, third) for id_ in "abc"), a_put("d", third * 4), Remove(id="e", version=1))
    assert [len(bulk) for bulk in found] == [2, 1, 1, 1]
    assert max(sum(map(len, bulk)) for bulk in found[:2]) <= MOST_BYTES  # type: ignore[arg-type]


def test_a_document_that_is_no_text_is_refused_and_the_others_are_sent() -> None:
    found = list(chain.from_iterable(sent(a_put("a", "Trust"), a_put("b", "\ud800"), a_put("c", "Hope"))))
    assert [each.outcome if isinstance(each, Result) else None for each in found] == [None, Outcome.REFUSED, None]


def test_nothing_to_write_is_no_request() -> None:
    assert sent() == []
