"""A character names the voice that acts it, or leaves that to the house."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the database forward."""
    op.add_column('characters', sa.Column('acted_by', sa.Text(), nullable=False, server_default=''))
