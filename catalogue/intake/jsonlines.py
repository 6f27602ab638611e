"""Records in JSON Lines: one JSON object a line."""

import json
from collections.abc import Iterator
from typing import Any, Final, NoReturn, cast

from catalogue.intake.lines import Line, RawLine, Refusal, Row, encoding_problem


class _Unreadable(ValueError):
    """A line that is no record, with the reason as its message."""


def read_json_lines(lines: Iterator[RawLine | Refusal]) -> Iterator[Line]:
    """The record or the refusal of every line that is not blank."""
    for line in lines:
        if isinstance(line, Refusal):
            yield line
        elif line.content.strip():
            try:
                yield Row(line=line.number, values=_object(line))
            except _Unreadable as error:
                yield Refusal(line=line.number, reason=str(error))


def _object(line: RawLine) -> dict[str, object]:
    if problem := encoding_problem(line.content):
        raise _Unreadable(f"the line {problem}")
    try:
        value = _DECODER.decode(line.content.decode())
    except json.JSONDecodeError as error:
        cut = "" if line.ended else "; the file ends here without a line end: was it cut off?"
        raise _Unreadable(f"the line is not JSON: {error.msg} at character {error.pos + 1}{cut}") from error
    except RecursionError as error:
        raise _Unreadable("the line has lists or objects nested too deeply") from error
    except _Unreadable:
        raise
    except ValueError as error:  # Python refuses to read a number of more than 4,300 digits.
        raise _Unreadable("the line has a number that is too long") from error
    if not isinstance(value, dict):
        raise _Unreadable('the line is not a JSON object such as {"title": "..."}')
    return cast("dict[str, object]", value)


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise _Unreadable(f"the line has the field {twice!r} twice")
    return found


def _refuse_constant(name: str) -> NoReturn:
    raise _Unreadable(f"the line has {name}, which is no value in JSON")


_DECODER: Final = json.JSONDecoder(object_pairs_hook=_distinct, parse_constant=_refuse_constant)
