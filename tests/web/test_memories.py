"""What is remembered, over HTTP: reading, finding, pinning, putting right and forgetting."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from engine.wiring import Engine
from tests.web.visiting import Site, running, said, seen, started

LINE = "I live in Ljubljana, above the bakery."


@pytest.fixture
def ana(site: Site) -> httpx.Client:
    """Ana's browser."""
    return site.joined("Ana")


@pytest.fixture
def session(site: Site, ana: httpx.Client) -> str:
    """Ana's session, in which she has told where she lives."""
    session_id = started(ana)["id"]
    said(ana, session_id, LINE, "1")
    assert site.engine.work.drain(30)
    return session_id


def _listed(visitor: httpx.Client, session: str, **more: str | int) -> dict[str, Any]:
    return visitor.get("/api/v1/memories", params={"session": session, **more}).json()


def _home(visitor: httpx.Client, session: str) -> dict[str, Any]:
    return next(one for one in _listed(visitor, session)["memories"] if "Ljubljana" in one["text"])


def _url(memory_id: str, session: str, more: str = "") -> str:
    return f"/api/v1/memories/{memory_id}{more}?session={session}"


def test_a_memory_tells_its_kind_its_line_and_how_many_replies_used_it(ana: httpx.Client, session: str) -> None:
    home = _home(ana, session)
    assert (home["kind"], home["pinned"]) == ("fact", False)
    assert 0 < home["importance"] <= 1
    source = ana.get(_url(home["id"], session)).json()
    assert source == {"id": home["id"], "line": LINE, "by_hand": False, "pinned": False, "used": 0}
    said(ana, session, "Where do I live?", "2")
    assert ana.get(_url(home["id"], session)).json()["used"] == 1


def test_a_search_finds_memories_and_raw_lines(ana: httpx.Client, session: str) -> None:
    found = _listed(ana, session, q="bakery Ljubljana")["memories"]
    assert {one["kind"] for one in found} >= {"fact", "line"}
    assert LINE in [one["text"] for one in found if one["kind"] == "line"]
    assert _listed(ana, session, q="submarine")["memories"] == []
    assert _listed(ana, session, q="  ") == _listed(ana, session)


def test_a_list_comes_fifty_at_a_time_newest_first(site: Site, ana: httpx.Client, session: str) -> None:
    _remember(site, ana, session, 60)
    first = _listed(ana, session)
    rest = _listed(ana, session, offset=50)
    assert (len(first["memories"]), first["more"], rest["more"]) == (50, True, False)
    assert not {one["id"] for one in first["memories"]} & {one["id"] for one in rest["memories"]}


def _remember(site: Site, visitor: httpx.Client, session: str, count: int) -> None:
    """Many memories of a turn, as after-work writes them."""
    from engine.play import memory  # noqa: PLC0415
    from engine.play.conversation.timelines import store as timelines  # noqa: PLC0415
    from engine.play.effects import Cause  # noqa: PLC0415

    room, turn = site.engine.memory.desk, seen(visitor, session)["turns"][1]
    here = site.engine.play.which(visitor.get("/api/v1/people/me").json()["id"], session)
    with room.db.write() as tx:
        at = timelines.get(tx, here.timeline_id)["last_at"]
        cause = Cause(
            here.user_id,
            here.character_id,
            here.timeline_id,
            session,
            at,
            turn_id=turn["id"],
            take_id=turn["reply"]["take_id"],
        )
        sight = timelines.sight(tx, here.timeline_id)
        for number in range(0, count, 10):
            told = [
                {"kind": "event", "subject": "Ana", "text": f"Ana counted item{one} of stock{one * 7}"}
                for one in range(number, number + 10)
            ]
            notes = [memory.MemoryNote.model_validate(one) for one in told]
            memory.remember(
                tx,
                new_id=room.new_id,
                cause=cause,
                notes=notes,
                said_at=room.now(),
                time_zone="UTC",
                now=room.now(),
                sight=sight,
            )


def test_a_memory_is_pinned_put_right_with_its_pin_and_forgotten(ana: httpx.Client, session: str) -> None:
    home = _home(ana, session)["id"]
    assert ana.post(_url(home, session, "/pin"), json={"pinned": True}).json()["pinned"]
    assert _home(ana, session)["pinned"]
    right = ana.put(_url(home, session), json={"text": "Ana lives in Ljubljana, in the old town"}).json()
    assert (right["by_hand"], right["line"], right["pinned"]) == (True, None, True)
    assert _home(ana, session)["text"] == "Ana lives in Ljubljana, in the old town"
    assert not ana.post(_url(right["id"], session, "/pin"), json={"pinned": False}).json()["pinned"]
    assert ana.delete(_url(right["id"], session)).status_code == 204
    assert [one for one in _listed(ana, session)["memories"] if "Ljubljana" in one["text"]] == []
    assert ana.delete(_url(right["id"], session)).status_code == 404
    assert seen(ana, session)["turns"][1]["line"]["text"] == LINE


@pytest.mark.parametrize("text", ["", "  ", "x" * 301], ids=["nothing", "blanks", "endless"])
def test_what_cannot_be_a_memory_is_refused_in_a_sentence(ana: httpx.Client, session: str, text: str) -> None:
    home = _home(ana, session)
    answer = ana.put(_url(home["id"], session), json={"text": text})
    assert (answer.status_code, set(answer.json())) == (422, {"error", "kind"})
    assert _home(ana, session) == home


@pytest.mark.parametrize("asked", [{"offset": -1}, {"offset": "x"}, {"offset": 10**30}, {"q": "x" * 301}], ids=str)
def test_odd_pages_are_refused_in_a_sentence(ana: httpx.Client, session: str, asked: dict[str, str | int]) -> None:
    answer = ana.get("/api/v1/memories", params={"session": session, **asked})
    assert (answer.status_code, set(answer.json())) == (422, {"error", "kind"})


def test_a_flood_of_pins_is_slowed_down(engine: Engine) -> None:
    with running(engine, lines_a_minute=3) as site:
        ana = site.joined()
        session = started(ana)["id"]
        said(ana, session, LINE, "1")
        assert site.engine.work.drain(30)
        home = _home(ana, session)["id"]
        answers = [ana.put(_url(home, session), json={"text": ""}) for _ in range(3)]
        assert {one.status_code for one in answers} == {422}
        answers = [ana.post(_url(home, session, "/pin"), json={"pinned": one}) for one in (True, False)]
        assert {one.status_code for one in answers} == {200}
        answer = ana.put(_url(home, session), json={"text": "Another."})
        assert (answer.status_code, "Retry-After" in answer.headers) == (429, True)
