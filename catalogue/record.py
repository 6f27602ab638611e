"""What the catalogue knows of a record, as values: nothing here touches a database.

`Record` is read, `Draft` is written. A draft names things as people do (labels, names); the catalogue finds or makes
the entries of its vocabularies and answers with a record that carries their ids.
"""

import calendar
import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum, unique
from typing import Final, NewType, Self

from catalogue.errors import Invalid

RecordId = NewType("RecordId", str)
AgentId = NewType("AgentId", str)
ConceptId = NewType("ConceptId", str)

# Between the labels of a path in a vocabulary: "Education > Schools".
PATH_SEPARATOR: Final = ">"


@unique
class AgentKind(StrEnum):
    """What kind of party a name belongs to. UNKNOWN where it cannot be told safely."""

    PERSON = "person"
    ORGANISATION = "organisation"
    UNKNOWN = "unknown"


@unique
class Role(StrEnum):
    """What a contributor did."""

    AUTHOR = "author"
    EDITOR = "editor"
    CONTRIBUTOR = "contributor"


@unique
class Vocabulary(StrEnum):
    """The controlled vocabularies."""

    THEME = "theme"
    TYPE = "type"


@dataclass(frozen=True, slots=True, kw_only=True)
class PartialDate:
    """A date as precise as it is known: a year, a month of a year, or a day."""

    year: int
    month: int | None = None
    day: int | None = None

    def __post_init__(self) -> None:
        """Raises Invalid for a date that is not in the calendar."""
        if not 1 <= self.year <= 9999:
            raise Invalid(field="date", value=self.year, limit="a year from 1 to 9999")
        if self.month is None:
            if self.day is not None:
                raise Invalid(field="date", value=self.day, limit="a day of a known month")
            return
        if not 1 <= self.month <= 12:
            raise Invalid(field="date", value=self.month, limit="a month from 1 to 12")
        last = calendar.monthrange(self.year, self.month)[1]
        if self.day is not None and not 1 <= self.day <= last:
            raise Invalid(field="date", value=self.day, limit=f"a day from 1 to {last}")

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read 2017, 2017-04 or 2017-04-18. Raises Invalid for anything else."""
        match = re.fullmatch(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", text.strip(), re.ASCII)
        if match is None:
            raise Invalid(field="date", value=text, limit="a date such as 2017, 2017-04 or 2017-04-18")
        year, month, day = (int(part) if part else None for part in match.groups())
        assert year is not None
        try:
            return cls(year=year, month=month, day=day)
        except Invalid as e:  # it names the part that is wrong
            raise Invalid(field="date", value=text, limit=f"a date such as 2017-04-18, with {e.limit}") from e

    def __str__(self) -> str:
        """The date as it is parsed: 2017, 2017-04 or 2017-04-18."""
        parts = [f"{self.year:04}", *(f"{part:02}" for part in (self.month, self.day) if part is not None)]
        return "-".join(parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    """A person or an organisation, known by one name."""

    id: AgentId
    name: str
    kind: AgentKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Contributor:
    """An agent with what it did for a record."""

    agent: Agent
    role: Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Concept:
    """A theme or a type. `broader` are the concepts above it, the nearest first."""

    id: ConceptId
    vocabulary: Vocabulary
    label: str
    broader: tuple["Concept", ...] = ()

    @property
    def path(self) -> str:
        """The labels from the broadest on, as a draft gives them: "Education > Schools"."""
        return f" {PATH_SEPARATOR} ".join(each.label for each in (*reversed(self.broader), self))


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A record as the catalogue holds it, or as it was in an earlier version. Times are in UTC.

    A deleted record is a tombstone with all it knew; one that is not published is seen by the staff alone. `changed_by`
    made this version, and `change_note` says why where that is more than a change of its fields.
    """

    id: RecordId
    version: int
    title: str
    contributors: tuple[Contributor, ...]
    responsibility: str | None
    publishers: tuple[Agent, ...]
    date: PartialDate | None
    type: Concept | None
    themes: tuple[Concept, ...]
    abstract: str | None
    link: str | None
    language: str | None
    doi: str | None
    isbn: str | None
    deleted: bool
    created_at: datetime
    updated_at: datetime
    published: bool = True
    changed_by: str | None = None
    change_note: str | None = None

    @property
    def is_public(self) -> bool:
        """Whether everybody may find it."""
        return self.published and not self.deleted

    def as_draft(self) -> "Draft":
        """The draft that says the same: saved, it changes nothing."""
        return Draft(
            title=self.title,
            contributors=tuple(Name(name=c.agent.name, kind=c.agent.kind, role=c.role) for c in self.contributors),
            responsibility=self.responsibility,
            publishers=tuple(publisher.name for publisher in self.publishers),
            date=self.date,
            type=None if self.type is None else self.type.path,
            themes=tuple(theme.path for theme in self.themes),
            abstract=self.abstract,
            link=self.link,
            language=self.language,
            doi=self.doi,
            isbn=self.isbn,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """A contributor as a draft gives it."""

    name: str
    kind: AgentKind = AgentKind.UNKNOWN
    role: Role = Role.AUTHOR


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A record as it is to be written. All text is NFC without control characters, and empty text is None.

    `themes` and `type` are labels; "Broader > Narrower" is a path in the vocabulary. `publishers` are names.
    """

    title: str
    contributors: tuple[Name, ...] = ()
    responsibility: str | None = None
    publishers: tuple[str, ...] = ()
    date: PartialDate | None = None
    type: str | None = None
    themes: tuple[str, ...] = ()
    abstract: str | None = None
    link: str | None = None
    language: str | None = None
    doi: str | None = None
    isbn: str | None = None
