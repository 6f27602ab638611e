"""Whether a name is a person's or an organisation's, where that can be told from the name alone."""

import re
import unicodedata
from functools import lru_cache
from typing import Final

from catalogue.intake.words import (
    DEGREES,
    DOUBTFUL_WORDS,
    FUNCTION_WORDS,
    HONOURS,
    OFFICE_WORDS,
    ORGANISATION_WORDS,
    PARTICLES,
    SUFFIXES,
    SURNAME_PREFIXES,
    TITLES,
)
from catalogue.record import AgentKind
from mappings.analysis import fold

_INITIALS: Final = re.compile(r"-?(?:[^\W\d_]\.?-?){1,3}\.?")
_INVERTED: Final = re.compile(r"(?P<surname>[^,]+), (?P<given>[^,]+?)(?P<rest>(?:,.*)?)")
_DATES: Final = re.compile(r"[\d\s,.?–-]*(?:b\. |d\. |ca\. |fl\. )?[\d\s,.?–-]*")


def kind_of(name: str) -> AgentKind:
    """The kind of party that a single name belongs to: UNKNOWN rather than a guess.

    Takes "Given Surname" and "Surname, Given". The name of a person is two to six capitalised words, none of which
    is usual in organisations' names: some short names of organisations ("Clarion Futures" without the word in our
    lists) will be taken for a person's, which is why statements are split by stricter rules than this.
    """
    if is_person(name):
        return AgentKind.PERSON
    if is_organisation(name):
        return AgentKind.ORGANISATION
    return AgentKind.PERSON if is_inverted_person(name) else AgentKind.UNKNOWN


def is_organisation(name: str) -> bool:
    """Whether a name is safely that of an organisation.

    So is one with a word such as Trust or University, with a small word inside (Talk for a Change), one that begins
    with "The", an abbreviation in capitals (UNHCR), and a single word with a capital inside (SchoolDash).
    """
    words = name_words(name)
    if not words:
        return False
    folded = [fold(word) for word in words]
    if not ORGANISATION_WORDS.isdisjoint(folded):
        return True
    if "," in name or not OFFICE_WORDS.isdisjoint(folded):
        return False
    if folded[0] == "the" and len(words) > 1:
        return True
    if len(words) == 1:
        return _is_abbreviation(words[0]) or _has_inner_capital(words[0])
    return words[0][0].isupper() and any(fold(word) in FUNCTION_WORDS and word != "A" for word in words[1:-1])


def is_person(name: str) -> bool:
    """Whether a name has the shape "Given Surname" and no word that is usual in organisations' names.

    After an honour one name is enough, and a place may follow: Baroness Casey of Blackstock.

    >>> [is_person(name) for name in ("Míriam Juan-Torres González", "British Future", "Demos", "Mayor of London")]
    [True, False, False, False]
    """
    words = _without_suffix(without_nickname(name)).split()
    if words and fold(words[0]) in HONOURS:
        words = ["X.", *re.split(r" of(?: the)? (?=[^\W\d_])", " ".join(words[1:]), maxsplit=1)[0].split()]
    if not 2 <= len(words) <= 6:
        return False
    *given, surname = words
    return (
        _is_name_word(surname)
        and all(_is_name_word(word) or is_initials(word) or fold(word) in PARTICLES for word in given)
        and any(word.lstrip("-")[0].isupper() for word in given)
    )


def is_inverted_person(name: str) -> bool:
    """Whether a name has the shape "Surname, Given", as in library catalogues, perhaps with dates after it."""
    match = _INVERTED.fullmatch(name)
    if match is None or is_organisation(name) or not _DATES.fullmatch(match["rest"]):
        return False
    given = without_nickname(match["given"]).split()
    surname = match["surname"].split()
    return (
        0 < len(surname) <= 4
        and 0 < len(given) <= 5
        and all(_is_name_word(word) or fold(word) in PARTICLES for word in surname)
        and all(_is_name_word(word) or is_initials(word) or fold(word) in PARTICLES for word in given)
    )


def is_initials(word: str) -> bool:
    """Whether a word is one to three initials: J, J., J.K., JK, J.-P."""
    return _INITIALS.fullmatch(word) is not None and word.upper() == word and word.lower() != word


def is_degree(text: str) -> bool:
    """Whether a text is a degree or an honour after a name: PhD, Ph.D., OBE, BA (Hons)."""
    words = re.sub(r"[.()]", "", text).split()
    return bool(words) and all(word in DEGREES or word == "Hons" for word in words)


def name_words(name: str) -> list[str]:
    """The words of a name without the punctuation around them."""
    stripped = (word.strip(".,:;()[]\"“”'‘’-–—&") for word in name.split())
    return [word for word in stripped if word]


def without_nickname(name: str) -> str:
    """A name without a word in brackets inside it: Jin (Ginger) Wu."""
    return re.sub(r"(?<=\w) \([\w-]+\)(?= \w)", "", name)


def _without_suffix(name: str) -> str:
    """A name without "Jr" and the like after it."""
    head, _, last = name.rpartition(" ")
    return head.rstrip(",") if fold(last) in SUFFIXES else name


# Cached: the same few names make up most of a file, and this is where the time of reading names goes.
@lru_cache(maxsize=16_384)
def _is_name_word(word: str) -> bool:
    """Whether a word can be a forename or a surname: capitalised, of letters, and not usual in organisations' names."""
    folded = fold(word)
    if folded in ORGANISATION_WORDS or folded in DOUBTFUL_WORDS or folded in FUNCTION_WORDS or folded in TITLES:
        return False
    letters = [character for character in word if character.isalpha()]
    if len(letters) < 2 or not all(_is_part_of_name(character) for character in word):
        return False
    begins_well = letters[0].isupper() or word.startswith(("d'", "d’", "al-", "el-"))
    return begins_well and not _is_abbreviation(word) and not _has_inner_capital(word)


def _is_part_of_name(character: str) -> bool:
    return character.isalpha() or character in "'’ʼ`-‐." or unicodedata.category(character)[0] == "M"


def _is_abbreviation(word: str) -> bool:
    return len(word) >= 2 and word[0].isalpha() and word == word.upper() and word != word.lower() and "." not in word


def _has_inner_capital(word: str) -> bool:
    """Whether a lower-case letter is followed by a capital, but not as in McDonald or Juan-Torres."""
    for match in re.finditer(r"(?<=[^\W\d_])[^\W\d_]", word):
        at = match.start()
        if word[at].isupper() and word[at - 1].islower():
            start = max(word.rfind(mark, 0, at) for mark in "-'’‐") + 1
            if word[start:at] not in SURNAME_PREFIXES:
                return True
    return False
