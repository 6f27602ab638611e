"""`belong resync`: records are written to the index again."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bootstrap.services import Services
from catalogue import pending, records
from catalogue.record import Draft, Name, RecordId
from engines.embedded.generations import GenerationFolders
from engines.embedded.writer import EmbeddedWriter
from search.engine import GenerationName, Remove
from tests.integration.cli.running import run

G1 = GenerationName("g1")


@pytest.fixture
def lost(services: Services, data: Path) -> list[RecordId]:
    """Three records that the index has lost without the catalogue's knowledge."""
    drafts = [
        Draft(title="Zymurgy one", themes=("Brewing > Ale",), type="Guide", publishers=("The Brewers",)),
        Draft(title="Zymurgy two", themes=("Brewing",), publishers=("Brewers' Guild",)),
        Draft(title="Zymurgy three", contributors=(Name(name="The Brewers"),)),
    ]
    with services.catalogue.write() as session:
        saved = [records.save(session, draft, record_id=f"lost-{n}") for n, draft in enumerate(drafts)]
    services.indexer.catch_up()
    writer = EmbeddedWriter(GenerationFolders(data / "index"))
    writer.write(G1, [Remove(id=each.id, version=each.version) for each in saved])
    writer.close()
    assert found(data) == []
    return [each.id for each in saved]


def found(data: Path) -> list[str]:
    return sorted(hit["id"] for hit in run(data, "search", "--json", "zymurgy").json["hits"])


@pytest.mark.parametrize(
    ("arguments", "marked"),
    [
        (["lost-0"], [0]),
        (["lost-0", "lost-2", "lost-0"], [0, 2]),
        (["--theme", "brewing"], [0, 1]),
        (["--theme", "BREWING"], [0, 1]),
        (["--theme", "ale"], [0]),
        (["--author", "The Brewers"], [2]),
        (["--publisher", "The Brewers"], [0]),
        (["--type", "Guide", "--publisher", "brewers guild"], [0, 1]),
        (["--publisher", "the-brewers", "--publisher", "brewers-guild", "lost-2"], [0, 1, 2]),
    ],
    ids=lambda value: " ".join(map(str, value)),
)
def test_what_is_named_is_indexed_again(
    lost: list[RecordId], data: Path, arguments: list[str], marked: list[int]
) -> None:
    done = run(data, "resync", "--json", *arguments)
    assert (done.returncode, done.stderr) == (0, "")
    wanted = [lost[n] for n in marked]
    assert set(wanted) <= set(found(data))
    if "--type" not in arguments:  # the sample library has guides
        assert (done.json, found(data)) == ({"marked": len(wanted), "refused": 0}, wanted)


def test_it_can_be_repeated_and_says_how_many(lost: list[RecordId], data: Path) -> None:
    for _ in range(2):
        done = run(data, "resync", *lost)
        assert (done.returncode, done.stdout) == (0, "3 records are to be indexed again.\n")
        assert found(data) == lost


def test_all_that_changed_since_a_moment(lost: list[RecordId], data: Path) -> None:
    now = datetime.now(UTC)
    assert run(data, "resync", "--json", "--since", (now - timedelta(days=2)).date().isoformat()).json["marked"] >= 31
    assert found(data) == lost
    assert run(data, "resync", "--json", "--since", now.isoformat()).json["marked"] == 0


def test_records_that_were_deleted_are_taken_out_again(services: Services, lost: list[RecordId], data: Path) -> None:
    run(data, "resync", *lost)
    with services.catalogue.write() as session:
        records.delete(session, lost[0])
    with services.catalogue.write() as session:  # the change is lost, as after a repair by hand
        claim = pending.claim(session, now=datetime.now(UTC), lease=timedelta(seconds=1))
        assert claim is not None
        pending.complete(session, claim.token, claim.rows)
    assert lost[0] in found(data)
    assert run(data, "resync", "--json", lost[0]).json == {"marked": 1, "refused": 0}
    assert lost[0] not in found(data)


def test_a_detached_one_only_marks(lost: list[RecordId], data: Path) -> None:
    assert run(data, "resync", "--detach", "--json", lost[0]).json == {"marked": 1, "refused": None}
    assert run(data, "status", "--json").json["pending"] == 1
    assert found(data) == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["lost-0", "nobody"], "belong: No record has the id 'nobody'\n"),
        (["--theme", "brewng"], "belong: No theme has the id or the name 'brewng'. Did you mean brewing?\n"),
        (["lost-0", "--theme", "qqqqqq"], "belong: No theme has the id or the name 'qqqqqq'\n"),
        (
            ["--publisher", "The Brewrs"],
            "belong: No publisher has the id or the name 'The Brewrs'. Did you mean the-brewers?\n",
        ),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_what_is_not_known_is_said_and_nothing_is_marked(
    lost: list[RecordId], data: Path, arguments: list[str], said: str
) -> None:
    done = run(data, "resync", *arguments)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", said)
    assert run(data, "status", "--json").json["pending"] == 0


@pytest.mark.parametrize("since", ["yesterday", "2026-13-01", "", "9999-01-01", "2026-02-30T10:00"])
def test_a_date_that_is_none_is_said_with_what_it_has_to_be(data: Path, since: str) -> None:
    done = run(data, "resync", "--since", since)
    assert (done.returncode, done.stdout) == (2, "")
    assert f"'--since': it is {since!r}, but has to be a date that is not in the future" in done.stderr


def test_without_a_word_which_nothing_is_done(data: Path) -> None:
    done = run(data, "resync")
    assert done.returncode == 2
    assert "belong reindex" in done.stderr
