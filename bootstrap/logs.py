"""The log of servers and workers: one line for each event on standard error, as JSON or to be read at a terminal.

All that is logged comes through here, whichever library says it. A line has its time, level and logger, what happened
(`event`), and what it is about: `request_id`, or the number of the `run` of the index. What people look for and where
they come from does not stand in it (LOG_QUERIES and LOG_ADDRESSES let it), and no password, key or token ever does.
"""

import logging
import re
import sys
import traceback
from collections.abc import Callable, Iterable, Sequence
from contextvars import ContextVar
from types import TracebackType
from typing import Any, Final, TextIO
from urllib.parse import unquote, urlsplit

import orjson
import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from bootstrap.settings import LogFormat, Settings

_MASK: Final = "***"

# Whoever asks for a password within an address, or shows a key to the API.
_IN_ADDRESSES: Final = re.compile(r"(?<=://)([^\s:/@]*):[^\s/]*@")
_KEYS: Final = re.compile(r"\b(belong_[0-9a-z]{8}_)[A-Za-z0-9_-]{43}")

# A secret of fewer characters would be found within words, and taken out of them.
_SHORTEST_SECRET: Final = 8
_SHORTEST_PRIVATE: Final = 3

# What says something of each request or message that went well, or repeats addresses and queries.
_QUIET: Final = {
    "celery.app.trace": logging.WARNING,
    "celery.beat": logging.WARNING,
    "celery.worker.strategy": logging.WARNING,
    "elastic_transport": logging.ERROR,
    "flask-limiter": logging.WARNING,
    "urllib3": logging.ERROR,
}

# What whoever is asking has sent: never to be repeated in a log. Asked for only when something is logged.
private: Final[ContextVar[Callable[[], Iterable[str]]]] = ContextVar("private", default=tuple)


def set_up_logging(settings: Settings, stream: TextIO = sys.stderr) -> None:
    """Let this process, and those that it forks, write their log to a stream."""
    as_json = settings.log_format is LogFormat.JSON or (settings.log_format is None and not stream.isatty())
    handler = logging.StreamHandler(stream)
    handler.setFormatter(_formatter(settings, as_json=as_json, colors=stream.isatty()))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    logging.captureWarnings(capture=True)
    for name, level in _QUIET.items():
        logging.getLogger(name).setLevel(level)


def _formatter(settings: Settings, *, as_json: bool, colors: bool) -> logging.Formatter:
    about: list[Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.contextvars.merge_contextvars,
        structlog.processors.TimeStamper(fmt="iso", utc=True)
        if as_json
        else structlog.processors.TimeStamper("%H:%M:%S", utc=False),
        _Discretion(_secrets_of(settings), queries=settings.log_queries),
    ]
    shown: Processor = (
        structlog.processors.JSONRenderer(serializer=_as_json)
        if as_json
        else structlog.dev.ConsoleRenderer(colors=colors, pad_event_to=0, sort_keys=False)
    )
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=about, processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, shown]
    )


class _Discretion:
    """Takes out of a line what nobody who reads the log should learn from it."""

    def __init__(self, secrets: Sequence[str], *, queries: bool) -> None:
        """The secrets are those that this process itself knows."""
        self._secrets = secrets
        self._queries = queries

    def __call__(self, _logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        """Called for each line, in the thread that wrote it."""
        asked = () if self._queries else sorted(filter(_is_long, private.get()()), key=len, reverse=True)
        if failed := event.pop("exc_info", None):
            event["exception"] = _told(failed, asked)
        event["event"] = _without(str(event["event"]), asked)
        return {key: self._masked(value) if isinstance(value, str) else value for key, value in event.items()}

    def _masked(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, _MASK)
        return _KEYS.sub(rf"\1{_MASK}", _IN_ADDRESSES.sub(rf"\1:{_MASK}@", text))


def _is_long(text: str) -> bool:
    return len(text) >= _SHORTEST_PRIVATE


def _without(text: str, private_parts: Iterable[str]) -> str:
    for part in private_parts:
        text = text.replace(part, "…")
    return text


_ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None]


def _told(failed: _ExcInfo, asked: Sequence[str]) -> str:
    """An error with its causes, the first one first; what the messages repeat of a request is left out."""
    parts: list[str] = []
    error: BaseException | None = failed[1]
    while error is not None:
        frames = "".join(traceback.format_tb(error.__traceback__))
        parts.append(f"{frames}{type(error).__name__}: {_without(str(error), asked)}")
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return "\n\nwhich led to\n\n".join(reversed(parts))


def _secrets_of(settings: Settings) -> list[str]:
    """All that gives access to something, as it is set and as it stands in an address."""
    open_id = settings.open_id
    addresses = (settings.database_url, settings.redis_url, settings.elasticsearch.url)
    passwords = [urlsplit(address).password for address in addresses if address is not None]
    known = [
        *passwords,
        *(unquote(password) for password in passwords if password),
        settings.secret_key,
        settings.elasticsearch.api_key,
        open_id.client_secret if open_id is not None else None,
    ]
    return sorted({each for each in known if each and len(each) >= _SHORTEST_SECRET}, key=len, reverse=True)


def _as_json(event: EventDict, **_: Any) -> str:  # noqa: ANN401 - structlog's
    return orjson.dumps(event, default=str, option=orjson.OPT_NON_STR_KEYS).decode()
