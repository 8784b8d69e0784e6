"""A thumb and a note over HTTP."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from engine.wiring import Engine
from tests.web.visiting import Site, running, said, seen, started


@pytest.fixture
def ana(site: Site) -> httpx.Client:
    """Ana's browser."""
    return site.joined("Ana")


@pytest.fixture
def session(ana: httpx.Client) -> str:
    """Ana's session with one reply."""
    session_id = started(ana)["id"]
    said(ana, session_id, "I opened none.", "1")
    return session_id


def _reply(visitor: httpx.Client, session: str) -> dict[str, Any]:
    return seen(visitor, session)["turns"][1]["reply"]


def _url(take_id: str) -> str:
    return f"/api/v1/chat/takes/{take_id}/feedback"


def test_a_thumb_is_answered_with_what_stands_and_comes_back_with_the_session(
    site: Site, ana: httpx.Client, session: str
) -> None:
    take = _reply(ana, session)["take_id"]
    assert _reply(ana, session)["feedback"] is None
    answer = ana.put(_url(take), json={"thumb": "down", "note": " Too\x00 long. ", "tags": ["pace", "pace"]})
    assert (answer.status_code, answer.json()) == (
        200,
        {"take_id": take, "thumb": "down", "note": "Too long.", "tags": ["pace"]},
    )
    assert _reply(ana, session)["feedback"] == {"thumb": "down", "note": "Too long."}
    assert [one.note for one in site.engine.feedback.inbox()] == ["Too long."]
    assert ana.put(_url(take), json={"thumb": "up"}).json()["note"] == ""
    assert ana.put(_url(take), json={"thumb": None, "note": "", "tags": ["x"]}).json() == {
        "take_id": take,
        "thumb": None,
        "note": "",
        "tags": [],
    }
    assert _reply(ana, session)["feedback"] is None


def test_the_thumb_is_that_of_the_take_that_shows(site: Site, ana: httpx.Client, session: str) -> None:
    turn = seen(ana, session)["turns"][1]
    ana.put(_url(turn["reply"]["take_id"]), json={"thumb": "down"})
    ana.post(f"/api/v1/chat/turns/{turn['id']}/regenerate", json={"client_id": "again"})
    assert site.engine.work.drain(30)
    assert _reply(ana, session)["feedback"] is None
    ana.post(f"/api/v1/chat/turns/{turn['id']}/choose", json={"take_id": turn["reply"]["take_id"]})
    assert _reply(ana, session)["feedback"] == {"thumb": "down", "note": ""}


def test_anothers_take_is_answered_exactly_like_one_of_nothing(site: Site, ana: httpx.Client, session: str) -> None:
    take, ben = _reply(ana, session)["take_id"], site.joined("Ben")
    answers = [ben.put(_url(one), json={"thumb": "up"}) for one in (take, "0" * 32, "%00'--")]
    assert {(one.status_code, one.text) for one in answers} == {(404, answers[0].text)}
    assert site.visitor().put(_url(take), json={"thumb": "up"}).status_code == 401
    assert site.engine.feedback.count_open() == 0


@pytest.mark.parametrize(
    "body",
    [{"thumb": "sideways"}, {"note": "x" * 1_001}, {"tags": ["x"] * 11}, {"tags": "x"}, {"thumb": {"a": 1}}, []],
    ids=str,
)
def test_what_cannot_be_meant_is_refused_in_a_sentence(
    site: Site, ana: httpx.Client, session: str, body: object
) -> None:
    answer = ana.put(_url(_reply(ana, session)["take_id"]), json=body)
    assert (answer.status_code, set(answer.json())) == (422, {"error", "kind"})
    assert site.engine.feedback.count_open() == 0


def test_a_flood_of_opinions_is_slowed_down_and_leaves_the_lines_alone(engine: Engine) -> None:
    with running(engine, lines_a_minute=3) as site:
        ana = site.joined()
        session = started(ana)["id"]
        take = seen(ana, session)["turns"][0]["reply"]["take_id"]
        answers = [ana.put(_url(take), json={"note": f"Note {number}."}) for number in range(4)]
        assert [one.status_code for one in answers] == [200, 200, 200, 429]
        assert "Wait a moment" in answers[3].json()["error"]
        assert "Retry-After" in answers[3].headers
        assert ana.put(_url(take), json={"note": "Note 2."}).status_code == 200
        said(ana, session, "Still there?", "1")
