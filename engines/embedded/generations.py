"""The folders of the index: one per generation, and a link to the active one.

index/
    g1/              a tantivy index
        belong.json      the format and the fields that it was made with
        meta.json        tantivy's own list of segments, replaced at each commit
    active -> g1     replaced in one step when another generation takes over
"""

import errno
import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

import tantivy

from engines.embedded.checksums import Checksums
from engines.embedded.schema import build_schema, register_analyzers
from mappings.fields import Field
from mappings.form import PRESENT, IndexForm, read_form
from search.engine import GenerationName
from search.errors import EngineFault, IndexIncompatible, IndexMissing

_ABOUT: Final = "belong.json"
_ACTIVE: Final = "active"

# The time and the number of a file that each commit replaces: two commits may fall into one tick of the file's clock.
ChangedAt: TypeAlias = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenIndex:
    """The index of a generation, and those of this release's fields that it has."""

    index: tantivy.Index
    fields: tuple[Field, ...]


class GenerationFolders:
    """The generations under one folder."""

    def __init__(self, root: Path, form: IndexForm = PRESENT) -> None:
        """The folder is made when the first generation is; the form is what this release makes indices with."""
        self._root = root
        self._form = form
        self._checksums = Checksums()

    def active(self) -> GenerationName | None:
        """The generation that the link names, or None where there is no link."""
        try:
            return GenerationName(os.readlink(self._root / _ACTIVE))  # noqa: PTH115 - the hot path of every search
        except FileNotFoundError:
            return None
        except OSError as e:
            if e.errno == errno.EINVAL:  # a file: some copying programs make them of links
                return None
            raise

    def all(self) -> list[GenerationName]:
        """Every generation's folder."""
        if not self._root.is_dir():
            return []
        entries = self._root.iterdir()
        return [GenerationName(entry.name) for entry in entries if entry.is_dir() and not entry.is_symlink()]

    def activate(self, generation: GenerationName) -> None:
        """Point the link at a generation, in one step. Raises IndexMissing, or IndexIncompatible as `open` does."""
        self.open(generation)
        new_link = self._root / f"{_ACTIVE}.new"
        new_link.unlink(missing_ok=True)
        new_link.symlink_to(generation)
        new_link.replace(self._root / _ACTIVE)

    def create(self, generation: GenerationName) -> tantivy.Index:
        """An empty index in a new folder. Raises EngineFault if the folder is there."""
        folder = self._root / generation
        try:
            folder.mkdir(parents=True)
        except FileExistsError as e:
            raise EngineFault(f"The index folder {generation} exists already") from e
        index = tantivy.Index(build_schema(self._form), str(folder))
        register_analyzers(index)
        # Written last: a folder without it was not finished.
        (folder / _ABOUT).write_text(json.dumps(self._form.to_json()), encoding="utf-8")
        return index

    def open(self, generation: GenerationName) -> OpenIndex:
        """The index of a generation. Raises IndexMissing, or IndexIncompatible if it is of another format or broken."""
        carried = self._carried(generation)
        try:
            fields = self._form.shared_with(carried)
            index = tantivy.Index.open(str(self._root / generation))
        except ValueError as e:
            raise IndexIncompatible(f"The index {generation} {e}") from e
        if index.schema != build_schema(carried):
            raise IndexIncompatible(f"The index {generation} was made with other fields than it says")
        register_analyzers(index)
        index.config_reader("manual")
        return OpenIndex(index=index, fields=fields)

    def _carried(self, generation: GenerationName) -> IndexForm:
        """What an index says that it was made with."""
        folder = self._root / generation
        if not folder.is_dir():
            raise IndexMissing(f"There is no index folder {generation}")
        try:
            return read_form(json.loads((folder / _ABOUT).read_text(encoding="utf-8")))
        except (OSError, ValueError) as e:
            raise IndexIncompatible(f"The index folder {generation} does not say what it holds") from e

    def changed_at(self, generation: GenerationName) -> ChangedAt:
        """Something that differs after each commit. Raises IndexMissing if the folder is gone."""
        try:
            stat = (self._root / generation / "meta.json").stat()
        except FileNotFoundError as e:
            raise IndexMissing(f"There is no index folder {generation}") from e
        return stat.st_mtime_ns, stat.st_ino

    def check(self, generation: GenerationName) -> None:
        """Raises EngineFault if a file of a generation is damaged: it could be searched, with wrong results.

        Each state of each file is read once: 60 MB (22,000 records) in 0.1 s when an index is opened, little later on.
        """
        if not self._checksums.hold(self._root / generation):
            raise EngineFault(f"The index {generation} is damaged: it is made anew from the catalogue")

    def is_sound(self, generation: GenerationName) -> bool:
        """Whether a generation is there, of this release's format, and undamaged."""
        try:
            # Looked at before it is opened: over some damage tantivy panics.
            if not self._checksums.hold(self._root / generation):
                return False
            self.open(generation)
        except (IndexMissing, IndexIncompatible, OSError, ValueError, KeyError, TypeError):
            return False
        return True

    def is_current(self, generation: GenerationName) -> bool:
        """Whether a generation says that it was made with this release's form. Raises IndexMissing."""
        try:
            return self._carried(generation).to_json() == self._form.to_json()
        except IndexIncompatible:
            return False

    def remove(self, generation: GenerationName) -> None:
        """Delete a generation's folder. Processes that have it open go on reading it. Raises OSError where it stays."""
        folder = self._root / generation
        try:
            shutil.rmtree(folder)
        except FileNotFoundError:  # somebody else deletes it too
            if folder.exists():
                raise
