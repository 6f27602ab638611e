"""People of the staff for the tests: accounts, and browsers in which they are signed in, forms and all."""

import re
from dataclasses import dataclass
from functools import cache
from html import unescape

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from bootstrap.services import Services
from catalogue import accounts
from catalogue.passwords import PasswordHash, hash_password
from catalogue.roles import Role

PASSWORD = "seven grey herons wait"


@cache
def _hash() -> PasswordHash:
    return hash_password(PASSWORD, name="")


def name_of(role: Role) -> str:
    """The name of the one whom `add_account` adds in a role if not told otherwise."""
    return f"{role}@example.org"


def add_account(services: Services, role: Role, *, name: str | None = None, password: bool = True) -> str:
    """Adds an account with PASSWORD: its name."""
    with services.catalogue.write() as session:
        kept = _hash() if password else None
        return accounts.add(session, name=name or name_of(role), role=role, password_hash=kept).name


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffBrowser:
    """A browser without script: reads pages, and sends the forms that stand in them."""

    client: FlaskClient

    def get(self, path: str, **options: object) -> TestResponse:
        """A page."""
        return self.client.get(path, **options)  # type: ignore[arg-type]

    def submit(self, page: str, fields: dict[str, str], *, action: str | None = None) -> TestResponse:
        """Sends the form of a page that leads to `action`, or to the page itself: with its hidden fields."""
        path = action or page.partition("?")[0]
        return self.client.post(path, data={**self.hidden(page, path), **fields})

    def hidden(self, page: str, action: str) -> dict[str, str]:
        """The hidden fields of a form."""
        text = self.get(page).text
        forms = re.findall(r"<form[^>]* action=\"([^\"]*)\"[^>]*>(.*?)</form>", text, re.DOTALL)
        body = next(body for target, body in forms if unescape(target) == action)
        inputs = [dict(re.findall(r'([a-z_]+)="([^"]*)"', tag)) for tag in re.findall(r"<input([^>]*)>", body)]
        return {each["name"]: unescape(each.get("value", "")) for each in inputs if each.get("type") == "hidden"}

    def sign_in(self, name: str, password: str = PASSWORD, *, at: str = "/staff/sign-in") -> TestResponse:
        """Signs in by the form."""
        return self.submit(at, {"name": name, "password": password}, action="/staff/sign-in")

    def sign_out(self) -> TestResponse:
        """Signs out by the form in the head of every page."""
        return self.submit("/staff/account", {}, action="/staff/sign-out")

    @property
    def is_signed_in(self) -> bool:
        """Whether the staff's first page opens."""
        return self.get("/staff/").status_code == 200

    def press(self, page: str, action: str, **fields: str) -> TestResponse:
        """Sends a form of a page that has a button only, and follows where it leads."""
        answer = self.submit(page, fields, action=action)
        assert answer.status_code == 303, answer.text
        return self.get(answer.headers["Location"])
