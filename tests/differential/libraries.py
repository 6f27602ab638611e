"""Records that are like those of a large library, and the same records in both engines."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Final

from catalogue.record import Record
from mappings.analysis import normalise
from tests.conformance.library import Library
from tests.conformance.records import a_record
from tests.differential.vocabulary import Vocabulary

# The indexer writes batches of this length.
_BATCH: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """The same records in the embedded engine and in Elasticsearch."""

    name: str
    records: Sequence[Record]
    embedded: Library
    elasticsearch: Library

    def fill(self, *, again: int) -> None:
        """Write the records to both, and about so many of them again, as it comes in a library that is in use."""
        for library in (self.embedded, self.elasticsearch):
            for start in range(0, len(self.records), _BATCH):
                library.put(*self.records[start : start + _BATCH])
            if again:
                library.put(*self.records[:: max(1, len(self.records) // again)])
            library.settle()
            library.writer.close()


class RecordGenerator:
    """Makes records of one vocabulary: few names and themes have most of the records, some fields are missing."""

    def __init__(self, random: Random, vocabulary: Vocabulary) -> None:
        """Every record is the same for the same random numbers."""
        self._random = random
        self._vocabulary = vocabulary
        self._people = [f"{self._capitals(1)}, {self._capitals(random.randint(1, 2))}" for _ in range(600)]
        self._places = [self._capitals(random.randint(1, 4)) for _ in range(80)]
        self._themes = self._paths(60)
        self._types = self._paths(15)

    def make(self, count: int) -> list[Record]:
        """Some records with different ids."""
        return [self._record(number, least=0) for number in range(count)]

    def make_complete(self, count: int) -> list[Record]:
        """Some records that lack no field in which words are looked for."""
        return [self._record(number, least=1) for number in range(count)]

    def _record(self, number: int, *, least: int) -> Record:
        """A record with so many values at least wherever there may be some."""
        random = self._random
        authors = self._few(self._people, least, 4)
        return a_record(
            f"r{number:05}-{random.choice('abc')}",
            self._written(self._text(random.randint(2, 14))),
            version=random.randint(1, 3),
            authors=authors,
            editors=self._few(self._people, 0, 1),
            responsibility=self._responsibility(authors),
            publishers=self._few(self._places, least, 2),
            date=self._date(),
            type=next(iter(self._few(self._types, least, 1)), None),
            themes=self._few(self._themes, least, 4),
            abstract=self._abstract() if least or random.random() > 0.15 else None,
            doi=f"10.{random.randint(1000, 1100)}/{random.choice('abcd')}.{number}"
            if least or random.random() < 0.3
            else None,
            isbn=f"9780{random.randint(10**8, 10**9 - 1)}" if random.random() < 0.1 else None,
        )

    def _abstract(self) -> str:
        """Mostly a paragraph, now and then as long as a chapter."""
        is_long = self._random.random() > 0.995
        return self._written(self._text(2_500 if is_long else int(self._random.gammavariate(4, 22)) + 5))

    def _text(self, length: int) -> str:
        """Sentences in which some words stand next to each other more than once in the library."""
        words = self._vocabulary.draw(self._random, length)
        for at in range(9, len(words), 17):
            words[at] += self._random.choice([". ", ", ", ": ", "? ", "; ", " – ", "\n", "’s", " (", ") "])
        return " ".join(words).capitalize() if self._random.random() < 0.7 else " ".join(words)

    def _written(self, text: str) -> str:
        """As it comes in: decomposed now and then, with the one normal form made of it by the catalogue."""
        return unicodedata.normalize("NFD", text) if self._random.random() < 0.2 else text

    def _responsibility(self, authors: Sequence[str]) -> str | None:
        if self._random.random() < 0.8:
            return None
        return normalise(f"Edited by {' and '.join(authors)} with {self._capitals(2)}")

    def _date(self) -> str | None:
        year = int(min(2025, max(1066, self._random.gauss(2012, 9))))
        month, day = self._random.randint(1, 12), self._random.randint(1, 28)
        forms = [None, f"{year}", f"{year}", f"{year}-{month:02}", f"{year}-{month:02}-{day:02}"]
        return self._random.choice(forms)

    def _few(self, values: Sequence[str], least: int, most: int) -> list[str]:
        """Different values, the first of the list far more often than the last."""
        places = (int(len(values) * self._random.random() ** 3) for _ in range(self._random.randint(least, most)))
        return list(dict.fromkeys(values[place] for place in places))

    def _paths(self, count: int) -> list[str]:
        """Labels of a hierarchy of up to four levels."""
        paths = [self._capitals(1)]
        while len(paths) < count:
            above = self._random.choice(paths)
            label = self._capitals(self._random.randint(1, 3))
            paths.append(f"{above} > {label}" if above.count(">") < 3 and self._random.random() < 0.7 else label)
        return paths

    def _capitals(self, length: int) -> str:
        """A name of words that have a letter, as every name in the catalogue has."""
        words = self._vocabulary.draw(self._random, length)
        return " ".join(word[:60].capitalize() for word in words if word[0].isalnum()) or "Nobody"
