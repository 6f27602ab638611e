"""On what a change depends: If-Match and If-None-Match, so that nobody overwrites what he has not seen.

A record's tag is its version, and a mark of what was sent: caches go by all of it, and changes by the version alone.
So a tag still tells the version after a proxy has compressed the answer and made the tag a weak one or added a word to
it, and after a new release has changed the form of the answer. Two states of a record never have one version.
"""

import hashlib
import re
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final, NoReturn

from flask import request

from app.api.refusal import Refusal

_TAG: Final = re.compile(r'(?:W/)?"([1-9][0-9]{0,17})(?:-[^"]*)?"')
_FOREIGN_TAG: Final = re.compile(r'(?:W/)?"[^"]*"')
_ANY: Final = "*"


def tag_of(version: int, content: bytes) -> str:
    """The tag, without quotation marks, of a version that is sent as this content."""
    return f"{version}-{hashlib.sha256(content).hexdigest()[:16]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Precondition:
    """What somebody has seen. `versions` is None where they do not say, and empty where it cannot be one of ours."""

    versions: frozenset[int] | None
    any_version: bool
    only_new: bool

    @property
    def is_for_present(self) -> bool:
        """Whether it asks for something that is there."""
        return self.any_version or self.versions is not None

    def check(self, version: int, tag: str) -> None:
        """Raises Refusal where a record with this version may not be changed."""
        if self.only_new:
            _refuse(f"There is such a record already, in version {version}.", version, tag)
        if self.any_version or (self.versions is not None and version in self.versions):
            return
        if self.versions is not None:
            _refuse(f"The record has version {version} now: somebody changed it since you read it.", version, tag)
        detail = (
            f"Say which version you change, so that nothing is overwritten unseen: the header If-Match with the ETag "
            f"that you were given; the present one is {tag}. If-Match: * changes whatever is there."
        )
        _refuse(detail, version, tag, status=HTTPStatus.PRECONDITION_REQUIRED)

    def check_absent(self) -> None:
        """Raises Refusal where there is no such record, and there has to be."""
        if self.is_for_present:
            raise Refusal(HTTPStatus.PRECONDITION_FAILED, "There is no such record, or it was deleted.")


def read_precondition() -> Precondition:
    """The precondition of the present request. Raises Refusal for one that cannot be meant."""
    match_, none_match = request.headers.get("If-Match"), request.headers.get("If-None-Match")
    if match_ is not None and none_match is not None:
        raise _unclear("If-Match and If-None-Match exclude each other")
    if none_match is not None and none_match.strip() != _ANY:
        raise _unclear("If-None-Match has to be *, which says that the record has to be new")
    is_any = match_ is not None and match_.strip() == _ANY
    return Precondition(
        versions=None if match_ is None or is_any else _versions(match_),
        any_version=is_any,
        only_new=none_match is not None,
    )


def _versions(header: str) -> frozenset[int]:
    parts = [part.strip() for part in header.split(",")]
    if not all(_FOREIGN_TAG.fullmatch(part) for part in parts):
        raise _unclear('If-Match has to be the ETag that GET gives, with its quotation marks, such as "7-3f0c…", or *')
    return frozenset(int(tag.group(1)) for part in parts if (tag := _TAG.fullmatch(part)) is not None)


def _unclear(detail: str) -> Refusal:
    return Refusal(HTTPStatus.BAD_REQUEST, f"{detail}.")


def _refuse(detail: str, version: int, tag: str, *, status: HTTPStatus = HTTPStatus.PRECONDITION_FAILED) -> NoReturn:
    raise Refusal(status, detail, members={"version": version}, headers={"ETag": f'"{tag}"'})
