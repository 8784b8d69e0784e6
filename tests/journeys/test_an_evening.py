"""An evening with Coldopen: a whole starter episode over the API, and the next one, in which one is known."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from engine.kernel.clock import utc_now
from engine.play.conversation.tables import messages, takes
from engine.play.dynamics.tables import dynamics, milestones
from engine.play.hooks.tables import hook_uses, hooks
from engine.play.memory.tables import memory_events
from engine.play.scenes.tables import scene_images
from engine.wiring import Engine, open_engine
from tests.conftest import quiet, url_of
from tests.journeys.serving import serving

EVENINGS = [
    pytest.param("forty-seconds", "heads-i-go", "sqlite", id="romantic_tension, SQLite"),
    pytest.param("twenty-seven-minutes", "the-second-signature", "postgresql", id="psychological_thriller, PostgreSQL"),
]
LINES = (
    "I'm Ana and I'm allergic to peanuts.",
    "My sister's name is Noor. I have an audition tomorrow and I am terrified.",
    "What are you not telling me?",
    "*I come a step closer.* I am not going anywhere.",
    "That is the first true thing you have said tonight.",
    "You first. What does it cost you?",
    "I promise I will come back for the rest of it.",
    "*I take your hand and hold it.*",
    "Then tell me what happens when the time is up.",
    "I trust you. I should not, and I do.",
    "Last chance. Say it.",
    "All right. I choose to stay.",
)
EFFECTS = (memory_events, hooks, hook_uses, dynamics, milestones, scene_images)


@pytest.fixture
def database(request: pytest.FixtureRequest) -> Iterator[str]:
    """An empty string for SQLite, or a fresh, empty PostgreSQL database."""
    if request.param == "sqlite":
        yield ""
        return
    server: sa.Engine = request.getfixturevalue("postgres")
    name = f"coldopen_evening_{secrets.token_hex(4)}"
    with server.connect() as connection:
        connection.execute(sa.text(f"create database {name}"))
    yield url_of(name)
    with server.connect() as connection:
        connection.execute(sa.text(f"drop database if exists {name} with (force)"))


def _say(client: httpx.Client, session_id: str, number: int, text: str) -> dict[str, Any]:
    """Send a line and follow its reply to the end."""
    sent = client.post(f"/chat/sessions/{session_id}/lines", json={"client_id": f"line-{number}", "text": text})
    assert sent.status_code == 202, sent.text
    last = _follow(client, sent.json()["turn_id"])
    assert last["state"] == "complete"
    return last


def _follow(client: httpx.Client, turn_id: str) -> dict[str, Any]:
    """The last event of a reply."""
    with client.stream("GET", f"/chat/turns/{turn_id}/follow") as stream:
        return [json.loads(row[5:]) for row in stream.iter_lines() if row.startswith("data:")][-1]


def _settled(client: httpx.Client, session_id: str) -> dict[str, Any]:
    """The session, once no picture of it is on its way and its last turns are remembered."""
    until, seen = time.monotonic() + 30, {}
    while time.monotonic() < until:
        seen = client.get(f"/chat/sessions/{session_id}").json()
        if all(scene["state"] in ("ready", "failed") for scene in seen["scenes"]):
            return seen
        time.sleep(0.1)
    raise AssertionError(seen)


def _ended(client: httpx.Client, session_id: str) -> dict[str, Any]:
    until = time.monotonic() + 20
    while time.monotonic() < until:
        seen = client.get(f"/chat/sessions/{session_id}").json()
        if seen["ending"]:
            return _settled(client, session_id)
        time.sleep(0.1)
    raise AssertionError("the episode never ended")


def _effects(engine: Engine, take_id: str) -> tuple[int, int]:
    """How many effects of a take there are, and how many of them stand."""
    with engine.play.desk.db.read() as tx:
        found = [tx.scalars(sa.select(table.c.standing).where(table.c.take_id == take_id)).all() for table in EFFECTS]
    rows = [stands for of_table in found for stands in of_table]
    return len(rows), sum(rows)


def _a_minute_later() -> datetime:
    """By then every lease of the process that was killed has run out, on PostgreSQL too."""
    return utc_now() + timedelta(minutes=1)


@pytest.mark.parametrize(("episode", "next_episode", "database"), EVENINGS, indirect=["database"])
def test_an_evening(tmp_path: Path, episode: str, next_episode: str, database: str) -> None:
    home = tmp_path / "home"
    with serving(home, database, "--api-only") as served, served.client() as ana:
        session_id, first_take, second_take = _first_half(ana, episode)
        served.kill()
    with open_engine(quiet(home, database), clock=_a_minute_later) as engine:
        assert engine.work.drain(40)
        of_first, standing_of_first = _effects(engine, first_take)
        assert of_first > 0
        assert standing_of_first == 0
        assert _effects(engine, second_take)[1] > 0
        assert [finding for finding in engine.check() if finding.ids] == []
        with engine.play.desk.db.read() as tx:
            assert tx.scalars(sa.select(scene_images.c.error).where(scene_images.c.error.is_not(None))).all() == []
    with serving(home, database) as served, served.client(ana.cookies) as back:
        next_session = _second_half(back, session_id, next_episode)
        served.stop()
    with open_engine(quiet(home, database)) as engine:
        assert engine.work.drain(40)
        _known_in_the_next_episode(engine, next_session)
        _one_face(engine, session_id)
        assert [finding for finding in engine.check() if finding.ids] == []


def _first_half(ana: httpx.Client, episode: str) -> tuple[str, str, str]:
    """Six lines, a second take of the second one, and a power cut while the sixth is answered."""
    assert ana.post("/people", json={"name": "Ana"}).status_code == 201
    assert episode in {one["slug"] for one in ana.get("/episodes").json()["episodes"]}
    started = ana.post("/chat/sessions", json={"episode": episode})
    assert started.status_code == 201
    session_id = started.json()["id"]
    assert "AI" in started.json()["notice"]
    _say(ana, session_id, 0, LINES[0])
    told = _say(ana, session_id, 1, LINES[1])
    time.sleep(1)  # its after-work is done by now, or soon: whichever it is, its effects must not stand at the end
    again = ana.post(f"/chat/turns/{told['turn_id']}/regenerate", json={"client_id": "again"})
    assert again.status_code == 202
    final = _follow(ana, told["turn_id"])
    assert final["take_id"] != told["take_id"]
    assert final["text"] != told["text"]
    for number in (2, 3, 4):
        _say(ana, session_id, number, LINES[number])
    sent = ana.post(f"/chat/sessions/{session_id}/lines", json={"client_id": "line-5", "text": LINES[5]})
    assert sent.status_code == 202
    return session_id, told["take_id"], final["take_id"]


def _second_half(back: httpx.Client, session_id: str, next_episode: str) -> str:
    """The line before the power cut is there and answered; on to the ending, and into the next episode."""
    seen = back.get(f"/chat/sessions/{session_id}").json()
    assert [turn["line"]["text"] for turn in seen["turns"][1:]] == list(LINES[:6])
    assert all(turn["reply"] for turn in seen["turns"][:-1])
    interrupted = seen["turns"][-1]
    if not interrupted["reply"]:  # the power went before its first word was saved: "try again" is offered
        assert interrupted["state"] == "failed"
        again = back.post(f"/chat/turns/{interrupted['id']}/regenerate", json={"client_id": "try-again"})
        assert again.status_code == 202
        assert _follow(back, interrupted["id"])["state"] == "complete"
    moment = back.post("/scenes", json={"session_id": session_id, "client_id": "show-me"})
    assert moment.status_code == 202
    for number in range(6, 12):
        if back.get(f"/chat/sessions/{session_id}").json()["ending"]:
            break
        _say(back, session_id, number, LINES[number])
        time.sleep(0.4)
    ended = _ended(back, session_id)
    assert ended["is_active"] is False
    ready = [scene for scene in ended["scenes"] if scene["state"] == "ready"]
    assert len(ready) >= 3, [(scene["trigger"], scene["state"], scene["problem"]) for scene in ended["scenes"]]
    for scene in ready:
        picture = back.get(str(httpx.URL(str(back.base_url)).join(scene["picture"])))
        assert (picture.status_code, picture.headers["content-type"]) == (200, "image/webp")
    assert ended["next_episode"]["slug"] == next_episode
    following = back.post("/chat/sessions", json={"episode": next_episode}).json()
    _say(back, following["id"], 20, "I brought something to eat. Do you want some?")
    _say(back, following["id"], 21, "You remember what I told you?")
    _say(back, following["id"], 22, "Go on. I am listening.")
    return following["id"]


def _known_in_the_next_episode(engine: Engine, session_id: str) -> None:
    """What was learned stands in the prompts of the next episode, and a thread of the first was picked up."""
    with engine.play.desk.db.read() as tx:
        mine = sa.and_(messages.c.session_id == session_id, messages.c.role == "assistant", messages.c.seq > 1)
        replies = list(tx.scalars(sa.select(messages.c.id).where(mine)))
        picked_up = sa.and_(hook_uses.c.session_id == session_id, hook_uses.c.standing)
        used = tx.execute(sa.select(hook_uses.c.id).where(picked_up)).all()
    assert any("peanuts" in engine.play.prompt(reply).prompt.section("memories") for reply in replies)
    assert used


def _one_face(engine: Engine, session_id: str) -> None:
    """Every picture was drawn from the same anchor, in the mode that keeps the face."""
    with engine.play.desk.db.read() as tx:
        mine = sa.and_(scene_images.c.session_id == session_id, scene_images.c.state == "ready")
        rows = tx.execute(sa.select(scene_images.c.mode, scene_images.c.anchor_sha256).where(mine)).all()
        states = set(tx.scalars(sa.select(takes.c.state).where(takes.c.session_id == session_id)))
    assert len(rows) >= 3
    assert {row.mode for row in rows} == {"kontext"}
    assert len({row.anchor_sha256 for row in rows}) == 1
    assert states <= {"complete", "partial", "failed"}  # the take that the power cut met may have said nothing yet
