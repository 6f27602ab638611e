"""Several organisations in one line, split where the words around a mark leave no doubt that it joins names."""

import re
from typing import Final

from catalogue.intake.kinds import is_organisation, is_person, name_words
from catalogue.intake.pieces import AND, filled, is_bracketed, trimmed, without_article
from catalogue.intake.words import FUNCTION_WORDS, ORGANISATION_HEADS, ORGANISATION_WORDS
from mappings.analysis import fold

# A line with more is no list of organisations, and trying every "and" takes the square of their number.
_MOST_JOINTS: Final = 10

_JOINT: Final = re.compile(r"\s+(?:for|at|by|with)\s+")


def joined_by_slashes(text: str) -> list[str] | None:
    """The names between slashes. None where there is no such list: "and/or", "AC/DC" and "Brooks/Cole" are none."""
    pieces = filled(text.split("/"))
    if len(pieces) < 2 or "," in text or any(len(piece) < 3 or not piece[0].isalpha() for piece in pieces):
        return None
    has_known = any(is_organisation(piece) and len(piece.split()) > 1 for piece in pieces)
    return pieces if has_known or " / " in text or all(is_person(piece) for piece in pieces) else None


def joined_by_and(text: str) -> list[str] | None:
    """Two or more organisations joined by "and". None where "and" may be part of a name.

    It joins names where "the" follows ("Near Neighbours and the Inter Faith Network"), where the beginning of a name
    follows ("University of Kent and University of Hull"), and where a full name stands on either side ("Runnymede
    Trust and Joseph Rowntree Foundation").
    """
    joints = list(AND.finditer(text))
    for match in joints if len(joints) <= _MOST_JOINTS else ():
        left, right = trimmed(text[: match.start()]), trimmed(text[match.end() :])
        if not is_bracketed(text, match.start()) and _is_safe_join(left, right):
            right = without_article(right)
            return [left, *(joined_by_and(right) or [right])]
    return None


def are_listed(text: str, parts: list[str]) -> bool:
    """Whether organisations between commas are a list, and not a department with its university."""
    return all(_has_full_end(part) for part in parts) and (len(parts) > 2 or AND.search(text) is not None)


def is_single(text: str) -> bool:
    """Whether a text is safely the name of one organisation: no person stands before a joint or beside an "and"."""
    return is_organisation(text) and not _joins_person(text)


def _joins_person(text: str) -> bool:
    """Whether a person is joined to something: "Jane Smith at Oxford", "Lloyds Bank and Jane Smith"."""
    if AND.search(text) and any(map(is_person, AND.split(text))):
        return True
    joint = _JOINT.search(text)
    return joint is not None and is_person(text[: joint.start()])


def _is_safe_join(left: str, right: str) -> bool:
    left_words = [fold(word) for word in name_words(left)]
    right_words = [fold(word) for word in name_words(right)]
    if not left_words or not right_words or (len(right_words) == 1 and not is_organisation(right)):
        return False
    is_open = left_words[0] in ORGANISATION_HEADS and "of" not in left_words and not _has_full_end(left)
    if right_words[0] == "the":
        return _has_full_end(right) and not is_open and left_words[-1] not in FUNCTION_WORDS
    if len(right_words) > 2 and right_words[0] in ORGANISATION_HEADS and right_words[1] in {"of", "for"}:
        return is_organisation(left) and len(left_words) > 1 and not is_open
    has_inner = not FUNCTION_WORDS.isdisjoint(left_words[1:])
    return len(left_words) > 1 and not has_inner and _has_full_end(left) and _has_full_end(right)


def _has_full_end(text: str) -> bool:
    """Whether a name ends as organisations' names do: "... Trust", "... Council (ABC)", "UNHCR"."""
    words = name_words(re.sub(r"\s*\([^()]*\)$", "", text))
    return bool(words) and (fold(words[-1]) in ORGANISATION_WORDS or is_organisation(words[-1]))
