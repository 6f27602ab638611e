"""What is wrong with a body: every flaw with its place, its value and what it has to be."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final, cast

from app.api.refusal import Refusal

_LONGEST_SHOWN: Final = 100  # characters
_MOST_SHOWN: Final = 100  # flaws

# Under which marshmallow tells what is wrong with a whole object.
_WHOLE: Final = "_schema"

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Flaw:
    """What is wrong at a place in a body. `value` is what stands there, None where nothing does."""

    path: Path
    value: object
    limit: str

    @property
    def pointer(self) -> str:
        """The place as a JSON pointer in the form for addresses: RFC 6901, 6."""
        parts = (str(part).replace("~", "~0").replace("/", "~1") for part in self.path)
        return "#" + "".join(f"/{part}" for part in parts)

    def body(self) -> dict[str, object]:
        """The flaw as an entry of a problem's errors."""
        place = ".".join(map(str, self.path)) or "the body"
        shown = _shown(self.value)
        found = "is missing" if shown is None else f"is “{shown}”"
        detail = f"{_cut(place)} {found}, but has to be {self.limit}"
        return {"pointer": _cut(self.pointer), "detail": detail, "value": shown, "limit": self.limit}


def flaws_of(messages: Mapping[Any, Any], body: object, path: Path = ()) -> Iterator[Flaw]:
    """The flaws in marshmallow's messages about a body, in their order."""
    for name, about in messages.items():
        place = path if name == _WHOLE else (*path, cast("str | int", name))
        if isinstance(about, Mapping):
            yield from flaws_of(cast("Mapping[Any, Any]", about), body, place)
        else:
            for limit in cast("Iterable[str]", about):
                yield Flaw(path=place, value=_found(body, place), limit=str(limit))


def refuse_flaws(flaws: Sequence[Flaw]) -> Refusal:
    """The refusal that tells them all."""
    count = "1 thing is" if len(flaws) == 1 else f"{len(flaws):,} things are"
    more = f" The first {_MOST_SHOWN} are told." if len(flaws) > _MOST_SHOWN else ""
    return Refusal(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        f"{count} wrong with the body, and nothing was changed.{more}",
        members={"errors": [flaw.body() for flaw in flaws[:_MOST_SHOWN]]},
    )


def _found(body: object, path: Path) -> object:
    at = body
    for part in path:
        match at:
            case dict():
                at = cast("dict[object, object]", at).get(part)
            case list() if isinstance(part, int):
                at = cast("list[object]", at)[part]
            case _:
                return None
    return at


def _shown(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return None if value is None else _cut(value)
    return _cut(json.dumps(value, ensure_ascii=False))


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"
