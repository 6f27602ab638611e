"""The physical indices and the alias: one index per generation, and an alias that names the active one.

belong-g1                   an index; its _meta holds the format and the fields that it was made with
belong-g1-writes -> belong-g1   the alias that writes go to, which goes with its index
belong -> belong-g1         the alias that searches go to, moved in one step

To write to an index that was just deleted would make it anew, with whatever fields the documents have; to write to an
alias and require that it is one makes none.

What the alias names is looked at and not only trusted: anybody who writes to "belong" while there is no alias makes an
index of that name, which has none of our fields and would answer every search with "nothing found".
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from elasticsearch import Elasticsearch

from engines.elasticsearch.errors import body_of, translated
from engines.elasticsearch.schema import build_analysis, build_mapping
from mappings.fields import Field
from mappings.form import PRESENT, IndexForm, read_form
from search.engine import GenerationName
from search.errors import EngineFault, IndexIncompatible, IndexMissing
from search.request import MAX_RESULT_WINDOW


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexSettings:
    """How large an index is made, by the size of the library (docs/operations.md)."""

    shards: int = 1
    replicas: int = 0
    refresh: int = 500  # milliseconds


class Indices:
    """The indices under one alias."""

    def __init__(self, client: Elasticsearch, alias: str, settings: IndexSettings, form: IndexForm = PRESENT) -> None:
        """The alias is the name that all indices begin with; the form is what this release makes indices with."""
        self._client = client
        self.alias = alias
        self._settings = settings
        self._form = form
        self._checked: set[GenerationName] = set()

    def name_of(self, generation: GenerationName) -> str:
        """The physical index of a generation."""
        return f"{self.alias}-{generation}"

    def writes_of(self, generation: GenerationName) -> str:
        """The alias that writes to a generation go to."""
        return f"{self.name_of(generation)}-writes"

    def generation_of(self, index: str) -> GenerationName:
        """The generation of a physical index."""
        return GenerationName(index.removeprefix(f"{self.alias}-"))

    def active(self) -> GenerationName | None:
        """The generation that the alias names, None where there is no alias.

        Raises EngineFault where anything else stands in its place: no rebuild could mend that.
        """
        try:
            with translated():
                answer = self._client.indices.get(index=self.alias, features="aliases", filter_path="*.aliases")
        except IndexMissing:
            return None
        names = sorted(body_of(answer))
        if names == [self.alias]:
            raise EngineFault(
                f"{self.alias} is an index, but has to be the alias of one: delete it, and the alias is made again"
            )
        if len(names) != 1 or not self.is_ours(names[0]):
            raise EngineFault(f"The alias {self.alias} has to name one index of ours, not {', '.join(names)}")
        return self.generation_of(names[0])

    def why_missing(self) -> str:
        """What an operator has to know where there is no alias."""
        there = [self.name_of(generation) for generation in self.all()]
        if not there:
            return f"There is no index {self.alias} yet: the indexer makes one from the catalogue"
        names = ", ".join(there)
        return f"There is no alias {self.alias}: the indexer is filling {names}, or puts the alias on it again"

    def all(self) -> list[GenerationName]:
        """Every generation that there is, active or not, by name."""
        with translated():
            found = self._client.indices.get(index=f"{self.alias}-*", features="settings")
        return sorted(self.generation_of(name) for name in found.body if self.is_ours(name))

    def fields_of(self, generation: GenerationName) -> tuple[Field, ...]:
        """Those of this release's fields that an index has. Raises IndexMissing and IndexIncompatible."""
        try:
            return self._form.shared_with(read_form(self._carried(generation)))
        except ValueError as e:
            raise IndexIncompatible(f"The index {self.name_of(generation)} {e}") from e

    def check(self, generation: GenerationName) -> None:
        """Raises IndexMissing and IndexIncompatible. An index never changes its form: each is looked at once."""
        if generation not in self._checked:
            self.fields_of(generation)
            self._checked.add(generation)

    def is_current(self, generation: GenerationName) -> bool:
        """Whether an index says that it was made with this release's form. Raises IndexMissing."""
        try:
            return read_form(self._carried(generation)).to_json() == self._form.to_json()
        except ValueError:
            return False

    def _carried(self, generation: GenerationName) -> object:
        """What an index says that it was made with."""
        with translated():
            found = self._client.indices.get_mapping(index=self.name_of(generation))
        mapping: Mapping[str, Any] = next(iter(found.body.values()))["mappings"]
        return mapping.get("_meta")

    def is_ours(self, index: str) -> bool:
        """Whether a physical index is a generation. The alias of another library may begin like this one."""
        return re.fullmatch(re.escape(self.alias) + r"-g\d+", index) is not None

    def create(self, generation: GenerationName) -> None:
        """Make an empty index. Raises EngineFault if it exists."""
        with translated():
            self._client.indices.create(
                index=self.name_of(generation),
                aliases={self.writes_of(generation): {}},
                mappings=build_mapping(self._form),
                settings={
                    "analysis": build_analysis(),
                    "number_of_shards": self._settings.shards,
                    "number_of_replicas": self._settings.replicas,
                    "refresh_interval": f"{self._settings.refresh}ms",
                    # A delete's version is forgotten after this time: long enough for any write that is under way.
                    "gc_deletes": "1h",
                    "max_result_window": MAX_RESULT_WINDOW,
                    # A chosen facet value is counted by a regular expression: twice its length if all is escaped.
                    "max_regex_length": 4_000,
                },
            )

    def let_write(self, generation: GenerationName) -> None:
        """Give an index the alias that writes go to: an earlier release made none. Raises IndexMissing."""
        with translated():
            self._client.indices.put_alias(index=self.name_of(generation), name=self.writes_of(generation))

    def activate(self, generation: GenerationName) -> None:
        """Move the alias to a generation, in one step. Raises IndexMissing and IndexIncompatible."""
        self.fields_of(generation)
        actions: list[dict[str, Any]] = [{"add": {"index": self.name_of(generation), "alias": self.alias}}]
        active = self.active()
        if active is not None and active != generation:
            actions.insert(0, {"remove": {"index": self.name_of(active), "alias": self.alias}})
        with translated():
            self._client.indices.update_aliases(actions=actions)

    def remove(self, generation: GenerationName) -> None:
        """Delete an index that is not active; nothing happens if it is not there."""
        if self.active() == generation:
            raise EngineFault(f"The index {generation} is in use")
        with translated():
            self._client.indices.delete(index=self.name_of(generation), ignore_unavailable=True)
