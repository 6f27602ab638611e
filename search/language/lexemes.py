"""The pieces that a query text is cut into."""

from dataclasses import dataclass
from enum import Enum, unique
from typing import Final, TypeAlias


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """What stands between spaces: its words. Parts of several words belong together, such as O'Brien.

    `starred` says that the last word is the beginning of a word.
    """

    parts: tuple[tuple[str, ...], ...]
    starred: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Quoted:
    """What stands between quotation marks: its words, perhaps none."""

    words: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldName:
    """A name before a colon; `field` is the text field that it stands for."""

    name: str
    field: str


@dataclass(frozen=True, slots=True, kw_only=True)
class YearRange:
    """A year or a range of years."""

    first: int | None
    last: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dangling:
    """An operator that joins nothing, and so is the word in small letters."""

    word: str


@unique
class Mark(Enum):
    """Syntax that holds no words."""

    AND = "AND"
    OR = "OR"
    NOT = "NOT"
    MINUS = "-"
    OPEN = "("
    CLOSE = ")"


Lexeme: TypeAlias = Chunk | Quoted | FieldName | YearRange | Dangling | Mark

# The words that are read as operators, in capitals only.
OPERATORS: Final = {mark.value: mark for mark in (Mark.AND, Mark.OR, Mark.NOT)}
