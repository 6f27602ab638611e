"""Keys to the API."""

from collections.abc import Sequence
from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0004"
down_revision: Final[str | None] = "0003"
branch_labels: Final[Sequence[str] | None] = None
depends_on: Final[Sequence[str] | None] = None

# A migration keeps its own types: those of the models may change later.
_KEY: Final = sa.String().with_variant(sa.String(collation="C"), "postgresql")
_TIME: Final = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the table, empty: an administrator makes the keys."""
    op.create_table(
        "api_key",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("folded", _KEY, nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("public", _KEY, nullable=False),
        sa.Column("digest", _KEY, nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("expires_at", _TIME),
        sa.Column("last_used_at", _TIME),
        sa.Column("revoked_at", _TIME),
        sa.PrimaryKeyConstraint("id", name="api_key_pk"),
        sa.UniqueConstraint("public", name="api_key_public_key"),
    )
    op.create_index(
        "api_key_name",
        "api_key",
        ["folded"],
        unique=True,
        sqlite_where=sa.text("revoked_at IS NULL"),
        postgresql_where=sa.text("revoked_at IS NULL"),
    )


def downgrade() -> None:
    """Drop it: every key is lost."""
    op.drop_table("api_key")
