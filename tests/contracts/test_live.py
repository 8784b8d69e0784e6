"""The contract of the voices with the real services: for who has a key in the environment, and asks with `-m live`."""

from __future__ import annotations

import pytest

from engine.casting import VOICES, lacks, voice_of
from engine.providers.llm import Finished
from engine.settings import Settings, load_settings
from tests.contracts.voices import ASK, ensemble, prompt_of


@pytest.fixture(params=list(VOICES))
def named(request: pytest.FixtureRequest) -> tuple[Settings, str]:
    """The settings of this machine, and a voice that they can cast."""
    settings = load_settings()
    lacking = lacks(settings, request.param)
    if lacking:
        pytest.skip(f"{lacking} is not set")
    return settings, request.param


@pytest.mark.live
def test_a_real_voice_speaks_and_tells_what_it_used(named: tuple[Settings, str]) -> None:
    pieces = list(ensemble(voice_of(*named)).stream(prompt_of("Who are you?"), seed=1, max_tokens=200))
    finished = pieces[-1]
    assert isinstance(finished, Finished)
    assert finished.usage.tokens_in > 0
    assert finished.usage.tokens_out > 0
    assert "".join(piece for piece in pieces if isinstance(piece, str)).strip()


@pytest.mark.live
def test_a_real_voice_carries_a_reply_on(named: tuple[Settings, str]) -> None:
    prompt = prompt_of("Who are you?", begun="*She lifts the lamp.* I am the one who")
    assert isinstance(list(ensemble(voice_of(*named)).stream(prompt, seed=1, max_tokens=200))[-1], Finished)


@pytest.mark.live
def test_a_real_voice_answers_in_the_shape_that_it_is_given(named: tuple[Settings, str]) -> None:
    told = ensemble(voice_of(*named)).answer(ASK)
    assert set(told.data) == {"tone", "tension_change", "memories"}
