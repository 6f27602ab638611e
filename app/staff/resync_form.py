"""The form that says which records are to be written to the index again."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

from flask_wtf import FlaskForm
from wtforms import SelectField, StringField, TextAreaField
from wtforms.validators import Length, ValidationError

from catalogue.errors import Invalid
from catalogue.identity import valid_id
from catalogue.record import Concept, RecordId
from catalogue.resync import Selection
from catalogue.validation import MAX_NAME, can_be_stored

_BETWEEN_IDS: Final = re.compile(r"[\s,;]+")


class ResyncForm(FlaskForm):
    """Any of these, and all that any of them names."""

    records = TextAreaField("Record ids", description="One on each line, or with commas between them.")
    theme = SelectField("Theme", description="With all themes below it.", default="", validate_choice=False)
    publisher = StringField(
        "Publisher",
        description="The whole name, or the id that stands in the address of its records.",
        validators=[Length(max=MAX_NAME, message=f"A name has at most {MAX_NAME} characters")],
    )
    since = StringField("Changed since", description="All records that were changed on this day (UTC) or later.")

    def validate_records(self, field: Any) -> None:  # noqa: ANN401 - WTForms'
        """Called by WTForms. Raises ValidationError."""
        for each in _ids(field.data):
            try:
                valid_id(each)
            except Invalid as e:
                raise ValidationError(f"“{_short(each)}” cannot be an id: it has to be {e.limit}") from e

    def validate_theme(self, field: Any) -> None:  # noqa: ANN401 - WTForms'
        """Called by WTForms. Raises ValidationError."""
        if field.data not in dict(field.choices):
            raise ValidationError("Choose a theme that is in the list: this one was taken out of it")

    def validate_publisher(self, field: Any) -> None:  # noqa: ANN401 - WTForms'
        """Called by WTForms. Raises ValidationError."""
        if not can_be_stored(field.data or ""):
            raise ValidationError("A name has no NUL characters")

    def validate_since(self, field: Any) -> None:  # noqa: ANN401 - WTForms'
        """Called by WTForms. Raises ValidationError."""
        if not field.data:
            return
        moment = _moment(field.data)
        if moment is None or moment > datetime.now(UTC):
            raise ValidationError(
                f"“{_short(field.data)}” has to be a date that is not in the future, such as 2026-03-01"
            )

    def offer_themes(self, themes: Sequence[Concept]) -> None:
        """Let one of these be chosen."""
        paths = sorted((theme.path, theme.id) for theme in themes)
        self.theme.choices = [("", "No theme"), *((id_, path) for path, id_ in paths)]

    def selection(self) -> Selection | None:
        """What the form names once it is valid; None where it names nothing."""
        ids = [RecordId(each) for each in _ids(self.records.data)]
        publisher = (self.publisher.data or "").strip()
        since = _moment(self.since.data or "")
        if not (ids or self.theme.data or publisher or since):
            return None
        return Selection(
            records=ids,
            themes=[self.theme.data] if self.theme.data else [],
            publishers=[publisher] if publisher else [],
            since=since,
        )


def _ids(text: str | None) -> list[str]:
    return list(dict.fromkeys(each for each in _BETWEEN_IDS.split(text or "") if each))


def _moment(text: str) -> datetime | None:
    try:
        return datetime.strptime(text.strip(), "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        return None


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:60]}…"
