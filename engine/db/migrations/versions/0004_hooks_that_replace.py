"""Hooks name the hook that they move or call off."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the database forward."""
    with op.batch_alter_table('hooks', schema=None) as batch_op:
        batch_op.add_column(sa.Column('supersedes', sa.String(length=200), nullable=True))
