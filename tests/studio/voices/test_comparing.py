"""Two voices side by side: the same prompt at once, what each took, and nothing that is asked or lost twice."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from engine.errors import BadInput, Conflict, NotFound, ProviderUnusable
from engine.members.people import Person
from engine.settings import Settings
from engine.wiring import Engine, open_engine
from tests import tiny
from tests.stubs import Stubs, serving
from tests.studio.avatars.easels import until
from tests.studio.voices.hearing import LINE, MARA, heard, keyed, warm, wish


@pytest.fixture(scope="module")
def running() -> Iterator[Stubs]:
    """Servers that speak the providers' wire formats."""
    with serving() as stubs:
        yield stubs


@pytest.fixture
def stubs(running: Stubs) -> Iterator[Stubs]:
    """The same, with nothing wrong and nothing asked so far."""
    running.clear()
    running.calls.clear()
    running.pause, running.says = 0.0, None
    yield running
    running.pause, running.says = 0.0, None


@pytest.fixture
def staffed(house: Settings, stubs: Stubs) -> Iterator[Engine]:
    """The tiny story with Claude, Gemini and the offline actor, once on each database."""
    with open_engine(keyed(house, stubs)) as opened:
        warm(opened)
        yield opened


@pytest.fixture
def ana(staffed: Engine) -> Person:
    """Who compares."""
    return staffed.people.named("Ana")


def asked(stubs: Stubs) -> list[str]:
    """Whom the stubs were asked as, in order."""
    return sorted(call.provider for call in stubs.calls)


def test_both_hear_the_very_prompt_that_a_rehearsal_of_the_draft_gives(staffed: Engine, ana: Person) -> None:
    mara = staffed.characters.get(MARA)
    staffed.characters.save(replace(mara, backstory="She burned the ledger herself."))
    what = wish(staffed, "claude", "offline", "  Who took\u202e it?  ")
    found = heard(staffed, ana, what)
    started = staffed.play.rehearse(ana.id, staffed.releases.cut(mara.id).id, what.episode_id)
    turn = staffed.play.say(ana.id, started.session_id, "first", what.line).turn
    for _ in staffed.play.follow(ana.id, turn.id):
        pass
    reply = staffed.play.session(ana.id, started.session_id).turns[-1].reply
    assert reply is not None
    assert found.prompt == staffed.play.prompt(reply.id, ana.id).prompt
    assert "She burned the ledger herself." in found.prompt.system
    assert found.opening == tiny.OPENING
    assert staffed.work.drain(20)


def test_each_tells_words_model_times_tokens_and_cost_and_all_of_it_is_spent(
    staffed: Engine, ana: Person, stubs: Stubs
) -> None:
    stubs.says = lambda provider, _line: f"*nods* I am {provider}."
    left, right = heard(staffed, ana, wish(staffed, "claude", "gemini")).heard
    assert (left.words, right.words) == ("*nods* I am claude.", "*nods* I am gemini.")
    assert (left.state, right.state, left.reason) == ("complete", "complete", "stop")
    assert (left.model, right.model) == ("claude-sonnet-5-5", "gemini-3.8-flash")
    for one in (left, right):
        assert one.first_ms is not None
        assert one.total_ms is not None
        assert 0 <= one.first_ms <= one.total_ms
        assert one.usage is not None
        assert one.usage.cost
    assert asked(stubs) == ["claude", "gemini"]
    spent = {one.model: one for one in staffed.voices.spent_today("UTC")}
    assert left.usage is not None
    assert spent[left.model].tokens_in == left.usage.tokens_in
    assert spent[left.model].cost == pytest.approx(left.usage.cost)
    assert set(spent) == {left.model, right.model}


def test_both_speak_at_the_same_time(staffed: Engine, ana: Person, stubs: Stubs) -> None:
    stubs.pause, stubs.says = 0.05, lambda _provider, _line: " ".join(["word"] * 40)
    begun = staffed.comparisons.begin(ana, wish(staffed, "claude", "gemini"))

    def both_are_on_their_way() -> bool:
        now = staffed.comparisons.of(ana.id, begun.id).heard
        return all(one.state == "speaking" and one.words for one in now)

    until(both_are_on_their_way)
    until(lambda: not staffed.comparisons.of(ana.id, begun.id).running)


def test_a_second_click_asks_nobody_and_another_wish_waits_its_turn(staffed: Engine, ana: Person, stubs: Stubs) -> None:
    stubs.pause, stubs.says = 0.05, lambda _provider, _line: " ".join(["word"] * 40)
    what = wish(staffed, "claude", "gemini")
    first = staffed.comparisons.begin(ana, what)
    assert staffed.comparisons.begin(ana, what).id == first.id
    with pytest.raises(Conflict, match="another line"):
        staffed.comparisons.begin(ana, replace(what, line="And who has the key?"))
    staffed.comparisons.stop(ana.id, first.id)
    until(lambda: not staffed.comparisons.of(ana.id, first.id).running)
    assert asked(stubs) == ["claude", "gemini"]


def test_what_is_stopped_keeps_its_words_and_its_cost_is_unknown_not_nothing(
    staffed: Engine, ana: Person, stubs: Stubs
) -> None:
    stubs.pause, stubs.says = 0.05, lambda _provider, _line: " ".join(["word"] * 200)
    begun = staffed.comparisons.begin(ana, wish(staffed, "claude", "gemini"))
    until(lambda: all(one.words for one in staffed.comparisons.of(ana.id, begun.id).heard))
    staffed.comparisons.stop(ana.id, begun.id)
    until(lambda: not staffed.comparisons.of(ana.id, begun.id).running)
    left, right = staffed.comparisons.of(ana.id, begun.id).heard
    assert (left.state, right.state) == ("stopped", "stopped")
    assert left.words.startswith("word")
    assert left.usage is None
    assert sum(one.unpriced for one in staffed.voices.spent_today("UTC")) == 2


def test_one_that_fails_says_why_without_its_key_and_the_other_goes_on(
    staffed: Engine, ana: Person, stubs: Stubs
) -> None:
    stubs.fault("claude", "401")
    left, right = heard(staffed, ana, wish(staffed, "claude", "gemini")).heard
    assert (left.state, right.state) == ("failed", "complete")
    assert "does not accept the key" in left.error
    assert stubs.key not in left.error + left.detail
    assert left.usage is None
    assert [one.model for one in staffed.voices.spent_today("UTC")] == [right.model]
    assert "does not accept the key" in staffed.voices.members[0].record.tally().failures[0].sentence


@pytest.mark.parametrize("fault", ["cut", "clean-end", "error-event"])
def test_a_reply_that_breaks_off_shows_what_came_and_is_spent_at_an_unknown_price(
    staffed: Engine, ana: Person, stubs: Stubs, fault: str
) -> None:
    stubs.fault("claude", fault)
    left, right = heard(staffed, ana, wish(staffed, "claude", "offline")).heard
    assert left.state == "failed"
    assert left.words
    assert left.error.endswith(".")
    assert right.state == "complete"
    (spend,) = staffed.voices.spent_today("UTC")
    assert (spend.model, spend.unpriced, spend.cost) == ("claude-sonnet-5-5", 1, 0)


def test_one_that_rests_is_asked_all_the_same(staffed: Engine, ana: Person) -> None:
    for _ in range(5):
        staffed.voices.members[0].breaker.failed()
    assert heard(staffed, ana, wish(staffed, "claude", "offline")).heard[0].state == "complete"
    assert staffed.voices.members[0].breaker.state == "open"


def test_nothing_is_asked_for_a_blank_line_an_unknown_episode_or_a_voice_without_a_key(
    staffed: Engine, ana: Person, stubs: Stubs
) -> None:
    what = wish(staffed, "claude", "gemini")
    for wrong in (replace(what, line=" \u200b "), replace(what, line="x" * 4_001)):
        with pytest.raises(BadInput):
            staffed.comparisons.begin(ana, wrong)
    for wrong in (
        replace(what, episode_id="none"),
        replace(what, character_id="none"),
        replace(what, voices=("claude", "compatible")),
        replace(what, voices=("nobody", "claude")),
    ):
        with pytest.raises(NotFound):
            staffed.comparisons.begin(ana, wrong)
    assert stubs.calls == []


def test_a_comparison_is_its_own_writers_alone(staffed: Engine, ana: Person) -> None:
    found = heard(staffed, ana, wish(staffed, "offline", "offline"))
    ben = staffed.people.named("Ben")
    for verb in (staffed.comparisons.of, staffed.comparisons.stop):
        with pytest.raises(NotFound):
            verb(ben.id, found.id)


def test_a_house_without_a_key_hears_its_actor_twice_for_nothing(engine: Engine) -> None:
    ana = engine.people.named("Ana")
    assert [one.name for one in engine.voices.able()] == ["offline"]
    found = [heard(engine, ana, wish(engine, "offline", "offline", LINE)).heard for _ in range(4)]
    assert all(one.state == "complete" and one.usage and one.usage.cost == 0 for pair in found for one in pair)
    assert any(left.words != right.words for left, right in found), "each time it speaks anew"
    assert engine.voices.spent_today("UTC") == []


def test_an_engine_that_closes_ends_what_speaks_and_notes_it(house: Settings, stubs: Stubs) -> None:
    stubs.pause, stubs.says = 0.05, lambda _provider, _line: " ".join(["word"] * 2_000)
    with open_engine(keyed(house, stubs)) as opened:
        warm(opened)
        ana = opened.people.named("Ana")
        begun = opened.comparisons.begin(ana, wish(opened, "claude", "gemini"))
        until(lambda: all(one.words for one in opened.comparisons.of(ana.id, begun.id).heard))
        began = time.monotonic()
    assert time.monotonic() - began < 10
    assert not opened.comparisons.of(ana.id, begun.id).running
    with open_engine(keyed(house, stubs)) as again:
        assert sum(one.unpriced for one in again.voices.spent_today("UTC")) == 2


def test_two_clicks_on_a_try_ask_a_voice_once_and_hear_the_same(staffed: Engine, stubs: Stubs) -> None:
    stubs.pause = 0.05
    with ThreadPoolExecutor(2) as hands:
        first = hands.submit(staffed.voices.try_it, "claude")
        until(lambda: asked(stubs) == ["claude"])
        second = hands.submit(staffed.voices.try_it, "claude")
        assert first.result() == second.result()
    assert asked(stubs) == ["claude"]
    assert staffed.voices.try_it("claude").words
    assert asked(stubs) == ["claude", "claude"]


def test_two_clicks_on_a_try_that_fails_are_told_the_same(staffed: Engine, stubs: Stubs) -> None:
    stubs.fault("claude", "401", times=None)
    for _ in range(2):
        with pytest.raises(ProviderUnusable, match="does not accept the key"):
            staffed.voices.try_it("claude")
