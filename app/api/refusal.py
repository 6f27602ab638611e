"""A request to the API that is not done."""

from collections.abc import Mapping
from http import HTTPStatus


class Refusal(Exception):
    """Why a request is not done, as it is answered. `members` and `headers` are those that the problem has besides."""

    def __init__(
        self,
        status: HTTPStatus,
        detail: str,
        *,
        members: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """The detail says what is wrong, and what would be right."""
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.members = members or {}
        self.headers = headers or {}
