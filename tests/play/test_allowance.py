"""An allowance: paid words for one day, in the person's own time; what is refused changes nothing."""

from __future__ import annotations

import pytest

from engine.errors import SpentForToday
from engine.play.allowance import SPENT
from engine.providers.llm import Finished, Usage
from engine.settings import Settings
from engine.wiring import open_engine
from tests import tiny
from tests.conftest import quiet
from tests.play.troupe import Player, Puppet
from tests.steady import Clock


def play(house: Settings, **changes: object) -> tuple[Player, Puppet]:
    """Ana at the first episode; each reply costs two cents and 300 tokens."""
    from engine.providers.llm.offline.actor import OfflineActor  # noqa: PLC0415

    settings = quiet(house.home, house.database_url.get_secret_value(), **changes)
    actor = Puppet(OfflineActor(settings.content / "offline"))
    engine = open_engine(settings, clock=Clock(), actor=actor)
    clock = engine.play.desk.clock
    assert isinstance(clock, Clock)
    person = engine.people.join("Ana", time_zone="Asia/Tokyo")
    player = Player(engine, clock, person.id, engine.play.start(person.id, tiny.FIRST).session_id)
    player.quiet()
    return player, actor


def paid(actor: Puppet, *lines: str, cost: float | None = 0.02) -> None:
    """These lines are answered at a price."""
    for line in lines:
        end = Finished("stop", "dear-1", Usage(200, 100, 0, cost))
        actor.at(line, lambda _prompt, _seed, end=end: iter(["Yes.", end]))


@pytest.mark.parametrize("limit", [{"cost_per_day": 0.03}, {"tokens_per_day": 600}])
def test_a_spent_day_is_a_sentence_and_the_next_one_is_new(house: Settings, limit: dict[str, object]) -> None:
    ana, actor = play(house, **limit)
    with ana.engine:
        paid(actor, "One.", "Two.", "Three.")
        first = ana.say("One.")
        ana.say("Two.", "same-id")
        before = ana.digest()
        for refused in (
            lambda: ana.send("Three."),
            lambda: ana.engine.play.regenerate(ana.user_id, first.turn.id, "again"),
            lambda: ana.engine.play.continue_reply(ana.user_id, first.turn.id, "on"),
            lambda: ana.engine.play.edit(ana.user_id, first.turn.id, "otherwise", "Three."),
        ):
            with pytest.raises(SpentForToday, match=SPENT):
                refused()
        assert ana.digest() == before
        ana.clock.move(hours=24)
        assert ana.say("Three.").reply is not None


def test_a_line_that_was_kept_is_still_answered_for_when_it_is_sent_again(house: Settings) -> None:
    ana, actor = play(house, cost_per_day=0.01)
    with ana.engine:
        paid(actor, "One.")
        turn = ana.say("One.", "an-id")
        assert ana.send("One.", "an-id") == turn.turn.id


def test_what_costs_nothing_is_not_counted_and_an_unknown_price_counts_its_tokens(house: Settings) -> None:
    ana, actor = play(house, tokens_per_day=500, cost_per_day=0.01)
    with ana.engine:
        paid(actor, "Free.", "Free too.", cost=0.0)
        paid(actor, "Who knows?", "And now?", cost=None)
        for line in ("Free.", "Free too.", "Who knows?", "And now?"):
            ana.say(line)
        with pytest.raises(SpentForToday):
            ana.send("One more.")


def test_a_day_begins_at_midnight_where_the_person_is(house: Settings) -> None:
    ana, actor = play(house, cost_per_day=0.01)
    with ana.engine:
        paid(actor, "One.", "Two.")
        ana.say("One.")
        tokyo = 9
        hours = (24 - tokyo - ana.clock().hour - 1) % 24
        ana.clock.move(hours=hours, minutes=50 - ana.clock().minute)
        with pytest.raises(SpentForToday):
            ana.send("Two.")
        ana.clock.move(minutes=15)
        assert ana.say("Two.").reply is not None
