"""What an index was made with: a format and a list of fields.

An index carries both, so that a release with another list of fields can go on with it until it is made anew.
"""

from dataclasses import dataclass
from typing import Any, Final

from mappings.fields import EVERYTHING, FIELDS, FORMAT_VERSION, Field, Kind

# Without these nothing can be found or shown.
_NEEDED: Final = frozenset({"id", "version", EVERYTHING, "shown"})


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexForm:
    """The form in which a release makes an index, or in which an index says that it was made."""

    format: int
    fields: tuple[Field, ...]

    def to_json(self) -> dict[str, Any]:
        """The form as an index carries it. Two forms are the same where these are equal."""
        return {"format": self.format, "fields": {field.name: field.kind.value for field in self.fields}}

    def shared_with(self, carried: "IndexForm") -> tuple[Field, ...]:
        """Those of this release's fields that an index has: what can be read from it, and written to it.

        Raises ValueError with the reason where the index can't be read at all: answers from it might be wrong.
        """
        if carried.format != self.format:
            raise ValueError(f"was made in format {carried.format}, and this release needs format {self.format}")
        kinds = {field.name: field.kind for field in carried.fields}
        if missing := _NEEDED - kinds.keys():
            raise ValueError(f"was made without the field {min(missing)}")
        shared = tuple(field for field in self.fields if field.name in kinds)
        for field in shared:
            if kinds[field.name] is not field.kind:
                raise ValueError(f"has a {kinds[field.name]} field {field.name}, and this release a {field.kind} field")
        return shared


def read_form(carried: Any) -> IndexForm:  # noqa: ANN401 - JSON
    """The form that `IndexForm.to_json` gave, its fields by name and kind alone. Raises ValueError where it is none."""
    try:
        fields = tuple(Field(name=name, kind=Kind(kind), meaning="") for name, kind in carried["fields"].items())
        return IndexForm(format=int(carried["format"]), fields=fields)
    except (AttributeError, KeyError, TypeError, ValueError) as e:
        raise ValueError("does not say what it holds") from e


# What this release makes indices with.
PRESENT: Final = IndexForm(format=FORMAT_VERSION, fields=FIELDS)
