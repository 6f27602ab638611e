"""What a draft has to be: text in its one normal form, identifiers that can be right, everything within limits."""

import re
import unicodedata
from dataclasses import fields, replace
from typing import Final, TypeVar
from urllib.parse import unquote, urlsplit, urlunsplit

from catalogue.errors import Invalid
from catalogue.record import PATH_SEPARATOR, Draft, Name

MAX_TITLE: Final = 1_000
MAX_RESPONSIBILITY: Final = 10_000
MAX_ABSTRACT: Final = 50_000
MAX_NAME: Final = 300
MAX_LINK: Final = 2_000
MAX_DOI: Final = 500
MAX_LANGUAGE: Final = 35  # RFC 5646, 4.4.1
MAX_CONTRIBUTORS: Final = 500
MAX_PUBLISHERS: Final = 100
MAX_THEMES: Final = 100
MAX_DEPTH: Final = 10

_Value = TypeVar("_Value")

# Controls other than tab and line ends; and halves of surrogate pairs, which no UTF-8 can hold.
_CONTROL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_LINE_END: Final = re.compile("\r\n|[\r\u2028\u2029]")
_DOI_PREFIX: Final = re.compile(r"(https?://(dx\.|www\.)?doi\.org/)|(info:)?doi[:/]\s*", re.IGNORECASE)
_DOI: Final = re.compile(r"10\.\d{4,9}(\.\d+)*/\S+", re.ASCII)
_ISBN_PREFIX: Final = re.compile(r"(urn:)?isbn(-1[03])?:?\s*", re.IGNORECASE)
_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{1,8})*", re.ASCII)


def validate(draft: Draft) -> Draft:
    """The draft in its normal form; a normal draft comes back equal.

    Raises Invalid with the field, the value and the limit of the first thing that is wrong.
    """
    return replace(
        draft,
        title=_line("title", draft.title, MAX_TITLE),
        contributors=_limited("contributors", tuple(map(_name, draft.contributors)), MAX_CONTRIBUTORS),
        responsibility=_optional_line("responsibility", draft.responsibility, MAX_RESPONSIBILITY),
        publishers=_limited(
            "publishers", tuple(_line("publishers", name, MAX_NAME) for name in draft.publishers), MAX_PUBLISHERS
        ),
        type=None if _empty(draft.type) else _path("type", draft.type or ""),
        themes=_limited("themes", tuple(_path("themes", theme) for theme in draft.themes), MAX_THEMES),
        abstract=_abstract(draft.abstract),
        link=_link(draft.link),
        language=_language(draft.language),
        doi=_doi(draft.doi),
        isbn=_isbn(draft.isbn),
    )


def problems(draft: Draft) -> list[Invalid]:
    """All that is wrong with a draft, one for each field and in their order; `validate` raises the first of them."""
    found: list[Invalid] = []
    for field in fields(Draft):
        try:
            validate(replace(_FLAWLESS, **{field.name: getattr(draft, field.name)}))
        except Invalid as error:
            found.append(error)
    return found


_FLAWLESS: Final = Draft(title="Flawless")


def valid_label(field: str, label: str) -> str:
    """One label or name in its normal form. Raises Invalid, also where it holds the separator of paths."""
    normal = _line(field, label, MAX_NAME)
    if PATH_SEPARATOR in normal:
        raise Invalid(field=field, value=label, limit=f"a label without {PATH_SEPARATOR!r}")
    return normal


def valid_name(field: str, name: str) -> str:
    """A person's or organisation's name in its normal form. Raises Invalid."""
    return _line(field, name, MAX_NAME)


def can_be_stored(text: str) -> bool:
    """Whether anything in the catalogue can be called so: PostgreSQL refuses even the question for U+0000."""
    return "\0" not in text


def path_labels(path: str) -> tuple[str, ...]:
    """The labels of a path, the broadest first."""
    return tuple(label.strip() for label in path.split(PATH_SEPARATOR))


def _empty(text: str | None) -> bool:
    return text is None or not text.strip()


def _text(field: str, text: str) -> str:
    if (control := _CONTROL.search(text)) is not None:
        code = f"U+{ord(control.group()):04X}"
        raise Invalid(field=field, value=text, limit=f"text without control characters (it has {code})")
    return unicodedata.normalize("NFC", text)


def _line(field: str, text: str, limit: int) -> str:
    line = " ".join(_text(field, text).split())
    if not 1 <= len(line) <= limit:
        raise Invalid(field=field, value=text, limit=f"1 to {limit:,} characters long")
    return line


def _optional_line(field: str, text: str | None, limit: int) -> str | None:
    return None if text is None or _empty(text) else _line(field, text, limit)


def _limited(field: str, values: tuple[_Value, ...], limit: int) -> tuple[_Value, ...]:
    if len(values) > limit:
        raise Invalid(field=field, value=len(values), limit=f"at most {limit}")
    return values


def _name(name: Name) -> Name:
    return replace(name, name=_line("contributors", name.name, MAX_NAME))


def _path(field: str, path: str) -> str:
    labels = [_line(field, label, MAX_NAME) for label in path.split(PATH_SEPARATOR)]
    if len(labels) > MAX_DEPTH:
        raise Invalid(field=field, value=path, limit=f"a path of at most {MAX_DEPTH} labels")
    return f" {PATH_SEPARATOR} ".join(labels)


def _abstract(text: str | None) -> str | None:
    """Paragraphs are kept, as lines; other white space becomes single spaces."""
    if text is None or _empty(text):
        return None
    lines = _LINE_END.sub("\n", _text("abstract", text)).split("\n")
    abstract = re.sub(r"\n{3,}", "\n\n", "\n".join(" ".join(line.split()) for line in lines)).strip()
    if len(abstract) > MAX_ABSTRACT:
        raise Invalid(field="abstract", value=text, limit=f"at most {MAX_ABSTRACT:,} characters long")
    return abstract


def _link(text: str | None) -> str | None:
    if text is None or _empty(text):
        return None
    link = _text("link", text).strip()
    refused = Invalid(field="link", value=text, limit="a web address that begins with http:// or https://")
    if len(link) > MAX_LINK:
        raise Invalid(field="link", value=text, limit=f"at most {MAX_LINK:,} characters long")
    if len(link.split()) != 1:
        raise Invalid(field="link", value=text, limit="a web address without spaces")
    try:
        parts = urlsplit(link)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise refused from error
    if parts.scheme not in {"http", "https"} or not host or "\\" in link:
        raise refused
    # Host names are the same in any case, and links are compared to find a record again.
    place = parts.netloc if "@" in parts.netloc else parts.netloc.lower()
    return urlunsplit(parts._replace(netloc=place))


def _language(text: str | None) -> str | None:
    if text is None or _empty(text):
        return None
    tag = text.strip()
    if len(tag) > MAX_LANGUAGE or _LANGUAGE.fullmatch(tag) is None:
        raise Invalid(field="language", value=text, limit="a language tag such as en, cym or pt-BR")
    first, *rest = tag.replace("_", "-").lower().split("-")
    # RFC 5646, 2.1.1: regions in capitals, scripts with one capital.
    shapes = {2: str.upper, 4: str.title}
    return "-".join([first, *(shapes.get(len(part), str.lower)(part) for part in rest)])


def _doi(text: str | None) -> str | None:
    if text is None or _empty(text):
        return None
    doi = _text("doi", text).strip()
    if (prefix := _DOI_PREFIX.match(doi)) is not None:
        doi = unquote(doi[prefix.end() :]) if prefix.group(1) else doi[prefix.end() :]
    doi = _text("doi", doi).lower()
    if len(doi) > MAX_DOI or _DOI.fullmatch(doi) is None:
        raise Invalid(field="doi", value=text, limit=f"a DOI such as 10.1000/182, at most {MAX_DOI} characters long")
    return doi


def _isbn(text: str | None) -> str | None:
    """The ISBN with 13 digits."""
    if text is None or _empty(text):
        return None
    bare = _ISBN_PREFIX.sub("", text.strip(), count=1)
    digits = re.sub(r"[\s\-\u2010-\u2015]", "", bare).upper()
    if re.fullmatch(r"\d{9}[\dX]", digits, re.ASCII) and digits[-1] == _check_digit_10(digits):
        digits = f"978{digits[:9]}"
        return digits + _check_digit_13(digits)
    if re.fullmatch(r"97[89]\d{10}", digits, re.ASCII) and digits[-1] == _check_digit_13(digits):
        return digits
    raise Invalid(field="isbn", value=text, limit="an ISBN of 10 or 13 digits with the right last digit")


def _check_digit_10(digits: str) -> str:
    rest = -sum((10 - at) * int(digit) for at, digit in enumerate(digits[:9])) % 11
    return "X" if rest == 10 else str(rest)


def _check_digit_13(digits: str) -> str:
    return str(-sum((1, 3)[at % 2] * int(digit) for at, digit in enumerate(digits[:12])) % 10)
