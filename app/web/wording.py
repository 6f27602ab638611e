"""How the pages say things: counts, dates, lists of names, names of facets. Plain English, sentence case."""

import calendar
from collections.abc import Sequence
from typing import Final

from app.runs import percent
from catalogue.freshness import Freshness
from mappings.fields import NONE_GIVEN

FACET_LABELS: Final = {
    "theme": "Theme",
    "type": "Type",
    "year": "Year",
    "author": "Author or organisation",
    "publisher": "Publisher",
}

FACET_PLURALS: Final = {
    "theme": "themes",
    "type": "types",
    "year": "years",
    "author": "authors and organisations",
    "publisher": "publishers",
}

_NONE_GIVEN_LABELS: Final = {
    "theme": "No theme given",
    "type": "No type given",
    "year": "No date given",
    "author": "No author given",
    "publisher": "No publisher given",
}

# What stands before a chosen value when the filters are read as a sentence.
_LEADS: Final = {"theme": "about", "type": "of the type", "author": "by", "publisher": "published by"}

# A change that has waited for longer is more than on its way: what search shows is old.
_LATE: Final = 300  # seconds

# The names of the languages that a library of research in Britain is likely to hold; any other is shown by its code.
_LANGUAGES: Final = {
    "ar": "Arabic",
    "bn": "Bengali",
    "cy": "Welsh",
    "da": "Danish",
    "de": "German",
    "en": "English",
    "es": "Spanish",
    "fa": "Persian",
    "fi": "Finnish",
    "fr": "French",
    "ga": "Irish",
    "gd": "Scottish Gaelic",
    "gu": "Gujarati",
    "hi": "Hindi",
    "it": "Italian",
    "ja": "Japanese",
    "nl": "Dutch",
    "no": "Norwegian",
    "pa": "Punjabi",
    "pl": "Polish",
    "pt": "Portuguese",
    "ro": "Romanian",
    "ru": "Russian",
    "so": "Somali",
    "sv": "Swedish",
    "tr": "Turkish",
    "uk": "Ukrainian",
    "ur": "Urdu",
    "zh": "Chinese",
}

# Written from right to left, by ISO 639-1.
_RIGHT_TO_LEFT: Final = frozenset({"ar", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"})


def number(count: int) -> str:
    """A count with separators: 33,994."""
    return f"{count:,}"


def resources(count: int) -> str:
    """A count of records as people say it: "1 resource", "33,994 resources"."""
    return f"{count:,} resource" if count == 1 else f"{count:,} resources"


def freshness(found: Freshness) -> str:
    """How far the index is behind the catalogue. Times are told by the minute, so that the words hold for a while."""
    if found.index is None:
        share = f": {percent(found.rebuild)}%" if found.rebuild is not None else ""
        return f"Search shows an older state of the library until the index is rebuilt{share}."
    said: list[str] = []
    if found.rebuild is not None:
        said.append(f"The index is being rebuilt: {percent(found.rebuild)}%.")
    if found.oldest_since is not None:
        if (found.oldest_seconds or 0) >= _LATE:
            said.append(f"Search shows the library as of {found.oldest_since:%-d %B %Y, %H:%M} UTC.")
        else:
            many = f"{found.pending:,} changes are on their way."
            said.append("1 change is on its way." if found.pending == 1 else many)
    if not said and found.dead:
        return f"The index is up to date but for {found.dead:,} {'record' if found.dead == 1 else 'records'}."
    return " ".join(said) or "The index is up to date."


def date_in_words(date: str | None) -> str | None:
    """A date such as 2017-04 as "April 2017", as precise as it is known. Anything else is given back as it is."""
    if date is None:
        return None
    year, _, rest = date.partition("-")
    month, _, day = rest.partition("-")
    try:
        name = calendar.month_name[int(month)] if month else ""
        number_of_day = str(int(day)) if day else ""
    except (ValueError, IndexError):
        return date
    return " ".join(part for part in (number_of_day, name, year) if part)


def facet_value_label(facet: str, value: str, label: str | None) -> str:
    """What a value of a facet is called: its label, "No theme given", "2016 to 2018", or else the value itself."""
    if value == NONE_GIVEN:
        return _NONE_GIVEN_LABELS[facet]
    if facet == "year" and ".." in value:
        return years_in_words(*value.split("..", 1))
    return label or value


def years_in_words(first: str, last: str) -> str:
    """A span of years as people say it: "2016 to 2018", "2016 or later", "up to 2018", or one year."""
    if not last:
        return f"{first} or later"
    if not first:
        return f"up to {last}"
    return first if first == last else f"{first} to {last}"


def no_year(text: str) -> str:
    """What is wrong with a year that was typed, and how to mend it."""
    return f"“{text}” is not a year. Please type four digits, such as 2017."


def lead_words(facet: str, value: str) -> str:
    """The words before a chosen value in the sentence of filters: "about", "by", "from"."""
    if value == NONE_GIVEN:
        return "with"
    if facet == "year":
        return "from" if not value.startswith("..") else ""
    return _LEADS[facet]


def listed(names: Sequence[str]) -> str:
    """Names as a list in a sentence: "A", "A and B", "A, B and C"."""
    *first, last = names or [""]
    return f"{', '.join(first)} and {last}" if first else last


def language_name(code: str | None) -> str | None:
    """The English name of a language, or its code where we have no name for it."""
    return _LANGUAGES.get(code.split("-")[0].lower(), code) if code else None


def direction(code: str | None) -> str | None:
    """The direction of writing, where it is not the page's own."""
    return "rtl" if code and code.split("-")[0].lower() in _RIGHT_TO_LEFT else None


def foreign(code: str | None) -> str | None:
    """The language for a `lang` attribute, where it is not the page's own."""
    return code if code and code.split("-")[0].lower() != "en" else None
