"""The service's parts, for the views of the running application."""

from typing import Final, cast

from flask import Flask, current_app

from bootstrap.services import Services

_KEY: Final = "belong"


def attach_services(app: Flask, built: Services) -> None:
    """Make the parts known to an application."""
    app.extensions[_KEY] = built


def services() -> Services:
    """The parts of the application that answers the present request."""
    return cast("Services", current_app.extensions[_KEY])
