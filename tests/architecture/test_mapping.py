"""The committed Elasticsearch mapping is what follows from the fields and the analysis."""

from engines.elasticsearch.schema import GENERATED, build_mapping, generated_json
from mappings.fields import FIELDS, Kind
from mappings.form import PRESENT


def test_the_committed_mapping_is_the_one_that_indices_are_made_with() -> None:
    """Where this fails, look at what changes and write the file anew: python -m engines.elasticsearch.schema."""
    assert GENERATED.read_text(encoding="utf-8") == generated_json()


def test_every_field_stands_in_the_mapping_and_nothing_else_may() -> None:
    mapping = build_mapping(PRESENT)
    companions = {f"{field.name}_value" for field in FIELDS if field.kind is Kind.FACET}
    assert mapping["dynamic"] == "strict"
    assert mapping["properties"].keys() == {field.name for field in FIELDS} | companions
