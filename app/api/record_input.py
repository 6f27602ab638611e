"""What a program writes of a record, declared once for reading it and for the OpenAPI document.

What a value has to be is for the catalogue to say. The patterns here are for who reads the document, and for programs
that are made from it.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final, cast

from marshmallow import Schema, ValidationError, fields
from marshmallow import validate as checks

from catalogue.errors import Invalid
from catalogue.record import AgentKind, Draft, Name, PartialDate, Role
from catalogue.validation import (
    MAX_ABSTRACT,
    MAX_CONTRIBUTORS,
    MAX_DEPTH,
    MAX_DOI,
    MAX_LANGUAGE,
    MAX_LINK,
    MAX_NAME,
    MAX_PUBLISHERS,
    MAX_RESPONSIBILITY,
    MAX_THEMES,
    MAX_TITLE,
    validate,
)

_FLAWLESS: Final = Draft(title="Flawless")

# Nothing that controls, something that can be seen, and in a label nothing that separates the labels of a path.
_NO_CONTROL: Final = r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"
_TEXT: Final = rf"^[^{_NO_CONTROL}]*$"
_VISIBLE: Final = rf"^[^{_NO_CONTROL}]*[^\s{_NO_CONTROL}][^{_NO_CONTROL}]*$"
_LABEL: Final = rf"\s*[^>\s{_NO_CONTROL}][^>{_NO_CONTROL}]{{0,{MAX_NAME - 1}}}"
_PATH: Final = rf"^{_LABEL}(>{_LABEL}){{0,{MAX_DEPTH - 1}}}$"

_YEAR: Final = "([0-9]{3}[1-9]|[0-9]{2}[1-9]0|[0-9][1-9]00|[1-9]000)"  # not 0000
_DATE: Final = f"^{_YEAR}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?$"
_LINK: Final = rf"^https?://[^\s\\/?#@:\[\]{_NO_CONTROL}]+(:[0-9]{{1,4}})?([/?#][^\s\\{_NO_CONTROL}]*)?$"
_LANGUAGE: Final = "^[A-Za-z]{2,3}([-_][A-Za-z0-9]{1,8})*$"
_DOI: Final = rf"^(https?://(dx\.|www\.)?doi\.org/|doi:)?10\.[0-9]{{4,9}}(\.[0-9]+)*/[^\s%{_NO_CONTROL}]+$"
_ISBN: Final = "^[0-9][- 0-9]{8,15}[0-9Xx]$"

_Check = Callable[[Any], Draft]


class _Text(fields.String):
    """Text as the catalogue takes it; `draft` puts it into a draft that is otherwise without a flaw."""

    default_error_messages: Mapping[str, str] = {"invalid": "text", "required": "given", "null": "text"}

    def __init__(self, draft: _Check, **options: Any) -> None:  # noqa: ANN401 - marshmallow's
        def check(value: str) -> None:
            try:
                validate(draft(value))
            except Invalid as e:
                raise ValidationError(e.limit) from e

        cast("Any", super()).__init__(validate=check, **options)


class _Choice(fields.String):
    """One of some words."""

    default_error_messages: Mapping[str, str] = {"invalid": "text", "null": "text"}

    def __init__(self, words: list[str], **options: Any) -> None:  # noqa: ANN401 - marshmallow's
        one_of = checks.OneOf(words, error=f"one of {', '.join(words)}")
        cast("Any", super()).__init__(validate=one_of, **options)


class _Id(fields.String):
    """An id, which is looked up later."""

    default_error_messages: Mapping[str, str] = {"invalid": "text", "null": "text"}


class _Flag(fields.Boolean):
    """true or false, and nothing that stands for them."""

    default_error_messages: Mapping[str, str] = {"null": "true or false"}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> bool:  # noqa: ANN401, ARG002
        if not isinstance(value, bool):
            raise ValidationError("true or false")
        return value


class _Strict(Schema):
    """An object that has nothing but what is known."""

    error_messages = {"unknown": "left out: nothing of this name can be written", "type": "an object"}  # noqa: RUF012


def _part(field: str) -> _Check:
    return lambda value: replace(_FLAWLESS, **{field: value})


def _entry(field: str) -> _Check:
    return lambda value: replace(_FLAWLESS, **{field: (value,)})


def _optional(field: str, longest: int, description: str, pattern: str) -> _Text:
    metadata = {"description": description, "maxLength": longest, "pattern": pattern}
    return _Text(_part(field), allow_none=True, load_default=None, metadata=metadata)


def _list_of(item: type[Schema], most: int, description: str) -> fields.List[Any]:
    entry = fields.Nested(item, error_messages={"null": "an object"})
    return fields.List(
        entry,
        load_default=[],
        validate=checks.Length(max=most, error=f"at most {most} entries"),
        metadata={"description": description},
        error_messages={"invalid": "a list", "null": "a list, which may be empty"},
    )


_ABOUT_ID: Final = "One that the library knows, as GET gives it. With a label too, that has to be its label."
_ABOUT_PATH: Final = "Made if the library does not know it. “Education > Schools” is Schools below Education."


class ConceptInputSchema(_Strict):
    """A theme or a type: by its id, or by its label."""

    id = _Id(metadata={"description": _ABOUT_ID})
    label = _Text(
        _entry("themes"),
        metadata={
            "description": _ABOUT_PATH,
            "pattern": _PATH,
        },
    )


class PublisherInputSchema(_Strict):
    """A publisher: by its id, or by its name."""

    id = _Id(metadata={"description": _ABOUT_ID})
    label = _Text(
        _entry("publishers"),
        metadata={"description": "Its name.", "pattern": _VISIBLE, "maxLength": MAX_NAME},
    )


class ContributorInputSchema(_Strict):
    """A person or an organisation, by its id or its name, and what it did."""

    id = _Id(metadata={"description": _ABOUT_ID})
    label = _Text(
        lambda value: replace(_FLAWLESS, contributors=(Name(name=value),)),
        metadata={"description": "Its name.", "pattern": _VISIBLE, "maxLength": MAX_NAME},
    )
    role = _Choice([role.value for role in Role], load_default=Role.AUTHOR.value)
    kind = _Choice(
        [kind.value for kind in AgentKind],
        load_default=AgentKind.UNKNOWN.value,
        metadata={"description": "What it is, where the library does not know that yet; else nothing changes."},
    )


def _check_date(value: str) -> Draft:
    return replace(_FLAWLESS, date=PartialDate.parse(value))


class RecordInputSchema(_Strict):
    """A whole record: what is left out is emptied. The members that cannot be written are taken and ignored."""

    title = _Text(
        _part("title"),
        required=True,
        metadata={"pattern": _VISIBLE, "maxLength": MAX_TITLE, "description": "The one member that has to be there."},
    )
    contributors = _list_of(ContributorInputSchema, MAX_CONTRIBUTORS, "Authors and others, in their order.")
    responsibility = _optional(
        "responsibility", MAX_RESPONSIBILITY, "The statement of responsibility as printed.", _TEXT
    )
    publishers = _list_of(PublisherInputSchema, MAX_PUBLISHERS, "In their order.")
    date = _Text(
        _check_date,
        allow_none=True,
        load_default=None,
        metadata={
            "description": "As precise as is known: 2017, 2017-04, 2017-04-18.",
            "pattern": _DATE,
        },
    )
    type = fields.Nested(
        ConceptInputSchema,
        allow_none=True,
        load_default=None,
        metadata={"description": "What kind of resource it is."},
    )
    themes = _list_of(ConceptInputSchema, MAX_THEMES, "What it is about.")
    abstract = _optional("abstract", MAX_ABSTRACT, "Plain text. An empty line begins a new paragraph.", _TEXT)
    link = _optional("link", MAX_LINK, "Where the resource itself is: http:// or https://.", _LINK)
    language = _optional("language", MAX_LANGUAGE, "A language tag such as en, cy or pt-BR.", _LANGUAGE)
    doi = _optional("doi", MAX_DOI, "10.1000/182, also with https://doi.org/ before it.", _DOI)
    isbn = _optional("isbn", 17, "Of 10 or 13 digits, with or without hyphens; the last one is checked.", _ISBN)
    published = _Flag(
        load_default=True,
        metadata={"description": "Whether everybody finds it. If not, it is a draft, which only the staff see."},
    )
    id = fields.Raw(metadata={"description": "If it is there, the id of the address.", "readOnly": True})
    version = fields.Raw(metadata={"description": "Ignored: see If-Match.", "readOnly": True})
    url = fields.Raw(metadata={"description": "Ignored.", "readOnly": True})
    created = fields.Raw(metadata={"description": "Ignored.", "readOnly": True})
    updated = fields.Raw(metadata={"description": "Ignored.", "readOnly": True})
