"""SQL of spending: replies, questions after them and pictures since a moment, by model."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa

from engine.db.events import events
from engine.images.tables import image_assets
from engine.play.conversation.tables import takes
from engine.play.spending import Spend

_Row = tuple[str, int, int, int, int, float, int]


def spent_since(tx: sa.Connection, since: datetime) -> list[Spend]:
    """What each model used and cost since a moment, the dearest first; what costs nothing is left out."""
    found: dict[str, list[float]] = {}
    for model, *figures in (*_replies(tx, since), *_answers(tx, since), *_pictures(tx, since)):
        known = found.setdefault(model, [0.0] * 6)
        found[model] = [before + (more or 0) for before, more in zip(known, figures, strict=True)]
    spends = (
        Spend(model, int(calls), int(asked), int(said), int(cached), cost, int(unpriced))
        for model, (calls, asked, said, cached, cost, unpriced) in found.items()
    )
    return sorted(spends, key=lambda one: (-one.cost, -one.tokens_in, one.model))


def _replies(tx: sa.Connection, since: datetime) -> Iterable[_Row]:
    told = sa.and_(takes.c.created_at >= since, takes.c.model.is_not(None), takes.c.tokens_in.is_not(None))
    columns = (takes.c.tokens_in, takes.c.tokens_out, takes.c.tokens_cached)
    return _by_model(tx, takes.c.model, columns, takes.c.cost, told)


def _answers(tx: sa.Connection, since: datetime) -> Iterable[_Row]:
    told = sa.and_(events.c.name == "question_answered", events.c.occurred_at >= since)
    figures = events.c.properties
    columns = tuple(figures[name].as_integer() for name in ("tokens_in", "tokens_out", "tokens_cached"))
    return _by_model(tx, figures["model"].as_string(), columns, figures["cost"].as_float(), told)


def _pictures(tx: sa.Connection, since: datetime) -> Iterable[_Row]:
    told = sa.and_(image_assets.c.created_at >= since, image_assets.c.latency_ms.is_not(None))  # drawn, not uploaded
    nothing = (sa.literal(0),) * 3
    return _by_model(tx, image_assets.c.model_used, nothing, image_assets.c.cost, told)


def _by_model(
    tx: sa.Connection,
    model: sa.ColumnElement[str],
    tokens: tuple[sa.ColumnElement[int], ...],
    cost: sa.ColumnElement[float],
    told: sa.ColumnElement[bool],
) -> Iterable[_Row]:
    """Calls, tokens, cost and calls without a price, of those that do not cost nothing."""
    sums = (*(sa.func.coalesce(sa.func.sum(one), 0) for one in tokens), sa.func.coalesce(sa.func.sum(cost), 0.0))
    unpriced = sa.func.count() - sa.func.count(cost)
    query = sa.select(model, sa.func.count(), *sums, unpriced).where(told, sa.or_(cost.is_(None), cost > 0))
    return [tuple(row) for row in tx.execute(query.group_by(model))]  # pyright: ignore[reportReturnType]
