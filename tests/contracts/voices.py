"""The voices under contract: each adapter against the stub that speaks its provider's wire format."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from engine.providers.llm import Ask, Line, Prompt, Section, Voice
from engine.providers.llm.claude import Claude
from engine.providers.llm.gemini import Gemini
from engine.providers.llm.openai_compatible import Compatible
from engine.providers.prices import Prices
from engine.providers.resilience.breaker import Breaker
from engine.providers.resilience.ensemble import Ensemble, Member
from engine.providers.resilience.limits import Limits
from tests.stubs import Stubs

PATIENT = Limits(retries=0, beat=0.05)
"""One try."""
HURRIED = Limits(first=1.0, gap=0.7, total=3.0, answer=1.0, retries=0, beat=0.05)
"""One try, waited for as briefly as a test can: what is seconds to players is tenths of them here."""
STUB_OF: Mapping[str, str] = {"claude": "claude", "gemini": "gemini", "compatible": "openai"}
MAKERS: Mapping[str, Callable[[Stubs, str], Voice]] = {
    "claude": lambda stubs, key: Claude(key, "claude-sonnet-5-5", stubs.claude),
    "gemini": lambda stubs, key: Gemini(key, "gemini-3.8-flash", stubs.gemini),
    "compatible": lambda stubs, key: Compatible(key, "stub-model", stubs.openai),
}


def ensemble(*voices: Voice, limits: Limits = PATIENT, prices: Prices | None = None) -> Ensemble:
    """An ensemble of these, whose breakers never open."""
    members = tuple(Member(voice, Breaker(failures_allowed=1_000)) for voice in voices)
    return Ensemble(members, prices or Prices(), limits)


def prompt_of(line: str, *, begun: str = "", first: str = "assistant") -> Prompt:
    """A prompt with a stable half, an opening line and one line of the player's."""
    sections = (
        Section("character", "release", "You are Mara Voss, who guards a locked archive. " * 8, stable=True),
        Section("memories", "memory", "What you remember: the player is called Ana."),
    )
    opening = (Line("assistant", "*She lifts the lamp.* Which box did you open?"),) if first == "assistant" else ()
    return Prompt(sections, (*opening, Line("user", line)), begun)


ASK = Ask(
    "observe",
    "What is worth keeping of: “I moved to Lisbon.”",
    {"line": "I moved to Lisbon."},
    {
        "type": "object",
        "properties": {
            "tone": {"type": "string", "maxLength": 40},
            "tension_change": {"type": "integer", "minimum": -15, "maximum": 15},
            "memories": {"type": "array", "items": {"type": "string"}, "maxItems": 10},
        },
        "required": ["tone", "tension_change", "memories"],
    },
    7,
)
