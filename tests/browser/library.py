"""What the browser tests look at."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import NoReturn

from bootstrap.services import CatalogueLabels, Services
from search.discovery import Discovery
from search.errors import EngineUnavailable

GONE_ID = "gone-report"
SCRIPT_TITLE = "<script>document.title = 'taken over'</script> in a title"

# Names enough for two pages of a facet.
MANY_AUTHORS = [f"Author {letter}{number}" for letter in "ABCDEFGHIJKLM" for number in range(10)]

EXTRA_RECORDS = [
    {"id": GONE_ID, "title": "A report that went away", "author": "Ann Lee", "published": "2015"},
    {
        "id": "script-in-title",
        "title": SCRIPT_TITLE,
        "abstract": "<img src=x onerror=\"document.title = 'taken over'\"> & <b>bold</b>",
        "published": "2020",
    },
    {
        "id": "en-francais",
        "title": "Vivre ensemble dans la diversité",
        "authors": ["Éloïse Lefèvre"],
        "language": "fr",
        "link": "https://www.example.org/vivre-ensemble.pdf",
        "doi": "10.1000/182",
        "published": "2019-05-02",
        "type": "Report",
        "themes": ["Society > Social cohesion"],
    },
    *(
        {"id": f"many-{n}", "title": f"Collected papers {n}", "authors": MANY_AUTHORS[n * 10 : n * 10 + 10]}
        for n in range(13)
    ),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Library:
    """Where a running service answers."""

    address: str
    data: Path

    def at(self, path: str) -> str:
        """The whole address of a path."""
        return self.address + path


class OutOfOrder:
    """Implements `search.engine.SearchEngine` for an engine that is down."""

    @classmethod
    def replacing_the_engine_of(cls, built: Services) -> Services:
        """The same services, with search out of order."""
        engine = cls()
        return replace(built, engine=engine, discovery=Discovery(engine, CatalogueLabels(built.catalogue)))

    def _fail(self, *_: object) -> NoReturn:
        raise EngineUnavailable("Nothing listens on /var/lib/secret")

    search = count = buckets = similar_words = complete = generation = _fail
