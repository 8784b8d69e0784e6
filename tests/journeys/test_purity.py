"""The runtime knows no genre: with genre, doctrine and world genre replaced by noise, everything played is the same."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

import pytest
import sqlalchemy as sa

from engine.settings import content_folder
from engine.story.release import from_json
from engine.story.tables import releases
from engine.wiring import Engine, open_engine
from tests.conftest import quiet
from tests.steady import Clock, Ids

LINES = (
    "I'm Ana and I'm allergic to peanuts.",
    "Tell me the truth. Who else knows?",
    "*I come a step closer.* I am not leaving.",
    "My interview is tomorrow morning, so be quick.",
    "I trust you.",
)
WORLDS = {"romantic_tension": "raised-bridges", "psychological_thriller": "aldine-court"}


@dataclass(frozen=True)
class Played:
    """All that a player and a camera got."""

    prompts: tuple[str, ...]
    replies: tuple[str, ...]
    pictures: tuple[str, ...]


def _prepare(engine: Engine, world: str) -> str:
    """Take a starter world in and publish its first character: that character's first episode."""
    taken = engine.content.take_in(content_folder() / "starter" / world)
    one = taken.characters[0]
    engine.avatars.choose(one.id, engine.avatars.draw_anchor(one.id, 7))
    engine.releases.publish(one.id)
    return engine.episodes.of_character(one.id)[0].slug


def _make_noise(engine: Engine) -> int:
    """Replace production's words in every release's labels, and wherever else they might stand in it."""
    replaced = 0
    with engine.releases.desk.db.write() as tx:
        for row in tx.execute(sa.select(releases.c.id, releases.c.payload)).all():
            payload = row.payload
            for number, word in enumerate(sorted(set(from_json(payload).labels.values()), key=len, reverse=True)):
                assert word in payload
                payload = payload.replace(json.dumps(word)[1:-1], f"noise-{number}-\u00e6\u00df")
                replaced += 1
            digest = hashlib.sha256(payload.encode()).hexdigest()
            tx.execute(releases.update().where(releases.c.id == row.id), {"payload": payload, "sha256": digest})
    return replaced


def _play(engine: Engine, clock: Clock, episode: str) -> Played:
    person = engine.people.join("Ana")
    started = engine.play.start(person.id, episode)
    assert engine.work.drain(30)
    for number, line in enumerate(LINES):
        clock.move(minutes=1)
        accepted = engine.play.say(person.id, started.session_id, f"line-{number}", line)
        assert list(engine.play.follow(person.id, accepted.turn.id))[-1].state == "complete"
        assert engine.work.drain(30)
    view = engine.play.session(person.id, started.session_id)
    replies = [turn.reply for turn in view.turns if turn.reply is not None]
    prompts = [engine.play.prompt(reply.id).hash for reply in replies[1:]]
    pictures = [engine.storage.get(scene.storage_path) for scene in view.scenes if scene.storage_path]
    digests = tuple(hashlib.sha256(data).hexdigest() for data in pictures)
    return Played(tuple(prompts), tuple(reply.content for reply in replies), digests)


def _run(home: Path, world: str, *, noise: bool) -> Played:
    clock = Clock()
    with open_engine(quiet(home, "", sweep_seconds=30), clock=clock, ids=Ids()) as engine:
        episode = _prepare(engine, world)
        if noise:
            assert _make_noise(engine) >= 2
        return _play(engine, clock, episode)


@pytest.mark.parametrize("world", WORLDS.values(), ids=WORLDS.keys())
def test_noise_in_place_of_genre_changes_no_prompt_no_reply_and_no_picture(tmp_path: Path, world: str) -> None:
    plain = _run(tmp_path / "plain", world, noise=False)
    noisy = _run(tmp_path / "noisy", world, noise=True)
    assert len(plain.prompts) == len(LINES)
    assert len(plain.pictures) >= 2
    assert noisy == plain
