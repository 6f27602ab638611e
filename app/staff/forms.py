"""The forms about signing in. Their macros are in templates/staff/forms.html."""

from typing import Any, Final

from flask_wtf import FlaskForm
from wtforms import HiddenField, PasswordField, StringField
from wtforms.validators import InputRequired, Length, ValidationError

from catalogue import passwords

# Longer than any password that is taken, and short enough to be read at once.
_LONGEST_TYPED: Final = 1_000


class SignInForm(FlaskForm):
    """Name and password, and where to go afterwards."""

    name = StringField(
        "Name or e-mail address", validators=[InputRequired("Enter your name or e-mail address"), Length(max=1_000)]
    )
    password = PasswordField("Password", validators=[InputRequired("Enter your password"), Length(max=_LONGEST_TYPED)])
    next = HiddenField()


class ChangePasswordForm(FlaskForm):
    """A new password, twice, and the present one."""

    present = PasswordField(
        "Present password", validators=[InputRequired("Enter your present password"), Length(max=_LONGEST_TYPED)]
    )
    wanted = PasswordField(
        "New password",
        description=f"At least {passwords.SHORTEST} characters. Three or four words that do not belong together are "
        "easy to remember and hard to guess.",
        validators=[InputRequired("Enter a new password"), Length(max=_LONGEST_TYPED)],
    )
    again = PasswordField(
        "New password again", validators=[InputRequired("Enter the new password again"), Length(max=_LONGEST_TYPED)]
    )

    def validate_again(self, field: Any) -> None:  # noqa: ANN401 - WTForms'
        """Called by WTForms. Raises ValidationError."""
        if field.data != self.wanted.data:
            raise ValidationError("This is not the same as the new password above")
