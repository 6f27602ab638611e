"""One found record as a result shows it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from app.web import wording
from app.web.links import filtered_address, record_address
from catalogue.record import Record
from indexer.documents import to_shown
from mappings.analysis import fold
from search.results import Fragment, Hit, MarkedText, Named, Shown

# More names than this are cut short in a list of results; the record's page has them all.
MOST_NAMES: Final = 4

# The pictures in static/icons.svg, by what the folded label of a type holds; the first that fits.
_ICONS: Final = (
    ("video", "video"),
    ("film", "video"),
    ("webinar", "webinar"),
    ("podcast", "webinar"),
    ("toolkit", "toolkit"),
    ("tool", "toolkit"),
    ("training", "training"),
    ("what works", "works"),
    ("good practice", "works"),
    ("guid", "guide"),
    ("handbook", "guide"),
    ("framework", "strategy"),
    ("strateg", "strategy"),
    ("polic", "policy"),
    ("legislation", "policy"),
    ("research", "research"),
    ("evaluation", "research"),
    ("data", "research"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A text that leads somewhere."""

    text: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HitView:
    """A result. `language` and `direction` are set where they are not the page's own."""

    address: str
    title: MarkedText
    passage: MarkedText
    byline: str
    published: str | None
    type: Link | None
    icon: str
    themes: tuple[Link, ...]
    language: str | None
    direction: str | None


def present_hit(hit: Hit) -> HitView:
    """A result with its addresses, its byline and its date in words."""
    return _present(hit.id, hit.shown, hit.title, hit.passage)


def present_record_as_hit(record: Record) -> HitView:
    """A record of the catalogue as it would look among results, without a passage and with nothing marked."""
    return _present(record.id, to_shown(record), (Fragment(text=record.title, marked=False),), ())


def _present(record_id: str, shown: Shown, title: MarkedText, passage: MarkedText) -> HitView:
    return HitView(
        address=record_address(record_id),
        title=title,
        passage=passage,
        byline=byline(shown.contributors, shown.responsibility, shown.publishers),
        published=wording.date_in_words(shown.date),
        type=facet_link("type", shown.type) if shown.type else None,
        icon=icon_for(shown.type.label if shown.type else None),
        themes=tuple(facet_link("theme", theme) for theme in shown.themes),
        language=wording.foreign(shown.language),
        direction=wording.direction(shown.language),
    )


def facet_link(facet: str, named: Named) -> Link:
    """A link to all records that have this value."""
    return Link(text=named.label, address=filtered_address(facet, named.id))


def byline(contributors: Sequence[Named], responsibility: str | None, publishers: Sequence[Named]) -> str:
    """Who made it and who published it, a publisher that is also the only maker named once.

    Where no name could be told from the statement of responsibility, the statement itself is given.
    """
    makers = _makers(contributors) or responsibility or ""
    houses = wording.listed([publisher.label for publisher in publishers])
    if fold(makers) == fold(houses):
        return makers
    return " · ".join(part for part in (makers, houses) if part)


def icon_for(type_label: str | None) -> str:
    """The name of the picture for a type of record; a plain document where none fits."""
    folded = fold(type_label or "")
    return next((icon for part, icon in _ICONS if part in folded), "document")


def _makers(contributors: Sequence[Named]) -> str:
    authors = [person.label for person in contributors if person.role != "editor"]
    editors = [person.label for person in contributors if person.role == "editor"]
    if not editors:
        return _some(authors)
    return f"{_some(authors)}, edited by {_some(editors)}" if authors else f"Edited by {_some(editors)}"


def _some(names: Sequence[str]) -> str:
    if len(names) <= MOST_NAMES:
        return wording.listed(names)
    left = len(names) - MOST_NAMES + 1
    return f"{', '.join(names[: MOST_NAMES - 1])} and {left} others"
