"""The settings: the only reader of the environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


class SettingsError(Exception):
    """A variable of the environment that cannot be used: the message names it, its value and the limit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All that can be set, each by a variable of the environment.

    HOST, PORT       where the service listens: 127.0.0.1 and 8000; port 0 takes a free one
    BELONG_DATA      the folder of all state: data, below the folder in which the service is started
    DATABASE_URL     the catalogue: a SQLite file in BELONG_DATA
    WEB_PROCESSES    how many processes answer: 2
    WEB_THREADS      how many threads each of them has: 4
    CONTACT          where "contact us" leads, a mail address or a web address: nowhere
    """

    host: str
    port: int
    data: Path
    database_url: str
    web_processes: int
    web_threads: int
    contact: str | None

    @property
    def index_folder(self) -> Path:
        """Where the embedded index lies."""
        return self.data / "index"


def read_settings(environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings; an empty variable is one that is not set. Raises SettingsError."""
    data = Path(environment.get("BELONG_DATA") or "data").absolute()
    return Settings(
        host=environment.get("HOST") or "127.0.0.1",
        port=_whole_number(environment, "PORT", default=8000, lowest=0, highest=65_535),
        data=data,
        database_url=environment.get("DATABASE_URL") or f"sqlite:///{data / 'catalogue.sqlite'}",
        web_processes=_whole_number(environment, "WEB_PROCESSES", default=2, lowest=1, highest=64),
        web_threads=_whole_number(environment, "WEB_THREADS", default=4, lowest=1, highest=64),
        contact=environment.get("CONTACT") or None,
    )


def _whole_number(environment: Mapping[str, str], name: str, *, default: int, lowest: int, highest: int) -> int:
    text = environment.get(name) or str(default)
    if not (text.isascii() and text.isdigit() and lowest <= int(text) <= highest):
        raise SettingsError(f"{name} is {text!r}, but has to be a whole number from {lowest:,} to {highest:,}")
    return int(text)
