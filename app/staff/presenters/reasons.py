"""What an engine's reason for not taking a record means to whoever has to correct it."""

import re
from typing import Final

# The first that fits tells. What the engines and the indexer say of a record stands in their own words in the letter.
_MEANINGS: Final = (
    (
        r"^Whoever worked on it died",
        "Each process that tried to index it ended abruptly, so that it is left out to spare the others.",
    ),
    (
        r"^It makes no document",
        "It cannot be turned into what the index stores: one of its values is not as it should be.",
    ),
    (r"immense term|max_bytes_length|whose UTF8 encoding is longer", "One of its values is too long for the index."),
    (
        r"strict_dynamic_mapping_exception|mapping set to strict",
        "It has a field that this index does not know: the index is of an older form. A rebuild makes it anew.",
    ),
    (
        r"failed to parse field \[(?P<field>\w+)\]",
        "Its field “{field}” has a value of a kind that the index cannot read.",
    ),
    (r"document_parsing_exception|mapper_parsing_exception", "The index cannot read one of its values."),
    (r"^The index cannot hold it", "One of its values is larger, or of another kind, than the index can hold."),
)

_UNKNOWN: Final = "The index refused it."


def reason_in_words(reason: str) -> str:
    """One sentence or two about why a record was refused."""
    for pattern, meaning in _MEANINGS:
        if found := re.search(pattern, reason):
            return meaning.format(**found.groupdict())
    return _UNKNOWN
