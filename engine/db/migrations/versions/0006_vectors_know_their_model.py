"""A memory's vector names the model that made it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the database forward."""
    op.add_column('memory_events', sa.Column('embedded_by', sa.String(length=200), nullable=True))
