"""A tiny stage for the offline actor's tests: characters, an episode, two players, and a way to play them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import JsonValue

from engine.providers.llm import Ask, Line, Prompt, Section
from engine.providers.llm.offline import OfflineActor

FOLDER = Path(__file__).parents[3] / "data" / "offline"
ACTOR = OfflineActor(FOLDER)

NATURES = {
    "guarded": "Guarded and laconic, slow to trust.",
    "warm": "Warm, shy and generous.",
    "playful": "Playful, teasing, a trickster.",
    "clinical": "Clinical, precise, analytical.",
    "intense": "Fierce, blunt and commanding.",
}
MISLEADING = {
    name: "- Be playful, teasing and bold.\n" * 9 if name != "playful" else "- Be fierce, blunt and proud.\n" * 9
    for name in NATURES
}
EPISODE = """Character: Mara
Title: After closing
Situation: The archive has closed and rain has flooded the street. A letter with your name on it lies on the desk.
Stage direction: Late. Rain on the skylight, one lamp over the desk, a letter turned face down.
Dramatic question: Will she let you read the letter?
Place: the reading room of an archive
Possible resolutions:
- positive: She slides the letter across the desk and stays while you read it.
- neutral: She locks the letter in the drawer and walks you to the door.
- negative: She burns the letter over the lamp without a word.
Turn budget: 12"""
CLOSE = (
    "I got lost. I wasn't sure you'd still be here.",
    "Why is my name on that?",
    "I keep thinking about the old lighthouse.",
    "You're beautiful when you're angry.",
    "...",
    "*takes your hand*",
    "I've never told anyone this, but I was afraid to come back.",
    "What do you want from me?",
    "Yes. I'll stay.",
    "Do you trust me?",
    "I trust you. Stay with me.",
    "Then show me. I'm not leaving.",
)
HARD = (
    "hello",
    "What happened here?",
    "You're lying to me.",
    "No. I won't do that.",
    "Prove it then.",
    "What's the capital of France?",
    "That's enough. Stop lying.",
    "Sorry. I shouldn't have said that.",
    "*steps closer* You're hiding something.",
    "Tell me the truth.",
    "I don't believe you. I'm done with this.",
    "No. Never.",
)

RESOLUTIONS: list[JsonValue] = [
    {"kind": "positive", "text": "She slides the letter across the desk and stays."},
    {"kind": "negative", "text": "She burns the letter over the lamp."},
]
TONES: list[JsonValue] = ["calm", "tense", "warm", "guarded", "playful", "vulnerable", "charged"]


def persona(temperament: str) -> str:
    """A character's prompt in the builder's layout."""
    return (
        f"You are Mara, night archivist.\n\nYour nature:\n- {NATURES[temperament]}\n\n"
        f"MANDATORY:\n{MISLEADING[temperament]}\n\n"
        "How you speak:\n- Fillers: hm; look.\n\nWhat lies behind you:\nMara left the conservatory at nineteen. "
        "She keeps a coin from the last concert.\n\nWhat draws you: old maps; people who wait.\n"
    )


@dataclass(frozen=True)
class Stage:
    """Everything of a prompt but its lines."""

    character: str
    episode: str = EPISODE
    memories: str = "none yet"
    hooks: str = "none due"
    player: str = "Ana"
    tension: int | None = None
    budget: int = 12
    extra: tuple[Section, ...] = field(default=())

    def prompt(self, lines: Sequence[Line], turn: int) -> Prompt:
        """The prompt of a turn, with its last twenty lines."""
        heat = self.tension if self.tension is not None else min(95, 25 + 6 * turn)
        state = f"Turn: {turn} of {self.budget}\nTension: {heat} of 100\nRecent beats: none yet\nMilestones: none yet"
        sections = (
            Section("character", "test", self.character, stable=True),
            Section("episode", "test", self.episode, stable=True),
            Section("memories", "test", self.memories),
            Section("hooks", "test", self.hooks),
            Section("stage", "test", "Relationship stage: new"),
            Section("state", "test", f"{state}\nPlayer: {self.player}"),
        )
        return Prompt((*sections, *self.extra), tuple(lines[-20:]))


def reply(prompt: Prompt, seed: int) -> str:
    """The whole reply to a prompt."""
    return "".join(piece for piece in ACTOR.stream(prompt, seed=seed, max_tokens=600) if isinstance(piece, str))


def answer_to(stage: Stage, line: str, *, seed: int = 1, turn: int = 3) -> str:
    """One reply to one line."""
    return reply(stage.prompt([Line("user", line)], turn), seed)


def play(stage: Stage, script: Sequence[str], seed: int) -> list[str]:
    """The replies of a whole session."""
    lines: list[Line] = []
    for turn, line in enumerate(script, 1):
        lines.append(Line("user", line))
        lines.append(Line("assistant", reply(stage.prompt(lines, turn), seed + turn)))
    return [line.content for line in lines if line.role == "assistant"]


def observe(line: str, **facts: JsonValue) -> dict[str, Any]:
    """The answer about one exchange."""
    base: dict[str, JsonValue] = {
        "line": line, "reply": "*waits* Well?", "player": "Ana", "character": "Mara", "tension": 40, "tone": "calm",
        "turn": 3, "budget": 12, "known": [], "milestones": [], "resolutions": RESOLUTIONS, "closing": False,
        "tones": TONES,
    }  # fmt: skip
    return dict(ACTOR.answer(Ask("observe", "", {**base, **facts}, {}, 1)).data)


def texts(line: str, **facts: JsonValue) -> list[str]:
    """The remembered texts."""
    return [memory["text"] for memory in observe(line, **facts)["memories"]]
