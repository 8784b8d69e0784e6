"""The lobby over HTTP: what is on offer for everybody, and one's own state for oneself alone."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import httpx

from engine.story.world import World
from tests import tiny
from tests.web.visiting import Site, said, seen, started


def _lobby(visitor: httpx.Client) -> dict[str, Any]:
    answer = visitor.get("/api/v1/lobby")
    assert answer.status_code == 200, answer.text
    return answer.json()


def _states(visitor: httpx.Client) -> list[tuple[str, str]]:
    return [(one["slug"], one["mine"]["state"]) for one in _lobby(visitor)["characters"][0]["episodes"]]


def test_somebody_without_a_name_sees_what_is_on_offer_and_nothing_private(site: Site) -> None:
    told = _lobby(site.visitor())
    assert (told["name"], told["actor"], told["camera"], told["offline_actor"]) == (None, "offline", "offline", True)
    (mara,) = told["characters"]
    assert (mara["slug"], mara["name"], mara["world"]) == ("mara-voss", "Mara Voss", "The Quay Archive")
    assert mara["teaser"] == "Will she tell you who took the ledger?"
    assert mara["picture"] is None
    assert [(one["slug"], one["type"], one["order"]) for one in mara["episodes"]] == [
        (tiny.FIRST, "entry", 1),
        (tiny.SECOND, "core", 2),
    ]
    assert mara["episodes"][0]["frame"].startswith("Midnight in the archive.")
    assert mara["episodes"][0]["mine"] == {
        "state": "none",
        "session_id": None,
        "played": 0,
        "budget": 6,
        "last_at": None,
        "ending": None,
        "can_continue": False,
    }


def test_a_cookie_that_is_nobodys_is_nobody(site: Site) -> None:
    visitor = site.visitor(headers={"cookie": "coldopen_person=forged"})
    assert _lobby(visitor) == _lobby(site.visitor())


def test_the_picture_is_a_link_for_the_person_who_asked(site: Site) -> None:
    ana, ben = site.joined("Ana"), site.joined("Ben")
    link = _lobby(ana)["characters"][0]["picture"]
    assert ana.get(link).headers["content-type"] == "image/webp"
    assert ben.get(link).status_code == 404
    assert _lobby(ana)["name"] == "Ana"


def test_ones_own_state_goes_from_none_over_active_to_ended(site: Site) -> None:
    ana = site.joined("Ana")
    assert _states(ana) == [(tiny.FIRST, "none"), (tiny.SECOND, "none")]
    session = started(ana)
    said(ana, session["id"], "I opened none.", "1")
    mine = _lobby(ana)["characters"][0]["episodes"][0]["mine"]
    last_at = seen(ana, session["id"])["last_at"]
    assert mine == {
        "state": "active",
        "session_id": session["id"],
        "played": 1,
        "budget": 6,
        "last_at": last_at,
        "ending": None,
        "can_continue": True,
    }
    for number in range(2, 7):
        if seen(ana, session["id"])["is_active"]:
            said(ana, session["id"], f"Line {number}.", str(number))
            assert site.engine.work.drain(30)
    ending = seen(ana, session["id"])["ending"]
    mine = _lobby(ana)["characters"][0]["episodes"][0]["mine"]
    assert (mine["state"], mine["ending"], mine["can_continue"]) == ("ended", ending["kind"], False)
    assert _states(site.joined("Ben")) == [(tiny.FIRST, "none"), (tiny.SECOND, "none")]


def test_no_word_of_production_is_in_the_lobby(site: Site) -> None:
    mara = site.engine.characters.get("mara-voss")
    site.engine.characters.save(replace(mara, archetype="zyxw-archetype"))
    site.engine.releases.publish(mara.id)
    told = site.visitor().get("/api/v1/lobby").text
    for word in ("zyxw-archetype", "psychological_thriller", "system_prompt", mara.backstory):
        assert word not in told
    for doctrine in site.engine.genres.all().values():
        assert doctrine.title not in told


def test_an_empty_house_and_an_unpublished_character_are_an_empty_lobby(site: Site) -> None:
    site.engine.releases.unpublish(site.engine.characters.get("mara-voss").id)
    assert _lobby(site.visitor())["characters"] == []


def test_hostile_words_come_as_plain_text_on_one_line(site: Site) -> None:
    hostile = "<img src=//x onerror=alert(1)> ![a](//x)\n\n# big"
    mara = site.engine.characters.get("mara-voss")
    first = site.engine.episodes.of_character(mara.id)[0]
    site.engine.episodes.save(replace(first, dramatic_question=hostile))
    site.engine.worlds.save(replace(site.engine.worlds.get("quay-archive"), name="<b>Quay</b>"))
    site.engine.worlds.save(World(slug="other", name="Other"))
    site.engine.releases.publish(mara.id)
    answer = site.visitor().get("/api/v1/lobby")
    assert answer.headers["content-type"] == "application/json"
    (told,) = answer.json()["characters"]
    assert told["teaser"] == "<img src=//x onerror=alert(1)> ![a](//x) # big"
    assert told["world"] == "<b>Quay</b>"
