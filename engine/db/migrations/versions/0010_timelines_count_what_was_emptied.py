"""A timeline counts its memories that were emptied, so that postings held in memory are known to be old."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the database forward."""
    op.add_column('memory_stats', sa.Column('emptied', sa.Integer(), nullable=False, server_default='0'))
