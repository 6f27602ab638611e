"""What this service uses of Flask-WTF, which has no types of its own."""

from flask_wtf.csrf import CSRFProtect as CSRFProtect
from wtforms import Form

class FlaskForm(Form):
    def __init__(self, **fields: str) -> None: ...
    def validate_on_submit(self) -> bool: ...
