"""Ids that are made from names: readable, stable, and the same on every machine."""

import hashlib
import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import count
from typing import Final

from mappings.analysis import fold, folded_words
from mappings.fields import NONE_GIVEN

# Douglas Crockford's base 32: no i, l, o or u, which are misread or make words.
_DIGITS: Final = "0123456789abcdefghjkmnpqrstvwxyz"

_LONGEST_SLUG: Final = 60


def digest(text: str) -> str:
    """The SHA-256 of a text as 52 characters of Crockford's base 32, in lower case."""
    bits = int.from_bytes(hashlib.sha256(text.encode()).digest(), "big") << 4  # 256 bits fill 51.2 characters
    return "".join(_DIGITS[bits >> shift & 31] for shift in range(255, -1, -5))


def fold_name(name: str) -> str:
    """The form by which names are one name: "Smith, J." and "smith J", "The Challenge" and "Challenge"."""
    return re.sub(r"^(the )+", "", fold_title(name))


def fold_title(title: str) -> str:
    """The form by which titles are one title; of a title without a word its signs."""
    return _folded_words(title) or fold(title).strip()


def fold_label(label: str) -> str:
    """The form by which labels are one label. Signs count here: C and C++ are two themes."""
    return " ".join(fold(label).split())


def slugs(name: str) -> Iterator[str]:
    """Ids for a name, the best first; without end. None of them is the reserved word."""
    words = _folded_words(name).replace(" ", "-")
    if len(words) > _LONGEST_SLUG:
        words = words[:_LONGEST_SLUG].rpartition("-")[0] or words[:_LONGEST_SLUG]
    stem = words or f"x-{digest(name)[:8]}"
    if stem != NONE_GIVEN:
        yield stem
    yield from (f"{stem}-{number}" for number in count(2))


# An import asks for one name several times: for its identity, for looking it up, and for its id.
@lru_cache(maxsize=16_384)
def _folded_words(text: str) -> str:
    return folded_words(text)
