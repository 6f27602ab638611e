"""The searches that are timed: drawn from the collection itself, the same ones at every run."""

import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from werkzeug.datastructures import MultiDict

from app.params import parse_page_request
from catalogue.record import Record
from mappings.analysis import is_stop_word
from search.request import SearchRequest

_SEED: Final = 20_161_205

# Plain letters only: so that every product compared reads the same words.
_WORD: Final = re.compile("[A-Za-z]{3,}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Words that stand side by side: one word, a phrase, or the beginning of a word."""

    words: tuple[str, ...]
    is_prefix: bool = False

    def __str__(self) -> str:
        """The part in the query language."""
        if self.is_prefix:
            return f"{self.words[0]}*"
        return self.words[0] if len(self.words) == 1 else f'"{" ".join(self.words)}"'


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """A value of a facet: the id that our addresses carry, and its label."""

    facet: str
    value: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """Parts that all have to be there, and values that a record has to have. At least one record fits."""

    parts: tuple[Part, ...]
    filters: tuple[Chosen, ...] = ()

    @property
    def parameters(self) -> list[tuple[str, str]]:
        """The query string of /search and of the API, as pairs."""
        return [("q", " ".join(map(str, self.parts))), *((chosen.facet, chosen.value) for chosen in self.filters)]

    @property
    def query_string(self) -> str:
        """The parameters as they stand in an address."""
        return urlencode(self.parameters)

    def request(self) -> SearchRequest:
        """The request that the page /search makes of it."""
        return parse_page_request(MultiDict(self.parameters))


def draw_searches(records: Sequence[Record], count: int) -> list[Search]:
    """So many different searches, every second one with one or two filters.

    Each is made of one record: one to four words of its title or abstract, at times two or three words as a phrase,
    or the beginning of one.
    """
    chance = random.Random(_SEED)  # noqa: S311 - draws examples, no secrets
    drawn: dict[Search, None] = {}
    while len(drawn) < count:
        record = chance.choice(records)
        parts = chance.choices(_KINDS, _SHARES)[0](chance, record)
        filters = _filters(chance, record) if len(drawn) % 2 else ()
        if parts:
            drawn.setdefault(Search(parts=parts, filters=filters))
    return list(drawn)


def _from_title(chance: random.Random, record: Record) -> tuple[Part, ...]:
    return _words(chance, record.title)


def _from_abstract(chance: random.Random, record: Record) -> tuple[Part, ...]:
    return _words(chance, record.abstract or "")


def _phrase(chance: random.Random, record: Record) -> tuple[Part, ...]:
    """Two or three neighbouring words of the title."""
    title = record.title.split()
    length = chance.randint(2, 3)
    runs = [run for at in range(len(title) - length + 1) if all(map(_WORD.fullmatch, run := title[at : at + length]))]
    return (Part(words=tuple(chance.choice(runs))),) if runs else ()


def _beginning(chance: random.Random, record: Record) -> tuple[Part, ...]:
    """A word and the first letters of another."""
    words = [part.words[0] for part in _words(chance, record.title)]
    if len(words) < 2 or len(words[-1]) < 5:
        return ()
    return Part(words=(words[0],)), Part(words=(words[-1][:5],), is_prefix=True)


def _words(chance: random.Random, text: str) -> tuple[Part, ...]:
    found = [word for word in dict.fromkeys(_WORD.findall(text)) if not is_stop_word(word)]
    wanted = chance.randint(1, 4)
    return tuple(Part(words=(word,)) for word in chance.sample(found, min(wanted, len(found))))


_Kind = Callable[[random.Random, Record], tuple[Part, ...]]
_KINDS: Final[Sequence[_Kind]] = (_from_title, _from_abstract, _phrase, _beginning)
_SHARES: Final = (45, 35, 10, 10)  # per cent


def _filters(chance: random.Random, record: Record) -> tuple[Chosen, ...]:
    """One or two values of the record, of different facets."""
    values = list(_values(chance, record))
    return tuple(chance.sample(values, min(len(values), chance.randint(1, 2))))


def _values(chance: random.Random, record: Record) -> Iterator[Chosen]:
    if record.themes:
        theme = chance.choice(record.themes)
        yield Chosen(facet="theme", value=theme.id, label=theme.label)
    if record.date:
        yield Chosen(facet="year", value=f"{record.date.year:04}", label=f"{record.date.year:04}")
    if record.contributors:
        agent = chance.choice(record.contributors).agent
        yield Chosen(facet="author", value=agent.id, label=agent.name)


def as_dict(search: Search) -> dict[str, Any]:
    """The search as JSON."""
    return {"query": search.parameters[0][1], "filters": [f"{each.facet}={each.value}" for each in search.filters]}
