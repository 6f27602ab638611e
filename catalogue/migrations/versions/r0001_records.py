"""Records, agents, vocabularies, pending records and rebuild requests."""

from collections.abc import Sequence
from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0001"
down_revision: Final[str | None] = None
branch_labels: Final[Sequence[str] | None] = None
depends_on: Final[Sequence[str] | None] = None

# A migration keeps its own types: those of the models may change later.
_KEY: Final = sa.String().with_variant(sa.String(collation="C"), "postgresql")
_TIME: Final = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make all tables."""
    _create_records()
    _create_agents()
    _create_concepts()
    _create_pending()
    _create_rebuild_requests()


def downgrade() -> None:
    """Drop all tables."""
    for table in ("rebuild_request", "pending", "record_theme", "concept", "contribution", "agent", "record"):
        op.drop_table(table)


def _create_records() -> None:
    op.create_table(
        "record",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("responsibility", sa.Text()),
        sa.Column("date", _KEY),
        sa.Column("type_id", _KEY),
        sa.Column("abstract", sa.Text()),
        sa.Column("link", sa.Text()),
        sa.Column("language", sa.String()),
        sa.Column("doi", _KEY),
        sa.Column("isbn", _KEY),
        sa.Column("fingerprint", _KEY, nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("updated_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="record_pk"),
        sa.CheckConstraint("version >= 1", name=op.f("record_version_check")),
    )
    for name in ("fingerprint", "doi", "isbn"):
        op.create_index(f"record_{name}", "record", [name])
    op.create_index("record_link", "record", ["link"], postgresql_using="hash")
    op.create_index("record_type", "record", ["type_id"])
    op.create_index("record_newest", "record", [sa.text("date DESC"), "id"])
    op.create_index(
        "record_live",
        "record",
        ["id"],
        sqlite_where=sa.text("deleted = 0"),
        postgresql_where=sa.text("deleted = false"),
    )


def _create_agents() -> None:
    op.create_table(
        "agent",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("folded", _KEY, nullable=False),
        sa.Column("merged_into", _KEY),
        sa.PrimaryKeyConstraint("id", name="agent_pk"),
        sa.UniqueConstraint("folded", name="agent_folded_key"),
        sa.ForeignKeyConstraint(["merged_into"], ["agent.id"], name="agent_merged_into_fk"),
    )
    op.create_index("agent_merged", "agent", ["merged_into"])
    op.create_table(
        "contribution",
        sa.Column("record_id", _KEY, nullable=False),
        sa.Column("role", _KEY, nullable=False),
        sa.Column("agent_id", _KEY, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("record_id", "role", "agent_id", name="contribution_pk"),
        sa.ForeignKeyConstraint(["record_id"], ["record.id"], name="contribution_record_id_fk"),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name="contribution_agent_id_fk"),
    )
    op.create_index("contribution_agent", "contribution", ["agent_id"])


def _create_concepts() -> None:
    op.create_table(
        "concept",
        sa.Column("vocabulary", _KEY, nullable=False),
        sa.Column("id", _KEY, nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("folded", _KEY, nullable=False),
        sa.Column("broader_id", _KEY),
        sa.Column("merged_into", _KEY),
        sa.PrimaryKeyConstraint("vocabulary", "id", name="concept_pk"),
        sa.ForeignKeyConstraint(
            ["vocabulary", "broader_id"], ["concept.vocabulary", "concept.id"], name="concept_broader_fk"
        ),
        sa.ForeignKeyConstraint(
            ["vocabulary", "merged_into"], ["concept.vocabulary", "concept.id"], name="concept_merged_fk"
        ),
    )
    place = ["vocabulary", sa.text("coalesce(broader_id, '')"), "folded"]
    op.create_index("concept_label", "concept", place, unique=True)
    op.create_index("concept_broader", "concept", ["vocabulary", "broader_id"])
    op.create_index("concept_merged", "concept", ["vocabulary", "merged_into"])
    op.create_table(
        "record_theme",
        sa.Column("record_id", _KEY, nullable=False),
        sa.Column("concept_id", _KEY, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("record_id", "concept_id", name="record_theme_pk"),
        sa.ForeignKeyConstraint(["record_id"], ["record.id"], name="record_theme_record_id_fk"),
    )
    op.create_index("record_theme_concept", "record_theme", ["concept_id"])


def _create_pending() -> None:
    op.create_table(
        "pending",
        sa.Column("record_id", _KEY, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("since", _TIME, nullable=False),
        sa.Column("due_at", _TIME, nullable=False),
        sa.Column("lease_until", _TIME),
        sa.Column("token", _KEY),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("record_id", name="pending_pk"),
        sa.ForeignKeyConstraint(["record_id"], ["record.id"], name="pending_record_id_fk"),
    )
    op.create_index("pending_due", "pending", ["lease_until", "due_at"])
    op.create_index("pending_since", "pending", ["since"])
    op.create_index("pending_token", "pending", ["token"])


def _create_rebuild_requests() -> None:
    op.create_table(
        "rebuild_request",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("requested_at", _TIME, nullable=False),
        sa.Column("started_at", _TIME),
        sa.Column("finished_at", _TIME),
        sa.Column("total", sa.Integer()),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="rebuild_request_pk"),
    )
