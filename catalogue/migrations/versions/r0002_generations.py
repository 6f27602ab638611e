"""Generations of the index, runs, dead letters; rebuild requests become runs."""

from collections.abc import Sequence
from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0002"
down_revision: Final[str | None] = "0001"
branch_labels: Final[Sequence[str] | None] = None
depends_on: Final[Sequence[str] | None] = None

# A migration keeps its own types: those of the models may change later.
_KEY: Final = sa.String().with_variant(sa.String(collation="C"), "postgresql")
_TIME: Final = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the new tables. Wishes that were not fulfilled yet are dropped: the index is made anew anyway."""
    op.drop_table("rebuild_request")
    op.add_column("pending", sa.Column("refusals", sa.Integer(), nullable=False, server_default="0"))
    _create_generations()
    _create_dead_letters()
    _create_runs()


def downgrade() -> None:
    """Drop them. The index is made anew by the older release."""
    for table in ("run", "dead_letter", "indexing", "generation"):
        op.drop_table(table)
    with op.batch_alter_table("pending") as pending:
        pending.drop_column("refusals")
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


def _create_generations() -> None:
    op.create_table(
        "generation",
        sa.Column("name", _KEY, nullable=False),
        sa.Column("state", _KEY, nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("activated_at", _TIME),
        sa.Column("frozen_at", _TIME),
        sa.Column("keep_until", _TIME),
        sa.PrimaryKeyConstraint("name", name="generation_pk"),
    )
    indexing = op.create_table(
        "indexing",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("stopped_at", _TIME),
        sa.Column("reason", sa.Text()),
        sa.Column("probe_at", _TIME),
        sa.Column("probes", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="indexing_pk"),
        sa.CheckConstraint("id = 1", name=op.f("indexing_single_check")),
    )
    op.bulk_insert(indexing, [{"id": 1, "epoch": 0, "probes": 0}])


def _create_dead_letters() -> None:
    op.create_table(
        "dead_letter",
        sa.Column("record_id", _KEY, nullable=False),
        sa.Column("generation", _KEY, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("since", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("record_id", "generation", name="dead_letter_pk"),
        sa.ForeignKeyConstraint(["record_id"], ["record.id"], name="dead_letter_record_id_fk"),
    )


def _create_runs() -> None:
    op.create_table(
        "run",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("started_by", sa.Text(), nullable=False),
        sa.Column("requested_at", _TIME, nullable=False),
        sa.Column("started_at", _TIME),
        sa.Column("finished_at", _TIME),
        sa.Column("generation", _KEY),
        sa.Column("total", sa.Integer()),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("cursor", _KEY),
        sa.Column("rounds", sa.Integer(), nullable=False),
        sa.Column("repair", sa.Boolean(), nullable=False),
        sa.Column("report", sa.Text()),
        sa.Column("error", sa.Text()),
        sa.Column("due_at", _TIME, nullable=False),
        sa.Column("lease_until", _TIME),
        sa.Column("token", _KEY),
        sa.Column("losses", sa.Integer(), nullable=False),
        sa.Column("careful_until", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="run_pk"),
    )
    unfinished = sa.text("finished_at IS NULL")
    op.create_index(
        "run_unfinished", "run", ["kind"], unique=True, sqlite_where=unfinished, postgresql_where=unfinished
    )
