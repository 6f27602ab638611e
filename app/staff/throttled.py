"""The answer to one password too many."""

from http import HTTPStatus
from math import ceil

from flask import Response

from app.problems import Problem, respond
from app.staff.signing_in import TooManyTries


def answer_too_many_tries(error: TooManyTries) -> Response:
    """429 with the time to wait. It does not say whether there is such an account."""
    seconds = ceil(error.wait.total_seconds())
    minutes = ceil(seconds / 60)
    wait = "a minute" if minutes == 1 else f"{minutes} minutes"
    return respond(
        Problem(
            status=HTTPStatus.TOO_MANY_REQUESTS,
            title="Too many tries",
            detail=f"A wrong password was given too often. Please wait {wait} and try again, or ask an "
            "administrator of the library.",
            headers={"Retry-After": str(seconds)},
        )
    )
