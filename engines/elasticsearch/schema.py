"""The Elasticsearch mapping and analyzers that follow from `mappings`.

The mapping is strict: a document with another field is refused, not guessed at. It uses no module beyond
analysis-common, so that any distribution of Elasticsearch will do. Keyword fields have no normalizer: what stands in
them is ids, labels and keys that are folded before they reach an engine (docs/decisions/0004-fields-and-mapping.md).

What follows from the present fields is kept in mappings/elasticsearch.json, for people to read and for changes to be
seen; `python -m engines.elasticsearch.schema` writes that file anew.
"""

import json
from pathlib import Path
from typing import Any, Final, assert_never

from mappings.analysis import TOKEN_PATTERN, VALUE_GAP
from mappings.fields import Field, Kind
from mappings.form import PRESENT, IndexForm
from mappings.stems import BEFORE_STEMMER

STEMMED: Final = "stemmed"
PLAIN: Final = "plain"

GENERATED: Final = Path(__file__).parents[2] / "mappings" / "elasticsearch.json"

# How Java writes what Rust writes as \p{Han}.
_SCRIPTS: Final = ("Han", "Hiragana", "Katakana")


def words_field(field: str) -> str:
    """The companion of a text field with its words lowercased and folded but not stemmed: for prefixes and spelling."""
    return f"{field}.words"


def value_field(facet: str) -> str:
    """The companion of a facet field with the ids alone: what filters look for."""
    return f"{facet}_value"


def build_mapping(form: IndexForm) -> dict[str, Any]:
    """The mapping with every field of a form, which `_meta` holds."""
    properties: dict[str, Any] = {}
    for field in form.fields:
        properties |= _properties(field)
    return {"dynamic": "strict", "_meta": form.to_json(), "properties": properties}


def build_analysis() -> dict[str, Any]:
    """The analyzers of the index settings."""
    newer = {
        f"newer_snowball_{number}": {"type": "pattern_replace", "pattern": pattern, "replacement": replacement}
        for number, (pattern, replacement) in enumerate(BEFORE_STEMMER, 1)
    }
    folding = ["lowercase", "asciifolding", "lowercase"]  # folding gives capitals for small capitals
    stemming = [*newer, "english", "lowercase"]
    return {
        "tokenizer": {"tokens": {"type": "pattern", "group": 0, "pattern": _java_pattern()}},
        "filter": {
            "english": {"type": "stemmer", "language": "porter2"},
            **newer,
        },
        "analyzer": {
            STEMMED: {"type": "custom", "tokenizer": "tokens", "filter": [*folding, *stemming]},
            PLAIN: {"type": "custom", "tokenizer": "tokens", "filter": folding},
        },
    }


def generated_json() -> str:
    """What mappings/elasticsearch.json has to say: the mapping of the present fields and the analysis."""
    parts = {"mappings": build_mapping(PRESENT), "settings": {"analysis": build_analysis()}}
    return json.dumps(parts, ensure_ascii=False, indent=2) + "\n"


def _properties(field: Field) -> dict[str, Any]:
    unsearched: dict[str, Any] = {"type": "keyword", "index": False}
    match field.kind:
        case Kind.TEXT:
            words: dict[str, Any] = {"type": "text", "analyzer": PLAIN, "index_options": "freqs", "norms": False}
            text = {
                "type": "text",
                "analyzer": STEMMED,
                "position_increment_gap": VALUE_GAP,
                "fields": {"words": words},
            }
            return {field.name: text}
        case Kind.KEYWORD:
            return {field.name: {"type": "keyword"}}
        case Kind.FACET:
            return {
                field.name: unsearched,
                value_field(field.name): {"type": "keyword", "doc_values": False},
            }
        case Kind.SORT:
            return {field.name: unsearched}
        case Kind.INTEGER:
            return {field.name: {"type": "long", "index": False}}
        case Kind.STORED:
            return {field.name: {**unsearched, "doc_values": False}}
        case _:
            assert_never(field.kind)


def _java_pattern() -> str:
    pattern = TOKEN_PATTERN
    for script in _SCRIPTS:
        pattern = pattern.replace(rf"\p{{{script}}}", rf"\p{{Is{script}}}")
    return pattern


if __name__ == "__main__":
    GENERATED.write_text(generated_json(), encoding="utf-8")
