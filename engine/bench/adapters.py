"""`coldopen bench adapters`: what our layer adds to a reply over the bare SDK, against the same stub."""

from __future__ import annotations

import contextlib
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Iterator, Mapping
from pathlib import Path

from engine.bench.bare import LINE, SDKS, SYSTEM
from engine.bench.rows import quiet, row
from engine.casting import voice_of
from engine.errors import SettingsProblem
from engine.providers.llm import Line, Prompt, Section, Voice
from engine.providers.prices import read_prices
from engine.providers.resilience.ensemble import Ensemble, Member
from engine.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
ABSENT = (
    "The stub servers are part of the tests, and they are not installed with Coldopen. "
    "Run `uv run coldopen bench adapters` in a checkout."
)
PROMPT = Prompt((Section("system", "bench", SYSTEM, stable=True),), (Line("user", LINE),))
CALLS = 20
"""Replies of each contestant in a round."""


def measure(rounds: int, words: int) -> Iterator[str]:
    """Rows of JSON: the noise, then for each provider both contestants' time of a reply, and what ours adds.

    Raises SettingsProblem where there is no checkout.
    """
    if not (ROOT / "tests" / "stubs" / "__main__.py").is_file():
        raise SettingsProblem(ABSENT)
    with _stubs(words) as told:
        settings = Settings.model_validate(told)
        for name in SDKS:
            yield quiet("adapters")
            yield from _beside(name, settings, rounds, words)


def _beside(name: str, settings: Settings, rounds: int, words: int) -> Iterator[str]:
    voice = voice_of(settings, name)
    voice.warm()
    url, key = getattr(settings, f"{name}_url"), getattr(settings, f"{name}_key").get_secret_value()
    bare, ours = SDKS[name](url, key, voice.model), _ours(voice, settings)
    times: dict[str, list[float]] = {"bare SDK": [], "coldopen": []}
    for _ in range(rounds):
        for contestant, speak in (("bare SDK", bare), ("coldopen", ours)):
            times[contestant].append(_time(speak))
    middle = {contestant: statistics.median(each) for contestant, each in times.items()}
    for contestant, each in middle.items():
        yield row("adapters", name, contestant=contestant, ms_a_reply=round(each, 3), words=words)
    added, share = middle["coldopen"] - middle["bare SDK"], middle["coldopen"] / middle["bare SDK"]
    figures = {"us_a_word": round(1000 * added / words, 1), "ms_a_reply": round(added, 3), "ratio": round(share, 3)}
    yield row("adapters", f"{name} added", **figures)


def _ours(voice: Voice, settings: Settings) -> Callable[[], Iterator[str]]:
    ensemble = Ensemble((Member(voice),), read_prices(settings.content))

    def reply() -> Iterator[str]:
        for piece in ensemble.stream(PROMPT, seed=1, max_tokens=400):
            if isinstance(piece, str):
                yield piece

    return reply


def _time(speak: Callable[[], Iterator[str]]) -> float:
    """Milliseconds of a reply, the mean of some."""
    began = time.perf_counter()
    for _ in range(CALLS):
        for _piece in speak():
            pass
    return 1000 * (time.perf_counter() - began) / CALLS


@contextlib.contextmanager
def _stubs(words: int) -> Generator[Mapping[str, str]]:
    """The stubs in a process of their own, and the settings that lead there."""
    command = [sys.executable, "-m", "tests.stubs", "--port", "0", "--pause", "0", "--words", str(words)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as served:  # noqa: S603  (our own module)
        try:
            told: dict[str, str] = {}
            for line in served.stdout or ():
                if line.startswith("#"):
                    break
                name, _, value = line.strip().partition("=")
                told[name.removeprefix("COLDOPEN_").lower()] = value
            yield told
        finally:
            served.terminate()
