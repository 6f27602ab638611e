"""The query tree: what a query means, before any engine knows of it.

Every node is frozen. Words are kept as typed (NFC); lower case, folding and stemming are the engine's analysis.
A `field` of None means all text fields; otherwise it is the name of a text field in `mappings.fields`.
"""

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """Records with a word. `times` is how often it was typed: its score counts that often."""

    text: str
    field: str | None = None
    times: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Prefix:
    """Records with any word that begins so."""

    text: str
    field: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """Records with these words next to each other, in this order, in one field. Two words at least."""

    words: tuple[str, ...]
    field: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Years:
    """Records published from the first to the last year, both included; None leaves a side open."""

    first: int | None
    last: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class All:
    """Records that match every operand."""

    operands: tuple["Node", ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Some:
    """Records that match at least `required` of the operands (1 is OR); more of them score higher."""

    operands: tuple["Node", ...]
    required: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Not:
    """Records that do not match the operand."""

    operand: "Node"


@dataclass(frozen=True, slots=True, kw_only=True)
class Everything:
    """All records: the meaning of an empty query."""


Node: TypeAlias = Word | Prefix | Phrase | Years | All | Some | Not | Everything
