"""The service's parts, for the views of the running application."""

from dataclasses import dataclass
from typing import Final, cast

from flask import Flask, current_app, request

from app.freshness import RecentFreshness
from app.readiness import Readiness
from bootstrap.services import Services

_KEY: Final = "belong"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Attached:
    """What an application works with."""

    services: Services
    readiness: Readiness
    freshness: RecentFreshness


def attach_services(app: Flask, built: Services) -> None:
    """Make the parts known to an application."""
    app.extensions[_KEY] = _Attached(
        services=built,
        readiness=Readiness(built),
        freshness=RecentFreshness(built.catalogue, built.settings.index_place),
    )


def services() -> Services:
    """The parts of the application that answers the present request."""
    return _attached().services


def readiness() -> Readiness:
    """What tells which of them are up."""
    return _attached().readiness


def recent_freshness() -> RecentFreshness:
    """What tells the pages how far the index is behind."""
    return _attached().freshness


def site_root() -> str:
    """The address of the first page as others reach it, without the slash at its end."""
    return services().settings.site_url or request.host_url.rstrip("/")


def _attached() -> _Attached:
    return cast("_Attached", current_app.extensions[_KEY])
