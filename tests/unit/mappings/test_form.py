"""Which indices a release can go on with."""

import json
from dataclasses import replace
from typing import Any

import pytest

from mappings.fields import FIELDS, Field, Kind
from mappings.form import PRESENT, IndexForm, read_form

ADDED = Field(name="colour", kind=Kind.FACET, meaning="A field of another release.")


def of(*fields: Field, format: int = PRESENT.format) -> IndexForm:  # noqa: A002 - named as in a form
    """What an index says that was made with these fields."""
    return read_form(json.loads(json.dumps(IndexForm(format=format, fields=fields).to_json())))


def without(*names: str) -> tuple[Field, ...]:
    return tuple(field for field in FIELDS if field.name not in names)


def test_an_index_of_this_release_has_all_its_fields() -> None:
    assert PRESENT.shared_with(of(*FIELDS)) == FIELDS
    assert of(*FIELDS).to_json() == PRESENT.to_json()


def test_an_older_index_lacks_what_was_added_since() -> None:
    older = of(*without("theme", "abstract"))
    assert PRESENT.shared_with(older) == without("theme", "abstract")
    assert older.to_json() != PRESENT.to_json()


def test_what_nobody_fills_any_longer_is_left_alone() -> None:
    older = of(ADDED, *FIELDS)
    assert PRESENT.shared_with(older) == FIELDS
    assert older.to_json() != PRESENT.to_json()


def test_the_order_of_fields_makes_no_difference() -> None:
    assert of(*reversed(FIELDS)).to_json() == PRESENT.to_json()
    assert PRESENT.shared_with(of(*reversed(FIELDS))) == FIELDS


@pytest.mark.parametrize(
    ("carried", "reason"),
    [
        pytest.param(of(*FIELDS, format=PRESENT.format - 1), "format", id="an older format"),
        pytest.param(of(*FIELDS, format=PRESENT.format + 1), "format", id="a newer format"),
        pytest.param(of(*without("everything")), "without the field everything", id="no words"),
        pytest.param(of(*without("id")), "without the field id", id="no ids"),
        pytest.param(of(*without("shown")), "without the field shown", id="nothing to show"),
        pytest.param(
            of(*(replace(field, kind=Kind.TEXT) if field.name == "theme" else field for field in FIELDS)),
            "a text field theme, and this release a facet field",
            id="another kind",
        ),
    ],
)
def test_what_could_answer_wrongly_is_refused_with_the_reason(carried: IndexForm, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        PRESENT.shared_with(carried)


@pytest.mark.parametrize(
    "carried",
    [
        None,
        {},
        [],
        "text",
        {"format": 4},
        {"format": 4, "fields": ["id:keyword"]},
        {"format": 4, "fields": {"id": "colour"}},
        {"format": "four", "fields": {}},
        {"format": None, "fields": {}},
    ],
)
def test_what_is_no_form_is_refused(carried: Any) -> None:
    with pytest.raises(ValueError, match="does not say what it holds"):
        read_form(carried)
