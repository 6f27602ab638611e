"""From the text of a query to its pieces. Whatever is no syntax is words."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from mappings.analysis import token_spans, tokens
from mappings.fields import TEXT_FIELD_OF_QUERY_NAME
from search.language.lexemes import OPERATORS, Chunk, FieldName, Lexeme, Mark, Quoted, YearRange
from search.language.policy import SHORTEST_PREFIX

_QUOTES: Final = '"“”„‟«»＂'
_DASHES: Final = "-−–‐‑"

_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f]")

# What a chunk is made of; what a quotation is made of.
_CHUNK: Final = re.compile(rf"[^\s(){_QUOTES}]+")
_QUOTATION: Final = re.compile(rf"[{_QUOTES}]([^{_QUOTES}]*)[{_QUOTES}]")

# A dash is a minus where a word could begin and something follows it: "a -b", but not "a - b", "a-b" or "--b".
_MINUS: Final = re.compile(rf"(?<![^\s(])[{_DASHES}](?=[^{_DASHES}\s)])")

_YEARS: Final = re.compile(
    rf"year:\s*(?:(\d{{4}})?(\.\.+|…|[{_DASHES}])(\d{{4}})?|(\d{{4}}))[,;!?]*(?![^\s(){_QUOTES}])",
    re.ASCII | re.IGNORECASE,
)
# A star that is not at the end of a chunk, but next to a word.
_STAR_ELSEWHERE: Final = re.compile(r"\*\w|\w\*")

_FIELD: Final = re.compile(r"([A-Za-z]+):(?!:)")
_DOI_ADDRESS: Final = re.compile(r"(?:https?://)?(?:dx\.)?doi\.org/", re.ASCII | re.IGNORECASE)

# Between two words without a space: the words belong together. The last four are invisible.
_JOINERS: Final = frozenset("'’＇.·\u00ad\u200c\u200d\u2060")
_APOSTROPHES: Final = frozenset("'’＇")

# A note is read at a glance.
_LONGEST_IN_NOTE: Final = 40

# What is left after the apostrophe of "Britain's" and "don't": in the index, but too common to ask for.
_ENDINGS: Final = frozenset({"s", "t"})


@dataclass(slots=True, kw_only=True)
class Lexer:
    """One reading of one text. `lexemes` and `notes` grow while it runs."""

    text: str
    lexemes: list[Lexeme] = field(default_factory=list[Lexeme])
    notes: list[str] = field(default_factory=list[str])
    _at: int = 0

    def run(self) -> None:
        """Cut the whole text into lexemes, in one pass."""
        self.text = _CONTROL.sub(" ", self.text)
        while self._at < len(self.text):
            self._step()

    def _step(self) -> None:
        character = self.text[self._at]
        if character in "()":
            self.lexemes.append(Mark(character))
            self._at += 1
        elif character in _QUOTES:
            self._read_quotation()
        elif character.isspace():
            self._at += 1
        elif _MINUS.match(self.text, self._at):
            self._read_minus()
        else:
            self._read_term(can_be_operator=True)

    def _read_quotation(self) -> None:
        match = _QUOTATION.match(self.text, self._at)
        if match is None:
            self._at += 1
            self.notes.append("A quotation mark was not closed, so what follows it was read as words.")
            return
        self._at = match.end()
        self.lexemes.append(Quoted(words=tuple(tokens(match[1]))))

    def _read_minus(self) -> None:
        self._at += 1
        self.lexemes.append(Mark.MINUS)
        follows = self.text[self._at]
        if follows != "(" and follows not in _QUOTES and not self._read_term(can_be_operator=False):
            self.lexemes.pop()  # nothing but punctuation: there is nothing to exclude

    def _read_term(self, *, can_be_operator: bool) -> bool:
        """Whether there is anything to look for in what stands before the next space."""
        return (
            self._read_years()
            or self._read_doi_address()
            or self._read_field()
            or self._read_chunk(can_be_operator=can_be_operator)
        )

    def _read_years(self) -> bool:
        match = _YEARS.match(self.text, self._at)
        if match is None or not (match[1] or match[3] or match[4]):
            return False
        first, last = (int(year) if year else None for year in (match[4] or match[1], match[4] or match[3]))
        if first is not None and last is not None and first > last:
            first, last = last, first
            self.notes.append(f"The years were put in order: {first:04} to {last:04}.")
        self._at = match.end()
        self.lexemes.append(YearRange(first=first, last=last))
        return True

    def _read_doi_address(self) -> bool:
        match = _DOI_ADDRESS.match(self.text, self._at)
        if match is None or _CHUNK.match(self.text, match.end()) is None:
            return False
        self._at = match.end()
        self._read_value("doi")
        return True

    def _read_field(self) -> bool:
        match = _FIELD.match(self.text, self._at)
        if match is None:
            return False
        if match[1].lower() not in TEXT_FIELD_OF_QUERY_NAME:
            self._explain(match)
            return False
        self._at = match.end()
        if match[1].lower() == "doi" and (address := _DOI_ADDRESS.match(self.text, self._at)):
            self._at = address.end()
        self._read_value(match[1])
        return True

    def _read_value(self, name: str) -> None:
        """A field's name and, where it follows without a space, its value."""
        self.lexemes.append(FieldName(name=name, field=TEXT_FIELD_OF_QUERY_NAME[name.lower()]))
        if _CHUNK.match(self.text, self._at) and not self._read_chunk(can_be_operator=False):
            self.lexemes[-1] = Chunk(parts=((name,),))  # nothing but punctuation follows

    def _explain(self, match: re.Match[str]) -> None:
        """Say why a name with a colon is no field, where somebody may have meant one."""
        chunk = _CHUNK.match(self.text, self._at)
        if match[1].lower() == "year":
            self.notes.append("After “year:” comes a year such as 2016 or a range such as 2016..2018.")
        elif chunk and chunk.end() > match.end() and self.text[match.end()] != "/":
            self.notes.append(f"There is no field “{shorten(match[1])}”, so “{shorten(chunk[0])}” was read as words.")

    def _read_chunk(self, *, can_be_operator: bool) -> bool:
        """Whether the chunk is an operator or has any word."""
        match = _CHUNK.match(self.text, self._at)
        assert match is not None
        self._at = match.end()
        chunk = match[0]
        if can_be_operator and chunk in OPERATORS:
            self.lexemes.append(OPERATORS[chunk])
            return True
        spans = list(token_spans(chunk))
        if not spans:
            return False
        starred = self._is_starred(chunk, spans[-1])
        self.lexemes.append(Chunk(parts=tuple(_parts(chunk, spans, starred=starred)), starred=starred))
        return True

    def _is_starred(self, chunk: str, last_span: tuple[int, int]) -> bool:
        start, end = last_span
        if _STAR_ELSEWHERE.search(chunk, 0, end):
            self.notes.append("A star is read only at the end of a word.")
        if not chunk.startswith("*", end):
            return False
        if end - start < SHORTEST_PREFIX:
            self.notes.append(f"“{chunk[start:end]}*” is too short for a star, so it was read as a word.")
            return False
        return True


def shorten(text: str) -> str:
    """The text, or its beginning where it would make a note too long."""
    return text if len(text) <= _LONGEST_IN_NOTE else f"{text[:_LONGEST_IN_NOTE]}…"


def _parts(chunk: str, spans: list[tuple[int, int]], *, starred: bool) -> Iterator[tuple[str, ...]]:
    """The words of a chunk, those together that belong together, without the endings that are too common."""
    first = 0
    for last, (_, end) in enumerate(spans):
        following = spans[last + 1][0] if last + 1 < len(spans) else None
        if following is not None and (following == end or (following == end + 1 and chunk[end] in _JOINERS)):
            continue
        part = spans[first : last + 1]
        if not (starred and following is None):
            part = _without_ending(chunk, part)
        yield tuple(chunk[start:end] for start, end in part)
        first = last + 1


def _without_ending(chunk: str, part: list[tuple[int, int]]) -> list[tuple[int, int]]:
    if len(part) > 1:
        (_, end), (start, ending_end) = part[-2:]
        if chunk[end:start] in _APOSTROPHES and chunk[start:ending_end].lower() in _ENDINGS:
            return part[:-1]
    return part
