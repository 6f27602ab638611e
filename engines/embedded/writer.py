"""The writing side of the embedded engine: one process at a time, which holds the `WriterLock`."""

import fcntl
import logging
import os
from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from pathlib import Path
from typing import Final

import tantivy

from engines.embedded.errors import translated
from engines.embedded.generations import GenerationFolders, OpenIndex
from engines.embedded.keys import key_of, keyed_term
from engines.embedded.schema import (
    key_field,
    order_fields,
    order_numbers,
    plain_analyzer,
    stemmed_analyzer,
    value_field,
    words_field,
)
from mappings.analysis import VALUE_GAP
from mappings.fields import Field, Kind, split_facet_term
from search.engine import Document, GenerationName, Operation, Outcome, Put, Result
from search.errors import EngineFault

_log: Final = logging.getLogger(__name__)

# tantivy wants 15 MB a thread at least; with 64 MB a bulk of 34,000 records is written in a few segments.
_HEAP: Final = 64_000_000  # bytes

_stemmed: Final = stemmed_analyzer()
_plain: Final = plain_analyzer()


class EmbeddedWriter:
    """Implements `search.engine.IndexWriter`. Not for several threads, and only under the `WriterLock`."""

    def __init__(self, generations: GenerationFolders) -> None:
        """Nothing is opened until the first write."""
        self._generations = generations
        self._open: dict[GenerationName, tuple[OpenIndex, tantivy.IndexWriter]] = {}

    def create(self, generation: GenerationName) -> None:
        """Make an empty generation."""
        with translated():
            self._generations.create(generation)

    def write(self, generation: GenerationName, operations: Sequence[Operation]) -> Sequence[Result]:
        """Apply the operations and commit them."""
        with translated():
            opened, writer = self._writer(generation)
            index = opened.index
            index.reload()
            held = _held_versions(index.searcher(), index.schema, {operation.id for operation in operations})
            try:
                results = [_apply(writer, operation, held, opened.fields) for operation in operations]
                writer.commit()
            except (ValueError, OSError):
                self.close()  # what was added without a commit is gone with the writer
                raise
            return results

    def held(self, generation: GenerationName, ids: Collection[str]) -> Mapping[str, int]:
        """The versions of those of these documents that a generation has."""
        with translated():
            index = self._generations.open(generation).index
            return _held_versions(index.searcher(), index.schema, set(ids))

    def versions(self, generation: GenerationName) -> Iterable[tuple[str, int]]:
        """The id and version of every document, in order of id."""
        with translated():
            searcher = self._generations.open(generation).index.searcher()
            return sorted(_versions_found(searcher, tantivy.Query.all_query(), searcher.num_docs).items())

    def activate(self, generation: GenerationName) -> None:
        """Let searches go to this generation."""
        with translated():
            self._generations.activate(generation)

    def active(self) -> GenerationName | None:
        """The generation that searches go to, None where it is missing, damaged or of another format."""
        with translated():
            active = self._generations.active()
            return active if active is not None and self._generations.is_sound(active) else None

    def is_current(self, generation: GenerationName) -> bool:
        """Whether a generation was made with exactly the present fields and format."""
        with translated():
            return self._generations.is_current(generation)

    def generations(self) -> Sequence[GenerationName]:
        """Every generation that there is."""
        with translated():
            return self._generations.all()

    def remove(self, generation: GenerationName) -> None:
        """Delete a generation that is not active."""
        with translated():
            if self._generations.active() == generation:
                raise EngineFault(f"The index {generation} is in use")
            self._close(generation)
            self._generations.remove(generation)

    def close(self) -> None:
        """Let go of all files, so that another process can write."""
        for generation in list(self._open):
            self._close(generation)

    def _writer(self, generation: GenerationName) -> tuple[OpenIndex, tantivy.IndexWriter]:
        if generation not in self._open:
            opened = self._generations.open(generation)
            self._open[generation] = (opened, opened.index.writer(_HEAP, 1))
        return self._open[generation]

    def _close(self, generation: GenerationName) -> None:
        opened = self._open.pop(generation, None)
        if opened is not None:
            _, writer = opened
            try:
                writer.rollback()
                writer.wait_merging_threads()
            except (ValueError, OSError) as e:  # its folder is gone: nothing is left to be put in order
                _log.warning("The index %s was not closed in order: %s", generation, e)


class WriterLock:
    """The right to write the embedded index, held by one process at a time and given up when it dies."""

    def __init__(self, path: Path) -> None:
        """The file is made when it is first asked for, and never deleted."""
        self._path = path
        self._held: int | None = None

    def try_acquire(self) -> bool:
        """Whether this process holds the lock now. Never waits.

        A lock whose file was deleted is lost: another process may have made the file anew and hold that.
        """
        if self._held is not None:
            if _is_at(self._held, self._path):
                return True
            self.release()
        self._path.parent.mkdir(parents=True, exist_ok=True)
        file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(file)
            return False
        self._held = file
        return True

    def release(self) -> None:
        """Let another process have it."""
        if self._held is not None:
            os.close(self._held)
            self._held = None


def _is_at(file: int, path: Path) -> bool:
    """Whether an open file is the one at a path."""
    try:
        return os.path.samestat(os.fstat(file), path.stat())
    except FileNotFoundError:
        return False


def to_tantivy(document: Document, fields: Iterable[Field]) -> tantivy.Document:
    """These fields of a document, with the companions that the schema has for them."""
    built = tantivy.Document()
    for field in fields:
        value = document.get(field.name)
        if isinstance(value, int):
            built.add_unsigned(field.name, value)
        elif value:
            _add(built, field, (value,) if isinstance(value, str) else value)
    return built


def _add(built: tantivy.Document, field: Field, values: Sequence[str]) -> None:
    match field.kind:
        case Kind.TEXT:
            _add_text(built, field.name, values, _stemmed)
            _add_text(built, words_field(field.name), values, _plain)
        case Kind.FACET:
            for value in values:
                id_, _ = split_facet_term(value)
                built.add_text(field.name, keyed_term(field.name, value))
                built.add_text(value_field(field.name), id_)
                built.add_unsigned(key_field(field.name), key_of(field.name, id_))
        case Kind.STORED:
            built.add_bytes(field.name, values[0].encode())
        case Kind.SORT:
            _add_in_order(built, field.name, values[0])
        case Kind.KEYWORD if field.name == "id":
            _add_in_order(built, field.name, values[0])
        case Kind.KEYWORD | Kind.INTEGER:
            for value in values:
                built.add_text(field.name, value)


def _add_in_order(built: tantivy.Document, field: str, key: str) -> None:
    built.add_text(field, key)
    for name, number in zip(order_fields(field), order_numbers(key), strict=True):
        built.add_unsigned(name, number)


def _add_text(built: tantivy.Document, field: str, values: Sequence[str], analyzer: tantivy.TextAnalyzer) -> None:
    if len(values) == 1:
        built.add_text(field, values[0])
    else:
        built.add_pre_tokenized_text(field, _apart(values, analyzer))


def _apart(values: Sequence[str], analyzer: tantivy.TextAnalyzer) -> tantivy.PreTokenizedString:
    """The tokens of all values, those of one value away from those of the next."""
    tokens: list[tantivy.Token] = []
    position = 0
    for value in values:
        found = analyzer.pre_tokenize(value).tokens
        tokens += [tantivy.Token(t.text, t.position + position, t.char_offset_from, t.char_offset_to) for t in found]
        position += len(found) + VALUE_GAP
    return tantivy.PreTokenizedString("", tokens)


def _apply(writer: tantivy.IndexWriter, operation: Operation, held: dict[str, int], fields: Iterable[Field]) -> Result:
    """Carry out one operation, and note its version for those that follow in the same batch."""
    known = held.get(operation.id, 0)
    if operation.version < known:
        return Result(id=operation.id, outcome=Outcome.NEWER, reason=f"The index holds version {known}", held=known)
    built = None
    if isinstance(operation, Put):
        try:
            built = to_tantivy(operation.document, fields)
        except (ValueError, TypeError, OverflowError) as e:  # one odd document must not keep back the rest
            return Result(id=operation.id, outcome=Outcome.REFUSED, reason=f"The index cannot hold it: {e}")
    held[operation.id] = operation.version
    writer.delete_documents_by_term("id", operation.id)
    if built is not None:
        writer.add_document(built)
    return Result(id=operation.id, outcome=Outcome.DONE)


def _held_versions(searcher: tantivy.Searcher, schema: tantivy.Schema, ids: Set[str]) -> dict[str, int]:
    """The versions of those records that the index has."""
    return _versions_found(searcher, tantivy.Query.term_set_query(schema, "id", sorted(ids)), len(ids))


def _versions_found(searcher: tantivy.Searcher, query: tantivy.Query, most: int) -> dict[str, int]:
    """The versions by id of the documents that a query finds."""
    if most == 0 or searcher.num_docs == 0:
        return {}
    addresses = [address for _, address in searcher.search(query, limit=most).hits]
    versions = searcher.fast_field_values("version", addresses)
    return {
        str(searcher.doc(address)["id"][0]): int(version or 0)
        for address, version in zip(addresses, versions, strict=True)
    }
