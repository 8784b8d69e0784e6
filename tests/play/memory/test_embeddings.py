"""Memories found by meaning where a person configured an embedder, on both databases: never at the cost of a turn."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
import sqlalchemy as sa

from engine.play import meanings as meanings_room
from engine.play.meanings import Meanings
from engine.play.memory.tables import memory_events
from engine.providers.llm.offline.actor import OfflineActor
from engine.settings import Settings
from engine.wiring import Engine, open_engine
from tests import tiny
from tests.conftest import quiet
from tests.play.troupe import NOTHING_SEEN, PATIENCE, Player, Puppet, Snapshot, broken
from tests.providers.embeddings.server import FAULTS, KEY, EmbeddingServer, serving, status
from tests.steady import Clock

LINE = "My dog keeps me awake."
QUESTION = "What about that puppy?"
"""It shares no stem with the line; the server knows both words as one."""
HOME = {"kind": "fact", "subject": "Ana", "attribute": "pet", "text": "Ana owns a dog", "importance": 0.5}
M = memory_events.c


@pytest.fixture
def server() -> Iterator[EmbeddingServer]:
    """An embedding server on this machine."""
    with serving() as told:
        yield told


@dataclass
class Room:
    """An open engine with an embedder, and Ana at the start of an episode."""

    engine: Engine
    actor: Puppet
    clock: Clock
    ana: Player
    server: EmbeddingServer | None

    @property
    def meanings(self) -> Meanings:
        """What asks the embedder."""
        assert self.engine.memory.meanings is not None
        return self.engine.memory.meanings

    @property
    def character(self) -> str:
        """Whom Ana plays with."""
        return self.ana.view().session.character_id

    @property
    def timeline(self) -> str:
        """Where she plays."""
        return self.ana.view().session.timeline_id

    def say(self, line: str) -> str:
        """Say a line and wait until all that it brings is done, vectors too: the turn's id.

        The reply is sent with the line when the turn's after-work is over, or both are tried in vain.
        """
        assert self.server is not None
        if line not in self.actor.cues:
            self.actor.answers(line, "Mm.")
        before, turn = len(self.server.asked), self.ana.say(line)
        assert turn.reply is not None
        until = time.monotonic() + PATIENCE
        while not any(turn.reply.content in one.texts for one in self.server.asked[before:]):
            assert time.monotonic() < until
            time.sleep(0.01)
        assert self.meanings.settled(PATIENCE)
        return turn.turn.id

    def add(self, *texts: str) -> list[str]:
        """Put lines into memory without a turn: their ids."""
        here = (self.ana.user_id, self.character)
        return [self.engine.memory.add(*here, text, self.clock(), session_id=text[:40]) for text in texts]

    def search(self, query: str, k: int = 1) -> list[str]:
        """The texts that are found."""
        return [one.text for one in self.engine.memory.search(self.ana.user_id, self.character, query, k)]

    def rows(self) -> list[sa.RowMapping]:
        """Every row of memory."""
        with self.engine.play.desk.db.read() as tx:
            return list(tx.execute(sa.select(memory_events).order_by(M.timeline_id, M.seq)).mappings())

    def bare(self) -> list[str]:
        """The texts of rows without a vector."""
        return [row["summary"] for row in self.rows() if row["embedding"] is None]


def with_embedder(house: Settings, server: EmbeddingServer, **changes: object) -> Settings:
    """The house's settings with an embedder that gets a second, so that a busy machine is no reason to go without."""
    given = {"embedder_url": server.url, "embedder_model": "bags", "embedder_key": KEY, "embedder_seconds": 1.0}
    return quiet(house.home, house.database_url.get_secret_value(), **given | changes)


@contextmanager
def opened(settings: Settings, server: EmbeddingServer | None = None) -> Generator[Room]:
    """Open the room; afterwards every invariant holds."""
    clock, actor = Clock(), Puppet(OfflineActor(settings.content / "offline"))
    with open_engine(settings, clock=clock, actor=actor, camera=Snapshot(tiny.portrait())) as engine:
        person = engine.people.join("Ana")
        started = engine.play.start(person.id, tiny.FIRST)
        player = Player(engine, clock, person.id, started.session_id)
        player.quiet()
        actor.notice = lambda _: NOTHING_SEEN
        yield Room(engine, actor, clock, player, server)
        player.quiet()
        assert broken(engine) == {}


@pytest.fixture
def room(house: Settings, server: EmbeddingServer) -> Iterator[Room]:
    """The room with an embedder."""
    with opened(with_embedder(house, server), server) as room:
        yield room


def test_a_memory_is_found_without_a_common_word(room: Room, server: EmbeddingServer) -> None:
    room.say(LINE)
    room.say("The weather was fine in Trieste.")
    assert room.search(QUESTION) == [LINE]
    server.fault = status(500)
    assert room.search(QUESTION) == []


def test_what_means_the_like_comes_before_the_eyes_of_who_answers(room: Room, server: EmbeddingServer) -> None:
    room.say(LINE)
    for number in range(24):  # so that the line is long past in the conversation
        room.add(f"Number{number} stays on shelf{number}.")
    fillers = [f"Shelf{number} is made of oak{number}." for number in range(24)]
    room.add(*fillers)
    while room.engine.memory.embed(room.ana.user_id, room.character):
        pass
    here = (room.ana.user_id, room.character, f"{QUESTION} and shelf3", room.clock())
    assert LINE in [one.text for one in room.engine.memory.for_prompt(*here)]
    server.fault = status(500)
    assert LINE not in [one.text for one in room.engine.memory.for_prompt(*here)]


def test_a_reply_is_composed_with_the_meaning_of_its_line(room: Room, server: EmbeddingServer) -> None:
    room.add(LINE, *(f"Number{number} stays on shelf{number}." for number in range(24)))
    room.say("Good evening.")
    server.asked.clear()
    turn = room.say(QUESTION)
    assert server.asked[0].texts == [QUESTION]
    assert server.asked[0].key == f"Bearer {KEY}"
    assert LINE in room.ana.prompt(turn).prompt.section("memories")
    server.fault = status(500)
    assert LINE not in room.ana.prompt(room.say(f"{QUESTION} Once more.")).prompt.section("memories")


def test_all_that_a_turn_leaves_is_embedded_once(room: Room, server: EmbeddingServer) -> None:
    room.actor.answers(LINE, "A dog, then.")
    room.actor.sees("A dog, then.", memories=[HOME])
    room.say(LINE)
    assert {LINE, "A dog, then.", "Ana owns a dog"} <= {row["summary"] for row in room.rows()}
    assert room.bare() == []
    assert {row["embedded_by"] for row in room.rows()} == {"bags"}
    room.say("It is called Bruno.")
    told = [row["summary"] for row in room.rows()]
    assert sorted(text for text in server.texts if text in told) == sorted([*told, LINE, "It is called Bruno."])


def test_nothing_is_asked_and_nothing_is_embedded_unless_it_is_configured(
    house: Settings, server: EmbeddingServer
) -> None:
    with opened(house) as room:
        room.ana.say(LINE)
        assert room.search(QUESTION) == []
        assert room.engine.memory.meanings is None
        assert room.engine.memory.embed(room.ana.user_id, room.character) == 0
        assert {(row["embedding"], row["embedded_by"]) for row in room.rows()} == {(None, None)}
    assert server.asked == []


@pytest.mark.parametrize(
    "name",
    [
        "500",
        "429",
        "trickling",
        "one vector too few",
        "not a number",
        "another length",
        "words for numbers",
        "broken JSON",
    ],
)
def test_a_failing_embedder_costs_no_turn_and_is_made_up_for(
    house: Settings,
    server: EmbeddingServer,
    name: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(meanings_room, "WORK_SECONDS", 0.3)
    with caplog.at_level(logging.DEBUG), opened(with_embedder(house, server, embedder_seconds=0.3), server) as room:
        server.fault = FAULTS[name]
        turn = room.say(LINE)
        assert room.ana.turn(turn).state == "complete"
        assert room.search("What is it with the dog?") == [LINE]
        assert LINE in room.bare()
        server.fault = None
        room.say("Hello again, said Ana.")
        assert room.bare() == []
        assert room.search(QUESTION) == [LINE]
    assert KEY not in caplog.text


def test_another_model_begins_anew_and_vectors_of_two_are_never_compared(
    house: Settings, server: EmbeddingServer
) -> None:
    with opened(with_embedder(house, server), server) as room:
        room.say(LINE)
        me, character = room.ana.user_id, room.character
    with opened(with_embedder(house, server, embedder_model="sacks"), server) as room:
        assert {row["embedded_by"] for row in room.rows() if row["user_id"] == me} == {"bags"}
        assert room.engine.memory.search(me, character, QUESTION, 1) == ()
        assert room.engine.memory.embed(me, character) > 0
        assert {row["embedded_by"] for row in room.rows() if row["user_id"] == me} == {"sacks"}
        assert [one.text for one in room.engine.memory.search(me, character, QUESTION, 1)] == [LINE]


def test_vectors_of_another_length_under_one_name_are_left_out_and_made_anew(
    house: Settings, server: EmbeddingServer
) -> None:
    with opened(with_embedder(house, server), server) as room:
        room.say(LINE)
        me, character = room.ana.user_id, room.character
    server.size = 48
    with opened(with_embedder(house, server), server) as room:
        assert room.engine.memory.search(me, character, QUESTION, 1) == ()
        assert room.engine.memory.embed(me, character) > 0
        assert [one.text for one in room.engine.memory.search(me, character, QUESTION, 1)] == [LINE]


def test_a_forgotten_memory_keeps_no_vector(room: Room) -> None:
    room.actor.answers(LINE, "Go on.")
    room.actor.sees("Go on.", memories=[HOME])
    room.say(LINE)
    here = (room.ana.user_id, room.character)
    room.engine.memory.forget(*here, room.engine.memory.about(*here)[0].id)
    emptied = [row for row in room.rows() if row["type"] == "forgotten"]
    assert len(emptied) == 2
    assert {(row["embedding"], row["embedded_by"]) for row in emptied} == {(None, None)}
    room.say("And now?")
    assert {row["embedding"] for row in room.rows() if row["type"] == "forgotten"} == {None}
    assert not any("dog" in text for text in room.search(QUESTION, 20))


@pytest.mark.parametrize("gone", ["forgotten", "erased"])
def test_a_vector_that_comes_too_late_is_not_kept(room: Room, server: EmbeddingServer, gone: str) -> None:
    room.actor.answers(LINE, "Go on.")
    room.actor.sees("Go on.", memories=[HOME])
    reached, opened_again = threading.Event(), threading.Event()

    def hold() -> None:
        if LINE in server.asked[-1].texts[1:]:  # the memories of the turn, not its query
            reached.set()
            opened_again.wait(PATIENCE)

    server.during = hold
    room.ana.say(LINE)
    assert reached.wait(PATIENCE)
    here, timeline = (room.ana.user_id, room.character), room.timeline
    if gone == "forgotten":
        room.engine.memory.forget(*here, room.engine.memory.about(*here)[0].id)
    else:
        room.engine.leaving.erase(room.ana.user_id)
    opened_again.set()
    assert room.meanings.settled(PATIENCE)
    left = [row for row in room.rows() if row["timeline_id"] == timeline]
    if gone == "erased":
        assert left == []
    else:
        assert {row["embedding"] for row in left if row["type"] == "forgotten"} == {None}
        assert {row["embedded_by"] for row in left if row["type"] != "forgotten"} == {"bags"}


def test_older_memories_are_caught_up_with_some_at_each_turn_newest_first(room: Room) -> None:
    room.add(*(f"Number{number} stays on shelf{number}." for number in range(300)))
    room.say("Hello.")
    left = room.bare()
    assert 0 < len(left) <= 300 + 10 - 256
    assert "Number0 stays on shelf0." in left
    assert "Number299 stays on shelf299." not in left
    room.say("Hello again.")
    assert room.bare() == []


def test_a_text_that_the_embedder_does_not_take_keeps_none_of_the_others_back(
    room: Room, server: EmbeddingServer
) -> None:
    refuse, sent = status(400), room.add("first line", "an indigestible line", "last line")
    server.fault = None

    def picky() -> None:
        bad = any("indigestible" in text for text in server.asked[-1].texts)
        server.fault = refuse if bad else None

    server.during = picky
    room.say("Hello.")
    assert room.bare() == ["an indigestible line"]
    asked = len([one for one in server.asked if "an indigestible line" in one.texts])
    room.say("Hello again.")
    assert len([one for one in server.asked if "an indigestible line" in one.texts]) == asked
    assert len(sent) == 3


def test_an_embedder_that_takes_nothing_is_asked_again_at_the_next_turn(room: Room, server: EmbeddingServer) -> None:
    server.fault = status(400)
    room.say(LINE)
    assert LINE in room.bare()
    server.fault = None
    room.say("Hello.")
    assert room.bare() == []


def test_a_taken_back_memory_is_not_found_by_meaning_either(room: Room) -> None:
    first = room.say("Hello.")
    room.say(LINE)
    assert LINE in room.search(QUESTION, 20)
    room.engine.play.rewind(room.ana.user_id, room.ana.session_id, first, "back")
    room.ana.quiet()
    assert LINE not in room.search(QUESTION, 20)


def test_a_fork_finds_by_meaning_what_was_said_before_it_and_nothing_later(room: Room) -> None:
    room.say(LINE)
    second = room.say("Hello.")
    room.say("The ocean is rough today.")
    started = room.engine.play.fork(room.ana.user_id, second, "fork")
    other = Player(room.engine, room.clock, room.ana.user_id, started.session_id).view().session.timeline_id
    found = [
        [one.text for one in room.engine.memory.search(room.ana.user_id, room.character, query, 20, timeline_id=other)]
        for query in (QUESTION, "sea")
    ]
    assert found[0][0] == LINE
    assert "The ocean is rough today." not in found[1]
    assert room.search("sea") == ["The ocean is rough today."]


def test_a_forks_parents_are_caught_up_with_too(room: Room) -> None:
    first = room.say("Hello.")
    room.add("A line that nobody embedded.")
    started = room.engine.play.fork(room.ana.user_id, first, "fork")
    other = Player(room.engine, room.clock, room.ana.user_id, started.session_id).view().session.timeline_id
    assert room.engine.memory.embed(room.ana.user_id, room.character, timeline_id=other) > 0
    assert room.bare() == []


def test_a_query_without_content_asks_nothing(room: Room, server: EmbeddingServer) -> None:
    room.say(LINE)
    server.asked.clear()
    room.search("what did you do then?")
    room.search("")
    assert server.asked == []


def test_a_long_text_is_cut_before_it_goes_out(room: Room, server: EmbeddingServer) -> None:
    room.add("dog " * 900)
    room.say("Hello.")
    assert room.bare() == []
    assert max(len(text) for text in server.texts) == 1_500


def test_closing_finishes_what_is_under_way(house: Settings, server: EmbeddingServer) -> None:
    with opened(with_embedder(house, server), server) as room:
        server.during = lambda: time.sleep(0.7 if len(server.asked[-1].texts) > 1 else 0)
        room.ana.say(LINE)
        me, character = room.ana.user_id, room.character
    with opened(with_embedder(house, server), server) as room:
        assert [one.text for one in room.engine.memory.search(me, character, QUESTION, 1)] == [LINE]
