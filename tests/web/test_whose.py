"""What is one person's is nobody else's, on every route."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import httpx
import pytest
from itsdangerous import URLSafeTimedSerializer

from engine.members.passes import COOKIE as PERSON_COOKIE
from tests.web.visiting import Site, ready_scene, said, seen, started

SECRET = "I live in Ljubljana, and the ledger lies under the third stair."


@pytest.fixture
def ids(site: Site) -> dict[str, str]:
    """The ids of Ana's things."""
    ana = site.joined("Ana")
    session = started(ana)
    turn = said(ana, session["id"], SECRET, "1")
    shown = seen(ana, session["id"])["turns"][1]
    scene = ready_scene(ana, session["id"])
    assert site.engine.work.drain(30)
    remembered = ana.get("/api/v1/memories", params={"session": session["id"]}).json()["memories"]
    return {
        "session": session["id"],
        "turn": turn,
        "message": shown["reply"]["message_id"],
        "take": shown["reply"]["take_id"],
        "scene": scene["id"],
        "memory": remembered[0]["id"],
        "picture": scene["picture"],
    }


def _routes(ids: dict[str, str]) -> list[tuple[str, str, dict[str, Any] | None]]:
    chat = "/api/v1/chat"
    return [
        ("GET", f"{chat}/sessions/{ids['session']}", None),
        ("POST", f"{chat}/sessions/{ids['session']}/lines", {"client_id": "x", "text": "Mine now."}),
        ("POST", f"{chat}/sessions/{ids['session']}/stay", None),
        ("GET", f"{chat}/turns/{ids['turn']}", None),
        ("GET", f"{chat}/turns/{ids['turn']}/follow", None),
        ("POST", f"{chat}/turns/{ids['turn']}/stop", None),
        ("POST", f"{chat}/turns/{ids['turn']}/regenerate", {"client_id": "x"}),
        ("POST", f"{chat}/turns/{ids['turn']}/continue", {"client_id": "x"}),
        ("POST", f"{chat}/turns/{ids['turn']}/edit", {"client_id": "x", "text": "Mine now."}),
        ("POST", f"{chat}/turns/{ids['turn']}/fork", {"client_id": "x"}),
        ("POST", f"{chat}/sessions/{ids['session']}/rewind", {"client_id": "x", "turn_id": ids["turn"]}),
        ("POST", f"{chat}/sessions/{ids['session']}/undo", {"client_id": "x"}),
        ("POST", f"{chat}/sessions/{ids['session']}/redo", {"client_id": "x"}),
        ("POST", f"{chat}/turns/{ids['turn']}/choose", {"take_id": ids["take"]}),
        ("PUT", f"{chat}/takes/{ids['take']}/feedback", {"thumb": "up", "note": "Mine."}),
        ("GET", f"{chat}/messages/{ids['message']}/prompt", None),
        ("GET", f"/api/v1/memories?session={ids['session']}", None),
        ("GET", f"/api/v1/memories?session={ids['session']}&q=ledger", None),
        ("GET", f"/api/v1/memories/{ids['memory']}?session={ids['session']}", None),
        ("POST", f"/api/v1/memories/{ids['memory']}/pin?session={ids['session']}", {"pinned": True}),
        ("PUT", f"/api/v1/memories/{ids['memory']}?session={ids['session']}", {"text": "Mine now."}),
        ("DELETE", f"/api/v1/memories/{ids['memory']}?session={ids['session']}", None),
        ("GET", f"/api/v1/scenes?session={ids['session']}", None),
        ("GET", f"/api/v1/scenes/{ids['scene']}", None),
        ("POST", "/api/v1/scenes", {"session_id": ids["session"], "client_id": "x"}),
        ("POST", f"/api/v1/scenes/{ids['scene']}/again", {}),
        ("GET", ids["picture"], None),
    ]


def _asked(visitor: httpx.Client, route: tuple[str, str, dict[str, Any] | None]) -> tuple[int, str]:
    answer = visitor.request(route[0], route[1], json=route[2])
    return answer.status_code, answer.text


def test_another_persons_ids_are_answered_exactly_like_ids_of_nothing(site: Site, ids: dict[str, str]) -> None:
    ben = site.joined("Ben")
    nothing = {name: "0" * 32 if name != "picture" else "/media/nothing" for name in ids}
    odd = {name: "%00' or 1=1--" if name != "picture" else "/media/../%2e%2e/%00" for name in ids}
    for theirs, none, strange in zip(_routes(ids), _routes(nothing), _routes(odd), strict=True):
        answer = _asked(ben, theirs)
        assert answer[0] == 404, theirs
        assert answer == _asked(ben, none)
        assert _asked(ben, strange)[0] == 404, strange
        assert SECRET not in answer[1]


def test_what_another_person_tried_has_changed_nothing(site: Site, ids: dict[str, str]) -> None:
    ana, ben = site.visitor(cookies=site.joined("Ana").cookies), site.joined("Ben")
    for route in _routes(ids):
        _asked(ben, route)
    assert site.engine.work.drain(30)
    owner = site.engine.play.session(_owner(site, ids), ids["session"])
    assert [one.turn.seq for one in owner.turns] == [0, 1]
    assert len(owner.turns[1].takes) == 1
    assert ana.get("/api/v1/chat/sessions").json() == {"sessions": []}


def test_nobody_in_particular_gets_nothing_but_what_is_public(site: Site, ids: dict[str, str]) -> None:
    nobody = site.visitor()
    for route in _routes(ids):
        assert _asked(nobody, route)[0] == (404 if route[1].startswith("/media") else 401), route
    assert nobody.get("/api/v1/people/me").status_code == 401
    assert nobody.get("/api/v1/people/me/data").status_code == 401
    assert nobody.request("DELETE", "/api/v1/people/me", json={"name": "Ana"}).status_code == 401
    assert nobody.post("/api/v1/chat/sessions", json={"episode": "the-locked-archive"}).status_code == 401
    assert nobody.get("/api/v1/avatars/mara-voss").status_code == 401
    assert nobody.get("/api/v1/episodes").status_code == 200


def test_ones_data_and_ones_end_are_ones_own_whatever_else_is_named(site: Site, ids: dict[str, str]) -> None:
    ben, owner = site.joined("Ben"), _owner(site, ids)
    for named in (f"?id={owner}", f"?person={owner}", f"?user_id={owner}"):
        assert SECRET.encode() not in _unpacked(ben.get(f"/api/v1/people/me/data{named}").content)
    assert ben.request("DELETE", "/api/v1/people/me", json={"name": "Ana", "id": owner}).status_code == 422
    assert ben.request("DELETE", f"/api/v1/people/{owner}", json={"name": "Ana"}).status_code == 404
    assert ben.get(f"/api/v1/people/{owner}/data").status_code == 404
    assert site.engine.people.get(owner).name == "Ana"


def test_a_forged_edited_or_stale_cookie_is_nobodys(site: Site) -> None:
    ana = site.joined("Ana")
    good = ana.cookies[PERSON_COOKIE]
    somebody = ana.get("/api/v1/people/me").json()["id"]
    forged = URLSafeTimedSerializer("another secret", salt="coldopen.person").dumps(somebody)
    unknown = URLSafeTimedSerializer(site.engine.signing_key, salt="coldopen.person").dumps("0" * 32)
    other_use = URLSafeTimedSerializer(site.engine.signing_key, salt="coldopen.media").dumps(somebody)
    for cookie in (forged, unknown, other_use, good[:-1], good[:-2] + "AA", "x", "", "a" * 4000, f"{good}.{good}"):
        visitor = site.visitor(headers={"cookie": f"{PERSON_COOKIE}={cookie}"})
        assert visitor.get("/api/v1/people/me").status_code == 401, cookie


def test_the_cookie_cannot_be_read_by_scripts_and_does_not_travel_to_other_sites(site: Site) -> None:
    answer = site.visitor().post("/api/v1/people", json={"name": "Ana"})
    told = answer.headers["set-cookie"].lower()
    assert all(word in told for word in ("httponly", "samesite=lax", "path=/", "max-age=15552000"))
    assert "secure" not in told
    behind_tls = site.visitor(headers={"x-forwarded-proto": "https"}).post("/api/v1/people", json={"name": "Ana"})
    assert "secure" in behind_tls.headers["set-cookie"].lower()


def _owner(site: Site, ids: dict[str, str]) -> str:
    """Whose session it is: only the link knows, and only who has the secret can read it."""
    from itsdangerous import URLSafeSerializer  # noqa: PLC0415

    token = ids["picture"].removeprefix("/media/")
    return URLSafeSerializer(site.engine.signing_key, salt="coldopen.media").loads(token)[1]


def _unpacked(bundle: bytes) -> bytes:
    """Everything that a ZIP holds."""
    with zipfile.ZipFile(io.BytesIO(bundle)) as opened:
        return b"".join(opened.read(name) for name in opened.namelist())
