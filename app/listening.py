"""The address that the service listens at: taken before anything else happens, and told to whoever started it."""

import errno
import socket
from typing import Any, Final

# Connections that wait while every thread is busy, or while a first start still indexes; gunicorn's own number.
_BACKLOG: Final = 2_048

_LAST_PORT: Final = 65_535

# What stands for every address of the machine, and an address of it that can be typed into a browser.
_EVERY_ADDRESS: Final = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104


class CannotListen(Exception):
    """The address cannot be had: the message says why and what to set."""


def open_listener(host: str, port: int) -> socket.socket:
    """A socket that listens; port 0 takes a free one. Raises CannotListen."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except (OSError, UnicodeError) as e:
        raise CannotListen(f"HOST is {host!r}, but has to be a name or an address of this machine") from e
    listener = socket.socket(family, kind, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(_BACKLOG)
    except OSError as e:
        listener.close()
        raise CannotListen(_reason(e, host, port)) from e
    return listener


def shown_address(sockname: tuple[Any, ...]) -> str:
    """The address of a socket as one opens it in a browser on this machine."""
    host, port = str(sockname[0]), sockname[1]
    reachable = _EVERY_ADDRESS.get(host, host)
    return f"http://{f'[{reachable}]' if ':' in reachable else reachable}:{port}/"


def _reason(error: OSError, host: str, port: int) -> str:
    match error.errno:
        case errno.EADDRINUSE:
            other = port + 1 if port < _LAST_PORT else port - 1
            return f"Port {port} of {host} is in use by another program: choose another one, such as PORT={other}"
        case errno.EACCES:
            return f"Port {port} is reserved for the system: choose one above 1023, such as PORT=8000"
        case errno.EADDRNOTAVAIL:
            return f"HOST is {host!r}, but has to be a name or an address of this machine"
        case _:
            return f"Cannot listen at port {port} of {host}: {error.strerror}"
