"""Accounts of the staff, their sign-ins and failures, and the audit log."""

from collections.abc import Sequence
from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0003"
down_revision: Final[str | None] = "0002"
branch_labels: Final[Sequence[str] | None] = None
depends_on: Final[Sequence[str] | None] = None

# A migration keeps its own types: those of the models may change later.
_KEY: Final = sa.String().with_variant(sa.String(collation="C"), "postgresql")
_TIME: Final = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables, empty: the first administrator is added at the command line."""
    op.create_table(
        "account",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("folded", _KEY, nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("password_hash", sa.Text()),
        sa.Column("issuer", _KEY),
        sa.Column("subject", _KEY),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("session_stamp", _KEY, nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("signed_in_at", _TIME),
        sa.PrimaryKeyConstraint("id", name="account_pk"),
        sa.UniqueConstraint("folded", name="account_folded_key"),
        sa.UniqueConstraint("issuer", "subject", name="account_subject_key"),
    )
    op.create_table(
        "sign_in",
        sa.Column("key", _KEY, nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("stamp", _KEY, nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("key", name="sign_in_pk"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="sign_in_account_id_fk"),
    )
    op.create_index("sign_in_at", "sign_in", ["at"])
    op.create_table(
        "sign_in_failure",
        sa.Column("key", _KEY, nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("last_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("key", name="sign_in_failure_pk"),
    )
    op.create_index("sign_in_failure_last", "sign_in_failure", ["last_at"])
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("action", _KEY, nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="audit_entry_pk"),
    )


def downgrade() -> None:
    """Drop them: accounts and the audit log are lost."""
    for table in ("audit_entry", "sign_in_failure", "sign_in", "account"):
        op.drop_table(table)
