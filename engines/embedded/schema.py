"""The tantivy schema and analyzers that follow from `mappings`."""

from typing import Final

import tantivy

from mappings.analysis import LONGEST_TOKEN, TOKEN_PATTERN
from mappings.fields import FIELDS, Kind

STEMMED: Final = "stemmed"
PLAIN: Final = "plain"
RAW: Final = "raw"


def words_field(field: str) -> str:
    """The companion of a text field with its words lowercased and folded but not stemmed: for prefixes and spelling."""
    return f"{field}_words"


def value_field(facet: str) -> str:
    """The companion of a facet field with the ids alone: what filters look for."""
    return f"{facet}_value"


def key_field(facet: str) -> str:
    """The companion of a facet field with a number for each id (`engines.embedded.keys`): what is counted."""
    return f"{facet}_key"


def build_schema() -> tantivy.Schema:
    """The schema with every field of `mappings.fields`."""
    builder = tantivy.SchemaBuilder()
    for field in FIELDS:
        match field.kind:
            case Kind.TEXT:
                builder.add_text_field(field.name, tokenizer_name=STEMMED)
                builder.add_text_field(words_field(field.name), tokenizer_name=PLAIN, index_option="freq")
            case Kind.KEYWORD:
                is_id = field.name == "id"
                builder.add_text_field(field.name, tokenizer_name=RAW, index_option="basic", stored=is_id, fast=is_id)
            case Kind.FACET:
                builder.add_text_field(field.name, tokenizer_name=RAW, index_option="basic")
                builder.add_text_field(value_field(field.name), tokenizer_name=RAW, index_option="basic")
                builder.add_unsigned_field(key_field(field.name), fast=True)
            case Kind.SORT:
                builder.add_text_field(field.name, tokenizer_name=RAW, index_option="basic", fast=True)
            case Kind.INTEGER:
                builder.add_unsigned_field(field.name, fast=True)
            case Kind.STORED:
                builder.add_bytes_field(field.name, stored=True)
    return builder.build()


def stemmed_analyzer() -> tantivy.TextAnalyzer:
    """The analyzer of text fields."""
    return _folding().filter(tantivy.Filter.stemmer("english")).build()


def plain_analyzer() -> tantivy.TextAnalyzer:
    """The analyzer of the unstemmed companions."""
    return _folding().build()


def register_analyzers(index: tantivy.Index) -> None:
    """Make the analyzers known to an index; tantivy asks for it at every opening."""
    index.register_tokenizer(STEMMED, stemmed_analyzer())
    index.register_tokenizer(PLAIN, plain_analyzer())


def _folding() -> tantivy.TextAnalyzerBuilder:
    return (
        tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.regex(TOKEN_PATTERN))
        .filter(tantivy.Filter.remove_long(LONGEST_TOKEN + 1))  # the filter removes this length too
        .filter(tantivy.Filter.lowercase())
        .filter(tantivy.Filter.ascii_fold())
    )
