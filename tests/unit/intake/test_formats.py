"""Reading files: what becomes of each line, good or bad."""

import gzip
import json
import tracemalloc
from collections.abc import Iterator
from io import BytesIO
from itertools import chain, repeat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.intake.formats import Format, format_of, read_records
from catalogue.intake.lines import LONGEST_LINE, Line, RawLine, Refusal, Row, raw_lines


def read(folder: Path, content: bytes, name: str) -> list[Line]:
    path = folder / name
    path.write_bytes(content)
    return list(read_records(path))


def refusals(lines: list[Line]) -> list[tuple[int, str]]:
    return [(line.line, line.reason) for line in lines if isinstance(line, Refusal)]


def titles(lines: list[Line]) -> list[tuple[int, object]]:
    return [(line.line, line.values["title"]) for line in lines if isinstance(line, Row)]


GOOD = b'{"title": "One"}\n'

BAD_JSON = {
    "truncated": (b'{"title": "Tw', "is not JSON: Unterminated string"),
    "array": (b'["title"]', "not a JSON object"),
    "text": (b'"title"', "not a JSON object"),
    "latin_1": (
        '{"title": "Münz"}'.encode("latin-1"),
        "the line is not UTF-8 (byte 13 is 0xFC): save the file as UTF-8",
    ),
    "nul": (b'{"title": "a\x00b"}', "NUL character (byte 13)"),
    "duplicate": (b'{"title": "a", "title": "b"}', "the field 'title' twice"),
    "nan": (b'{"title": NaN}', "NaN, which is no value in JSON"),
    "infinity": (b'{"title": -Infinity}', "-Infinity, which is no value"),
    "deep": (b'{"title":' + b"[" * 100_000 + b"]" * 100_000 + b"}", "nested too deeply"),
    "huge_number": (b'{"title": ' + b"9" * 5_000 + b"}", "a number that is too long"),
    "too_long": (b'{"title": "' + b"x" * LONGEST_LINE + b'"}', "the line is longer than 1,000,000 bytes"),
    "binary": (bytes(range(11, 256)), "is not UTF-8"),
    "csv": (b"title,author", "is not JSON: Expecting value at character 1"),
}


@pytest.mark.parametrize(("line", "reason"), BAD_JSON.values(), ids=BAD_JSON.keys())
def test_bad_json_line_is_refused_and_its_neighbours_are_read(tmp_path: Path, line: bytes, reason: str) -> None:
    lines = read(tmp_path, GOOD + line + b"\n" + GOOD, "records.jsonl")
    assert titles(lines) == [(1, "One"), (3, "One")]
    assert [number for number, _ in refusals(lines)] == [2]
    assert reason in refusals(lines)[0][1]


def test_cut_off_last_line_is_called_so(tmp_path: Path) -> None:
    assert "was it cut off?" in refusals(read(tmp_path, GOOD + b'{"title": "Tw', "records.jsonl"))[0][1]


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"], ids=["unix", "windows", "old_mac"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["plain", "byte_order_mark"])
def test_every_line_end_is_read_with_right_numbers(tmp_path: Path, end: bytes, mark: bytes) -> None:
    content = mark + end.join([b'{"title": "One"}', b"", b" ", b'{"title": "Two"}'])
    assert titles(read(tmp_path, content, "records.jsonl")) == [(1, "One"), (4, "Two")]
    content = mark + end.join([b"title,year", b"One,1", b"", b",", b'"Two",2'])
    assert titles(read(tmp_path, content, "records.csv")) == [(2, "One"), (5, "Two")]


def test_gzipped_file_is_read_whatever_its_name(tmp_path: Path) -> None:
    assert titles(read(tmp_path, gzip.compress(GOOD), "records.jsonl.gz")) == [(1, "One")]
    assert titles(read(tmp_path, gzip.compress(b"title\nOne\n"), "records")) == [(2, "One")]


def test_damaged_gzip_gives_what_can_be_read_and_a_refusal(tmp_path: Path) -> None:
    packed = gzip.compress(b"".join(b'{"title": "%d"}\n' % number for number in range(50_000)))
    lines = read(tmp_path, packed[: len(packed) // 2], "records.jsonl.gz")
    assert len(titles(lines)) > 1_000
    assert [reason for _, reason in refusals(lines)][-1].startswith("the compressed file is incomplete or damaged")
    assert refusals(lines)[-1][0] == len(titles(lines)) + 1
    assert "incomplete or damaged" in refusals(read(tmp_path, packed[:5], "cut.jsonl.gz"))[0][1]


@pytest.mark.parametrize("name", ["empty.jsonl", "empty.csv", "empty"])
@pytest.mark.parametrize("content", [b"", b"\n\n  \n", b"\xef\xbb\xbf"], ids=["empty", "blank", "only_a_mark"])
def test_empty_file_has_no_lines(tmp_path: Path, name: str, content: bytes) -> None:
    assert read(tmp_path, content, name) == []


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"PK\x03\x04rest", "an Excel workbook"),
        (b"\xd0\xcf\x11\xe0rest", "an old Excel"),
        ("title\nÜber".encode("utf-16"), "in UTF-16: save it as UTF-8"),
        (b"%PDF-1.7", "a PDF"),
        (b"\x89PNG\r\n", "an image"),
    ],
)
@pytest.mark.parametrize("name", ["file.jsonl", "file.csv"])
def test_file_of_another_kind_is_refused_once(tmp_path: Path, content: bytes, reason: str, name: str) -> None:
    [(number, found)] = refusals(read(tmp_path, content, name))
    assert number == 1
    assert reason in found


@pytest.mark.parametrize(
    ("name", "head", "kind"),
    [
        ("a.jsonl", b"title", Format.JSON_LINES),
        ("a.NDJSON.gz", b"title", Format.JSON_LINES),
        ("a.csv", b"{", Format.CSV),
        ("a.csv.gz", b"", Format.CSV),
        ("a.txt", b" \n{", Format.JSON_LINES),
        ("a", b"\xef\xbb\xbf{", Format.JSON_LINES),
        ("a", b"title", Format.CSV),
    ],
)
def test_format_is_told_by_name_then_content(name: str, head: bytes, kind: Format) -> None:
    assert format_of(name, head) is kind


HEADER = b"title,author\n"

BAD_CSV = {
    "few_columns": (b"Two", "the row has 1 columns, the first line has 2"),
    "many_columns": (b"Two,a,b", "the row has 3 columns"),
    "latin_1": ("Zwei,Münz".encode("latin-1"), "line 3 is not UTF-8 (byte 7 is 0xFC): save the file as UTF-8"),
    "nul": (b"Tw\x00o,a", "line 3 holds a NUL character (byte 3)"),
    "quote_not_doubled": (b'"Two" words,a', "not doubled"),
    "quote_not_closed": (b'"Two,a', "not closed"),
    "too_long": (b"x" * (LONGEST_LINE + 1), "longer than 1,000,000 bytes"),
    "long_field": (b"x" * 200_000 + b",a", "field larger than field limit"),
}


@pytest.mark.parametrize(("row", "reason"), BAD_CSV.values(), ids=BAD_CSV.keys())
def test_bad_csv_row_is_refused_and_its_neighbours_are_read(tmp_path: Path, row: bytes, reason: str) -> None:
    lines = read(tmp_path, HEADER + b"One,a\n" + row + b"\nThree,a\nFour,a\n", "records.csv")
    assert titles(lines) == [(2, "One"), (4, "Three"), (5, "Four")]
    assert [number for number, _ in refusals(lines)] == [3]
    assert reason in refusals(lines)[0][1]


def test_quoted_line_ends_belong_to_the_text_and_are_counted(tmp_path: Path) -> None:
    lines = read(tmp_path, HEADER + b'"One\r\nand ""a half""","a, b"\r\nTwo,5" disk\n', "records.csv")
    assert titles(lines) == [(2, 'One\r\nand "a half"'), (4, "Two")]


def test_bad_bytes_in_the_middle_of_a_row_refuse_that_row(tmp_path: Path) -> None:
    lines = read(tmp_path, HEADER + b'"One\nb\xfc\n",a\nTwo,b\n', "records.csv")
    assert refusals(lines) == [(2, "line 3 is not UTF-8 (byte 2 is 0xFC): save the file as UTF-8")]
    assert titles(lines) == [(5, "Two")]


@pytest.mark.parametrize("mark", [";", "\t"], ids=["semicolon", "tab"])
def test_other_delimiters_are_recognised(tmp_path: Path, mark: str) -> None:
    lines = read(tmp_path, f"Title{mark}author\nOne, two{mark}a\n".encode(), "records.csv")
    assert titles(lines) == [(2, "One, two")]


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        (b"name,author", "the first line has to name the columns, 'title' among them; no line was read"),
        (b"titel,author", "'title' among them: is 'titel' meant for it?; no line was read"),
        (b"title,author,author", "the column 'author' is there twice; no line was read"),
        (b"title,\xfc", "line 1 is not UTF-8 (byte 7 is 0xFC): save the file as UTF-8; no line was read"),
        (b'title,"author', "a quotation mark is not closed"),
    ],
)
def test_csv_without_a_usable_header_is_refused_once(tmp_path: Path, header: bytes, reason: str) -> None:
    [(number, found)] = refusals(read(tmp_path, header + b"\nOne,a\nTwo,b\n", "records.csv"))
    assert number == 1
    assert reason in found


def test_missing_file_raises(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        list(read_records(tmp_path / "missing.jsonl"))


class LongLine:
    """A stream with a line of 100 MB, then a short one."""

    def __init__(self) -> None:
        self.chunks = chain(repeat(b"x" * 50_000, 2_000), [b"\nend"])

    def read(self, _size: int, /) -> bytes:
        return next(self.chunks, b"")


def test_line_of_100_mb_is_refused_without_being_kept() -> None:
    tracemalloc.start()
    try:
        first, second = raw_lines(LongLine())
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert first == Refusal(line=1, reason="the line is longer than 1,000,000 bytes")
    assert second == RawLine(number=2, content=b"end", ended=False)
    assert peak < 5_000_000


@given(st.lists(st.binary(max_size=40).map(lambda line: line.replace(b"\n", b" ")), max_size=30), st.integers(1, 60))
def test_lines_are_those_of_the_bytes(contents: list[bytes], chunk: int) -> None:
    class InChunks:
        def __init__(self, stream: BytesIO) -> None:
            self.stream = stream

        def read(self, _size: int, /) -> bytes:
            return self.stream.read(chunk)

    def expected() -> Iterator[RawLine | Refusal]:
        for number, content in enumerate(contents, start=1):
            if len(content) > 20:
                yield Refusal(line=number, reason="the line is longer than 20 bytes")
            else:
                yield RawLine(number=number, content=content)

    stream = InChunks(BytesIO(b"".join(content + b"\n" for content in contents)))
    assert list(raw_lines(stream, longest=20)) == list(expected())


@given(st.binary(max_size=300), st.sampled_from(["a.jsonl", "a.csv", "a"]))
def test_any_bytes_are_read_to_the_end(tmp_path_factory: pytest.TempPathFactory, content: bytes, name: str) -> None:
    lines = read(tmp_path_factory.mktemp("any"), content, name)
    assert all(line.line >= 1 for line in lines)


TEXT = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=20)


@given(
    st.lists(
        st.fixed_dictionaries({"title": TEXT.map(lambda text: "t" + text), "author": TEXT}), min_size=1, max_size=8
    )
)
def test_csv_and_json_give_the_same_values(
    tmp_path_factory: pytest.TempPathFactory, rows: list[dict[str, str]]
) -> None:
    folder = tmp_path_factory.mktemp("both")

    def quoted(text: str) -> str:
        return '"' + text.replace('"', '""') + '"'

    table = "title,author\n" + "".join(f"{quoted(row['title'])},{quoted(row['author'])}\n" for row in rows)
    from_csv = read(folder, table.encode(), "a.csv")
    from_json = read(folder, "".join(json.dumps(row) + "\n" for row in rows).encode(), "a.jsonl")
    assert [line.values for line in from_csv if isinstance(line, Row)] == rows
    assert [line.values for line in from_json if isinstance(line, Row)] == rows
