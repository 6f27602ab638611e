"""Reading files of records: JSON Lines and CSV, plain or gzipped, of any size.

What cannot be read is a `Refusal` with the number of its line and the reason, and reading goes on with the next line.
"""

import gzip
import io
from collections.abc import Iterator
from enum import StrEnum, unique
from pathlib import Path
from typing import Any, Final, cast

from catalogue.intake.jsonlines import read_json_lines
from catalogue.intake.lines import DAMAGE, Line, Refusal, raw_lines
from catalogue.intake.table import read_table


@unique
class Format(StrEnum):
    """The formats that an import reads."""

    JSON_LINES = "jsonl"
    CSV = "csv"


_SUFFIXES: Final = {
    ".jsonl": Format.JSON_LINES,
    ".ndjson": Format.JSON_LINES,
    ".json": Format.JSON_LINES,
    ".csv": Format.CSV,
    ".tsv": Format.CSV,
}

# The beginnings of files that people take for a text file, with what they are.
_OTHER_FILES: Final = (
    (b"PK\x03\x04", "a ZIP file or an Excel workbook (.xlsx): save it as CSV UTF-8"),
    (b"\xd0\xcf\x11\xe0", "an old Excel or Word file: save it as CSV UTF-8"),
    (b"\xff\xfe", "in UTF-16: save it as UTF-8"),
    (b"\xfe\xff", "in UTF-16: save it as UTF-8"),
    (b"%PDF", "a PDF"),
    (b"SQLite format 3", "a database"),
    (b"\x89PNG", "an image"),
    (b"\xff\xd8\xff", "an image"),
)
_GZIP: Final = b"\x1f\x8b"
_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"


def read_records(path: Path) -> Iterator[Line]:
    """The records of a file and the lines that cannot be read, in the order of the file. Blank lines are skipped.

    The format is told by the name (.jsonl, .ndjson, .json, .csv, .tsv; with .gz or without), else by the first
    character. Raises OSError where the file cannot be opened or read.
    """
    with path.open("rb") as file, _unpacked(file) as stream:
        yield from _read(stream, path.name)


def _unpacked(file: io.BufferedReader) -> "io.BufferedReader[Any]":
    if not file.peek(len(_GZIP)).startswith(_GZIP):
        return file
    return io.BufferedReader(cast("io.RawIOBase", gzip.GzipFile(fileobj=file)))


def _read(stream: "io.BufferedReader[Any]", name: str) -> Iterator[Line]:
    head = _head(stream)
    if isinstance(head, Refusal):
        yield head
        return
    if other := next((what for magic, what in _OTHER_FILES if head.startswith(magic)), None):
        yield Refusal(line=1, reason=f"the file is {other}")
        return
    if head.startswith(_BYTE_ORDER_MARK):
        stream.read(len(_BYTE_ORDER_MARK))
    lines = raw_lines(stream, end=b"\r" if b"\r" in head and b"\n" not in head else b"\n")
    match format_of(name, head):
        case Format.JSON_LINES:
            yield from read_json_lines(lines)
        case Format.CSV:
            yield from read_table(lines)


def format_of(name: str, head: bytes) -> Format:
    """The format of a file, told by its name, else by its first bytes."""
    suffix = Path(name.lower().removesuffix(".gz")).suffix
    begins_as_json = head.removeprefix(_BYTE_ORDER_MARK).lstrip()[:1] in {b"{", b"["}
    return _SUFFIXES.get(suffix) or (Format.JSON_LINES if begins_as_json else Format.CSV)


def _head(stream: "io.BufferedReader[Any]") -> bytes | Refusal:
    """The first bytes, left in the stream."""
    try:
        return stream.peek()
    except DAMAGE as error:
        return Refusal(line=1, reason=f"the compressed file is incomplete or damaged ({error})")
