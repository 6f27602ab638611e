"""`belong dead-letters`: what the index cannot take is listed, and tried again."""

from pathlib import Path

import pytest

from bootstrap.services import Services
from catalogue import dead_letters, records
from catalogue.record import Draft
from engines.embedded.generations import GenerationFolders
from engines.embedded.writer import EmbeddedWriter
from search.engine import GenerationName, Remove
from tests.integration.cli.running import run


def bury(services: Services, data: Path, count: int) -> list[str]:
    """Records of which the index says that it cannot take them, although by now it can."""
    with services.catalogue.write() as session:
        ids = [records.save(session, Draft(title=f"Zymurgy {n}"), record_id=f"z-{n:04}").id for n in range(count)]
    services.indexer.catch_up()
    writer = EmbeddedWriter(GenerationFolders(data / "index"))
    writer.write(GenerationName("g1"), [Remove(id=id_, version=1) for id_ in ids])
    writer.close()
    with services.catalogue.write() as session:
        dead_letters.bury(session, "g1", [(id_, 1, "mapper_parsing_exception") for id_ in ids])
    return list(ids)


def test_the_list_names_record_reason_and_index(services: Services, data: Path) -> None:
    bury(services, data, 1)
    with services.catalogue.write() as session:
        dead_letters.bury(session, dead_letters.ANY, [(records.scan(session, None, 1)[0].id, 1, "Whoever died")])
    done = run(data, "dead-letters", "list")
    assert (done.returncode, done.stderr) == (0, "")
    assert "z-0000, version 1: Zymurgy 0\n    the index g1, since " in done.stdout
    assert "every index, since " in done.stdout
    body = run(data, "dead-letters", "list", "--json").json
    letter = next(each for each in body if each["record"] == "z-0000")
    assert letter | {"since": ""} == {
        "record": "z-0000",
        "version": 1,
        "title": "Zymurgy 0",
        "index": "g1",
        "reason": "mapper_parsing_exception",
        "since": "",
    }
    assert len(body) == 2


def test_a_long_list_is_whole_also_where_a_record_has_two_letters(services: Services, data: Path) -> None:
    ids = bury(services, data, 502)
    with services.catalogue.write() as session:
        dead_letters.bury(session, "g2", [(id_, 1, "again") for id_ in ids[499:]])
    listed = [(each["record"], each["index"]) for each in run(data, "dead-letters", "list", "--json").json]
    assert listed == sorted([*((id_, "g1") for id_ in ids), *((id_, "g2") for id_ in ids[499:])])


def test_without_any_it_says_so(data: Path) -> None:
    assert run(data, "dead-letters", "list").stdout == "The index takes every record.\n"
    assert run(data, "dead-letters", "list", "--json").json == []
    assert run(data, "dead-letters", "retry", "--json").json == {"tried": 0, "refused": 0}


@pytest.mark.parametrize(("named", "tried"), [([], 3), (["z-0001"], 1), (["z-0000", "z-0002"], 2)], ids=str)
def test_what_the_index_takes_by_now_is_struck_out(
    services: Services, data: Path, named: list[str], tried: int
) -> None:
    bury(services, data, 3)
    done = run(data, "dead-letters", "retry", *named)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"{tried} {'record is' if tried == 1 else 'records are'} tried again.\n"
    assert len(run(data, "dead-letters", "list", "--json").json) == 3 - tried
    assert run(data, "search", "--json", "zymurgy").json["total"] == tried
    again = run(data, "dead-letters", "retry", "--json", *named)
    assert (again.returncode, again.json) == (0, {"tried": 0, "refused": 0})


def test_a_record_that_is_not_known_is_said_and_nothing_is_tried(services: Services, data: Path) -> None:
    bury(services, data, 1)
    done = run(data, "dead-letters", "retry", "z-0000", "nobody")
    assert (done.returncode, done.stdout, done.stderr) == (2, "", "belong: No record has the id 'nobody'\n")
    assert len(run(data, "dead-letters", "list", "--json").json) == 1
