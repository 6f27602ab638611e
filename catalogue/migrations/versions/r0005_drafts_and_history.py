"""Drafts, the history of each record, and what looking for records by hand needs."""

from collections.abc import Sequence
from typing import Final

import sqlalchemy as sa
from alembic import op

from catalogue.slugs import fold_title

revision: Final = "0005"
down_revision: Final[str | None] = "0004"
branch_labels: Final[Sequence[str] | None] = None
depends_on: Final[Sequence[str] | None] = None

# A migration keeps its own types: those of the models may change later.
_KEY: Final = sa.String().with_variant(sa.String(collation="C"), "postgresql")
_TIME: Final = sa.DateTime(timezone=True)

_RECORD: Final = sa.table("record", sa.column("id"), sa.column("title"), sa.column("folded_title"))

_PAGE: Final = 1_000  # records


def upgrade() -> None:
    """Add the columns and the table: every record is published, and its history begins now."""
    op.drop_index("record_live", "record")
    op.add_column("record", sa.Column("published", sa.Boolean(), nullable=False, server_default=sa.true()))
    op.add_column("record", sa.Column("folded_title", sa.Text()))
    op.add_column("record", sa.Column("changed_by", sa.Text()))
    op.add_column("record", sa.Column("change_note", sa.Text()))
    _fold_titles()
    op.create_index(
        "record_public",
        "record",
        ["id"],
        sqlite_where=sa.text("deleted = 0 AND published = 1"),
        postgresql_where=sa.text("deleted = false AND published = true"),
    )
    op.create_index("record_changed", "record", [sa.text("updated_at DESC"), "id"])
    op.create_table(
        "record_version",
        sa.Column("record_id", _KEY, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("changed_by", sa.Text()),
        sa.Column("change_note", sa.Text()),
        sa.Column("snapshot", sa.Text()),
        sa.PrimaryKeyConstraint("record_id", "version", name="record_version_pk"),
        sa.ForeignKeyConstraint(["record_id"], ["record.id"], name="record_version_record_id_fk"),
    )


def downgrade() -> None:
    """Drop them: the history is lost, and drafts become deleted records, as an older release would publish them."""
    op.execute("UPDATE record SET deleted = true WHERE published = false")
    op.drop_table("record_version")
    for index in ("record_public", "record_changed"):
        op.drop_index(index, "record")
    for column in ("published", "folded_title", "changed_by", "change_note"):
        op.drop_column("record", column)
    op.create_index(
        "record_live",
        "record",
        ["id"],
        sqlite_where=sa.text("deleted = 0"),
        postgresql_where=sa.text("deleted = false"),
    )


def _fold_titles() -> None:
    """By the folding of this release: whichever release saves a record folds its title anew."""
    connection = op.get_bind()
    following = sa.select(_RECORD.c.id, _RECORD.c.title).order_by(_RECORD.c.id).limit(_PAGE)
    fold = _RECORD.update().where(_RECORD.c.id == sa.bindparam("target")).values(folded_title=sa.bindparam("folded"))
    page = connection.execute(following).all()
    while page:
        connection.execute(fold, [{"target": row.id, "folded": fold_title(row.title)} for row in page])
        page = connection.execute(following.where(_RECORD.c.id > page[-1].id)).all()
