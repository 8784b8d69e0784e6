"""Providers in words: what each is called, what a call cost, and when and why it failed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from studio_app.door import Visit, plain
from studio_app.parts import clock

if TYPE_CHECKING:
    from engine.providers.resilience.record import Failure, Tally

SHOWN_FAILURES = 5


def called(visit: Visit, name: str) -> str:
    """A voice or a camera by the name that people know it by; safe where Markdown is read."""
    say = visit.say
    known = {
        "claude": say("providers.claude"),
        "gemini": say("providers.gemini"),
        "compatible": say("providers.compatible"),
        "offline": say("providers.offline"),
        "replicate": say("providers.replicate"),
    }
    return known.get(name) or plain(name)


def cost_of(visit: Visit, cost: float | None) -> str:
    """US dollars; what nobody knows is said to be unknown."""
    if cost is None:
        return visit.say("providers.cost_unknown")
    return visit.say("providers.cost", dollars=dollars(cost))


def dollars(cost: float) -> str:
    """US dollars as a number, to a millionth: what one reply costs is small."""
    return f"{cost:.6f}".rstrip("0").rstrip(".") or "0"


def tally_of(visit: Visit, tally: Tally) -> None:
    """How many calls there were, and the last ones that failed."""
    st.text(visit.say("providers.tally", calls=str(tally.calls), delivered=str(tally.delivered)))
    _failures(visit, tally.failures)


def _failures(visit: Visit, failures: Sequence[Failure]) -> None:
    if not failures:
        return
    with st.expander(visit.say("providers.failures", count=str(len(failures)))):
        for failure in failures[:SHOWN_FAILURES]:
            st.text(f"{clock.time(visit, failure.at)} · {failure.sentence}\n{failure.detail}".strip())


def complaint(visit: Visit, sentence: str, detail: str, key: str) -> None:
    """What somebody who did not deliver said about it: the sentence for everybody, the detail for who can mend it."""
    st.error(plain(sentence))
    if detail:
        with st.container(key=f"soft_{key}"):
            st.text(visit.say("providers.detail", detail=detail))
