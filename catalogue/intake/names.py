"""The names in a printed author line, split only where that is safe.

A line such as "Ministry of Housing, Communities & Local Government" looks like a list and is none. So a line is split
when every piece is recognised, and stays whole otherwise: a name too long is a blemish in the facet, while a person
who does not exist is an error. The line itself is always kept beside the names.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from catalogue.intake.kinds import (
    is_degree,
    is_initials,
    is_inverted_person,
    is_organisation,
    is_person,
    kind_of,
    without_nickname,
)
from catalogue.intake.organisations import are_listed, is_single, joined_by_and, joined_by_slashes
from catalogue.intake.pieces import AND, at_top, filled, is_bracketed, partition, trimmed, without_article
from catalogue.intake.words import SUFFIXES, TITLES
from catalogue.record import AgentKind, Name, Role
from mappings.analysis import fold


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """The names in a statement of responsibility, in order, and the line as printed (white space made one)."""

    names: tuple[Name, ...]
    printed: str


# In characters. The catalogue takes no longer statement, and splitting takes the square of it.
_LONGEST_LINE: Final = 10_000

_PERSON: Final = AgentKind.PERSON
_ORGANISATION: Final = AgentKind.ORGANISATION

_ROLE_PHRASES: Final = re.compile(
    r"""
    (?:^|(?<=[\s,;.]))(?:
      (?P<editor>   (?:and\s)?(?:edited|eds?\.)\sby\b | ^editors?: )
    | (?P<contributor>
                    (?:and\s)?(?:with\s)?(?:additional\s)?contributions?\s(?:from|by)\b | ^contributors?:
                  | (?:and\s)?(?:with\s)?(?:an?\s)?(?:foreword|preface|introduction|afterword)\sby\b
                  | (?:and\s)?(?:illustrated|translated|photographs)\sby\b )
    | (?P<author>   ^(?:(?:written|prepared|compiled|authored)\s)?by\b | ^authors?: | ^author\(s\): )
    )\s*""",
    re.VERBOSE | re.IGNORECASE,
)
_AND_OTHERS: Final = re.compile(r",?\s+(?:et\.?\s?al\.?|(?:and|&)\s(?:others|colleagues))$", re.IGNORECASE)
_EDITOR_MARK: Final = re.compile(r"(?:\s*\((?:eds?\.?|editors?)\)|,\s(?:eds?\.?|editors?))$", re.IGNORECASE)
_RIGHT_HONOURABLE: Final = re.compile(r"^(?:the\s+)?(?:rt\.?|right)\s+hon(?:ourable|\.)?\s+", re.IGNORECASE)
_BRACKETED: Final = re.compile(r"(?P<outer>[^()]+?)\s*\((?P<inner>[^()]+)\)")


def split_statement(text: str) -> Statement:
    """The names in an author line, with the line as printed.

    A line without letters, or of more than 10,000 characters, has no names.

    Titles (Professor, Dr, Ms) and degrees are left out of the names; honours (Dame, Sir, Baroness) stay. Every name is
    a run of characters of the printed line, and no two are the same when folded.

    >>> [name.name for name in split_statement("Linda R. Tropp, PhD and Trisha A. Dehrone, MS").names]
    ['Linda R. Tropp', 'Trisha A. Dehrone']
    """
    line = " ".join(text.split())
    if len(line) > _LONGEST_LINE:
        return Statement(names=(), printed=line)
    names = [name for segment, role in _by_role(line) for name in _segment_names(segment, role)]
    named = [name for name in names if any(character.isalnum() for character in name.name)]
    return Statement(names=_distinct(named), printed=line)


def listed_name(text: str, role: Role = Role.AUTHOR) -> Name | None:
    """One entry of a list of names, never split: not at the comma of "Surname, Given". None where it has no letters."""
    entry = "".join(filled([" ".join(text.split())]))
    return replace(_name(entry), role=role) if any(character.isalnum() for character in entry) else None


def split_publishers(text: str) -> tuple[str, ...]:
    """The publishers in a line: it is split at slashes and at "and", where both sides are safely organisations.

    Commas never split: "The Woolf Institute, University of Cambridge" is one publisher.
    """
    line = trimmed(" ".join(text.split()))
    pieces = joined_by_slashes(line) or joined_by_and(line) or [line]
    return tuple(dict.fromkeys(piece for piece in pieces if piece))


def _by_role(line: str) -> Iterator[tuple[str, Role]]:
    """The stretches of a line with what the names in each did: "A, B, with contributions from C, edited by D"."""
    role, start = Role.AUTHOR, 0
    for match in _ROLE_PHRASES.finditer(line):
        if not is_bracketed(line, match.start()):
            yield line[start : match.start()], role
            role, start = Role(match.lastgroup or Role.AUTHOR), match.end()
    yield line[start:], role


def _segment_names(segment: str, role: Role) -> list[Name]:
    text = _AND_OTHERS.sub("", trimmed(segment))
    if mark := _EDITOR_MARK.search(text):
        text, role = text[: mark.start()], Role.EDITOR
    text = trimmed(text)
    if not text:
        return []
    names = next((names for way in _WAYS if (names := way(text))), None) or [_whole(text)]
    return [replace(name, role=role) if name.role is Role.AUTHOR else name for name in names]


def _at_bars(text: str) -> list[Name] | None:
    """Between bars stand persons with their affiliations. What is not recognised after a person is left out."""
    if "|" not in text:
        return None
    names: list[Name] = []
    for piece in filled(text.split("|")):
        first = trimmed(at_top(piece, ",")[0])
        names += _listed(piece) or [_name(first) if _is_one_person(first) else _whole(piece)]
    return names


def _at_semicolons(text: str) -> list[Name] | None:
    pieces = filled(at_top(text, ";"))
    if len(pieces) < 2:
        return None
    lists = [[_name(piece)] if is_inverted_person(piece) else _listed(piece) or [_whole(piece)] for piece in pieces]
    return [name for names in lists for name in names]


def _at_slashes(text: str) -> list[Name] | None:
    pieces = joined_by_slashes(text)
    return [_name(piece) for piece in pieces] if pieces else None


def _organisation_by_persons(text: str) -> list[Name] | None:
    """The organisation, then the persons: "Belong Network by Dominic Abrams and Ben Davies"."""
    left, right = partition(text, r"\sby\s")
    persons = _listed(right) if is_organisation(left) else None
    return [_name(trimmed(left)), *persons] if persons and persons[0].kind is _PERSON else None


def _persons_for_organisation(text: str) -> list[Name] | None:
    left, right = partition(text, r"\s(?:for|on behalf of|at)\s")
    persons = _only_persons(left) if is_single(right) else None
    return [*persons, _name(without_article(trimmed(right)))] if persons else None


def _persons_with_persons(text: str) -> list[Name] | None:
    left, right = partition(text, r",?\swith\s")
    first, second = _only_persons(left), _only_persons(right)
    return [*first, *(replace(name, role=Role.CONTRIBUTOR) for name in second)] if first and second else None


def _listed(text: str) -> list[Name] | None:
    """The names of a list with commas and "and". None where one of the pieces is not recognised."""
    if inverted := _inverted_list(text):
        return inverted
    parts = _without_afterthoughts(filled(at_top(text, ",")))
    groups = [_part_names(part) for part in parts]
    tail = [name for group in groups[1:] for name in group or ()]
    if not groups or not all(groups[1:]):
        return None
    if groups[0] is None:
        return _led_by_unknown(parts[0], tail)
    names = [*groups[0], *tail]
    has_person = any(name.kind is _PERSON for name in names)
    return names if len(parts) == 1 or has_person or are_listed(text, parts) else None


_WAYS: Final[tuple[Callable[[str], list[Name] | None], ...]] = (
    _at_bars,
    _at_semicolons,
    _at_slashes,
    _organisation_by_persons,
    _persons_for_organisation,
    _persons_with_persons,
    _listed,
)


def _only_persons(text: str) -> list[Name] | None:
    names = _listed(text)
    return names if names and all(name.kind is _PERSON for name in names) else None


def _led_by_unknown(first: str, persons: list[Name]) -> list[Name] | None:
    """A name of several words before at least two persons: "British Future, Luke Tryl and Tyron Surmon"."""
    if len(persons) < 2 or any(name.kind is not _PERSON for name in persons):
        return None
    return [_name(first), *persons] if len(first.split()) > 1 and not AND.search(first) else None


def _part_names(part: str) -> list[Name] | None:
    """The names in a stretch without commas. None where it is not recognised."""
    if mark := _EDITOR_MARK.search(part):
        names = _part_names(part[: mark.start()])
        return [replace(name, role=Role.EDITOR) for name in names] if names else None
    if _is_one_person(part):
        return [_name(part)]
    if with_persons := _organisation_with_persons(part):
        return with_persons
    pieces = [part] if "(" in without_nickname(part) else filled(AND.split(part))
    if len(pieces) > 1 and all(_is_one_person(piece) for piece in pieces):
        return [_name(piece) for piece in pieces]
    if organisations := joined_by_and(part):
        return [_name(name) if _is_one_person(name) else Name(name=name, kind=_ORGANISATION) for name in organisations]
    return [_name(part)] if is_single(part) else None


def _organisation_with_persons(text: str) -> list[Name] | None:
    """The organisation, then the persons: "The University of Hull (Catriona Jones)"."""
    match = _BRACKETED.fullmatch(text)
    if match is None or _is_one_person(match["outer"]):
        return None
    persons = _only_persons(match["inner"])
    return [Name(name=trimmed(match["outer"]), kind=_ORGANISATION), *persons] if persons else None


def _inverted_list(text: str) -> list[Name] | None:
    """Surnames each followed by initials: "Smith, J., Doe, A. B. and Roe, C."."""
    pieces = filled(piece for part in text.split(",") for piece in AND.split(part))
    surnames, initials = pieces[::2], pieces[1::2]
    if len(surnames) != len(initials) or not all(_are_initials(piece) for piece in initials):
        return None
    names = [f"{surname}, {given}" for surname, given in zip(surnames, initials, strict=True)]
    if not all(is_inverted_person(name) and name in text for name in names):
        return None
    return [Name(name=name, kind=_PERSON) for name in names]


def _are_initials(piece: str) -> bool:
    return not is_degree(piece) and all(is_initials(word) for word in piece.split())


def _without_afterthoughts(parts: list[str]) -> list[str]:
    """The parts of a list with "Jr" put back behind its name, and without degrees: "PhD and Trisha A. Dehrone"."""
    kept: list[str] = []
    for part in parts:
        first, *rest = AND.split(part, maxsplit=1)
        if kept and fold(first) in SUFFIXES:
            kept[-1] = f"{kept[-1]}, {first}"
            kept += rest
        elif kept and is_degree(first):
            kept += rest
        else:
            kept.append(part)
    return kept


def _whole(text: str) -> Name:
    """A line that could not be split. With a person somewhere in it, it is not safely an organisation."""
    name = _name(text)
    pieces = [trimmed(piece) for part in at_top(text, ",") for piece in AND.split(part)]
    has_person = len(pieces) > 1 and any(map(_is_one_person, pieces))
    is_joined = name.kind is _ORGANISATION and not is_single(text)
    return Name(name=text) if has_person or is_joined else name


def _name(text: str) -> Name:
    """A single name without titles and degrees, and the kind of party it belongs to."""
    bare = _bare(text)
    return Name(name=bare, kind=_PERSON if bare != text else kind_of(bare))


def _is_one_person(text: str) -> bool:
    return is_person(_bare(text))


def _bare(text: str) -> str:
    """A person's name without titles and degrees. Any other text as it is: Ms Foundation for Women, Dr Barnardo’s."""
    bare = _without_degrees(_without_titles(text))
    return bare if bare != text and (is_person(bare) or is_inverted_person(bare)) else text


def _without_titles(text: str) -> str:
    rest = _RIGHT_HONOURABLE.sub("", text)
    while (first := rest.partition(" "))[2] and fold(first[0]) in TITLES:
        rest = first[2]
    return rest


def _without_degrees(text: str) -> str:
    head, _, last = text.rpartition(" ")
    while is_degree(last) and len(head.split()) > 1:
        text = head.rstrip(", ")
        head, _, last = text.rpartition(" ")
    return text


def _distinct(names: Iterable[Name]) -> tuple[Name, ...]:
    first: dict[str, Name] = {}
    for name in names:
        first.setdefault(fold(name.name), name)
    return tuple(first.values())
