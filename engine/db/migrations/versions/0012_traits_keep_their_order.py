"""A character's traits keep the order in which they were written on PostgreSQL, too."""

from __future__ import annotations

from alembic import op

revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the database forward."""
    if op.get_context().dialect.name != 'postgresql':
        return
    for name in ('personality', 'tone_style', 'speech_patterns', 'boundaries'):
        op.execute(f'alter table characters alter column {name} type json using {name}::json')
