"""The tantivy schema and analyzers that follow from `mappings`."""

from typing import Final

import tantivy

from mappings.analysis import TOKEN_PATTERN
from mappings.fields import Kind
from mappings.form import IndexForm

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


# So many bytes of a key are held as numbers, eight in each.
_NUMBERS_IN_ORDER: Final = 3


def order_fields(field: str) -> tuple[str, ...]:
    """The companions of a field by which results are ordered: its first bytes as numbers (`order_numbers`)."""
    return tuple(f"{field}_{place}" for place in range(_NUMBERS_IN_ORDER))


def order_numbers(key: str) -> list[int]:
    """The first bytes of a key as numbers: of two keys the lower has the lower numbers, or the same."""
    padded = key.encode()[: 8 * _NUMBERS_IN_ORDER].ljust(8 * _NUMBERS_IN_ORDER, b"\0")
    return [int.from_bytes(padded[start : start + 8], "big") for start in range(0, len(padded), 8)]


def build_schema(form: IndexForm) -> tantivy.Schema:
    """The schema with every field of a form, in its order."""
    builder = tantivy.SchemaBuilder()
    for field in form.fields:
        match field.kind:
            case Kind.TEXT:
                builder.add_text_field(field.name, tokenizer_name=STEMMED)
                builder.add_text_field(words_field(field.name), tokenizer_name=PLAIN, index_option="freq")
            case Kind.KEYWORD:
                is_id = field.name == "id"
                builder.add_text_field(field.name, tokenizer_name=RAW, index_option="basic", stored=is_id)
                if is_id:
                    _add_order_fields(builder, field.name)
            case Kind.FACET:
                builder.add_text_field(field.name, tokenizer_name=RAW, index_option="basic")
                builder.add_text_field(value_field(field.name), tokenizer_name=RAW, index_option="basic")
                builder.add_unsigned_field(key_field(field.name), fast=True)
            case Kind.SORT:
                builder.add_text_field(field.name, tokenizer_name=RAW, index_option="basic", stored=True)
                _add_order_fields(builder, field.name)
            case Kind.INTEGER:
                builder.add_unsigned_field(field.name, fast=True)
            case Kind.STORED:
                builder.add_bytes_field(field.name, stored=True)
    return builder.build()


def _add_order_fields(builder: tantivy.SchemaBuilder, field: str) -> None:
    for name in order_fields(field):
        builder.add_unsigned_field(name, fast=True)


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
        .filter(tantivy.Filter.lowercase())
        .filter(tantivy.Filter.ascii_fold())
        .filter(tantivy.Filter.lowercase())  # folding gives capitals for small capitals
    )
