"""A model on stage, end to end: what it says, what it used and what it cost is kept with the take that it spoke."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
import sqlalchemy as sa

from engine.errors import SettingsProblem
from engine.play.conversation.tables import takes
from engine.providers.resilience.ensemble import NOBODY, Ensemble
from engine.settings import Settings
from engine.wiring import Engine, open_engine
from tests import tiny
from tests.conftest import quiet
from tests.contracts.voices import STUB_OF
from tests.play.troupe import Player, broken
from tests.steady import Clock
from tests.stubs import Stubs, serving
from tests.web.visiting import events, running, started

KEYS = {
    "claude": lambda stubs: {"claude_url": stubs.claude, "claude_key": stubs.key},
    "gemini": lambda stubs: {"gemini_url": stubs.gemini, "gemini_key": stubs.key},
    "compatible": lambda stubs: {
        "compatible_url": stubs.openai,
        "compatible_key": stubs.key,
        "compatible_model": "stub",
    },
}


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


@contextmanager
def staged(house: Settings, stubs: Stubs, *names: str, **changes: object) -> Generator[tuple[Engine, Player]]:
    """Ana at the first episode, acted by these voices; afterwards every invariant holds."""
    given = {name: value for each in names if each in KEYS for name, value in KEYS[each](stubs).items()}
    url = house.database_url.get_secret_value()
    with open_engine(quiet(house.home, url, **given, **changes), clock=Clock()) as engine:
        player = joined(engine, "Ana")
        yield engine, player
        player.quiet()
        assert broken(engine) == {}


def joined(engine: Engine, name: str) -> Player:
    """Somebody new at the first episode."""
    person, clock = engine.people.join(name), engine.play.desk.clock
    assert isinstance(clock, Clock)
    player = Player(engine, clock, person.id, engine.play.start(person.id, tiny.FIRST).session_id)
    player.quiet()
    return player


def take_of(engine: Engine, take_id: str) -> sa.RowMapping:
    """A take as it is stored."""
    with engine.play.desk.db.read() as tx:
        return tx.execute(sa.select(takes).where(takes.c.id == take_id)).mappings().one()


def until(holds: Callable[[], bool], seconds: float = 30.0) -> None:
    """Wait until something holds."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.02)


@pytest.mark.parametrize("name", list(KEYS))
def test_a_model_acts_a_turn_and_its_take_says_who_spoke_and_what_it_used(
    house: Settings, stubs: Stubs, name: str
) -> None:
    stubs.says = lambda _provider, _line: "*She turns the key.* Eleven minutes, Ana."
    try:
        with staged(house, stubs, name) as (engine, ana):
            turn = ana.say("How long have we got?")
            assert turn.reply is not None
            assert turn.reply.content == "*She turns the key.* Eleven minutes, Ana."
            take = take_of(engine, turn.takes[0].id)
            assert take["state"] == "complete"
            assert take["finish_reason"] == "stop"
            assert take["model"] in {"claude-sonnet-5-5", "gemini-3.8-flash", "stub"}
            assert take["tokens_in"] > 100
            assert take["tokens_out"] > 0
            assert (take["cost"] is None) == (name == "compatible")
            assert take["first_token_ms"] is not None
            asked = [call for call in stubs.calls if call.provider == STUB_OF[name]]
            assert len(asked) >= 2, "the turn was acted and then read for what is worth keeping"
    finally:
        stubs.says = None


def test_who_really_spoke_is_kept_where_the_first_could_not(house: Settings, stubs: Stubs) -> None:
    stubs.fault("claude", "529", times=None)
    with staged(house, stubs, "claude", "compatible", "offline", actor="claude,compatible,offline") as (engine, ana):
        turn = ana.say("Who are you?")
        assert take_of(engine, turn.takes[0].id)["model"] == "stub"
        stubs.fault("openai", "401", times=None)
        turn = ana.say("And now?")
        assert take_of(engine, turn.takes[0].id)["model"] == "offline-actor-1"
        assert not engine.doctor.acts_offline()


def test_a_release_that_names_its_voice_is_acted_by_it_with_the_house_behind(house: Settings, stubs: Stubs) -> None:
    with staged(house, stubs, "claude", "compatible", actor="claude") as (engine, ana):
        assert take_of(engine, ana.say("Who are you?").takes[0].id)["model"] == "claude-sonnet-5-5"
        mara = engine.characters.get("mara-voss")
        engine.characters.save(replace(mara, acted_by="compatible"))
        assert engine.releases.status(mara.id).changed == ("character.acted_by",)
        engine.releases.publish(mara.id)
        assert take_of(engine, ana.say("And now?").takes[0].id)["model"] == "claude-sonnet-5-5", "it began before"
        bo = joined(engine, "Bo")
        assert take_of(engine, bo.say("Who are you?").takes[0].id)["model"] == "stub"
        stubs.fault("openai", "401", times=None)
        assert take_of(engine, bo.say("And now?").takes[0].id)["model"] == "claude-sonnet-5-5"


def test_a_voice_that_this_house_lacks_leaves_it_to_the_house(house: Settings, stubs: Stubs) -> None:
    with staged(house, stubs, "claude") as (engine, _):
        mara = engine.characters.get("mara-voss")
        engine.characters.save(replace(mara, acted_by="gemini"))
        engine.releases.publish(mara.id)
        bo = joined(engine, "Bo")
        assert take_of(engine, bo.say("Who are you?").takes[0].id)["model"] == "claude-sonnet-5-5"
        told = next(one for one in engine.doctor.examine() if one.subject == "Release")
        assert (told.worry, "lacks COLDOPEN_GEMINI_KEY" in told.words) == (True, True)
    with open_engine(quiet(house.home, house.database_url.get_secret_value()), clock=Clock()) as engine:
        assert engine.doctor.acts_offline("gemini")


def test_a_reply_that_broke_off_keeps_its_words_and_names_no_cost(house: Settings, stubs: Stubs) -> None:
    with staged(house, stubs, "claude") as (engine, ana):
        stubs.fault("claude", "clean-end", times=1)
        turn = ana.say("Go on.")
        take = take_of(engine, turn.takes[0].id)
        assert take["state"] == "partial"
        assert take["text"]
        assert take["cost"] is None


def test_nobody_able_to_act_is_a_sentence_and_the_line_stays(house: Settings, stubs: Stubs) -> None:
    with staged(house, stubs, "claude") as (engine, ana):
        actor = engine.play.speakers.actor_of("")
        assert isinstance(actor, Ensemble)
        for _ in range(5):
            actor.members[0].breaker.failed()
        turn = ana.say("Are you there?")
        assert turn.line is not None
        take = take_of(engine, turn.takes[0].id)
        assert (take["state"], take["error"]) == ("failed", NOBODY)
        actor.members[0].breaker.succeeded()
        ana.regenerate(turn.turn.id)
        assert ana.turn(turn.turn.id).reply is not None


def test_a_reply_that_has_not_begun_can_be_stopped(house: Settings, stubs: Stubs) -> None:
    with staged(house, stubs, "claude") as (engine, ana):
        stubs.fault("claude", "header-stall", times=1)
        turn_id = ana.send("Say something.")
        until(lambda: engine.play.speakers.channel_of(turn_id) is not None)
        until(lambda: any(call.fault == "header-stall" for call in stubs.calls))
        began = time.monotonic()
        engine.play.stop(ana.user_id, turn_id)
        until(lambda: engine.play.speakers.channel_of(turn_id) is None)
        assert time.monotonic() - began < 10


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"actor": "claude"}, "COLDOPEN_ACTOR names claude, but COLDOPEN_CLAUDE_KEY is not set"),
        ({"actor": "offline,gemini"}, "COLDOPEN_GEMINI_KEY is not set"),
        ({"actor": "compatible", "compatible_url": "http://127.0.0.1:1/v1"}, "COLDOPEN_COMPATIBLE_MODEL is not set"),
        ({"actor": "chatgpt"}, "COLDOPEN_ACTOR: write one or more of gemini, claude, compatible, offline"),
        ({"actor": "claude,claude"}, "COLDOPEN_ACTOR: write one or more"),
        ({"claude_url": "ftp://here"}, "COLDOPEN_CLAUDE_URL: write http://"),
        ({"gemini_temperature": 3}, "COLDOPEN_GEMINI_TEMPERATURE"),
        ({"claude_key": "two words"}, "COLDOPEN_CLAUDE_KEY: a key is made of"),
    ],
)
def test_a_wrong_cast_is_a_sentence(house: Settings, given: dict[str, object], words: str) -> None:
    with pytest.raises(SettingsProblem, match=words.replace("(", r"\(")):
        open_engine(quiet(house.home, house.database_url.get_secret_value(), **given)).close()


def test_the_label_follows_whoever_spoke_last(house: Settings, stubs: Stubs) -> None:
    given = {"actor": "claude,offline", **KEYS["claude"](stubs)}
    with (
        open_engine(quiet(house.home, house.database_url.get_secret_value(), **given)) as engine,
        running(engine) as site,
    ):
        ana = site.joined()
        at = f"/api/v1/chat/sessions/{started(ana)['id']}"
        assert ana.get(at).json()["offline_actor"] is False
        stubs.fault("claude", "401", times=None)
        for said, offline in (("And now?", True), ("And again?", False)):
            sent = ana.post(f"{at}/lines", json={"client_id": said, "text": said}).json()
            assert list(events(ana, sent["follow"]))
            assert ana.get(at).json()["offline_actor"] is offline
            stubs.clear()
