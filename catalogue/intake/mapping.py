"""What a record in a file means: the one format of imports, as docs/import.md tells it to staff."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from functools import lru_cache
from typing import Final, TypeVar, cast

from catalogue.errors import Invalid
from catalogue.intake.names import Statement, listed_name, split_publishers, split_statement
from catalogue.record import AgentKind, Draft, Name, PartialDate, RecordId, Role
from catalogue.validation import MAX_NAME
from mappings.analysis import normalise

# The fields, each with the names under which a file may have it.
SPELLINGS: Final[Mapping[str, tuple[str, ...]]] = {
    "id": ("id",),
    "title": ("title",),
    "responsibility": ("responsibility",),
    "date": ("date", "published"),
    "type": ("type",),
    "themes": ("themes", "theme"),
    "abstract": ("abstract",),
    "link": ("link", "url"),
    "language": ("language",),
    "doi": ("doi",),
    "isbn": ("isbn",),
    # These two pairs differ in meaning: a printed line, and a list of names.
    "author": ("author",),
    "authors": ("authors",),
    "publisher": ("publisher",),
    "publishers": ("publishers",),
    "deleted": ("deleted",),
}

KNOWN_FIELDS: Final = frozenset(name for spellings in SPELLINGS.values() for name in spellings)

# How alike a name has to be to a field's, from 0 to 1, to be taken for a slip: "titel" is, "issn" is no "isbn".
_ALIKE: Final = 0.8

_LONGEST_SLIP: Final = 40  # characters

_LIST_MARKS: Final = str.maketrans("|", ";")

_Choice = TypeVar("_Choice", bound=StrEnum)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A record of a file: the id that the file gives it, what it says, and the names of fields that mean nothing."""

    given_id: RecordId | None
    draft: Draft
    ignored: tuple[str, ...]


def read_entry(values: Mapping[str, object]) -> Entry:
    """The record that the values of a line describe. Empty text, null and empty lists are the same as nothing.

    Raises Invalid with the field that is wrong. The draft is still to be validated.
    """
    fields = _by_name(values)
    _refuse_deletion(fields.get("deleted"))
    title, given_id = _text(fields, "title"), _text(fields, "id")
    if title is None:
        raise Invalid(field="title", value=None, limit=f"given{_hint(fields)}")
    contributors, responsibility = _contributors(fields)
    return Entry(
        given_id=RecordId(given_id) if given_id else None,
        ignored=tuple(name for name, value in fields.items() if value is not None and name not in KNOWN_FIELDS),
        draft=Draft(
            title=title,
            contributors=contributors,
            responsibility=responsibility,
            publishers=_publishers(fields),
            date=_date(fields),
            type=_text(fields, "type"),
            themes=tuple(dict.fromkeys(_list("themes", _value(fields, "themes")))),
            abstract=_text(fields, "abstract"),
            link=_text(fields, "link"),
            language=_text(fields, "language"),
            doi=_text(fields, "doi"),
            isbn=_text(fields, "isbn"),
        ),
    )


@lru_cache(maxsize=1_000)
def nearest_field(name: str) -> str | None:
    """The name of a field that somebody may have meant by one that means nothing. None: there is none like it."""
    if len(name) > _LONGEST_SLIP:
        return None
    return next(iter(get_close_matches(name, KNOWN_FIELDS, n=1, cutoff=_ALIKE)), None)


def _hint(fields: Iterable[str]) -> str:
    """Under which other name the title may stand."""
    slip = next((name for name in fields if name not in KNOWN_FIELDS and nearest_field(name) == "title"), None)
    return f": is it {slip!r}, which means nothing here?" if slip is not None else ""


def _by_name(values: Mapping[str, object]) -> dict[str, object]:
    """The values that are not empty, by field names in lower case."""
    fields: dict[str, object] = {}
    for name, value in values.items():
        key, filled = name.strip().casefold(), _filled(value)
        if fields.get(key) is not None and filled is not None and fields[key] != filled:
            raise Invalid(field=key, value=value, limit=f"the same wherever it is given (it is also {fields[key]!r})")
        if fields.get(key) is None:
            fields[key] = filled
    return fields


def _filled(value: object) -> object:
    """The value, in NFC and without white space around it where it is text. None where there is nothing in it."""
    if isinstance(value, str):
        return normalise(value).strip() or None
    return None if value == [] or value == {} else value


def _value(fields: Mapping[str, object], field: str) -> object:
    """The value of a field under whichever of its names it is given."""
    given = {name: value for name in SPELLINGS[field] if (value := fields.get(name)) is not None}
    if len(given) > 1 and len({repr(value) for value in given.values()}) > 1:
        (first, one), (second, other), *_ = given.items()
        raise Invalid(field=second, value=other, limit=f"the same as {first}, which is {one!r}")
    return next(iter(given.values()), None)


def _text(fields: Mapping[str, object], field: str) -> str | None:
    value = _value(fields, field)
    return None if value is None else _as_text(field, value)


def _as_text(field: str, value: object) -> str:
    if not isinstance(value, str):
        raise Invalid(field=field, value=value, limit="text")
    return value


def _date(fields: Mapping[str, object]) -> PartialDate | None:
    """A year may be a number."""
    value = _value(fields, "date")
    if isinstance(value, int) and not isinstance(value, bool) and 0 < value <= 9999:
        return PartialDate(year=value)
    return None if value is None else PartialDate.parse(_as_text("date", value))


def _list(field: str, value: object) -> list[str]:
    """A list of texts. A text is a list with semicolons or bars between its entries."""
    if isinstance(value, str):
        value = value.translate(_LIST_MARKS).split(";")
    filled = (_filled(entry) for entry in _entries(field, value))
    return [_as_text(field, entry) for entry in filled if entry is not None]


def _entries(field: str, value: object) -> list[object]:
    if value is None:
        return []
    if not isinstance(value, list):
        raise Invalid(field=field, value=value, limit="text or a list")
    return cast("list[object]", value)


def _publishers(fields: Mapping[str, object]) -> tuple[str, ...]:
    lists = [_publishers_of(field, fields.get(field)) for field in ("publisher", "publishers")]
    one, many = lists
    if one and many and one != many:
        raise Invalid(field="publishers", value=list(many), limit=f"the same as publisher, which is {list(one)!r}")
    return one or many


def _publishers_of(field: str, value: object) -> tuple[str, ...]:
    if isinstance(value, str) and (field == "publisher" or not _is_marked_list(value)):
        return split_publishers(value)
    return tuple(dict.fromkeys(_list(field, value)))


def _contributors(fields: Mapping[str, object]) -> tuple[tuple[Name, ...], str | None]:
    """The names, and the line as printed. A list of names wins over the names that can be read from a line."""
    author, authors = fields.get("author"), fields.get("authors")
    if author is not None and not isinstance(author, str):
        if authors is not None and authors != author:
            raise Invalid(field="authors", value=authors, limit="the same as author, or only one of the two a list")
        author, authors = None, author
    if isinstance(authors, str) and not _is_marked_list(authors):
        if author is not None and authors != author:
            raise Invalid(field="authors", value=authors, limit=f"the same as author, which is {author!r}")
        author, authors = authors, None
    responsibility = _text(fields, "responsibility")
    printed = responsibility or author
    if authors is not None:
        return _listed_names(authors), printed
    statement = split_statement(author or responsibility or "")
    return _names_within_limits(statement), printed


def _is_marked_list(text: str) -> bool:
    return ";" in text or "|" in text


def _names_within_limits(statement: Statement) -> tuple[Name, ...]:
    """A line that could not be split may be too long for a name. It stays as the printed line."""
    return tuple(name for name in statement.names if len(name.name) <= MAX_NAME)


def _listed_names(value: object) -> tuple[Name, ...]:
    entries: Iterable[object] = _list("authors", value) if isinstance(value, str) else _entries("authors", value)
    names = (_listed_name(entry) for entry in map(_filled, entries) if entry is not None)
    return tuple(dict.fromkeys(name for name in names if name is not None))


def _listed_name(entry: object) -> Name | None:
    if isinstance(entry, str):
        return listed_name(entry)
    if not isinstance(entry, dict):
        raise Invalid(field="authors", value=entry, limit='a list of names or of objects such as {"name": "..."}')
    parts = _by_name(cast("dict[str, object]", entry))
    if unknown := parts.keys() - {"name", "kind", "role"}:
        raise Invalid(field="authors", value=min(unknown), limit="an object with name, kind and role only")
    name = _as_text("authors", parts.get("name"))
    role = _choice("authors", parts.get("role"), Role) or Role.AUTHOR
    kind = _choice("authors", parts.get("kind"), AgentKind)
    # Whoever gives the kind has looked at the name: it is taken as it is.
    return listed_name(name, role) if kind is None else Name(name=name, kind=kind, role=role)


def _choice(field: str, value: object, choices: type[_Choice]) -> _Choice | None:
    if value is None:
        return None
    text = _as_text(field, value).casefold()
    if text not in set(choices):
        raise Invalid(field=field, value=value, limit=f"one of {', '.join(choices)}")
    return choices(text)


def _refuse_deletion(value: object) -> None:
    """An import adds and changes, and deletes nothing: a record marked as deleted must not come back as a live one."""
    plain = value.casefold() if isinstance(value, str) else value
    if plain not in (None, False, 0, "0", "false", "no"):
        raise Invalid(field="deleted", value=value, limit="left out: an import deletes nothing")
