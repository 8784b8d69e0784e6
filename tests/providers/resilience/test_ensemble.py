"""The ensemble: second tries within reason, breakers, the next one in line, and who spoke in the end."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date

import pytest

from engine.errors import ProviderBusy, ProviderDown, ProviderError, ProviderRefused
from engine.providers.llm import Finished, Speaking
from engine.providers.prices import Price, Prices
from engine.providers.resilience.breaker import Breaker
from engine.providers.resilience.ensemble import NOBODY, Ensemble, Member
from engine.providers.resilience.limits import Limits
from engine.providers.resilience.thrift import Thrift
from tests.contracts.voices import ASK, MAKERS, prompt_of
from tests.stubs import FAULTS, Stubs, serving

QUICK = Limits(first_pause=0.02, longest_pause=2.0, beat=0.02)
TODAY = date(2026, 11, 21)


@pytest.fixture(scope="module")
def told() -> Iterator[Stubs]:
    """The stubs of this module, with everything imported that is slow to import."""
    with serving() as stubs:
        for make in MAKERS.values():
            make(stubs, stubs.key).warm()
        yield stubs


@pytest.fixture
def stubs(told: Stubs) -> Iterator[Stubs]:
    """The stubs, with nothing wrong and nothing asked so far."""
    told.clear()
    told.calls.clear()
    yield told
    told.clear()


def line_up(stubs: Stubs, *names: str, limits: Limits = QUICK, breaker: Callable[[], Breaker] = Breaker) -> Ensemble:
    """These voices in line."""
    return Ensemble(tuple(Member(MAKERS[name](stubs, stubs.key), breaker()) for name in names), Prices(), limits)


def spoken(actor: Ensemble, line: str = "Hello.") -> tuple[str, tuple[str, ...], Finished]:
    """The words of a reply, who took the word, and its end."""
    pieces = list(actor.stream(prompt_of(line), seed=1, max_tokens=200))
    words = "".join(piece for piece in pieces if isinstance(piece, str))
    speakers = tuple(piece.provider for piece in pieces if isinstance(piece, Speaking))
    assert isinstance(pieces[-1], Finished)
    return words, speakers, pieces[-1]


def asked(stubs: Stubs, provider: str) -> int:
    """How often a provider was asked."""
    return len([call for call in stubs.calls if call.provider == provider])


@pytest.mark.parametrize("fault", ["429-short", "500", "502-html", "529", "empty", "not-sse"])
def test_what_passes_is_tried_again_before_the_first_word(stubs: Stubs, fault: str) -> None:
    stubs.fault("claude", fault, times=1)
    words, _, finished = spoken(line_up(stubs, "claude"))
    assert words
    assert finished.reason == "stop"
    assert asked(stubs, "claude") == 2


@pytest.mark.parametrize("fault", ["mid-stall", "cut", "clean-end", "error-event"])
def test_after_the_first_word_nothing_is_said_anew(stubs: Stubs, fault: str) -> None:
    stubs.fault("claude", fault, times=1)
    stream = line_up(stubs, "claude", "gemini", limits=replace(QUICK, gap=0.4)).stream(
        prompt_of("Hello."), seed=1, max_tokens=200
    )
    assert next(piece for piece in stream if isinstance(piece, str) and piece)
    with pytest.raises(ProviderError):
        list(stream)
    assert len(stubs.calls) == 1


def test_a_long_wait_is_never_slept_but_handed_on(stubs: Stubs) -> None:
    stubs.fault("claude", "429-long", times=None)
    began = time.monotonic()
    words, speakers, finished = spoken(line_up(stubs, "claude", "gemini"))
    assert time.monotonic() - began < 15
    assert words
    assert speakers == ("claude", "gemini")
    assert finished.model == "gemini-3.8-flash"
    assert asked(stubs, "claude") == 1


@pytest.mark.parametrize("fault", ["400", "401", "404"])
def test_what_a_person_must_mend_is_not_tried_again(stubs: Stubs, fault: str) -> None:
    stubs.fault("claude", fault, times=None)
    _, speakers, _ = spoken(line_up(stubs, "claude", "compatible"))
    assert speakers == ("claude", "compatible")
    assert asked(stubs, "claude") == 1


def test_what_one_declines_is_not_taken_to_the_next(stubs: Stubs) -> None:
    stubs.fault("claude", "refusal", times=None)
    with pytest.raises(ProviderRefused):
        spoken(line_up(stubs, "claude", "gemini"))
    assert asked(stubs, "gemini") == 0


def test_after_five_failures_a_provider_rests_and_the_answer_comes_at_once(stubs: Stubs) -> None:
    now = [0.0]
    actor = line_up(stubs, "claude", limits=replace(QUICK, retries=0), breaker=lambda: Breaker(clock=lambda: now[0]))
    stubs.fault("claude", "500", times=None)
    for _ in range(5):
        with pytest.raises(ProviderDown, match="not well"):
            spoken(actor)
    began = time.monotonic()
    with pytest.raises(ProviderDown, match=NOBODY):
        spoken(actor)
    assert time.monotonic() - began < 10
    assert asked(stubs, "claude") == 5
    assert actor.members[0].breaker.state == "open"
    now[0] = 31.0
    stubs.clear()
    assert spoken(actor)[0]
    assert actor.members[0].breaker.state == "closed"


def test_one_call_alone_finds_out_whether_a_rest_is_over() -> None:
    now = [0.0]
    breaker = Breaker(clock=lambda: now[0])
    for _ in range(5):
        assert breaker.allows()
        breaker.failed()
    assert not breaker.allows()
    now[0] = 30.0
    assert [breaker.allows() for _ in range(4)] == [True, False, False, False]
    breaker.failed()
    now[0] = 59.0
    assert not breaker.allows()
    now[0] = 60.0
    assert breaker.allows()
    breaker.succeeded()
    assert breaker.state == "closed"


def test_an_answer_is_handed_on_too(stubs: Stubs) -> None:
    stubs.fault("claude", "500", times=None)
    told = line_up(stubs, "claude", "gemini").answer(ASK)
    assert told.model == "gemini-3.8-flash"
    assert asked(stubs, "claude") == 3


def test_while_nothing_comes_the_listener_hears_that_it_still_comes_and_may_go(stubs: Stubs) -> None:
    stubs.fault("claude", "header-stall", times=1)
    stream = line_up(stubs, "claude").stream(prompt_of("Hello."), seed=1, max_tokens=200)
    assert isinstance(next(stream), Speaking)
    assert [next(stream) for _ in range(5)] == [""] * 5
    began = time.monotonic()
    stream.close()
    assert time.monotonic() - began < 10


def test_a_reply_costs_what_its_price_says_and_an_unknown_one_costs_nobody_knows_what(stubs: Stubs) -> None:
    price = Price(input=2.0, output=10.0, cached=0.2, written=2.5, read_on=TODAY, source="a test")
    known = Prices({("claude", "claude-sonnet-5-5"): (price,)})
    members = tuple(Member(MAKERS[name](stubs, stubs.key)) for name in ("claude",))
    used = spoken(Ensemble(members, known, QUICK))[2].usage
    fresh = used.tokens_in - used.tokens_cached - used.tokens_written
    millionths = fresh * 2.0 + used.tokens_cached * 0.2 + used.tokens_written * 2.5 + used.tokens_out * 10.0
    assert used.cost == pytest.approx(millionths / 1_000_000)
    assert spoken(Ensemble(members, Prices(), QUICK))[2].usage.cost is None


def test_in_a_mix_of_500_turns_each_ends_and_second_tries_stay_a_tenth(stubs: Stubs) -> None:
    dice = random.Random(5)  # noqa: S311  (a mix that comes again)
    faults = [fault for fault in FAULTS["openai"] if fault not in ("slow", "flood")]
    stubs.choose = lambda _call: dice.choice(faults) if dice.random() < 0.25 else ""
    actor = line_up(stubs, "compatible", limits=replace(QUICK, first=0.4, gap=0.4, total=5.0), breaker=Breaker)
    actor.members[0].breaker.failures_allowed = 10_000
    stubs.says = lambda _provider, _line: "Yes, I will."
    ends = []
    for _ in range(500):
        began = time.monotonic()
        try:
            spoken(actor)
            ends.append("whole")
        except ProviderError as error:
            ends.append(type(error).__name__)
        assert time.monotonic() - began < 10
    stubs.says = None
    assert len(ends) == 500
    assert ends.count("whole") > 350
    assert asked(stubs, "openai") <= 550


def test_second_tries_are_a_tenth_at_most_however_bad_it_is() -> None:
    thrift, tries = Thrift(), 0
    for _ in range(500):
        thrift.called()
        tries += thrift.spend()
    assert tries <= 50


def test_a_call_that_asks_for_patience_gets_it(stubs: Stubs) -> None:
    stubs.fault("claude", "429-short", times=1)
    began = time.monotonic()
    spoken(line_up(stubs, "claude"))
    assert time.monotonic() - began >= 1


def test_failures_are_kept_for_who_can_mend_them(stubs: Stubs) -> None:
    actor = line_up(stubs, "claude", limits=replace(QUICK, retries=0))
    stubs.fault("claude", "401", times=1)
    stubs.fault("claude", "529", times=1)
    for _ in range(2):
        with pytest.raises(ProviderError):
            spoken(actor)
    spoken(actor)
    tally = actor.members[0].record.tally()
    assert (tally.calls, tally.delivered) == (3, 1)
    assert [failure.kind for failure in tally.failures] == [ProviderBusy.__name__, "ProviderUnusable"]
    assert stubs.key not in str(tally)
