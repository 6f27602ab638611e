"""The number by which an answer is found in the log: in a header of each, and on pages that say what went wrong."""

import re
import secrets
from typing import Final

from flask import g, request

from app.services import services

HEADER: Final = "X-Request-ID"

# What others may call a request: nothing that could be read as something else in a log or on a page.
_SHAPE: Final = re.compile(r"[A-Za-z0-9_.:=+/-]{8,64}")


def request_id() -> str:
    """The number of the present request: that of the server in front where one is trusted, else a random one."""
    if "request_id" not in g:
        given = request.headers.get(HEADER, "") if services().settings.trusted_proxies else ""
        g.request_id = given if _SHAPE.fullmatch(given) else secrets.token_hex(8)
    return g.request_id
