"""The tables of the catalogue.

They are the same on SQLite and PostgreSQL. Keys are compared byte by byte on both, and times come back in UTC.
"""

from datetime import UTC, datetime
from typing import Any, Final, cast

from sqlalchemy import (
    CheckConstraint,
    DateTime,
    Dialect,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    false,
    func,
    true,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

# The role under which a publisher's contribution is kept, beside those of `catalogue.record.Role`.
PUBLISHER: Final = "publisher"


class UtcTime(TypeDecorator[datetime]):
    """A point in time: aware on both sides, kept in UTC. SQLite has no time zones and keeps the bare time."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Raises ValueError for a time without a zone, which would mean another moment on another machine."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value} has no time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002, ANN401
        """The time in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


# Ordered by byte, as Python orders ASCII: PostgreSQL would otherwise order by the language of its cluster.
Key = String().with_variant(String(collation="C"), "postgresql")


def now() -> datetime:
    """The present moment, in UTC."""
    return datetime.now(UTC)


class Base(DeclarativeBase):
    """The root of the models. Constraints have names, so that a migration can drop them."""

    metadata = MetaData(
        naming_convention={
            "pk": "%(table_name)s_pk",
            "fk": "%(table_name)s_%(column_0_name)s_fk",
            "uq": "%(table_name)s_%(column_0_name)s_key",
            "ck": "%(table_name)s_%(constraint_name)s_check",
        }
    )


def table_of(model: type[Base]) -> Table:
    """The table behind a model, for statements on many rows."""
    return cast("Table", model.__table__)


class RecordRow(Base):
    """A record. `date` is as precise as it is known: 2017, 2017-04, 2017-04-18 or null.

    `folded_title` is for looking for it by hand. `changed_by` and `change_note` are about the present version.
    """

    __tablename__ = "record"

    id: Mapped[str] = mapped_column(Key, primary_key=True)
    version: Mapped[int]
    title: Mapped[str] = mapped_column(Text)
    responsibility: Mapped[str | None] = mapped_column(Text)
    date: Mapped[str | None] = mapped_column(Key)
    type_id: Mapped[str | None] = mapped_column(Key, index=False)
    abstract: Mapped[str | None] = mapped_column(Text)
    link: Mapped[str | None] = mapped_column(Text)
    language: Mapped[str | None]
    doi: Mapped[str | None] = mapped_column(Key)
    isbn: Mapped[str | None] = mapped_column(Key)
    fingerprint: Mapped[str] = mapped_column(Key)
    deleted: Mapped[bool]
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    updated_at: Mapped[datetime] = mapped_column(UtcTime)
    published: Mapped[bool] = mapped_column(server_default=true())
    folded_title: Mapped[str | None] = mapped_column(Text)
    changed_by: Mapped[str | None] = mapped_column(Text)
    change_note: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        CheckConstraint("version >= 1", name="version"),
        Index("record_fingerprint", "fingerprint"),
        Index("record_doi", "doi"),
        Index("record_isbn", "isbn"),
        # A link may be longer than an entry of PostgreSQL's ordered index can be.
        Index("record_link", "link", postgresql_using="hash"),
        Index("record_type", "type_id"),
    )


# What everybody may find.
PUBLIC: Final = (table_of(RecordRow).c.deleted == false()) & (table_of(RecordRow).c.published == true())

Index("record_public", RecordRow.id, sqlite_where=PUBLIC, postgresql_where=PUBLIC)
Index("record_newest", RecordRow.date.desc(), RecordRow.id)
Index("record_changed", RecordRow.updated_at.desc(), RecordRow.id)


class RecordVersionRow(Base):
    """A version of a record that another one has replaced. `at`, `changed_by` and `change_note` say how it came to be.

    `snapshot` is the JSON of `catalogue.snapshots`; null where the next version differs by a change of a vocabulary
    alone.
    """

    __tablename__ = "record_version"

    record_id: Mapped[str] = mapped_column(Key, ForeignKey("record.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcTime)
    changed_by: Mapped[str | None] = mapped_column(Text)
    change_note: Mapped[str | None] = mapped_column(Text)
    snapshot: Mapped[str | None] = mapped_column(Text)


class AgentRow(Base):
    """A person or an organisation. One that was merged stays, so that its old name and id lead to the other."""

    __tablename__ = "agent"

    id: Mapped[str] = mapped_column(Key, primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    kind: Mapped[str]
    folded: Mapped[str] = mapped_column(Key, unique=True)
    merged_into: Mapped[str | None] = mapped_column(Key, ForeignKey("agent.id"), index=False)

    __table_args__ = (Index("agent_merged", "merged_into"),)


class ContributionRow(Base):
    """What an agent did for a record. `position` orders the contributors, and apart from them the publishers."""

    __tablename__ = "contribution"

    record_id: Mapped[str] = mapped_column(Key, ForeignKey("record.id"), primary_key=True)
    role: Mapped[str] = mapped_column(Key, primary_key=True)
    agent_id: Mapped[str] = mapped_column(Key, ForeignKey("agent.id"), primary_key=True)
    position: Mapped[int]

    __table_args__ = (Index("contribution_agent", "agent_id"),)


class ConceptRow(Base):
    """A theme or a type. One that was merged stays, so that its old label and id lead to the other."""

    __tablename__ = "concept"

    vocabulary: Mapped[str] = mapped_column(Key, primary_key=True)
    id: Mapped[str] = mapped_column(Key, primary_key=True)
    label: Mapped[str] = mapped_column(Text)
    folded: Mapped[str] = mapped_column(Key)
    broader_id: Mapped[str | None] = mapped_column(Key)
    merged_into: Mapped[str | None] = mapped_column(Key)

    __table_args__ = (
        ForeignKeyConstraint(
            ["vocabulary", "broader_id"], ["concept.vocabulary", "concept.id"], name="concept_broader_fk"
        ),
        ForeignKeyConstraint(
            ["vocabulary", "merged_into"], ["concept.vocabulary", "concept.id"], name="concept_merged_fk"
        ),
        Index("concept_broader", "vocabulary", "broader_id"),
        Index("concept_merged", "vocabulary", "merged_into"),
    )


# Two nulls are never equal in SQL, so concepts without a broader one need a value to be unique under.
Index(
    "concept_label",
    ConceptRow.vocabulary,
    func.coalesce(ConceptRow.broader_id, ""),
    ConceptRow.folded,
    unique=True,
)


class RecordThemeRow(Base):
    """A theme of a record, in the order in which they were given."""

    __tablename__ = "record_theme"

    record_id: Mapped[str] = mapped_column(Key, ForeignKey("record.id"), primary_key=True)
    concept_id: Mapped[str] = mapped_column(Key, primary_key=True)
    position: Mapped[int]

    __table_args__ = (Index("record_theme_concept", "concept_id"),)


class PendingRow(Base):
    """A record whose present version the index does not show yet.

    `since` is when it first fell behind, `due_at` when it may be claimed. A claim sets `token` and `lease_until`;
    `tries` counts the leases on it alone, taken after one ran out, and `refusals` how often the engine was too busy.
    """

    __tablename__ = "pending"

    record_id: Mapped[str] = mapped_column(Key, ForeignKey("record.id"), primary_key=True)
    version: Mapped[int]
    since: Mapped[datetime] = mapped_column(UtcTime)
    due_at: Mapped[datetime] = mapped_column(UtcTime)
    lease_until: Mapped[datetime | None] = mapped_column(UtcTime)
    token: Mapped[str | None] = mapped_column(Key)
    tries: Mapped[int]
    refusals: Mapped[int] = mapped_column(server_default="0")

    __table_args__ = (
        Index("pending_due", "lease_until", "due_at"),
        Index("pending_since", "since"),
        Index("pending_token", "token"),
    )


class DeadLetterRow(Base):
    """A version of a record that a generation of the index cannot take; in no generation at all where that is empty."""

    __tablename__ = "dead_letter"

    record_id: Mapped[str] = mapped_column(Key, ForeignKey("record.id"), primary_key=True)
    generation: Mapped[str] = mapped_column(Key, primary_key=True)
    version: Mapped[int]
    reason: Mapped[str] = mapped_column(Text)
    since: Mapped[datetime] = mapped_column(UtcTime)


class GenerationRow(Base):
    """A generation of the index that changes are written to. `state`: see `catalogue.generations`.

    `frozen_at` is since when it is written no more, `keep_until` when it may be deleted.
    """

    __tablename__ = "generation"

    name: Mapped[str] = mapped_column(Key, primary_key=True)
    state: Mapped[str] = mapped_column(Key)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    activated_at: Mapped[datetime | None] = mapped_column(UtcTime)
    frozen_at: Mapped[datetime | None] = mapped_column(UtcTime)
    keep_until: Mapped[datetime | None] = mapped_column(UtcTime)


class IndexingRow(Base):
    """The one row that says how indexing goes.

    `epoch` rises whenever other generations are written to. `stopped_at`, with the reason, is since when the engine has
    refused all that was sent; `probe_at` is when it is asked again, for the `probes`th time. `place` is the engine that
    the generations are in.
    """

    __tablename__ = "indexing"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    epoch: Mapped[int]
    stopped_at: Mapped[datetime | None] = mapped_column(UtcTime)
    reason: Mapped[str | None] = mapped_column(Text)
    probe_at: Mapped[datetime | None] = mapped_column(UtcTime)
    probes: Mapped[int]
    place: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (CheckConstraint("id = 1", name="single"),)


class RunRow(Base):
    """One rebuild, rollback or reconciliation of the index, under way or ended: see `catalogue.runs`.

    `cursor` is the last record that was done. `token` and `lease_until` belong to who carries out its present step;
    `losses` counts how often its present step died; a rebuild remembers it until `careful_until` records are done.
    `due_at` is when the next step may begin.
    `report` is JSON.
    """

    __tablename__ = "run"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    kind: Mapped[str]
    state: Mapped[str]
    started_by: Mapped[str] = mapped_column(Text)
    requested_at: Mapped[datetime] = mapped_column(UtcTime)
    started_at: Mapped[datetime | None] = mapped_column(UtcTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcTime)
    generation: Mapped[str | None] = mapped_column(Key)
    total: Mapped[int | None]
    done: Mapped[int]
    cursor: Mapped[str | None] = mapped_column(Key)
    rounds: Mapped[int]
    repair: Mapped[bool]
    report: Mapped[str | None] = mapped_column(Text)
    error: Mapped[str | None] = mapped_column(Text)
    due_at: Mapped[datetime] = mapped_column(UtcTime)
    lease_until: Mapped[datetime | None] = mapped_column(UtcTime)
    token: Mapped[str | None] = mapped_column(Key)
    losses: Mapped[int]
    careful_until: Mapped[int]


# One of a kind at a time: a second start is refused by the database itself.
Index(
    "run_unfinished",
    RunRow.kind,
    unique=True,
    sqlite_where=RunRow.finished_at.is_(None),
    postgresql_where=RunRow.finished_at.is_(None),
)
