"""Candidates of a face wait in rows, with what their provider calls the drawing that was begun."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the database forward."""
    op.create_table('anchor_candidates',
    sa.Column('id', sa.String(length=64), nullable=False),
    sa.Column('character_id', sa.String(length=64), nullable=False),
    sa.Column('kit_id', sa.String(length=64), nullable=False),
    sa.Column('job', sa.String(length=200), nullable=False),
    sa.Column('place', sa.Integer(), nullable=False),
    sa.Column('seed', sa.BigInteger(), nullable=False),
    sa.Column('words', sa.Text(), nullable=False),
    sa.Column('avoid', sa.Text(), nullable=False),
    sa.Column('hints', sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
    sa.Column('camera', sa.Text(), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('wanted', sa.Boolean(), nullable=False),
    sa.Column('asset_id', sa.String(length=200), nullable=True),
    sa.Column('error', sa.Text(), nullable=True),
    sa.Column('prediction', sa.Text(), nullable=True),
    sa.Column('begun_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('hand', sa.String(length=200), nullable=True),
    sa.Column('lease_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('pauses', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['character_id'], ['characters.id'], name=op.f('fk_anchor_candidates_character_id')),
    sa.ForeignKeyConstraint(['kit_id'], ['avatar_kits.id'], name=op.f('fk_anchor_candidates_kit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_anchor_candidates'))
    )
    op.create_index(op.f('ix_anchor_candidates_character_id'), 'anchor_candidates', ['character_id'], unique=False)
    op.create_index(
        'ix_anchor_candidates_open',
        'anchor_candidates',
        ['state'],
        unique=False,
        sqlite_where=sa.text("state in ('waiting', 'drawing')"),
        postgresql_where=sa.text("state in ('waiting', 'drawing')"),
    )
