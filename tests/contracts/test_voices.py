"""One contract for every voice: words as they come, an end that is told, errors of ours, a key that never shows."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from engine.errors import ProviderBusy, ProviderDown, ProviderError, ProviderRefused, ProviderUnusable
from engine.providers.llm import Finished, Piece, Speaking
from tests.contracts.voices import ASK, HURRIED, MAKERS, PATIENT, STUB_OF, ensemble, prompt_of
from tests.stubs import FAULTS, Stubs, serving

EXPECTED: dict[str, type[ProviderError] | tuple[type[ProviderError], ...]] = {
    "400": ProviderUnusable,
    "401": ProviderUnusable,
    "404": ProviderUnusable,
    "429-short": ProviderBusy,
    "429-long": ProviderBusy,
    "500": ProviderDown,
    "502-html": ProviderDown,
    "503": ProviderBusy,
    "529": ProviderBusy,
    "header-stall": ProviderDown,
    "mid-stall": ProviderDown,
    "pings-only": ProviderDown,
    "cut": ProviderDown,
    "clean-end": ProviderDown,
    "broken-json": ProviderDown,
    "error-event": (ProviderDown, ProviderBusy),
    "refusal": ProviderRefused,
    "prompt-block": ProviderRefused,
    "empty": ProviderDown,
    "not-sse": ProviderDown,
}
IN_TIME, AT_ONCE = 30.0, 12.0
"""Seconds that a busy machine may take for what is over in three, and for what is over at once."""
STALLS = ("header-stall", "mid-stall", "pings-only")
DELIVERS = {"max-tokens": "max_tokens", "flood": "max_tokens", "slow": "stop"}
"""Faults after which there is a whole reply all the same, and how it ends."""
VOICES = tuple(MAKERS)
CASES = [(voice, fault) for voice in VOICES for fault in FAULTS[STUB_OF[voice]]]


@pytest.fixture(scope="module")
def told() -> Iterator[Stubs]:
    """The stubs of this module."""
    with serving() as stubs:
        yield stubs


@pytest.fixture
def stubs(told: Stubs) -> Iterator[Stubs]:
    """The stubs, with nothing wrong and nothing asked so far."""
    told.clear()
    told.calls.clear()
    yield told
    told.clear()


def heard(pieces: Iterator[Piece]) -> tuple[str, Finished | None]:
    """All words of a reply, and its end."""
    words, finished = "", None
    for piece in pieces:
        words += piece if isinstance(piece, str) else ""
        finished = piece if isinstance(piece, Finished) else finished
    return words, finished


@pytest.mark.parametrize("name", VOICES)
def test_a_reply_comes_word_by_word_and_says_what_it_used(stubs: Stubs, name: str) -> None:
    stubs.says, stubs.pause = (lambda _provider, _line: "*She turns.* You came back after all."), 0.02
    pieces = list(ensemble(MAKERS[name](stubs, stubs.key)).stream(prompt_of("Hello."), seed=1, max_tokens=200))
    stubs.says, stubs.pause = None, 0.0
    spoken = [piece for piece in pieces if isinstance(piece, str) and piece]
    assert "".join(spoken) == "*She turns.* You came back after all."
    assert len(spoken) > 3
    assert pieces[0] == Speaking(name, MAKERS[name](stubs, "").model)
    finished = pieces[-1]
    assert isinstance(finished, Finished)
    assert finished.reason == "stop"
    assert finished.usage.tokens_in > 0
    assert finished.usage.tokens_out > 0
    assert len(stubs.calls) == 1


@pytest.mark.parametrize("name", VOICES)
def test_a_structured_answer_fits_its_schema(stubs: Stubs, name: str) -> None:
    told = ensemble(MAKERS[name](stubs, stubs.key)).answer(ASK)
    assert set(told.data) == {"tone", "tension_change", "memories"}
    assert isinstance(told.data["tension_change"], int)
    assert told.usage.tokens_in > 0


@pytest.mark.parametrize(("name", "fault"), CASES)
def test_every_fault_ends_in_time_with_an_error_of_ours(stubs: Stubs, name: str, fault: str) -> None:
    stubs.fault(STUB_OF[name], fault, times=None)
    stubs.says = (lambda _provider, _line: "No. Go.") if fault == "slow" else None
    actor = ensemble(MAKERS[name](stubs, stubs.key), limits=HURRIED if fault in STALLS else PATIENT)
    began = time.monotonic()
    try:
        if fault in DELIVERS:
            words, finished = heard(actor.stream(prompt_of("Hello."), seed=1, max_tokens=40))
            assert words
            assert finished is not None
            assert finished.reason == DELIVERS[fault]
        else:
            with pytest.raises(EXPECTED[fault]) as caught:
                heard(actor.stream(prompt_of("Hello."), seed=1, max_tokens=200))
            assert stubs.key not in f"{caught.value} {caught.value.detail}"
            assert str(caught.value).endswith(".")
    finally:
        stubs.says = None
    assert time.monotonic() - began < IN_TIME


@pytest.mark.parametrize(("name", "fault"), [case for case in CASES if case[1] in EXPECTED])
def test_every_fault_of_a_structured_answer_is_an_error_of_ours(stubs: Stubs, name: str, fault: str) -> None:
    stubs.fault(STUB_OF[name], fault, times=None)
    actor = ensemble(MAKERS[name](stubs, stubs.key), limits=HURRIED if fault in STALLS else PATIENT)
    began = time.monotonic()
    try:
        told = actor.answer(ASK)
    except ProviderError as error:
        assert stubs.key not in f"{error} {error.detail}"  # noqa: PT017  (some faults are those of streams alone)
    else:
        assert set(told.data) >= {"tone"}
    assert time.monotonic() - began < IN_TIME


@pytest.mark.parametrize("name", VOICES)
def test_a_wrong_key_is_told_and_never_repeated(stubs: Stubs, name: str) -> None:
    wrong = "sk-wrong-but-secret-987654"
    with pytest.raises(ProviderUnusable, match="does not accept the key") as caught:
        heard(ensemble(MAKERS[name](stubs, wrong)).stream(prompt_of("Hello."), seed=1, max_tokens=200))
    shown = f"{caught.value} {caught.value.detail}"
    assert wrong not in shown
    assert wrong[-6:] not in shown


@pytest.mark.parametrize("name", VOICES)
def test_nobody_listening_any_more_is_heard_at_once(stubs: Stubs, name: str) -> None:
    stubs.pause = 0.05
    stream = ensemble(MAKERS[name](stubs, stubs.key)).stream(prompt_of("Hello."), seed=1, max_tokens=200)
    next(piece for piece in stream if isinstance(piece, str) and piece)
    began = time.monotonic()
    stream.close()
    stubs.pause = 0.0
    assert time.monotonic() - began < AT_ONCE


@pytest.mark.parametrize("name", VOICES)
def test_a_reply_is_carried_on_from_where_it_stopped(stubs: Stubs, name: str) -> None:
    words, finished = heard(
        ensemble(MAKERS[name](stubs, stubs.key)).stream(
            prompt_of("Hello.", begun="*She turns.* You came"), seed=1, max_tokens=200
        )
    )
    assert words
    assert finished is not None
    assert "*She turns.* You came" in str(stubs.calls[-1].body)


def test_what_stays_equal_is_kept_by_claude_and_told_as_cached(stubs: Stubs) -> None:
    actor = ensemble(MAKERS["claude"](stubs, stubs.key))
    _, first = heard(actor.stream(prompt_of("One."), seed=1, max_tokens=200))
    _, second = heard(actor.stream(prompt_of("Two."), seed=1, max_tokens=200))
    assert first is not None
    assert second is not None
    assert first.usage.tokens_written > 0 or first.usage.tokens_cached > 0
    assert second.usage.tokens_cached > 0
    assert second.usage.tokens_in > second.usage.tokens_cached
