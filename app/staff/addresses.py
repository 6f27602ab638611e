"""What stands in the query strings of the console's pages."""

from collections.abc import Callable
from typing import Any, Final

from flask import request, url_for
from marshmallow import Schema, fields, validate

from app.params import WholeNumber, load_strictly

# As numbers stand in a path: more than any run or entry will have, and less than a database's own limit.
NUMBER: Final = "<int(max=999999999):number>"

_LONGEST: Final = 300  # characters
_length: Final = validate.Length(max=_LONGEST, error=f"at most {_LONGEST} characters long")


class Place(Schema):
    """How far down a list that begins with the newest."""

    before = WholeNumber(1, 999_999_999, load_default=None)


class AuditPlace(Place):
    """The same of the audit log, and which part of it."""

    action = fields.String(load_default="", validate=_length)
    actor = fields.String(load_default="", validate=_length)


class LettersPlace(Schema):
    """Which letters: those after one of a record and an index."""

    after = fields.String(load_default="", validate=_length)
    index = fields.String(load_default="", validate=_length)


class Page(Schema):
    """The page of a list whose length is known."""

    page = WholeNumber(1, 1_000, load_default=1)


def read_place(schema: Schema) -> dict[str, Any]:
    """What the address of the present request says. Raises InvalidRequest."""
    return load_strictly(schema, request.args)


def pages_at(endpoint: str, **values: object) -> Callable[[int], str]:
    """The address of each page of a list, by its number; the first without one."""

    def address_of(page: int) -> str:
        number = {"page": page} if page > 1 else {}
        return url_for(endpoint, **values, **number)  # type: ignore[arg-type]

    return address_of
