"""The part being played: a scene as understood, with everything that choosing a line depends on."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine.kernel.ids import seed_from
from engine.kernel.placeholders import fill
from engine.providers.llm.offline.banks import Banks, Template
from engine.providers.llm.offline.dice import Dice
from engine.providers.llm.offline.lexicon import find, has
from engine.providers.llm.offline.nouns import Nouns, nouns_of
from engine.providers.llm.offline.persona import Persona, read_persona
from engine.providers.llm.offline.reading import Act, pick_up, quotation, read_act
from engine.providers.llm.offline.scene import Scene

_BLOCK = 8
_MARKS = re.compile(r"[\s,;:—“”\"]*[.?!…*|\n]+[\s“”\"]*")
_ECHOES = 1
_LEAN = 2
_ASKING = frozenset({"question", "command", "plea", "challenge", "off_topic"})
_TAKEN_UP = frozenset({"echo"})
_ECHO_SHARE = 0.3


@dataclass(frozen=True, slots=True)
class Part:
    """One reply's worth of knowledge. `flavour` is what presses: closeness, suspicion or even; `values` fill slots."""

    scene: Scene
    persona: Persona
    act: Act
    nouns: Nouns
    banks: Banks
    dice: Dice
    flavour: str
    values: Mapping[str, str]

    @property
    def half(self) -> int:
        """Which half of the banks this turn draws from; it changes every eight turns."""
        return (self.scene.turn - 1) // _BLOCK % 2

    def keys(self, *names: str) -> tuple[str, ...]:
        """Bank keys of this temperament, then the shared: `invites.even` → `warm.invites.even` and `shared.…`."""
        own = (f"{self.persona.temperament}.{name}" for name in names)
        return (*own, *(f"shared.{name}" for name in names))


def take_part(scene: Scene, banks: Banks, seed: int) -> Part:
    """Understand persona, act and nouns of a scene. The dice know the seed, the turn and the player's line, no more."""
    persona = read_persona(scene.persona, scene.character, banks)
    act = read_act(scene.line, banks)
    nouns = nouns_of(scene, banks)
    dice = Dice(seed_from(seed, scene.turn, scene.line, len(scene.said)))
    values = {
        **_nouns_as_values(nouns, scene, dice),
        **_own_values(persona, scene, dice),
        **_heard_values(scene, act, banks, dice),
    }
    return Part(scene, persona, act, nouns, banks, dice, _flavour(scene, banks), values)


def say(part: Part, draw: str, templates: Sequence[Template], before: str = "", **more: str) -> str:
    """One filled line that has not been said in this session nor stands in `before`; "" when none is left."""
    values = {**part.values, **more}
    spoken = _sentences(f"{part.scene.spoken}\n{before.lower()}")
    talked_of = _out_of_place(part)
    fresh = [
        line
        for line in templates
        if line.slots <= values.keys()
        and line.half == part.half
        and _unused(line, spoken)
        and not has(line.text, talked_of)
    ]
    if not fresh:
        return ""
    echoing = [line for line in fresh if line.slots & _TAKEN_UP]
    chosen = echoing if echoing and part.dice.chance(f"echo in {draw}", _ECHO_SHARE) else fresh
    return fill(part.dice.pick(draw, chosen).text, values)


def _out_of_place(part: Part) -> tuple[str, ...]:
    """Phrases that would answer what the player has not done: spoken, or asked."""
    unsaid = () if part.act.speech else part.banks.lexicon("words.acts.of_speech")
    return unsaid if part.act.kind in _ASKING else (*unsaid, *part.banks.lexicon("words.acts.of_question"))


def _sentences(spoken: str) -> str:
    """The words spoken, with a bar between sentences, so that a short line is found only where it stands alone."""
    return f"|{_MARKS.sub('|', spoken)}|"


def _unused(line: Template, spoken: str) -> bool:
    """Whether no sentence of a line has been spoken, with or without a filler; slots may have been filled otherwise."""
    whole = any(f"|{trace}|" in spoken or f", {trace}|" in spoken for trace in line.traces)
    return not whole and not any(fragment in spoken for fragment in line.fragments)


def _nouns_as_values(nouns: Nouns, scene: Scene, dice: Dice) -> Mapping[str, str]:
    """The nouns least spoken of so far, each with its article."""
    values: dict[str, str] = {}
    for kind, choices in nouns.by_slot.items():
        if choices:
            counts = {noun: scene.spoken.count(noun) for noun in choices}
            least = [noun for noun in choices if counts[noun] == min(counts.values())]
            values[kind] = f"the {dice.pick(kind, least)}"
    return values


def _own_values(persona: Persona, scene: Scene, dice: Dice) -> Mapping[str, str]:
    fresh = {
        "confession": tuple(told for told in persona.confessions if told.lower() not in scene.spoken)[:1],
        "like": tuple(item for item in persona.likes if item.lower() not in scene.spoken),
        "dislike": tuple(item for item in persona.dislikes if item.lower() not in scene.spoken),
        "self": (scene.character,) if scene.character else (),
    }
    return {slot: dice.pick(slot, choices) for slot, choices in fresh.items() if choices}


def _heard_values(scene: Scene, act: Act, banks: Banks, dice: Dice) -> Mapping[str, str]:
    earlier = scene.heard[:-1] if scene.line else scene.heard
    echoes = pick_up(act.speech, banks)[:_ECHOES]
    quotes = tuple(words for words in quotation(earlier[:-1], banks) if words.lower() not in scene.spoken)
    found = {"echo": echoes, "quote": quotes[:3], "name": (scene.player,) if scene.player else ()}
    return {slot: dice.pick(slot, choices) for slot, choices in found.items() if choices}


def _flavour(scene: Scene, banks: Banks) -> str:
    authored = f"{scene.situation}\n{scene.direction}\n{scene.question}\n{scene.hints}"
    near = len(set(find(authored, banks.lexicon("words.pressure.closeness"))))
    doubt = len(set(find(authored, banks.lexicon("words.pressure.suspicion"))))
    if abs(near - doubt) < _LEAN:
        return "even"
    return "closeness" if near > doubt else "suspicion"
