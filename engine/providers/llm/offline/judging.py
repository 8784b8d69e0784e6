"""Judging an exchange: tension, tone, beat, milestones and whether the episode has ended."""

from __future__ import annotations

from collections.abc import Mapping

from engine.kernel.text import one_line
from engine.providers.llm.offline.banks import Banks
from engine.providers.llm.offline.facts import Turn
from engine.providers.llm.offline.landing import share_told
from engine.providers.llm.offline.lexicon import find, has, words_of
from engine.providers.llm.offline.reading import Act

_CAP = 15
_BEAT = 80
_LATE = 0.6
_SHARE = 0.6
_LONG = 30
_CHANGE: Mapping[str, int] = {
    "question": 2, "disclosure": 5, "compliment": 4, "thanks": 0, "challenge": 8, "command": 4, "plea": 4, "silence": 2,
    "touch": 9, "action": 2, "agreement": 1, "refusal": 6, "apology": -4, "off_topic": -5, "farewell": 3,
    "meta": -4, "greeting": 0, "statement": 1, "explicit": -3, "underage": -10,
}  # fmt: skip
_TONES: Mapping[str, tuple[str, ...]] = {
    "touch": ("charged", "intimate", "tender", "close", "romantic", "warm", "flirtatious"),
    "compliment": ("flirtatious", "warm", "playful", "charged", "tender", "soft"),
    "disclosure": ("vulnerable", "open", "intimate", "tender", "honest", "warm", "soft"),
    "challenge": ("sharp", "hostile", "tense", "confrontational", "cold", "strained", "angry", "suspicious"),
    "plea": ("tender", "vulnerable", "intimate", "charged", "warm"),
    "refusal": ("cold", "strained", "guarded", "tense", "wary", "distant"),
    "command": ("tense", "sharp", "urgent", "charged", "commanding"),
    "apology": ("soft", "tender", "warm", "open", "calm", "vulnerable"),
    "thanks": ("warm", "soft", "light", "calm"),
    "agreement": ("warm", "open", "calm", "soft", "light"),
    "farewell": ("wistful", "sad", "bittersweet", "melancholy", "distant", "strained"),
    "silence": ("quiet", "tense", "guarded", "uneasy", "still", "wary"),
    "off_topic": ("light", "playful", "distant", "neutral"),
    "question": ("curious", "probing", "guarded", "wary", "uneasy"),
}
_TOLD = "{who} told {self} something true"
_MILESTONES = (
    ("first_secret", "secret", "{who} told {self} a secret"),
    ("first_confession", "confession", "{who} confessed an attachment to {self}"),
)
_BEATS: Mapping[str, str] = {
    "disclosure": "{who} told {self} about {echo}",
    "challenge": "{who} challenged {self}",
    "touch": "{who} came closer to {self}",
    "refusal": "{who} refused {self}",
    "apology": "{who} apologised to {self}",
    "farewell": "{who} made to leave",
    "compliment": "{who} paid {self} a compliment",
    "command": "{who} pressed {self} to act",
}


def tension_change(turn: Turn, act: Act, banks: Banks) -> int:
    """How far an exchange moves tension, -15 to 15."""
    change = _CHANGE.get(act.kind, 0)
    change += min(4, 2 * len(find(turn.line, banks.lexicon("words.acts.conflict"))))
    change += min(3, len(find(turn.line, banks.lexicon("words.acts.closeness"))))
    change += 3 if has(turn.line, banks.lexicon("words.acts.secret")) else 0
    change += 2 if turn.reply.rstrip('*”" ').endswith(("—", "…")) else 0
    change += 2 if len(words_of(turn.line)) > _LONG else 0
    change += 2 if turn.turn >= _LATE * turn.budget else 0
    return max(-_CAP, min(_CAP, change))


def tone(turn: Turn, act: Act) -> str:
    """One of the allowed tones that fits the act; else the tone there was, or the first allowed."""
    fitting = next((word for word in _TONES.get(act.kind, ()) if word in turn.tones), "")
    return fitting or (turn.tone if turn.tone in turn.tones or not turn.tones else turn.tones[0])


def beat(act: Act, who: str, character: str, topic: str) -> str:
    """What happened, in at most 80 characters; "" for an exchange that changed nothing."""
    words = _BEATS.get(act.kind, "")
    if act.kind == "disclosure" and not topic:
        words = _TOLD
    return one_line(_told(words, who, character, topic), _BEAT)


def milestones(turn: Turn, act: Act, who: str, banks: Banks, *, named: bool, promised: bool) -> list[tuple[str, str]]:
    """What happened for the first time, as (key, text), without the keys already reached."""
    reached: list[tuple[str, str]] = []
    if named:
        reached.append(("name_shared", "{who} gave {self} a name"))
    if act.kind == "touch":
        reached.append(("first_touch", "{who} and {self} came within reach of each other"))
    if act.kind == "challenge":
        reached.append(("first_conflict", "{who} and {self} had their first clash"))
    if act.kind == "apology":
        reached.append(("first_apology", "{who} apologised to {self}"))
    if promised:
        reached.append(("first_promise", "{who} made {self} a promise"))
    if act.kind not in {"question", "challenge", "meta"}:
        reached.extend(
            (key, text) for key, name, text in _MILESTONES if has(act.speech, banks.lexicon(f"words.acts.{name}"))
        )
    return [(key, _told(text, who, turn.character, "")) for key, text in reached if key not in turn.milestones]


def _told(text: str, who: str, character: str, topic: str) -> str:
    return text.replace("{who}", who).replace("{self}", character or "the character").replace("{echo}", topic)


def ending(turn: Turn, act: Act, banks: Banks) -> tuple[str, str] | None:
    """(kind, text) when the reply has told one of the resolutions near the budget, or the player left for good late."""
    late = turn.closing or turn.turn >= _LATE * turn.budget
    if not late:
        return None
    told = max(((share_told(turn.reply, text), kind, text) for kind, text in turn.resolutions), default=(0.0, "", ""))
    if told[0] >= _SHARE:
        return told[1], told[2]
    if act.kind == "farewell" and has(turn.line, banks.lexicon("words.acts.parting")):
        return _parting(turn)
    return None


def _parting(turn: Turn) -> tuple[str, str]:
    order = ("neutral", "negative", "surprise", "positive")
    listed = sorted(turn.resolutions, key=lambda pair: order.index(pair[0]) if pair[0] in order else len(order))
    unhappy = [pair for pair in listed if pair[0] in {"neutral", "negative"}]
    return unhappy[0] if unhappy else ("neutral", "They part before the question is answered.")


def kept_apart(act: Act, banks: Banks) -> bool:
    """Whether the line was spoken outside the story, so that nothing in it is remembered.

    An order to the machine is no such line: it takes its own sentence with it, and what else was told is kept.
    """
    ordered = act.kind == "off_topic" and has(act.speech, banks.lexicon("words.acts.probe"))
    return act.kind in {"meta", "off_topic", "explicit", "underage"} and not ordered
