"""Observing a turn: memories, hooks, dynamic, milestones and ending as one structured answer."""

from __future__ import annotations

import re
from collections.abc import Mapping

from pydantic import JsonValue

from engine.kernel.text import one_line
from engine.providers.llm.offline import judging
from engine.providers.llm.offline.banks import Banks
from engine.providers.llm.offline.clauses import introduced
from engine.providers.llm.offline.dice import Dice
from engine.providers.llm.offline.extracting import Found, extract
from engine.providers.llm.offline.facts import Facts, Turn, read_turn
from engine.providers.llm.offline.reading import pick_up, read_act
from engine.providers.llm.offline.threads import Planted, plant

_MOST = 10


def observe(facts: Facts, banks: Banks, seed: int) -> Mapping[str, JsonValue]:
    """The answer to an `observe` ask; never more than ten memories and hooks together."""
    turn = read_turn(facts)
    act = read_act(turn.line, banks)
    name = introduced(turn.line, banks)
    who = name or one_line(turn.player) or "The player"
    apart = judging.kept_apart(act, banks)
    memories = () if apart else _unknown(extract(turn.line, who, turn.character, banks), turn)
    hooks = () if apart else plant(turn, who, banks, Dice(seed))
    topic = next((word for word in pick_up(act.speech, banks) if word.istitle()), "")
    promised = any(hook.kind == "promise" for hook in hooks)
    reached = judging.milestones(turn, act, who, banks, named=bool(name) and not apart, promised=promised)
    end = judging.ending(turn, act, banks)
    return {
        "memories": [_memory(found) for found in memories[: _MOST - len(hooks)]],
        "hooks": [_hook(hook) for hook in hooks],
        "tension_change": judging.tension_change(turn, act, banks),
        "tone": judging.tone(turn, act),
        "beat": judging.beat(act, who, turn.character, topic),
        "milestones": [{"key": key, "text": text} for key, text in reached],
        "ending": None if end is None else {"kind": end[0], "text": end[1]},
    }


def _unknown(found: tuple[Found, ...], turn: Turn) -> tuple[Found, ...]:
    known = {_plain(text) for text in turn.known}
    return tuple(memory for memory in found if _plain(memory.text) not in known)


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower()))


def _memory(found: Found) -> dict[str, JsonValue]:
    return {
        "kind": found.kind,
        "subject": found.subject,
        "attribute": found.attribute,
        "text": found.text,
        "importance": found.importance,
        "when": found.when,
    }


def _hook(hook: Planted) -> dict[str, JsonValue]:
    told: dict[str, JsonValue] = {"kind": hook.kind, "content": hook.content, "opener": hook.opener}
    return told | {"when": hook.when, "instead": hook.instead}
