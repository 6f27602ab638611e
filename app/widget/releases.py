"""The versions of the widget that are out: scripts that never change, each with the hash that a page can insist on.

They are built from `widget/` in the project's root and committed, so that serving them needs nothing but Python.
"""

import base64
import gzip
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Final

FOLDER: Final = Path(__file__).parent / "releases"

_NAME: Final = re.compile(r"(\d+)\.(\d+)\.(\d+)\.js")


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """A version, such as (1, 0, 0), and its script."""

    number: tuple[int, ...]
    script: bytes
    gzipped: bytes

    @property
    def version(self) -> str:
        """As in its address: 1.0.0."""
        return ".".join(map(str, self.number))

    @property
    def integrity(self) -> str:
        """What `integrity` has to be in a page, so that a browser runs this script and no other."""
        return f"sha384-{base64.b64encode(hashlib.sha384(self.script).digest()).decode()}"

    @property
    def address(self) -> str:
        """Where it is served for ever."""
        return f"/widget/{self.version}/belong-search.js"


@cache
def releases() -> Mapping[str, Release]:
    """All of them by version, the newest first. Read once per process."""
    found = sorted(_read(), key=lambda release: release.number, reverse=True)
    return MappingProxyType({release.version: release for release in found})


def newest() -> Release:
    """The one that new pages should have."""
    return next(iter(releases().values()))


def newest_of(series: str) -> Release | None:
    """The newest of a series such as "v1", whose versions all understand what the first of them did."""
    return next((release for release in releases().values() if f"v{release.number[0]}" == series), None)


def _read() -> list[Release]:
    named = [(file, _NAME.fullmatch(file.name)) for file in FOLDER.iterdir()]
    return [_release(name, file.read_bytes()) for file, name in named if name]


def _release(name: re.Match[str], script: bytes) -> Release:
    # Without the time of day: the same in every process, and so is the ETag.
    return Release(number=tuple(map(int, name.groups())), script=script, gzipped=gzip.compress(script, 9, mtime=0))
