"""How often somebody may ask within a minute, so that nobody keeps the library from all others.

Requests are counted in four groups, by the address that they come from: reading (pages and the API), writing over the
API, the staff's pages, and signing in. Writing is counted by key besides. Who asks for more is answered 429 with the
seconds to wait. Each answer says how many are left (draft-ietf-httpapi-ratelimit-headers-10). Health, metrics, static
files and the widget's script are never refused.

Requests from this machine itself are counted for signing in only. Whoever puts a server in front on the same machine
and forgets TRUSTED_PROXIES would otherwise have all the world share one address, and one limit.
"""

import logging
import time
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum, unique
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from math import ceil
from typing import Final, cast

from flask import Flask, Response, current_app, g, request
from flask_limiter import ApplicationLimit, Limiter
from limits import RateLimitItemPerMinute, WindowStats
from werkzeug.exceptions import TooManyRequests

from app import windows
from app.windows import OWN, SHARED
from bootstrap.settings import Settings

_log: Final = logging.getLogger(__name__)

_KEY: Final = "belong.limits"

# Whoever has an address of IPv6 has at least all that begin with the same bits.
_ONE_NETWORK: Final = 64

_READ: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_SIGNING_IN: Final = frozenset(
    {"staff.check_sign_in", "staff.sign_in_with_organisation", "staff.come_from_organisation"}
)


@unique
class Group(StrEnum):
    """What is counted together."""

    READING = "reading"
    WRITING = "writing"
    STAFF = "staff"
    SIGN_IN = "sign-in"


class TooManyOfKey(TooManyRequests):
    """A key was used for more than it may be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Counted:
    """What a request was counted as. `stats` are the moment at which another one is let in, and how many are left."""

    name: str
    quota: int
    stats: WindowStats

    @property
    def wait(self) -> int:
        """Seconds until there are more."""
        return max(1, ceil(self.stats.reset_time - time.time()))


class _Limits:
    """The limits of an application."""

    def __init__(self, app: Flask, settings: Settings) -> None:
        self._quotas = settings.limits
        self._trusts_proxies = settings.trusted_proxies > 0
        self._has_warned = False
        shared: dict[str, str | int] = {"redis_url": settings.redis_url} if settings.redis_url is not None else {}
        self._limiter = Limiter(
            _who,
            app=app,
            application_limits=[ApplicationLimit(self._limit, key_function=_who)],
            strategy="sliding-window-counter",
            storage_uri=f"{SHARED if shared else OWN}://",
            storage_options=shared,
            request_identifier=lambda: request.endpoint or "no address of ours",
        )

    def count_key(self, key_id: str) -> None:
        """Raises TooManyOfKey."""
        if self._quotas.writing:
            g.counted_key = (RateLimitItemPerMinute(self._quotas.writing), f"key:{key_id}")
            if not self._limiter.limiter.hit(*g.counted_key):
                raise TooManyOfKey

    def counted(self) -> Iterator[_Counted]:
        """What the present request was counted as."""
        address = self._limiter.current_limit
        if address is not None:
            yield _Counted(name=_group() or "", quota=address.limit.amount, stats=address.window)
        if "counted_key" in g:
            item, key = g.counted_key
            yield _Counted(name="key", quota=item.amount, stats=self._limiter.limiter.get_window_stats(item, key))

    def _limit(self) -> str:
        """Called by Flask-Limiter for each request: nothing where it is not counted."""
        group = _group()
        if group is not Group.SIGN_IN and _is_this_machine():
            self._warn_of_forgotten_proxies()
            return ""
        quota = {
            Group.READING: self._quotas.reading,
            Group.WRITING: self._quotas.writing,
            Group.STAFF: self._quotas.staff,
            Group.SIGN_IN: self._quotas.sign_in,
            None: 0,
        }[group]
        return f"{quota}/minute" if quota else ""

    def _warn_of_forgotten_proxies(self) -> None:
        if "X-Forwarded-For" in request.headers and not self._trusts_proxies and not self._has_warned:
            self._has_warned = True
            _log.warning(
                "A server in front passes requests on from this machine, but TRUSTED_PROXIES is 0: nobody is counted"
            )


def register_limits(app: Flask, settings: Settings) -> None:
    """Count what is asked of an application, and refuse what is too much. After the log, and before all else."""
    app.extensions[_KEY] = _Limits(app, settings)
    app.after_request(_tell)


def count_key(key_id: str) -> None:
    """Count the present request as one that writes with a key. Raises TooManyOfKey.

    For views that know whose key it is: by address it has been counted before.
    """
    _limits().count_key(key_id)


def seconds_to_wait() -> int:
    """How long whoever was refused has to wait."""
    return max((counted.wait for counted in _limits().counted() if not counted.stats.remaining), default=1)


def _tell(response: Response) -> Response:
    """How much is left, and of what."""
    if counted := tuple(_limits().counted()):
        policies = (f'"{each.name}";q={each.quota};w={windows.MINUTE}' for each in counted)
        states = (f'"{each.name}";r={each.stats.remaining};t={each.wait}' for each in counted)
        response.headers["RateLimit-Policy"] = ", ".join(policies)
        response.headers["RateLimit"] = ", ".join(states)
    return response


def _limits() -> _Limits:
    return cast("_Limits", current_app.extensions[_KEY])


def _group() -> Group | None:
    """What the present request is counted with; None: with nothing, and never refused."""
    if request.endpoint in _SIGNING_IN:
        return Group.SIGN_IN
    match request.blueprint or request.endpoint:
        case "static" | "widget" | "health" | "metrics":
            return None
        case "staff":
            return Group.STAFF
        case "api" if request.method not in _READ:
            return Group.WRITING
        case _:
            return Group.READING


def _who() -> str:
    """The address, or what one customer has of an IPv6 network: nobody gets more by using another one of his own."""
    address = _address()
    if isinstance(address, IPv6Address):
        return f"{_group()}:{ip_network((address, _ONE_NETWORK), strict=False)}"
    return f"{_group()}:{address or request.remote_addr or 'unknown'}"


def _is_this_machine() -> bool:
    address = _address()
    return address is not None and address.is_loopback


def _address() -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address((request.remote_addr or "").partition("%")[0])
    except ValueError:
        return None
    return (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address
