"""A scene keeps what the provider calls the drawing that was begun for it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the database forward."""
    op.add_column('scene_images', sa.Column('prediction', sa.Text(), nullable=True))
