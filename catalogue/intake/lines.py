"""Lines of a file in bytes, with their numbers, in small memory."""

import gzip
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Protocol, TypeAlias

# In bytes. The longest of 66,000 real records took 4,247; the catalogue takes no abstract of more than 50,000
# characters, 200,000 bytes.
LONGEST_LINE: Final = 1_000_000

_CHUNK: Final = 65_536

# What Python raises for a gzip that ends too early or holds nonsense.
DAMAGE: Final = (EOFError, zlib.error, gzip.BadGzipFile)


class Stream(Protocol):
    """What lines are read from."""

    def read(self, size: int, /) -> bytes:
        """Up to `size` bytes; none at the end."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class RawLine:
    """A line without its end. `ended` is false where the file ends without a line end."""

    number: int
    content: bytes
    ended: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A record as the file gives it, and the number of the line on which it begins."""

    line: int
    values: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A line, counted from 1, that is not taken, and why."""

    line: int
    reason: str


Line: TypeAlias = Row | Refusal


def raw_lines(stream: Stream, *, end: bytes = b"\n", longest: int = LONGEST_LINE) -> Iterator[RawLine | Refusal]:
    """The lines of a stream. One that is too long is refused without being kept; damage in a gzip ends the reading.

    Raises OSError where the stream cannot be read.
    """
    number, rest, too_long = 1, b"", False
    for chunk in _chunks(stream):
        if isinstance(chunk, Refusal):
            yield Refusal(line=number, reason=chunk.reason)
            return
        first, *others = chunk.split(end)
        rest = b"" if too_long else rest + first
        for piece in others:
            yield (
                _too_long(number, longest) if too_long or len(rest) > longest else RawLine(number=number, content=rest)
            )
            number, rest, too_long = number + 1, piece, False
        too_long = too_long or len(rest) > longest
    if too_long:
        yield _too_long(number, longest)
    elif rest:
        yield RawLine(number=number, content=rest, ended=False)


def encoding_problem(content: bytes) -> str | None:
    """Why bytes are not text in UTF-8, with the place counted from 1. None where they are."""
    if (at := content.find(0)) >= 0:
        return f"holds a NUL character (byte {at + 1}): is this a text file?"
    try:
        content.decode()
    except UnicodeDecodeError as error:
        return f"is not UTF-8 (byte {error.start + 1} is 0x{content[error.start]:02X}): save the file as UTF-8"
    return None


def _chunks(stream: Stream) -> Iterator[bytes | Refusal]:
    try:
        while chunk := stream.read(_CHUNK):
            yield chunk
    except DAMAGE as error:
        yield Refusal(line=0, reason=f"the compressed file is incomplete or damaged from here on ({error})")


def _too_long(number: int, longest: int) -> Refusal:
    return Refusal(line=number, reason=f"the line is longer than {longest:,} bytes")
