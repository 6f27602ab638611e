"""Where the words of a query stand in a text: the unified highlighter's marks as spans."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from engines.elasticsearch.queries import marked, marked_prefixes
from engines.elasticsearch.schema import words_field
from mappings.analysis import searchable
from mappings.fields import FIELDS
from search.language.tree import Node
from search.passages import Span

# Characters for private use: no text of the catalogue has them, as they mean nothing to anybody.
_BEGIN: Final = "\ue000"
_END: Final = "\ue001"

_HIGHLIGHTED: Final = tuple(field.name for field in FIELDS if field.highlighted)


def highlighting(node: Node) -> dict[str, Any] | None:
    """What is asked of the highlighter: whole texts with the found words marked. None where no word is looked for."""
    queries = {field: marked(node, field) for field in _HIGHLIGHTED}
    queries |= {words_field(field): marked_prefixes(node, field) for field in _HIGHLIGHTED}
    fields = {
        field: {"highlight_query": query.to_dict(), "number_of_fragments": 0}
        for field, query in queries.items()
        if query is not None
    }
    return {"type": "unified", "pre_tags": [_BEGIN], "post_tags": [_END], "fields": fields} if fields else None


def spans(highlights: Mapping[str, Sequence[str]], field: str, text: str) -> list[Span]:
    """The places of found words in a text, in characters, rising and without overlap."""
    found: set[Span] = set()
    for name in (field, words_field(field)):
        for marked_text in highlights.get(name, ()):
            found |= _read_marks(marked_text, text)
    return sorted(found)


def _read_marks(marked_text: str, text: str) -> set[Span]:
    """The spans of the marks, none if what is marked is not this text."""
    found: set[Span] = set()
    pieces = marked_text.replace(_END, _BEGIN).split(_BEGIN)
    at = 0
    for index, piece in enumerate(pieces):
        if index % 2:
            found.add((at, at + len(piece)))
        at += len(piece)
    # Only few texts are searched in another form than they are shown in.
    return found if (plain := "".join(pieces)) == text or plain == searchable(text) else set()
