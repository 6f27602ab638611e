"""Completion: what somebody may be about to type, out of what the library has.

What was typed is read into a `Beginning`. An engine looks the names of themes, publishers and authors up by it
(`lookups`), and titles of records itself. Of what it finds a mix of all kinds is shown (`mixed`).
"""

from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum, unique
from operator import itemgetter
from types import MappingProxyType
from typing import Final

from mappings.analysis import is_ideograph, is_stop_word, searchable, token_spans
from mappings.completion import (
    FROM_A_LATER,
    FROM_THE_FIRST,
    WORDS_END,
    NameWord,
    folded_word,
    name_words,
    read_completion_term,
)
from search.language.policy import SHORTEST_PREFIX
from search.language.reader import read_query
from search.passages import Span, mark
from search.request import FacetValue
from search.results import MarkedText

DEFAULT_COMPLETIONS: Final = 8
MAX_COMPLETIONS: Final = 20

# Of more words or letters nobody waits for a completion, and a pasted page of text has none.
_MOST_WORDS: Final = 12
_MOST_LETTERS: Final = 300


@unique
class CompletionKind(StrEnum):
    """What is completed: the value of a facet, or the title of a record. Of equal ones the first kind comes first."""

    THEME = "theme"
    PUBLISHER = "publisher"
    AUTHOR = "author"
    TITLE = "title"


@unique
class Place(IntEnum):
    """Where in a name the typed words stand, the best first."""

    WHOLE = 0  # they are all of it
    BEGINNING = 1
    WITHIN = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Beginning:
    """What somebody has typed so far.

    `text` is all of it, folded: what a name may begin with. `words` are complete words and `last` is the beginning of
    one, as they were typed: a name within which they are to be found has them all. Very common words are left out of
    `words`; `last` is None where it is too short or too common to be looked for by itself.
    `longer` says that all of the text is one very common word: only longer words that begin so are meant by it.
    """

    text: str
    words: tuple[NameWord, ...] = ()
    last: NameWord | None = None
    longer: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CompletionRequest:
    """At most `limit` completions of each kind.

    Records that do not pass the filters (as in a search) count for nothing. No completion has any of the folded words
    in `without`.
    """

    beginning: Beginning
    limit: int
    filters: Mapping[str, tuple[FacetValue, ...]] = field(default_factory=lambda: MappingProxyType({}))
    without: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """Something that the library has.

    `count` records have it: never 0, and 1 for a title. `marked` is the label with what was typed marked: engines leave
    that to `Discovery`.
    """

    kind: CompletionKind
    place: Place
    id: str
    label: str
    count: int = 1
    marked: MarkedText = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookup:
    """Which terms of `mappings.completion` are names that fit, and where in these the words stand.

    A term begins with one of `starts`, goes on with a letter if it has to be `longer`, and has after that all of the
    folded words and the beginning of a word.
    """

    place: Place
    starts: tuple[str, ...]
    longer: bool = False
    words: tuple[str, ...] = ()
    last: str | None = None

    def fitting(self, start: str, terms: Sequence[tuple[str, int]]) -> Sequence[tuple[str, int]]:
        """Those of some terms that are meant, each with its count; all begin with one of the starts."""
        if not (self.longer or self.words or self.last):
            return terms  # of a beginning of two letters there may be thousands
        return [each for each in terms if self._fits(start, each[0])]

    def _fits(self, start: str, term: str) -> bool:
        rest = term[len(start) : term.index(WORDS_END, len(start) - 1)]
        if self.longer and not rest[:1].strip():
            return False
        padded = f" {rest} "
        return all(f" {word} " in padded for word in self.words) and f" {self.last or ''}" in padded


def read_beginning(text: str) -> Beginning | None:
    """What is to be completed; None where nothing is: too few letters or too many, or a query with fields or a minus.

    Every text can be read. What else the query language knows (quotation marks, stars, parentheses) is passed over.
    """
    typed = list(name_words(text))
    whole = " ".join(word.folded for word in typed)
    if not (0 < len(typed) <= _MOST_WORDS and len(whole) <= _MOST_LETTERS) or read_query(text).exact_title is None:
        return None
    words = tuple(word for word in typed[:-1] if not is_stop_word(word.written))
    last = typed[-1]
    is_common = is_stop_word(last.written)
    if len(typed) == 1 and _is_short(last):
        return None
    return Beginning(
        text=whole,
        words=words,
        last=last if words or not (_is_short(last) or (is_common and len(typed) > 1)) else None,
        longer=is_common and len(typed) == 1,
    )


def _is_short(word: NameWord) -> bool:
    return len(word.folded) < SHORTEST_PREFIX and not is_ideograph(word.folded)


def lookups(beginning: Beginning) -> Iterator[Lookup]:
    """How the names that fit are looked up, the best place first."""
    text = beginning.text
    yield Lookup(place=Place.WHOLE, starts=(f"{FROM_THE_FIRST}{text}{WORDS_END}",))
    yield Lookup(place=Place.BEGINNING, starts=(f"{FROM_THE_FIRST}{text}",), longer=beginning.longer)
    if beginning.last is None:
        return
    last = beginning.last.folded
    if not beginning.words:
        starts = (f"{FROM_A_LATER}{last}",) if last == text else (f"{FROM_THE_FIRST}{last}", f"{FROM_A_LATER}{last}")
        yield Lookup(place=Place.WITHIN, starts=starts)
        return
    # By a whole word, and a long one: few names have it.
    folded = [word.folded for word in beginning.words]
    longest = max(folded, key=len)
    yield Lookup(
        place=Place.WITHIN,
        starts=(f"{FROM_THE_FIRST}{longest} ", f"{FROM_A_LATER}{longest} "),
        words=tuple(word for word in dict.fromkeys(folded) if word != longest),
        last=last,
    )


def named(
    kind: CompletionKind, found: Iterable[tuple[Place, Iterable[tuple[str, int]]]], request: CompletionRequest
) -> tuple[Completion, ...]:
    """The best of some names, from the terms that were found at each place with their counts.

    The most records first, then in rising order of the terms, in which they come from each place: by the words of the
    name from the one that was looked for. Asks for no place more than is needed.
    """
    named: dict[str, Completion] = {}
    for place, terms in found:
        for term, count in sorted(terms, key=itemgetter(1), reverse=True):
            words, id_, label = read_completion_term(term)
            if id_ not in named and request.without.isdisjoint(words.split()):
                named[id_] = Completion(kind=kind, place=place, id=id_, label=label, count=count)
            if len(named) == request.limit:
                return tuple(named.values())
    return tuple(named.values())


def can_be_suggested(label: str, request: CompletionRequest) -> bool:
    """Whether a label has none of the words that are not wanted."""
    return request.without.isdisjoint(word.folded for word in name_words(label))


def mixed(found: Iterable[Completion], limit: int) -> tuple[Completion, ...]:
    """Some of the completions: of each kind as many as of the others, as far as there are.

    The best place comes first, then the most records.
    """
    queues: dict[CompletionKind, deque[Completion]] = {kind: deque() for kind in CompletionKind}
    for completion in found:
        queues[completion.kind].append(completion)
    chosen: list[Completion] = []
    while len(chosen) < limit and any(queues.values()):
        chosen += [queue.popleft() for queue in queues.values() if queue][: limit - len(chosen)]
    kinds = list(CompletionKind)
    return tuple(sorted(chosen, key=lambda each: (each.place, -each.count, kinds.index(each.kind))))


def marked(label: str, beginning: Beginning) -> MarkedText:
    """A label with the words that were typed marked, and the beginning of a word as far as it was typed."""
    words = frozenset(word.folded for word in beginning.words)
    return mark(label, list(_typed_spans(label, words, beginning.last)))


def _typed_spans(label: str, words: Collection[str], last: NameWord | None) -> Iterator[Span]:
    """Whole words wherever they stand, and the beginning: that of one letter only once, for it says little."""
    for start, end in token_spans(searchable(label)):
        folded = folded_word(label[start:end])
        if folded in words:
            yield start, end
        elif last is not None and folded.startswith(last.folded):
            yield start, _end_of_beginning(label, start, end, last.folded)
            last = None if _is_short(last) else last


def _end_of_beginning(label: str, start: int, end: int, beginning: str) -> int:
    """Where in a word its beginning ends: a letter may fold to several, and a mark to none."""
    ends = (at for at in range(start + 1, end) if folded_word(label[start:at]).startswith(beginning))
    return next(ends, end)
