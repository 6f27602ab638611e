"""Searches as people make them, and as nobody would."""

from collections.abc import Callable, Sequence
from random import Random
from typing import Final

from catalogue.record import Record
from mappings.fields import FACET_NAMES, NONE_GIVEN
from search.language.reader import read_query
from search.request import FacetValue, SearchRequest, Sort
from tests.conformance.records import slug
from tests.differential.vocabulary import UNUSUAL, Vocabulary, misspelt

_TEXT_FIELDS: Final = ("title", "author", "theme", "type", "publisher", "abstract", "doi", "isbn", "by", "editor")
_QUESTIONS: Final = ("what is the", "how do", "does", "why are there so many", "who has", "to be or not to be")

_Kind = Callable[["QueryGenerator"], str]


class QueryGenerator:
    """Makes requests about some records."""

    def __init__(self, random: Random, records: Sequence[Record], vocabulary: Vocabulary) -> None:
        """Every request is the same for the same random numbers."""
        self._random = random
        self._records = records
        self._vocabulary = vocabulary
        self._subject = records[0]

    def request(self) -> SearchRequest:
        """A page of results of a query under some filters, mostly the first, with facets."""
        random = self._random
        self._subject = random.choice(self._records)
        facets = FACET_NAMES if random.random() < 0.7 else tuple(random.sample(FACET_NAMES, random.randint(0, 3)))
        query = read_query(self.text())
        return SearchRequest(
            query=query,
            filters=self._filters(),
            sort=Sort.RELEVANCE if random.random() < 0.6 else random.choice(list(Sort)),
            page=random.choice([1, 1, 1, 1, 2, 3, 12]),
            size=random.choice([20, 20, 20, 7, 100]),
            facets=facets,
            facet_size=random.choice([1, 3, 10, 10, 10, 50]),
        )

    def text(self) -> str:
        """What somebody typed."""
        kinds, weights = zip(*_KINDS.items(), strict=True)
        [kind] = self._random.choices(kinds, weights)
        return kind(self)

    def misspelling(self) -> SearchRequest:
        """A request for one or two words of a record with a slip."""
        words = " ".join(self._word() for _ in range(self._random.choice([0, 0, 1])))
        return SearchRequest(query=read_query(f"{self._misspelt_word()} {words}"), filters=self._filters())

    def beginning(self) -> SearchRequest:
        """A request for what somebody has typed so far: of a title or a name, from any of its words on."""
        random = self._random
        self._subject = record = random.choice(self._records)
        agents = [*(contributor.agent for contributor in record.contributors), *record.publishers]
        names = [*(agent.name for agent in agents), *(theme.label for theme in record.themes)]
        words = random.choice([record.title, random.choice([record.title, *names])]).split() or ["work"]
        if random.random() < 0.2:
            random.shuffle(words)
        text = " ".join(words[random.randrange(len(words)) :][:5])
        text = self.text() if random.random() < 0.1 else text[: random.choice([1, 2, 2, 3, 4, 6, 9, 14, 40])]
        return SearchRequest(query=read_query(text), filters=self._filters())

    def _misspelt_word(self) -> str:
        return misspelt(self._random, self._word())

    def _word(self) -> str:
        """Mostly a word of a record."""
        kind = self._random.random()
        if kind < 0.75:
            words = self._some_text().split() or ["cohesion"]
            return self._random.choice(words)
        if kind < 0.9:
            return self._vocabulary.draw(self._random, 1)[0]
        return self._random.choice(UNUSUAL)

    def _some_record(self) -> Record:
        """Mostly the one that this request is about, so that there is something to find."""
        return self._subject if self._random.random() < 0.8 else self._random.choice(self._records)

    def _some_text(self) -> str:
        """A text of a record."""
        record = self._some_record()
        names = [contributor.agent.name for contributor in record.contributors]
        labels = [theme.label for theme in record.themes]
        texts = [record.title, record.title, record.abstract, record.abstract, " ".join(names), " ".join(labels)]
        return self._random.choice([text for text in texts if text])

    def _few_words(self) -> str:
        return " ".join(self._words(self._random.choice([1, 1, 2, 2, 3, 4])))

    def _words(self, count: int) -> list[str]:
        """Mostly words of one text."""
        words = self._some_text().split() or ["cohesion"]
        return [self._word() if self._random.random() < 0.15 else self._random.choice(words) for _ in range(count)]

    def _question(self) -> str:
        beginning = self._random.choice(_QUESTIONS) if self._random.random() < 0.5 else ""
        return f"{beginning} {' '.join(self._words(self._random.randint(5, 16)))}?"

    def _whole_title(self) -> str:
        return self._some_record().title

    def _phrase(self) -> str:
        words = self._some_text().split()
        start = self._random.randrange(len(words))
        return f'"{" ".join(words[start : start + self._random.randint(1, 4)])}"'

    def _prefix(self) -> str:
        word = self._word()
        return f"{word[: self._random.randint(2, max(2, len(word)))]}*"

    def _in_field(self) -> str:
        value = self._random.choice([self._word, self._word, self._phrase, self._prefix, self._group])()
        return f"{self._random.choice(_TEXT_FIELDS)}:{value}"

    def _identifier(self) -> str:
        found = [number for record in self._records for number in (record.doi, record.isbn) if number]
        if not found:
            return "doi:10.1000/a"
        number = self._random.choice(found)
        return self._random.choice(["{}", "doi:{}", "isbn:{}", "https://doi.org/{}"]).format(number)

    def _years(self) -> str:
        first, last = self._random.randint(1990, 2024), self._random.randint(1990, 2024)
        forms = [f"year:{first}", f"year:{first}..{last}", f"year:{first}..", f"year:..{last}", f"{first}"]
        return f"{self._random.choice(['', self._word(), self._few_words()])} {self._random.choice(forms)}"

    def _minus(self) -> str:
        excluded = self._random.choice([self._word, self._phrase, self._prefix, self._in_field, self._group])()
        return f"{self._random.choice([self._few_words, self._prefix, str])()} -{excluded}"

    def _combination(self, depth: int = 2) -> str:
        """Operators between anything, brackets included."""
        parts = [self._part(depth) for _ in range(self._random.randint(2, 4))]
        operators = [self._random.choice([" ", " ", " AND ", " OR ", " AND NOT ", " NOT "]) for _ in parts[1:]]
        return "".join([parts[0], *(operator + part for operator, part in zip(operators, parts[1:], strict=True))])

    def _nothing(self) -> str:
        return self._random.choice(["", "*", "!!!", "()", "the", "of the and", '""', "-", "OR", "a OR"])

    def _part(self, depth: int) -> str:
        kinds: list[Callable[[], str]] = [
            self._word,
            self._word,
            self._phrase,
            self._prefix,
            self._in_field,
            self._years,
        ]
        if depth and self._random.random() < 0.4:
            return f"({self._combination(depth - 1)})"
        return self._random.choice(kinds)()

    def _group(self) -> str:
        return f"({self._word()} {self._random.choice(['', 'OR', 'AND'])} {self._word()})"

    def _filters(self) -> dict[str, tuple[FacetValue, ...]]:
        if self._random.random() < 0.55:
            return {}
        facets = self._random.sample(FACET_NAMES, self._random.choice([1, 1, 2, 3]))
        return {facet: self._values(facet) for facet in facets}

    def _values(self, facet: str) -> tuple[FacetValue, ...]:
        values = [self._value(facet) for _ in range(self._random.choice([1, 1, 2, 4]))]
        return tuple(FacetValue(value) for value in dict.fromkeys(values))

    def _value(self, facet: str) -> str:
        if self._random.random() < 0.15:
            return self._random.choice([NONE_GIVEN, "unknown", slug(self._vocabulary.draw(self._random, 1)[0]) or "x"])
        record = self._some_record()
        match facet:
            case "theme":
                found = [concept.id for theme in record.themes for concept in (theme, *theme.broader)]
            case "type":
                found = [record.type.id, *(concept.id for concept in record.type.broader)] if record.type else []
            case "author":
                found = [contributor.agent.id for contributor in record.contributors]
            case "publisher":
                found = [publisher.id for publisher in record.publishers]
            case _:
                found = self._years_of(record)
        return self._random.choice(found or [NONE_GIVEN])

    def _years_of(self, record: Record) -> list[str]:
        if record.date is None:
            return []
        year = record.date.year
        return [f"{year:04}", f"{year:04}..{year + 3}", f"..{year:04}", f"{year:04}..", f"{year + 2}..{year}"]


_KINDS: Final[dict[_Kind, int]] = {
    QueryGenerator._few_words: 24,
    QueryGenerator._question: 14,
    QueryGenerator._phrase: 10,
    QueryGenerator._prefix: 8,
    QueryGenerator._in_field: 10,
    QueryGenerator._combination: 12,
    QueryGenerator._minus: 6,
    QueryGenerator._years: 5,
    QueryGenerator._misspelt_word: 4,
    QueryGenerator._whole_title: 3,
    QueryGenerator._identifier: 2,
    QueryGenerator._nothing: 2,
}
