"""Postings know the length of their memory, so that a search reads nothing else for its first look."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None

_LENGTHS = """
    update memory_terms set length = (
        select m.length from memory_events m
        where m.timeline_id = memory_terms.timeline_id and m.seq = memory_terms.seq
    )
    where exists (
        select 1 from memory_events m where m.timeline_id = memory_terms.timeline_id and m.seq = memory_terms.seq
    )
"""


def upgrade() -> None:
    """Bring the database forward."""
    op.add_column('memory_terms', sa.Column('length', sa.Integer(), nullable=False, server_default='0'))
    op.execute(sa.text(_LENGTHS))
    op.create_index(
        'ix_memory_events_hidden',
        'memory_events',
        ['timeline_id', 'seq'],
        unique=False,
        sqlite_where=sa.text('standing = 0'),
        postgresql_where=sa.text('not standing'),
    )
