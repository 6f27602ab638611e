"""What the page "How to search" tells, in examples that can be followed. docs/query-syntax.md has it in full."""

from dataclasses import dataclass
from typing import Final

from app.web.links import address


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A query and what it finds."""

    query: str
    meaning: str

    @property
    def address(self) -> str:
        """The results of this query."""
        return address("/search", [("q", self.query)])


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """Examples of one kind. `id` is its place in the page, for links."""

    id: str
    title: str
    examples: tuple[Example, ...]
    text: str | None = None


SECTIONS: Final = (
    Section(
        id="words",
        title="Words and phrases",
        examples=(
            Example(query="faith schools", meaning="resources with both words"),
            Example(query='"social integration"', meaning="the words next to each other, in this order"),
            Example(query="volunteer*", meaning="words that begin so: volunteers, volunteering"),
        ),
    ),
    Section(
        id="operators",
        title="This or that, but not the other",
        text="AND, OR and NOT are written in capital letters. A minus before a word leaves out resources that have it.",
        examples=(
            Example(query="sport OR arts", meaning="resources with either word, or both"),
            Example(query="integration -policy", meaning="resources on integration without the word policy"),
            Example(query="integration NOT policy", meaning="the same"),
            Example(query="(sport OR arts) communities", meaning="resources with communities and one of the others"),
        ),
    ),
    Section(
        id="fields",
        title="Where to look",
        text="A name and a colon look in one place only.",
        examples=(
            Example(query="title:integration", meaning="in the title"),
            Example(query='author:"Omar Khan"', meaning="among authors, editors and contributors"),
            Example(query="publisher:demos", meaning="in the name of the publisher"),
            Example(query="theme:migration", meaning="in the themes"),
            Example(query="type:guide", meaning="in the type"),
            Example(query="year:2017", meaning="published in 2017"),
            Example(query="year:2016..2018", meaning="from 2016 to 2018"),
            Example(query="year:2020..", meaning="in 2020 or later"),
        ),
    ),
)
