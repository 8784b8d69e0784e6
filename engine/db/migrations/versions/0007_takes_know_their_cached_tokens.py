"""A take knows how many of its tokens came from the provider's cache."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the database forward."""
    op.add_column('takes', sa.Column('tokens_cached', sa.Integer(), nullable=True))
