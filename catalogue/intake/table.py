"""Records in CSV as RFC 4180 has it: the first line names the columns, quoted text may hold line ends."""

import csv
from collections import deque
from collections.abc import Iterator
from itertools import islice
from typing import Final

from catalogue.intake.lines import LONGEST_LINE, Line, RawLine, Refusal, Row, encoding_problem
from catalogue.intake.mapping import nearest_field

# A file without this column cannot hold a single record.
_NEEDED: Final = "title"

# Spreadsheets of countries with a decimal comma write semicolons.
_DELIMITERS: Final = ",;\t"


def read_table(lines: Iterator[RawLine | Refusal]) -> Iterator[Line]:
    """The record or the refusal of every row below the first. Rows without any text are skipped.

    A quotation mark that is never closed costs its own row only: reading goes on with the line after it.
    """
    records = _Records(lines)
    header = next(records, None)
    if header is None:
        return
    names = [] if isinstance(header, Refusal) else [name.strip().casefold() for name in header[1]]
    if reason := header.reason if isinstance(header, Refusal) else _problem_of_header(names):
        yield Refusal(line=1 if isinstance(header, Refusal) else header[0], reason=f"{reason}; no line was read")
        return
    for record in records:
        yield record if isinstance(record, Refusal) else _row(names, *record)


def _problem_of_header(names: list[str]) -> str | None:
    if _NEEDED not in names:
        slip = next((f": is {name!r} meant for it?" for name in names if nearest_field(name) == _NEEDED), "")
        return f"the first line has to name the columns, {_NEEDED!r} among them{slip}"
    twice = next((name for name in names if name and names.count(name) > 1), None)
    return f"the column {twice!r} is there twice" if twice else None


def _row(names: list[str], line: int, cells: list[str]) -> Line:
    if len(cells) != len(names):
        return Refusal(line=line, reason=f"the row has {len(cells)} columns, the first line has {len(names)}")
    return Row(line=line, values={name: cell for name, cell in zip(names, cells, strict=True) if name})


class _Records(Iterator["tuple[int, list[str]] | Refusal"]):
    """The rows of a file with the numbers of the lines on which they begin."""

    def __init__(self, lines: Iterator[RawLine | Refusal]) -> None:
        """Takes the lines of the file from its first one on."""
        self._lines = lines
        self._ahead: deque[RawLine | Refusal] = deque()  # Read, but not yet part of a row.
        self._delimiter = ""

    def __next__(self) -> tuple[int, list[str]] | Refusal:
        """Raises StopIteration at the end of the file."""
        while True:
            first = self._line(0)
            if first is None:
                raise StopIteration
            if isinstance(first, Refusal):
                return self._dropped(first)
            self._delimiter = self._delimiter or _delimiter_of(first.content)
            record = self._record(first)
            if isinstance(record, Refusal) or any(cell.strip() for cell in record[1]):
                return record

    def _record(self, first: RawLine) -> tuple[int, list[str]] | Refusal:
        taken: list[RawLine] = []
        try:
            cells = next(csv.reader(self._text(taken), delimiter=self._delimiter, strict=True))
        except csv.Error as error:
            problem = encoding_problem(first.content)
            return self._dropped(
                Refusal(line=first.number, reason=f"the line {problem}" if problem else _reason(error))
            )
        for _ in taken:
            self._ahead.popleft()
        for line in taken:
            if problem := encoding_problem(line.content):
                return Refusal(line=first.number, reason=f"line {line.number} {problem}")
        return first.number, cells

    def _text(self, taken: list[RawLine]) -> Iterator[str]:
        """The lines as text, as far as the reader of one row asks for them and one row may go."""
        size = 0
        while size <= LONGEST_LINE:
            line = self._line(len(taken))
            if line is None or isinstance(line, Refusal):
                return
            taken.append(line)
            size += len(line.content)
            yield line.content.decode(errors="surrogateescape") + "\n"

    def _line(self, at: int) -> RawLine | Refusal | None:
        """The line at a distance ahead. None after the end."""
        if at >= len(self._ahead):
            self._ahead.extend(islice(self._lines, 1))
        return self._ahead[at] if at < len(self._ahead) else None

    def _dropped(self, refusal: Refusal) -> Refusal:
        self._ahead.popleft()
        return refusal


def _delimiter_of(header: bytes) -> str:
    return max(_DELIMITERS, key=lambda mark: header.count(mark.encode()))


def _reason(error: csv.Error) -> str:
    message = str(error)
    if message == "unexpected end of data":
        return f"a quotation mark is not closed within {LONGEST_LINE:,} bytes or before the end of the file"
    if message.startswith("new-line character seen"):
        return "the row has a carriage return outside of quotation marks"
    if "expected after" in message:
        return "a quotation mark inside of quoted text is not doubled"
    return f"the row is not CSV: {message}"
