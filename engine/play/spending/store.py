"""SQL of spending: replies, questions after them and pictures since a moment, by model."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa

from engine.db.events import events
from engine.images.tables import image_assets
from engine.play.conversation.tables import takes
from engine.play.spending import PICTURE, Spend

_Row = tuple[str, int, int, int, int, float, int, int]
_NONE = sa.literal(0)


def spent_since(tx: sa.Connection, since: datetime) -> list[Spend]:
    """What each model used and cost since a moment, the dearest first; what costs nothing is left out."""
    found: dict[str, list[float]] = {}
    for model, *figures in (*_replies(tx, since), *_answers(tx, since), *_pictures(tx, since)):
        known = found.setdefault(model, [0.0] * 7)
        found[model] = [before + (more or 0) for before, more in zip(known, figures, strict=True)]
    spends = (
        Spend(model, int(calls), int(asked), int(said), int(cached), cost, int(unpriced), int(pictures))
        for model, (calls, asked, said, cached, cost, unpriced, pictures) in found.items()
    )
    return sorted(spends, key=lambda one: (-one.cost, -one.tokens_in, one.model))


def _replies(tx: sa.Connection, since: datetime) -> Iterable[_Row]:
    told = sa.and_(takes.c.created_at >= since, takes.c.model.is_not(None), takes.c.tokens_in.is_not(None))
    columns = (takes.c.tokens_in, takes.c.tokens_out, takes.c.tokens_cached, _NONE)
    return _by_model(tx, takes.c.model, columns, takes.c.cost, told)


def _answers(tx: sa.Connection, since: datetime) -> Iterable[_Row]:
    told = sa.and_(events.c.name == "question_answered", events.c.occurred_at >= since)
    figures = events.c.properties
    tokens = tuple(figures[name].as_integer() for name in ("tokens_in", "tokens_out", "tokens_cached"))
    is_picture = sa.case((figures["task"].as_string() == PICTURE, 1), else_=0)
    return _by_model(tx, figures["model"].as_string(), (*tokens, is_picture), figures["cost"].as_float(), told)


def _pictures(tx: sa.Connection, since: datetime) -> Iterable[_Row]:
    told = sa.and_(image_assets.c.created_at >= since, image_assets.c.latency_ms.is_not(None))  # drawn, not uploaded
    columns = (_NONE, _NONE, _NONE, sa.literal(1))
    return _by_model(tx, image_assets.c.model_used, columns, image_assets.c.cost, told)


def _by_model(
    tx: sa.Connection,
    model: sa.ColumnElement[str],
    counted: tuple[sa.ColumnElement[int], ...],
    cost: sa.ColumnElement[float],
    told: sa.ColumnElement[bool],
) -> Iterable[_Row]:
    """Calls, tokens, cost, calls without a price, and pictures, of those that do not cost nothing."""
    *tokens, pictures = (sa.func.coalesce(sa.func.sum(one), 0) for one in counted)
    dollars, unpriced = sa.func.coalesce(sa.func.sum(cost), 0.0), sa.func.count() - sa.func.count(cost)
    query = sa.select(model, sa.func.count(), *tokens, dollars, unpriced, pictures).where(
        told, sa.or_(cost.is_(None), cost > 0)
    )
    return [tuple(row) for row in tx.execute(query.group_by(model))]  # pyright: ignore[reportReturnType]
