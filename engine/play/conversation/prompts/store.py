"""SQL of kept prompts: by what they offered, and putting a mark in the place of forgotten words."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

import sqlalchemy as sa

from engine.kernel.text import quoted
from engine.play.conversation import compose
from engine.play.conversation.tables import messages, prompts

MARK = "[forgotten]"


def replies_that_had(tx: sa.Connection, user_id: str, memory_id: str) -> list[str]:
    """The messages whose prompts offered a memory, oldest first."""
    query = sa.select(messages.c.id).join(prompts, prompts.c.take_id == messages.c.take_id)
    offered = sa.and_(prompts.c.user_id == user_id, _names(prompts.c.memory_ids, memory_id))
    return list(tx.scalars(query.where(offered).order_by(messages.c.at)))


def unsay(tx: sa.Connection, user_id: str, ids: Iterable[str], texts: Collection[str]) -> int:
    """Put a mark for forgotten words into every prompt of a person that offered one of the ids. How many they were."""
    found = {row["take_id"]: row["sections"] for one in ids for row in _offering(tx, user_id, one)}
    for take_id, blob in found.items():
        prompt = compose.unpack(blob)
        told = replace(prompt, sections=tuple(replace(one, text=_marked(one.text, texts)) for one in prompt.sections))
        sections, digest = compose.pack(told)
        tx.execute(prompts.update().where(prompts.c.take_id == take_id).values(sections=sections, hash=digest))
    return len(found)


def _offering(tx: sa.Connection, user_id: str, one: str) -> Sequence[sa.RowMapping]:
    offered = sa.or_(_names(prompts.c.memory_ids, one), _names(prompts.c.hook_ids, one))
    query = sa.select(prompts.c.take_id, prompts.c.sections).where(prompts.c.user_id == user_id, offered)
    return tx.execute(query).mappings().all()


def _names(column: sa.Column[object], one: str) -> sa.ColumnElement[bool]:
    """Whether a list of ids in JSON names one."""
    return sa.cast(column, sa.Text).contains(f'"{one}"', autoescape=True)


def _marked(text: str, texts: Collection[str]) -> str:
    for words in sorted(texts, key=len, reverse=True):
        text = text.replace(quoted(words), quoted(MARK)) if words else text
    return text
