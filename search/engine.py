"""The ports: what the service needs of a search engine. Adapters stand in `engines`."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum, unique
from typing import Final, NewType, Protocol

from search.completion import Completion, CompletionRequest
from search.request import SearchRequest
from search.results import Bucket, SearchPage

# The name of one physical index. A rebuild makes a new one.
GenerationName = NewType("GenerationName", str)

# A document: field name -> value or values, as `mappings.fields` declares them.
Document = Mapping[str, str | int | Sequence[str]]


# The edits within which another word counts as similar. The first letter has to be the same: people get it right, and a
# dictionary of a million words is read by its twenty-sixth part.
MOST_EDITS: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class WordFrequency:
    """A word of the index, lowercased and folded but not stemmed.

    `edits` away from the word that was asked for: letters added, dropped, changed, or two neighbours swapped.
    `documents` have it in the field in which it is most frequent; where it is not the word that was asked for, those
    may be counted that were replaced or removed since.
    """

    word: str
    edits: int
    documents: int


class SearchEngine(Protocol):
    """The reading side. Every method raises the errors of `search.errors` and nothing else."""

    def search(self, request: SearchRequest) -> SearchPage:
        """One page of results for the request's tree as it stands, with exact total and facets."""
        ...

    def count(self, request: SearchRequest) -> int:
        """How many records match the request's tree and filters."""
        ...

    def buckets(self, request: SearchRequest, facet: str) -> tuple[Bucket, ...]:
        """Every value of one facet under every filter but its own, largest first and then by id; years in order."""
        ...

    def similar_words(self, word: str) -> Sequence[WordFrequency]:
        """Words of the index with the same first letter within `MOST_EDITS`, in any order.

        No more edits than the shorter of both has letters. The word itself is among them if the index has it. A text
        that is not one word has none.
        """
        ...

    def complete(self, request: CompletionRequest) -> tuple[Completion, ...]:
        """Names and titles that fit what was typed, of each kind the best ones, without marks.

        Names at the best place come first, then those of the most records; titles at the best place, then the newest.
        An index that lacks their fields has none.
        """
        ...

    def generation(self) -> GenerationName:
        """The generation that answers now. Raises IndexMissing where there is none."""
        ...

    def product(self) -> str:
        """The name and version of what answers, such as Elasticsearch 9.4.3; also where there is no index."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Put:
    """Make the index show this version of a record."""

    id: str
    version: int
    document: Document


@dataclass(frozen=True, slots=True, kw_only=True)
class Remove:
    """Make the index forget a record that was deleted in this version."""

    id: str
    version: int


Operation = Put | Remove


@unique
class Outcome(StrEnum):
    """What became of one operation."""

    DONE = "done"  # also where the index showed this version already
    NEWER = "newer"  # nothing was changed: the index holds a newer version
    TRY_AGAIN = "try again"  # the engine was busy or failed
    REFUSED = "refused"  # the document itself cannot be indexed


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """The outcome of one operation, with the engine's reason unless it is done, and the newer version that it holds."""

    id: str
    outcome: Outcome
    reason: str | None = None
    held: int | None = None


class IndexWriter(Protocol):
    """The writing side: generations, and documents in them.

    An operation whose version is lower than the one that the index holds changes nothing.
    """

    def create(self, generation: GenerationName) -> None:
        """Make an empty generation with the present fields. Raises EngineFault if it exists."""
        ...

    def write(self, generation: GenerationName, operations: Sequence[Operation]) -> Sequence[Result]:
        """Apply the operations durably; searchable afterwards within a second. One result each, in order.

        Raises IndexMissing and IndexIncompatible, EngineUnavailable where it is not known which have been applied, and
        EngineFault or EngineForbidden where the engine refuses all that we send.
        """
        ...

    def held(self, generation: GenerationName, ids: Collection[str]) -> Mapping[str, int]:
        """The versions of those of these documents that a generation has, with all that was written so far."""
        ...

    def versions(self, generation: GenerationName) -> Iterable[tuple[str, int]]:
        """The id and version of every document, in order of id."""
        ...

    def activate(self, generation: GenerationName) -> None:
        """Let searches go to this generation from now on, in one step. Raises IndexMissing and IndexIncompatible."""
        ...

    def active(self) -> GenerationName | None:
        """The generation that searches go to; None where it is missing, damaged or of another format."""
        ...

    def is_current(self, generation: GenerationName) -> bool:
        """Whether a generation was made with exactly the present fields and format. Raises IndexMissing.

        One of the same format with other fields is read, and written with those that it shares with the present ones;
        it has to be made anew to gain the others, or to lose what nobody fills any longer.
        """
        ...

    def generations(self) -> Sequence[GenerationName]:
        """Every generation that there is, in any order: also unfinished and damaged ones."""
        ...

    def remove(self, generation: GenerationName) -> None:
        """Delete a generation that is not active; nothing happens if it is not there."""
        ...

    def close(self) -> None:
        """Let go of what is held open for writing; the next write opens it again."""
        ...
