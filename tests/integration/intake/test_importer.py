"""Importing files into a real catalogue."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from catalogue import pending, records
from catalogue.database import Catalogue, open_catalogue
from catalogue.errors import CatalogueUnavailable
from catalogue.intake.importer import BATCH, PAUSE, import_file
from catalogue.intake.rehearsal import rehearsal
from catalogue.intake.report import ImportReport, render
from catalogue.record import AgentKind, Draft, Record, Role

ROOT = Path(__file__).parents[3]
SAMPLE = ROOT / "catalogue" / "sample.jsonl"


def write_lines(path: Path, *lines: object) -> Path:
    path.write_text("".join(f"{line if isinstance(line, str) else json.dumps(line)}\n" for line in lines))
    return path


def all_records(catalogue: Catalogue) -> list[Record]:
    with catalogue.read() as session:
        return records.scan(session, None, 10_000)


def numbers(report: ImportReport) -> tuple[int, int, int, int]:
    return report.added, report.changed, report.unchanged, report.refused.total


def test_sample_is_taken_whole(catalogue: Catalogue) -> None:
    report = import_file(catalogue, SAMPLE)
    assert numbers(report) == (28, 0, 0, 0)
    assert report.identified_by == {"title": 28}
    assert (report.new_themes.total, report.new_types.total) == (20, 10)
    by_title = {record.title: record for record in all_records(catalogue)}
    essays = by_title["Minority Report: Race and Class in post-Brexit Britain"]
    assert essays.responsibility == "Edited by Omar Khan and Faiza Shaheen"
    assert [(each.agent.name, each.agent.kind, each.role) for each in essays.contributors] == [
        ("Omar Khan", AgentKind.PERSON, Role.EDITOR),
        ("Faiza Shaheen", AgentKind.PERSON, Role.EDITOR),
    ]


def test_second_run_changes_nothing(catalogue: Catalogue) -> None:
    import_file(catalogue, SAMPLE)
    before = all_records(catalogue)
    report = import_file(catalogue, SAMPLE)
    assert numbers(report) == (0, 0, 28, 0)
    assert report.new_themes.total == report.new_types.total == 0
    assert all_records(catalogue) == before


def test_changed_line_changes_its_record_only(catalogue: Catalogue, tmp_path: Path) -> None:
    lines = SAMPLE.read_text(encoding="utf-8").splitlines()
    import_file(catalogue, SAMPLE)
    edited = {**json.loads(lines[0]), "abstract": "Another abstract."}
    report = import_file(catalogue, write_lines(tmp_path / "edited.jsonl", edited, *lines[1:]))
    assert numbers(report) == (0, 1, 27, 0)
    assert sorted(record.version for record in all_records(catalogue)) == [1] * 27 + [2]


MIXED = (
    {"id": "a", "title": "First", "themes": ["Education > Schools"], "notes": "x"},
    {"id": "b", "title": "Bad date", "date": "2017-13", "themes": ["Never seen"]},
    "not json",
    {"id": "c", "title": "Second", "type": "Report"},
    {"id": "no good id", "title": "Third"},
    {"id": "a", "title": "First again", "themes": ["Education"]},
    {"title": "By DOI", "doi": "https://doi.org/10.1000/182"},
    {"title": "By DOI, later", "doi": "10.1000/182"},
    {"title": "By link", "url": "https://example.org/x"},
)


def test_bad_lines_are_refused_and_the_others_are_taken(catalogue: Catalogue, tmp_path: Path) -> None:
    report = import_file(catalogue, write_lines(tmp_path / "mixed.jsonl", *MIXED))
    assert numbers(report) == (4, 2, 0, 3)
    assert [refusal.line for refusal in report.refused.first] == [2, 3, 5]
    assert "date is" in report.refused.first[0].reason
    assert report.identified_by == {"id": 3, "doi": 2, "link": 1}
    assert report.ignored_fields == {"notes": 1}
    assert report.new_themes.first == ("Education", "Education > Schools")
    assert {record.title for record in all_records(catalogue)} == {"First again", "Second", "By DOI, later", "By link"}


def test_dry_run_reports_the_same_and_writes_nothing(catalogue: Catalogue, tmp_path: Path) -> None:
    import_file(catalogue, write_lines(tmp_path / "before.jsonl", {"id": "c", "title": "Second, older"}))
    before = all_records(catalogue)
    # More than a batch, and the last lines speak of the first again.
    many = [{"id": f"m{number}", "title": f"Many {number}"} for number in range(BATCH)]
    path = write_lines(tmp_path / "mixed.jsonl", *MIXED, *many, *MIXED)
    rehearsed = import_file(catalogue, path, dry_run=True)
    assert all_records(catalogue) == before
    real = import_file(catalogue, path)
    assert numbers(rehearsed) == numbers(real)
    assert {**rehearsed.as_dict(), "dry_run": False} == real.as_dict()
    assert rehearsed.dry_run


def test_dry_run_does_not_keep_others_from_writing(catalogue: Catalogue, tmp_path: Path) -> None:
    path = write_lines(tmp_path / "many.jsonl", *({"title": f"Many {number}"} for number in range(BATCH * 2)))

    def write(_done: int) -> None:
        with catalogue.write() as session:
            records.save(session, Draft(title="Meanwhile"))

    assert import_file(catalogue, path, dry_run=True, on_progress=write).added == BATCH * 2
    assert [record.title for record in all_records(catalogue)] == ["Meanwhile"]


def test_deleted_record_is_restored_and_the_report_says_so(catalogue: Catalogue, tmp_path: Path) -> None:
    path = write_lines(tmp_path / "a.jsonl", {"id": "a", "title": "One"}, {"title": "Two"}, {"title": "Three"})
    import_file(catalogue, path)
    for record in all_records(catalogue):
        if record.title != "Two":
            with catalogue.write() as session:
                records.delete(session, record.id)
    with path.open("a") as file:
        file.write(json.dumps({"id": "a", "title": "One again"}) + "\n")
    report = import_file(catalogue, path)
    assert numbers(report) == (0, 3, 1, 0)
    assert report.restored == 2
    assert "2 had been deleted" in render(report)
    assert len(all_records(catalogue)) == 3


def test_csv_and_json_lines_give_the_same_records(catalogue: Catalogue, tmp_path: Path) -> None:
    fields = ("title", "published", "author", "publisher", "type", "themes", "abstract")
    lines = [json.loads(line) for line in SAMPLE.read_text(encoding="utf-8").splitlines()]
    rows = [[*fields], *([*(_cell(line[field]) for field in fields)] for line in lines)]
    path = tmp_path / "sample.csv"
    path.write_text("\n".join(",".join(f'"{cell.replace(chr(34), chr(34) * 2)}"' for cell in row) for row in rows))
    assert numbers(import_file(catalogue, SAMPLE)) == (28, 0, 0, 0)
    assert numbers(import_file(catalogue, path)) == (0, 0, 28, 0)


def _cell(value: object) -> str:
    return "; ".join(map(str, value)) if isinstance(value, list) else str(value or "")


@pytest.mark.parametrize(
    ("content", "refused"),
    [(b"", 0), (b"\x00\x01\x02\xff" * 5_000, 1), ("Übersicht\nÄ\n".encode("latin-1"), 1), (b"PK\x03\x04", 1)],
    ids=["empty", "binary", "latin_1", "workbook"],
)
@pytest.mark.parametrize("name", ["a.jsonl", "a.csv"])
def test_file_that_is_no_list_of_records_ends_with_a_report(
    catalogue: Catalogue, tmp_path: Path, content: bytes, refused: int, name: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    report = import_file(catalogue, path)
    assert report.taken == 0
    assert report.refused.total >= refused
    assert render(report)
    assert all_records(catalogue) == []


def test_refusals_beyond_the_first_thousand_are_counted(catalogue: Catalogue, tmp_path: Path) -> None:
    report = import_file(catalogue, write_lines(tmp_path / "bad.jsonl", *(["[]"] * 1_200)))
    assert report.refused.total == 1_200
    assert len(report.refused.first) == 1_000
    assert "and 1,150 more" in render(report)


def test_refused_lines_take_no_turn_from_others(catalogue: Catalogue, tmp_path: Path) -> None:
    path = write_lines(tmp_path / "bad.jsonl", *(["[]"] * BATCH * 40))
    begun = time.monotonic()
    with catalogue.write():  # Another writer: an import that opened a transaction here would wait for it in vain.
        assert import_file(catalogue, path).refused.total == BATCH * 40
    assert time.monotonic() - begun < 40 * PAUSE


def test_progress_counts_lines_and_ends_at_all(catalogue: Catalogue, tmp_path: Path) -> None:
    seen: list[int] = []
    path = write_lines(tmp_path / "many.jsonl", *({"title": f"Many {number}"} for number in range(BATCH + 10)))
    import_file(catalogue, path, on_progress=seen.append)
    assert seen == [BATCH, BATCH + 10]


def test_others_read_and_write_during_an_import(catalogue: Catalogue, tmp_path: Path) -> None:
    path = write_lines(tmp_path / "many.jsonl", *({"id": f"m{at}", "title": f"Many {at}"} for at in range(BATCH * 4)))
    waits: list[float] = []
    done = threading.Event()

    def edit() -> None:
        while not done.is_set():
            begun = time.monotonic()
            with catalogue.write() as session:
                records.save(session, Draft(title=f"Edited {len(waits)}"), record_id="edited")
            with catalogue.read() as session:
                assert records.get(session, "edited").title == f"Edited {len(waits)}"
            waits.append(time.monotonic() - begun)

    editor = threading.Thread(target=edit)
    editor.start()
    try:
        report = import_file(catalogue, path)
    finally:
        done.set()
        editor.join()
    assert report.added == BATCH * 4
    assert len(waits) > 4
    assert max(waits) < 5


KILLED = """
import sys
from pathlib import Path
from catalogue.database import open_catalogue
from catalogue.intake.importer import import_file
import_file(open_catalogue(sys.argv[1]), Path(sys.argv[2]), on_progress=lambda done: print(done, flush=True))
"""


def test_killed_import_leaves_whole_batches_and_a_second_run_completes_it(
    catalogue: Catalogue, url: str, tmp_path: Path
) -> None:
    total = BATCH * 6
    lines = ({"id": f"m{at}", "title": f"Many {at}", "themes": ["A", "B"], "author": "Jo Doe"} for at in range(total))
    path = write_lines(tmp_path / "many.jsonl", *lines)
    with subprocess.Popen(
        [sys.executable, "-c", KILLED, url, str(path)], stdout=subprocess.PIPE, cwd=ROOT, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == f"{BATCH}\n"
        os.kill(process.pid, signal.SIGKILL)
    left = all_records(catalogue)
    assert 0 < len(left) < total
    assert len(left) % BATCH == 0
    assert all(len(record.themes) == 2 and len(record.contributors) == 1 for record in left)
    assert numbers(import_file(catalogue, path)) == (total - len(left), 0, len(left), 0)


BROKEN = {
    "sqlite": """
        CREATE TRIGGER broken BEFORE INSERT ON record_theme WHEN new.record_id = 'b'
        BEGIN SELECT RAISE(ABORT, 'broken on purpose'); END
    """,
    "postgresql": """
        CREATE FUNCTION break_it() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION USING ERRCODE = 'check_violation', MESSAGE = 'broken on purpose'; END $$;
        CREATE TRIGGER broken BEFORE INSERT ON record_theme FOR EACH ROW WHEN (new.record_id = 'b')
        EXECUTE FUNCTION break_it()
    """,
}


def test_failure_in_the_middle_of_a_record_leaves_nothing_of_it(
    catalogue: Catalogue, database: str, tmp_path: Path
) -> None:
    with catalogue.migration() as connection:
        connection.exec_driver_sql(BROKEN[database])
    lines = [
        {"id": name, "title": name.upper(), "author": "Jo Doe", "themes": [theme]}
        for name, theme in zip("abc", "STT", strict=True)
    ]
    report = import_file(catalogue, write_lines(tmp_path / "a.jsonl", *lines))
    assert numbers(report) == (2, 0, 0, 1)
    assert report.refused.first[0].line == 2
    assert "broken on purpose" in report.refused.first[0].reason
    assert report.new_themes.first == ("S", "T")
    found = all_records(catalogue)
    assert [record.id for record in found] == ["a", "c"]
    assert [theme.label for theme in found[1].themes] == ["T"]
    with catalogue.read() as session:
        assert pending.status(session).count == 2


def test_rehearsal_is_seen_by_itself_and_undone(catalogue: Catalogue) -> None:
    with rehearsal(catalogue) as write:
        with write() as session:
            records.save(session, Draft(title="One"), record_id="a")
        with write() as session:
            assert records.get(session, "a").title == "One"
    assert all_records(catalogue) == []


def test_missing_tables_are_an_error_and_not_refused_lines(new_url: str, tmp_path: Path) -> None:
    (tmp_path / "new.sqlite").touch()
    opened = open_catalogue(new_url)
    with pytest.raises(CatalogueUnavailable, match="Its tables are missing"):
        import_file(opened, SAMPLE)
    opened.dispose()
