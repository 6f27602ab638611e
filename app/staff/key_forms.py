"""The forms about keys to the API."""

from typing import Final

from flask_wtf import FlaskForm
from wtforms import SelectField, StringField
from wtforms.validators import InputRequired, Length

from catalogue.api_keys import LONGEST_NAME
from catalogue.roles import Role

_MAY: Final = {
    Role.EDITOR.value: "Editor: writes records, reindexes",
    Role.VIEWER.value: "Viewer: watches reindexing",
    Role.ADMINISTRATOR.value: "Administrator: whatever the API can do",
}

_ENDS: Final = {"90": "In 90 days", "365": "In a year", "730": "In two years", "0": "Never"}


class NewKeyForm(FlaskForm):
    """Whose key it is, what that system may do, and for how long."""

    name = StringField(
        "Name",
        description="The system that will use it, such as “catalogue sync”. What it does is noted under this name.",
        validators=[InputRequired("Enter a name"), Length(max=LONGEST_NAME)],
    )
    role = SelectField("It may act as", choices=_MAY)
    days = SelectField(
        "It expires",
        description="Shorter is safer, if somebody will remember to make the next one.",
        choices=_ENDS,
        coerce=int,
        default=365,
    )
