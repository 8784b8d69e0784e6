"""Forks of sessions, and acts in order, so that the last one can be undone."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the database forward."""
    with op.batch_alter_table('sessions', schema=None) as batch_op:
        batch_op.add_column(sa.Column('forked_from', sa.String(length=200), nullable=True))
        batch_op.create_index(batch_op.f('ix_sessions_forked_from'), ['forked_from'], unique=False)
    with op.batch_alter_table('acts', schema=None) as batch_op:
        batch_op.add_column(sa.Column('session_id', sa.String(length=200), nullable=True))
        batch_op.add_column(sa.Column('number', sa.Integer(), nullable=True))
        batch_op.create_index('ux_acts_number', ['session_id', 'number'], unique=True)
