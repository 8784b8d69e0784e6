"""Alembic's entry: always runs inside the transaction that `engine.db.migrate` opened."""

from __future__ import annotations

from typing import Any, Literal

import sqlalchemy as sa
from alembic import context

from engine.db.columns import Utc


def _render(kind: str, item: object, _autogen: Any) -> str | Literal[False]:  # noqa: ANN401  (Alembic's own context)
    """Our own types are written as plain ones, so that a migration needs nothing of ours."""
    if kind == "type" and isinstance(item, Utc):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, sa.JSON):
        return 'sa.JSON().with_variant(postgresql.JSONB(), "postgresql")'
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=context.config.attributes["metadata"],
    compare_type=True,
    render_as_batch=True,
    render_item=_render,
)
context.run_migrations()
