"""The scene: what the offline actor understands of a prompt, whoever wrote it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from engine.kernel.text import one_line
from engine.providers.llm import Prompt

_LABELS = (
    "character", "title", "situation", "stage direction", "dramatic question", "place", "possible resolutions",
    "turn budget", "hint", "relationship stage", "turn", "tension", "recent beats", "milestones", "player", "time",
)  # fmt: skip
_LABEL = re.compile(rf"^\W*((?i:{'|'.join(_LABELS)})|(?<!\W)[A-Z][a-z]+(?: [a-z]+){{0,2}})\s*:\s*(.*)$")
_RESOLUTION = re.compile(r"^\W*(positive|neutral|negative|surprise)\s*[:\-]\s*(.+)$", re.IGNORECASE)
_MEMORY = re.compile(r"^\W*\[(\w+)\]\s*[“\"]?(.+?)[”\"]?\s*(?:\((?:said|from|about)[^)]*\))?\s*$")
_HOOK = re.compile(r"^\W*[“\"](.+?)[”\"]\s*(?:[—–-]+\s*opener\s*:\s*[“\"]?(.*?)[”\"]?)?\s*$", re.IGNORECASE)
_NUMBER = re.compile(r"\d{1,4}")
_NAME = re.compile(r"[^\W\d_][^\W\d_'’.-]*(?:[ '’-][^\W\d_]+){0,2}")
_NAMED = re.compile(r"(?:\b(?:you are|you play|name is|name\s*:)|^#+)\s*([A-Z][\w'-]+)")
_WILD = re.compile(r"[*{}\[\]<>|`_#\\~^]+")
_BUDGET = 12
_CALM = 30


@dataclass(frozen=True, slots=True)
class Resolution:
    """One way the episode may end."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Remembered:
    """A memory as the prompt quotes it."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Thread:
    """A due hook and the words suggested for picking it up."""

    content: str
    opener: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """All that a reply depends on. `said` and `heard` are the visible lines of character and player, oldest first;
    `line` is the player's newest ("" when there is none); tension is 0-100; turns count from 1.
    """

    character: str
    player: str
    persona: str
    situation: str
    direction: str
    question: str
    place: str
    hints: str
    resolutions: tuple[Resolution, ...]
    turn: int
    budget: int
    tension: int
    stage: str
    memories: tuple[Remembered, ...]
    hooks: tuple[Thread, ...]
    said: tuple[str, ...]
    heard: tuple[str, ...]
    line: str

    @property
    def progress(self) -> float:
        """How much of the turn budget is used with this turn, from 0; 1 is the last turn."""
        return self.turn / max(1, self.budget)

    @property
    def spoken(self) -> str:
        """Everything the character has visibly said, in small letters, for finding used lines."""
        return "\n".join(self.said).lower()


def read_scene(prompt: Prompt) -> Scene:
    """Understand a prompt. Sections may be missing, misspelt or hostile: nothing here raises."""
    episode, state = _fields(prompt.section("episode")), _fields(prompt.section("state"))
    persona, stage = prompt.section("character"), _fields(prompt.section("stage"))
    heard = tuple(line.content for line in prompt.lines if line.role == "user")
    waiting = bool(prompt.lines) and prompt.lines[-1].role == "user"
    turn, budget = _turns(state, episode, len(heard))
    return Scene(
        character=_name(episode.get("character", "")) or _named(persona),
        player=_name(state.get("player", "")),
        persona=persona,
        situation=tame(episode.get("situation", "")),
        direction=tame(episode.get("stage direction", "")),
        question=tame(episode.get("dramatic question", "")),
        place=tame(episode.get("place", "")),
        hints=tame(episode.get("hint", "")),
        resolutions=_resolutions(episode.get("possible resolutions", "")),
        turn=turn,
        budget=budget,
        tension=min(100, _number(state.get("tension", ""), _CALM)),
        stage=stage.get("relationship stage", "").strip().lower(),
        memories=_memories(prompt.section("memories")),
        hooks=_hooks(prompt.section("hooks")),
        said=tuple(line.content for line in prompt.lines if line.role == "assistant"),
        heard=heard,
        line=heard[-1] if waiting else "",
    )


def tame(text: str) -> str:
    """Text without marks that could break the reply's notation or look like a slot."""
    return _WILD.sub("", text).strip()


def _fields(text: str) -> Mapping[str, str]:
    fields: dict[str, str] = {}
    label = ""
    for line in text.splitlines():
        match = _LABEL.match(line)
        if match:
            label = match[1].lower()
            fields[label] = f"{fields[label]}\n{match[2]}" if label == "hint" and label in fields else match[2].strip()
        elif label:
            fields[label] = f"{fields[label]}\n{line}".strip()
    return fields


def _turns(state: Mapping[str, str], episode: Mapping[str, str], heard: int) -> tuple[int, int]:
    numbers = [int(number) for number in _NUMBER.findall(state.get("turn", ""))]
    budget = numbers[1] if len(numbers) > 1 else _number(episode.get("turn budget", ""), _BUDGET)
    return max(1, numbers[0] if numbers else heard), max(1, budget)


def _number(text: str, otherwise: int) -> int:
    match = _NUMBER.search(text)
    return int(match[0]) if match else otherwise


def _name(text: str) -> str:
    match = _NAME.match(one_line(tame(text), 30))
    return match[0] if match else ""


def _named(persona: str) -> str:
    match = _NAMED.search(persona)
    return match[1] if match else ""


def _resolutions(text: str) -> tuple[Resolution, ...]:
    found: list[Resolution] = []
    for line in text.splitlines():
        match = _RESOLUTION.match(line)
        if match:
            found.append(Resolution(match[1].lower(), tame(match[2])))
        elif found and line.strip():
            found[-1] = Resolution(found[-1].kind, f"{found[-1].text} {tame(line)}")
    return tuple(resolution for resolution in found if resolution.text)


def _memories(text: str) -> tuple[Remembered, ...]:
    matches = (_MEMORY.match(line) for line in text.splitlines())
    return tuple(Remembered(match[1].lower(), tame(match[2])) for match in matches if match)


def _hooks(text: str) -> tuple[Thread, ...]:
    matches = (_HOOK.match(line) for line in text.splitlines())
    return tuple(Thread(tame(match[1]), tame(match[2] or "")) for match in matches if match)
