"""Who may come in: hosts, origins, the access key, and what is only the team's."""

from __future__ import annotations

import asyncio
import contextlib

import pytest

from engine.errors import Forbidden, SettingsProblem
from engine.settings import Settings
from engine.web.app import serve
from engine.web.asgi import Message, Receive, Scope, Send
from engine.web.door import Door
from engine.web.front.pages import Pages
from engine.web.hosts import check_host, is_here
from engine.web.identity import AccessKey
from engine.web.pace import Pace
from engine.web.problems import Catch
from engine.web.server import listen
from engine.wiring import Engine, open_engine
from tests import tiny
from tests.conftest import quiet
from tests.web.visiting import Site, running, said, seen, started

KEY = "a very long secret of the house"


def test_a_foreign_host_is_not_answered(site: Site) -> None:
    for host in (
        "evil.example",
        "evil.example:8400",
        "127.0.0.1.evil.example",
        "",
        "user@127.0.0.1",
        "[::1",
        "10.0.0.7",
    ):
        answer = site.visitor(headers={"host": host}).get("/api/v1/episodes")
        assert answer.status_code in (400, 403), host
        assert "episodes" not in answer.text
    for host in ("localhost", "localhost:1", "127.0.0.1", "[::1]:8400", "coldopen.localhost"):
        assert site.visitor(headers={"host": host}).get("/api/v1/episodes").status_code == 200, host


def test_what_a_foreign_site_sends_is_not_done(site: Site) -> None:
    ana = site.joined()
    session = started(ana)
    line = {"client_id": "1", "text": "I was sent."}
    own = site.url.removeprefix("http://")
    for headers in (
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": ""},
        {"origin": f"http://{own}.evil.example"},
        {"origin": "http://127.0.0.1:1"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ):
        answer = ana.post(f"/api/v1/chat/sessions/{session['id']}/lines", json=line, headers=headers)
        assert (answer.status_code, answer.json()["kind"]) == (403, "Forbidden"), headers
    assert len(seen(ana, session["id"])["turns"]) == 1
    for headers in ({"origin": site.url}, {"sec-fetch-site": "same-origin"}, {"sec-fetch-site": "none"}, {}):
        answer = ana.post(f"/api/v1/chat/sessions/{session['id']}/lines", json=line, headers=headers)
        assert answer.status_code == 202, headers


def test_every_answer_carries_the_headers_that_guard_it(site: Site) -> None:
    ana = site.joined()
    session = started(ana)
    turn = said(ana, session["id"], "Go on.", "1")
    for path in (
        "/",
        "/front.css",
        "/play",
        "/studio/",
        "/api/v1/docs",
        "/api/v1/openapi.json",
        "/api/v1/episodes",
        "/api/v1/nothing",
        "/media/nothing",
        f"/api/v1/chat/turns/{turn}/follow",
    ):
        answer = ana.get(path)
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"], path
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["x-frame-options"] == "DENY"
        assert answer.headers["referrer-policy"] == "same-origin"
        assert (answer.headers.get("cache-control") == "no-store") is path.startswith("/api"), path
        assert "server" not in answer.headers
    refused = ana.post("/api/v1/people", json={"name": "x"}, headers={"origin": "https://evil.example"})
    assert refused.headers["x-frame-options"] == "DENY"


def test_the_front_page_and_both_doors_are_open(site: Site) -> None:
    visitor = site.visitor()
    front = visitor.get("/")
    assert (front.status_code, 'href="/play/"' in front.text, 'href="/studio/"' in front.text) == (200, True, True)
    for path in (
        "/play",
        "/play/",
        "/studio",
        "/studio/",
        "/house.css",
        "/house/newsreader.woff2",
        "/front.css",
        "/front.svg",
        "/hello.js",
        "/api/v1/docs",
        "/api/v1/docs.js",
    ):
        assert visitor.get(path, follow_redirects=True).status_code == 200, path
    for page in ("/", "/hello", "/api/v1/docs"):
        text = visitor.get(page).text
        assert "{" not in text, page
        assert "http" not in text.replace("http-equiv", ""), page


def test_the_api_describes_itself(site: Site) -> None:
    described = site.visitor().get("/api/v1/openapi.json").json()
    paths = described["paths"]
    assert described["info"]["title"] == "Coldopen"
    assert "/api/v1/chat/sessions/{session_id}/lines" in paths
    assert not any(path.startswith("/media") for path in paths)
    assert all(one["description"] and one["tags"] for methods in paths.values() for one in methods.values())
    assert "text/event-stream" in paths["/api/v1/chat/turns/{turn_id}/follow"]["get"]["responses"]["200"]["content"]


def test_the_list_of_episodes_has_the_promised_shape_for_everybody(site: Site) -> None:
    listed = site.visitor().get("/api/v1/episodes").json()
    assert set(listed) == {"episodes"}
    assert [one["order"] for one in listed["episodes"]] == [1, 2]
    assert all(set(one) == {"id", "slug", "title", "character", "type", "order"} for one in listed["episodes"])
    assert all(set(one["character"]) == {"id", "slug", "name"} for one in listed["episodes"])


def test_health_says_what_runs(site: Site, house: Settings) -> None:
    told = site.visitor().get("/api/v1/health").json()
    database = "postgresql" if house.database_url.get_secret_value() else "sqlite"
    assert told == {
        "status": "ok",
        "version": told["version"],
        "actor": "offline",
        "camera": "offline",
        "database": database,
    }


@pytest.fixture
def guarded(house: Settings) -> Settings:
    """A house with an access key."""
    return quiet(house.home, house.database_url.get_secret_value(), access_key=KEY)


def test_with_an_access_key_only_playing_is_open_without_it(guarded: Settings) -> None:
    with open_engine(guarded) as engine, running(engine) as site:
        ana = site.joined()
        session = started(ana)
        said(ana, session["id"], "I only play.", "1")
        message = seen(ana, session["id"])["turns"][1]["reply"]["message_id"]
        prompt = f"/api/v1/chat/messages/{message}/prompt"
        assert ana.get("/api/v1/people/me").json()["team"] is False
        for path in ("/studio", "/studio/", "/studio/x", "/api/v1/docs", "/api/v1/openapi.json", prompt):
            assert ana.get(path).status_code == 403, path
            assert ana.get(path, headers={"accept": "text/html"}).status_code == 403, path
            assert ana.get(path, headers={"X-Coldopen-Key": KEY + "x"}).status_code == 403, path
            assert ana.get(path, headers={"X-Coldopen-Key": KEY}, follow_redirects=True).status_code == 200, path
        assert ana.get("/play/").status_code == 200
        assert ana.get("/").status_code == 200


def test_the_key_is_taken_from_the_address_once_and_kept(guarded: Settings) -> None:
    with open_engine(guarded) as engine, running(engine) as site:
        lead = site.visitor(follow_redirects=False)
        entered = lead.get("/studio/", params={"key": KEY, "page": "2"})
        assert (entered.status_code, entered.headers["location"]) == (303, "/studio/?page=2")
        assert KEY not in entered.headers["set-cookie"]
        assert lead.get("/studio/").status_code == 200
        elsewhere = lead.get(f"{site.url}//evil.example", params={"key": KEY})
        assert elsewhere.headers["location"] == "/evil.example"


def test_a_new_key_makes_old_cookies_worthless(guarded: Settings) -> None:
    with open_engine(guarded) as engine, running(engine) as site:
        lead = site.visitor()
        assert lead.get("/studio/", params={"key": KEY}, follow_redirects=True).status_code == 200
    changed = quiet(guarded.home, guarded.database_url.get_secret_value(), access_key="another secret")
    with open_engine(changed) as engine, running(engine) as site:
        assert site.visitor(cookies=lead.cookies).get("/studio/").status_code == 403


def test_a_player_sees_only_the_face_that_was_published(guarded: Settings) -> None:
    with open_engine(guarded) as engine, running(engine) as site:
        engine.avatars.upload("mara-voss", tiny.portrait())
        ana = site.joined()
        mine = ana.get("/api/v1/avatars/mara-voss").json()["avatars"]
        everything = ana.get("/api/v1/avatars/mara-voss", headers={"X-Coldopen-Key": KEY}).json()["avatars"]
        assert [one["is_primary"] for one in mine] == [True]
        assert [one["is_primary"] for one in everything] == [True, False]


def test_keys_cannot_be_guessed_quickly(guarded: Settings) -> None:
    with open_engine(guarded) as engine, running(engine) as site:
        statuses = [
            site.visitor().get("/studio/", headers={"X-Coldopen-Key": f"guess{n}"}).status_code for n in range(12)
        ]
        assert statuses == [403] * 10 + [429] * 2
        assert site.visitor().get("/studio/", headers={"X-Coldopen-Key": KEY}).status_code == 200


def test_what_came_through_a_proxy_is_not_taken_for_this_machine(site: Site) -> None:
    for headers in ({"x-forwarded-for": "203.0.113.9"}, {"x-forwarded-for": "127.0.0.1"}, {"forwarded": "for=x"}):
        assert site.visitor(headers=headers).get("/studio/").status_code == 403, headers


@pytest.mark.parametrize(("origin", "opened"), [("http://127.0.0.1:8400", True), ("https://evil.example", False)])
def test_a_foreign_site_cannot_open_a_socket(engine: Engine, origin: str, *, opened: bool) -> None:
    told: list[str] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        told.append(f"{scope['type']} {scope['path']} reached")

    async def receive() -> Message:
        return {"type": "websocket.connect"}

    async def send(message: Message) -> None:
        told.append(message["type"])

    door = Catch(Door(app, AccessKey("s", "", Pace(1, "")), Pages(engine.runtime.words), lambda _: True, "127.0.0.1"))
    headers = [(b"host", b"127.0.0.1:8400"), (b"origin", origin.encode())]
    scope = {"type": "websocket", "path": "/play/x", "headers": headers, "client": ("127.0.0.1", 1)}
    asyncio.run(door(scope, receive, send))
    assert told == (["websocket /play/x reached"] if opened else ["websocket.close"])


@pytest.mark.parametrize(
    ("client", "host", "here"),
    [
        ("127.0.0.1", "127.0.0.1:8400", True),
        ("::1", "[::1]:8400", True),
        ("127.0.0.1", "play.example", False),
        ("192.168.1.5", "127.0.0.1", False),
    ],
)
def test_only_who_sits_at_this_machine_is_here(client: str, host: str, *, here: bool) -> None:
    scope = {"type": "http", "client": (client, 1), "headers": [(b"host", host.encode())]}
    assert is_here(scope) is here


@pytest.mark.parametrize(
    ("host", "listening_on", "answered"),
    [
        ("192.168.1.5:8400", "0.0.0.0", True),
        ("evil.example", "0.0.0.0", False),
        ("play.example", "play.example", True),
        ("192.168.1.5", "192.168.1.5", True),
        ("192.168.1.6", "192.168.1.5", False),
    ],
)
def test_a_server_for_others_answers_under_its_own_names(host: str, listening_on: str, *, answered: bool) -> None:
    scope = {"type": "http", "headers": [(b"host", host.encode())]}
    with contextlib.nullcontext() if answered else pytest.raises(Forbidden):
        check_host(scope, listening_on)


def test_serving_others_without_a_key_is_refused(engine: Engine) -> None:
    with pytest.raises(SettingsProblem, match="COLDOPEN_ACCESS_KEY"):
        serve(engine, "0.0.0.0", 0)


def test_a_taken_port_is_named_with_what_to_do(engine: Engine) -> None:
    with listen("127.0.0.1", 0) as held, pytest.raises(SettingsProblem, match="COLDOPEN_PORT"):
        serve(engine, "127.0.0.1", held.getsockname()[1])
    with pytest.raises(SettingsProblem, match="COLDOPEN_HOST"):
        listen("no such host", 0)
