"""In which engine the generations of the index are."""

from collections.abc import Sequence
from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0006"
down_revision: Final[str | None] = "0005"
branch_labels: Final[Sequence[str] | None] = None
depends_on: Final[Sequence[str] | None] = None


def upgrade() -> None:
    """Leave it open: the first who indexes notes his own."""
    op.add_column("indexing", sa.Column("place", sa.Text()))


def downgrade() -> None:
    """Forget it."""
    with op.batch_alter_table("indexing") as indexing:
        indexing.drop_column("place")
