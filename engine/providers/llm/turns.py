"""A prompt as models take it: turns that begin with the player and alternate, the last one the player's."""

from __future__ import annotations

from engine.providers.llm import Line, Prompt

BEGINS = "(The scene begins.)"
"""What the player is taken to have said before the opening line: models want to be spoken to first."""
GOES_ON = (
    "(You were interrupted. Go on from exactly where your last message stops, in the same voice and format. "
    "Do not repeat any of it.)"
)
"""No model of today takes the beginning of its own reply as the last message; it is asked to go on instead."""


def turns_of(prompt: Prompt) -> tuple[Line, ...]:
    """The lines of a prompt, neighbours of one role joined."""
    lines = [line for line in prompt.lines if line.content.strip()]
    if not lines or lines[0].role == "assistant":
        lines.insert(0, Line("user", BEGINS))
    if prompt.begun.strip():
        lines += [Line("assistant", prompt.begun.rstrip()), Line("user", GOES_ON)]
    joined: list[Line] = []
    for line in lines:
        if joined and joined[-1].role == line.role:
            joined[-1] = Line(line.role, f"{joined[-1].content}\n\n{line.content}")
        else:
            joined.append(line)
    if joined[-1].role == "assistant":
        joined.append(Line("user", GOES_ON))
    return tuple(joined)


def halves(prompt: Prompt) -> tuple[str, str]:
    """The system prompt in two: what stays equal from turn to turn, so that a provider can keep it, and the rest."""
    count = next((place for place, one in enumerate(prompt.sections) if not one.stable), len(prompt.sections))
    stable, rest = prompt.sections[:count], prompt.sections[count:]
    first, second = ("\n\n".join(one.text for one in part if one.text) for part in (stable, rest))
    return first, second
