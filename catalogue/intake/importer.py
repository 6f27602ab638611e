"""Puts the records of a file into the catalogue.

Lines are read, understood and validated outside of any transaction, then written some hundred at a time: a batch is
one transaction, so that an import that is killed leaves whole batches, and running it again completes it.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import nullcontext, suppress
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Final, TypeAlias

from sqlalchemy import select
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.orm import Session

from catalogue import records, vocabularies
from catalogue.database import Catalogue
from catalogue.errors import Collision, Conflict, Invalid
from catalogue.identity import find_valid, valid_id
from catalogue.intake.formats import read_records
from catalogue.intake.lines import Line, Refusal
from catalogue.intake.mapping import Entry, read_entry
from catalogue.intake.rehearsal import Write, rehearsal
from catalogue.intake.report import ImportReport
from catalogue.locks import write_alone
from catalogue.models import ConceptRow, RecordRow
from catalogue.record import Draft, Vocabulary
from catalogue.records import Change
from catalogue.rows import gathered
from catalogue.validation import validate

BATCH: Final = 500

# In seconds, between two batches. SQLite gives a waiting writer no turn: it looks again every tenth of a second, and
# would find one transaction after the other until its busy time-out.
PAUSE: Final = 0.11

# How often a batch is done again where somebody who writes with other programs keeps getting in its way.
_MOST_COLLISIONS: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class _Prepared:
    """A line that can be written: its draft is valid. `by` is how histories name the import."""

    line: int
    entry: Entry
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Written:
    """What became of a line."""

    line: int
    change: Change
    key: str
    was_deleted: bool
    ignored: tuple[str, ...]


_Outcome: TypeAlias = _Written | Refusal


def import_file(
    catalogue: Catalogue,
    path: Path,
    *,
    dry_run: bool = False,
    on_progress: Callable[[int], None] | None = None,
) -> ImportReport:
    """What became of the lines of a file: added, changed, unchanged, refused.

    A second run changes nothing. Of two lines about one record the later wins. A dry run reports the same numbers and
    writes nothing. `on_progress` is called after each batch with the number of lines so far that held something.

    Raises OSError where the file cannot be read, and CatalogueUnavailable where the database fails: the batches before
    that are kept.
    """
    report = ImportReport(file=str(path), dry_run=dry_run)
    done = 0
    with rehearsal(catalogue) if dry_run else nullcontext(catalogue.write) as write:
        for batch in _in_turns(_batches(read_records(path), f"Import of {path.name}")):
            report = _with_batch(report, batch, write)
            done += len(batch)
            if on_progress is not None:
                on_progress(done)
    return report


def _batches(lines: Iterator[Line], by: str) -> Iterator[Sequence[_Prepared | Refusal]]:
    while batch := [_prepared(line, by) for line in islice(lines, BATCH)]:
        yield batch


def _in_turns(batches: Iterator[Sequence[_Prepared | Refusal]]) -> Iterator[Sequence[_Prepared | Refusal]]:
    """The batches, with a pause since the last was written: preparing a batch is most of it."""
    written = float("-inf")
    for batch in batches:
        if not _has_records(batch):
            yield batch
            continue
        time.sleep(max(0.0, written + PAUSE - time.monotonic()))
        yield batch
        written = time.monotonic()


def _has_records(batch: Sequence[_Prepared | Refusal]) -> bool:
    return any(isinstance(line, _Prepared) for line in batch)


def _prepared(line: Line, by: str) -> _Prepared | Refusal:
    if isinstance(line, Refusal):
        return line
    try:
        entry = read_entry(line.values)
        given_id = None if entry.given_id is None else valid_id(entry.given_id)
        return _Prepared(line=line.line, entry=replace(entry, given_id=given_id, draft=validate(entry.draft)), by=by)
    except Invalid as error:
        return Refusal(line=line.line, reason=str(error))


def _with_batch(report: ImportReport, batch: Sequence[_Prepared | Refusal], write: Write) -> ImportReport:
    """The report with a batch that was written in one transaction; none where all of it is refused.

    A transaction that PostgreSQL undid in favour of another one is done again.
    """
    if not _has_records(batch):
        return _with_outcomes(report, [line for line in batch if isinstance(line, Refusal)])
    for _ in range(_MOST_COLLISIONS):
        with suppress(Collision):
            return _with_written(report, batch, write)
    return _with_written(report, batch, write)


def _with_written(report: ImportReport, batch: Sequence[_Prepared | Refusal], write: Write) -> ImportReport:
    with write() as session:
        write_alone(session)
        before = _concept_keys(session)
        outcomes = _written(session, batch)
        themes, types = (_added_paths(session, vocabulary, before) for vocabulary in Vocabulary)
    report = replace(report, new_themes=report.new_themes + themes, new_types=report.new_types + types)
    return _with_outcomes(report, outcomes)


def _written(session: Session, batch: Sequence[_Prepared | Refusal]) -> list[_Outcome]:
    """What became of the lines: written together, and only where one of them spoils that one by one."""
    deleted = _deleted_ids(session, batch)
    try:
        with session.connection().begin_nested(), gathered(session, _given_ids(batch)):
            # All names in a few questions; each line then knows them.
            drafts = (line.entry.draft for line in batch if isinstance(line, _Prepared))
            vocabularies.ensure_agents(session, [name for draft in drafts for name in records.names_in(draft)])
            left = set(deleted)
            return [line if isinstance(line, Refusal) else _save(session, line, left) for line in batch]
    except (Invalid, Conflict, DataError, IntegrityError):
        vocabularies.forget_lookups(session)
    return [line if isinstance(line, Refusal) else _write(session, line, deleted) for line in batch]


def _write(session: Session, prepared: _Prepared, deleted: set[str]) -> _Outcome:
    """What became of one line. A savepoint around it, so that it is written as a whole or not at all."""
    try:
        # The connection's savepoint and not the session's, which takes three times as long; nothing here is ORM.
        with session.connection().begin_nested():
            return _save(session, prepared, deleted)
    except (Invalid, Conflict) as error:
        reason = str(error)
    except (DataError, IntegrityError) as error:
        reason = f"the database refuses it: {error.orig}"
    vocabularies.forget_lookups(session)
    return Refusal(line=prepared.line, reason=reason)


def _save(session: Session, prepared: _Prepared, deleted: set[str]) -> _Written:
    entry = prepared.entry
    if entry.given_id is not None:
        saved = records.save(session, entry.draft, record_id=entry.given_id, by=prepared.by)
        key, was_deleted = "id", entry.given_id in deleted
        deleted.discard(entry.given_id)
    else:
        found = find_valid(session, entry.draft)
        known_id = None if found is None else found.id
        saved = records.save(session, entry.draft, record_id=known_id, by=prepared.by)
        key = _strongest_key(entry.draft) if found is None else found.key
        was_deleted = found is not None and found.deleted
    return _Written(line=prepared.line, change=saved.change, key=key, was_deleted=was_deleted, ignored=entry.ignored)


def _deleted_ids(session: Session, batch: Iterable[_Prepared | Refusal]) -> set[str]:
    """The ids in a batch whose records are deleted: asked for at once, where asking for each takes a tenth more."""
    given = select(RecordRow.id).where(RecordRow.id.in_(_given_ids(batch)), RecordRow.deleted.is_(True))
    return set(session.scalars(given))


def _given_ids(batch: Iterable[_Prepared | Refusal]) -> list[str]:
    return [line.entry.given_id for line in batch if isinstance(line, _Prepared) and line.entry.given_id is not None]


def _strongest_key(draft: Draft) -> str:
    keys = (("doi", draft.doi), ("isbn", draft.isbn), ("link", draft.link))
    return next((key for key, value in keys if value is not None), "title")


def _with_outcomes(report: ImportReport, outcomes: Iterable[_Outcome]) -> ImportReport:
    refused = [outcome for outcome in outcomes if isinstance(outcome, Refusal)]
    written = [outcome for outcome in outcomes if isinstance(outcome, _Written)]
    changes = Counter(outcome.change for outcome in written)
    keys = Counter(outcome.key for outcome in written)
    ignored = Counter(name for outcome in written for name in outcome.ignored)
    return replace(
        report,
        added=report.added + changes[Change.ADDED],
        changed=report.changed + changes[Change.CHANGED],
        unchanged=report.unchanged + changes[Change.UNCHANGED],
        restored=report.restored + sum(outcome.was_deleted for outcome in written),
        refused=report.refused + refused,
        identified_by=dict(Counter(report.identified_by) + keys),
        ignored_fields=dict(Counter(report.ignored_fields) + ignored),
    )


def _concept_keys(session: Session) -> set[tuple[str, str]]:
    return {(vocabulary, found) for vocabulary, found in session.execute(select(ConceptRow.vocabulary, ConceptRow.id))}


def _added_paths(session: Session, vocabulary: Vocabulary, before: set[tuple[str, str]]) -> list[str]:
    """The concepts that this transaction added, as paths, so that staff see labels that are new or misspelt."""
    added = [found for name, found in _concept_keys(session) - before if name == vocabulary]
    concepts = vocabularies.concepts_by_id(session, vocabulary, added)
    return sorted(concepts[found].path for found in added)
