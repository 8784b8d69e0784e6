"""A whole story over the API, and what must not get lost on the way."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

from tests import tiny
from tests.web.visiting import Site, events, ready_scene, said, seen, started


def test_a_whole_episode_can_be_played_over_the_api(site: Site) -> None:
    ana = site.joined("Ana")
    before = ana.get(f"/api/v1/episodes/mara-voss/{tiny.FIRST}").json()
    session = started(ana)
    assert session["notice"] == "This is fiction: Mara Voss is acted by an AI, not a person."
    assert session["turns"][0]["reply"]["text"] == before["opening_line"] == tiny.OPENING
    assert (session["frame"], session["budget"]) == (before["frame"], before["turns"])
    assert session["turns"][0]["line"] is None
    assert len(before["starter_lines"]) == 3
    for number in range(session["budget"]):
        said(ana, session["id"], f"I opened box {number}, and the ledger was gone.", f"line-{number}")
    assert site.engine.work.drain(60)
    ended = seen(ana, session["id"])
    assert ended["played"] == 6
    assert ended["is_active"] is False
    assert ended["ending"]["sentence"].startswith("The episode has")
    assert ended["next_episode"]["slug"] == tiny.SECOND
    refused = ana.post(f"/api/v1/chat/sessions/{session['id']}/lines", json={"client_id": "late", "text": "Wait."})
    assert (refused.status_code, refused.json()["kind"]) == (409, "Ended")


def test_who_stays_a_little_can_go_on_after_the_budget(site: Site) -> None:
    ana = site.joined()
    session = started(ana)
    for number in range(6):
        said(ana, session["id"], "I say nothing and look at the lamp.", f"line-{number}")
    assert site.engine.work.drain(60)
    closed = seen(ana, session["id"])
    answer = ana.post(f"/api/v1/chat/sessions/{session['id']}/stay")
    if closed["ending"]["kind"] == "budget":
        assert (answer.status_code, answer.json()["budget"], answer.json()["is_active"]) == (200, 8, True)
        said(ana, session["id"], "One more thing.", "more")
    else:
        assert (answer.status_code, answer.json()["kind"]) == (409, "Ended")


def test_starting_twice_gives_the_same_session_with_one_opening(site: Site) -> None:
    ana = site.joined()
    first = ana.post("/api/v1/chat/sessions", json={"episode": tiny.FIRST})
    again = ana.post("/api/v1/chat/sessions", json={"episode": f"mara-voss/{tiny.FIRST}"})
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json()["id"] == first.json()["id"]
    assert len(again.json()["turns"]) == 1
    assert first.headers["location"] == f"/api/v1/chat/sessions/{first.json()['id']}"
    assert [one["id"] for one in ana.get("/api/v1/chat/sessions").json()["sessions"]] == [first.json()["id"]]


def test_a_reply_arrives_as_growing_snapshots_and_a_done(site: Site) -> None:
    ana = site.joined()
    session = started(ana)
    url = f"/api/v1/chat/sessions/{session['id']}/lines"
    answer = ana.post(url, json={"client_id": "1", "text": "Who else has a key?"}).json()
    assert (answer["is_new"], answer["care"]) == (True, None)
    told = list(events(ana, answer["follow"]))
    names, texts = [name for name, _ in told], [data["text"] for name, data in told if name == "reply"]
    assert names == ["reply"] * len(texts) + ["done"]
    assert all(later.startswith(earlier.rstrip()) for earlier, later in pairwise(texts))
    last = told[-1][1]
    assert (last["state"], last["text"], last["turn_id"]) == ("complete", texts[-1], answer["turn_id"])
    assert seen(ana, session["id"])["turns"][1]["reply"]["text"] == last["text"]
    assert ana.get(f"/api/v1/chat/turns/{answer['turn_id']}").json()["text"] == last["text"]


def test_a_dropped_stream_loses_nothing(site: Site) -> None:
    ana = site.joined()
    session = started(ana)
    url = f"/api/v1/chat/sessions/{session['id']}/lines"
    answer = ana.post(url, json={"client_id": "1", "text": "Tell me about the key."}).json()
    next(events(ana, answer["follow"]))  # one event, then the connection is gone
    told = list(events(ana, answer["follow"]))
    assert told[-1][0] == "done"
    assert told[-1][1]["state"] == "complete"
    assert told[-1][1]["text"] == seen(ana, session["id"])["turns"][1]["reply"]["text"]


def test_a_reply_that_nobody_follows_is_spoken_all_the_same(site: Site) -> None:
    ana = site.joined()
    session = started(ana)
    ana.post(f"/api/v1/chat/sessions/{session['id']}/lines", json={"client_id": "1", "text": "I am gone."})
    assert site.engine.work.drain(30)
    assert seen(ana, session["id"])["turns"][1]["state"] == "complete"


def test_the_same_client_id_makes_one_turn_and_other_words_are_refused(site: Site) -> None:
    ana = site.joined()
    session = started(ana)
    url = f"/api/v1/chat/sessions/{session['id']}/lines"
    line = {"client_id": "one", "text": "I opened none."}
    with ThreadPoolExecutor(8) as many:
        answers = list(many.map(lambda _: ana.post(url, json=line), range(20)))
    assert {one.status_code for one in answers} == {202}
    assert len({one.json()["turn_id"] for one in answers}) == 1
    assert sum(one.json()["is_new"] for one in answers) == 1
    other = ana.post(url, json={"client_id": "one", "text": "I opened all of them."})
    assert (other.status_code, other.json()["kind"]) == (409, "SameIdOtherText")
    assert site.engine.work.drain(30)
    assert [turn["seq"] for turn in seen(ana, session["id"])["turns"]] == [0, 1]


def test_two_clients_at_once_are_both_answered_in_order(site: Site) -> None:
    ana = site.joined()
    session = started(ana)
    other_tab = site.visitor(cookies=ana.cookies)
    gate = threading.Barrier(2)

    def speak(tab: int) -> str:
        gate.wait()
        return said((ana, other_tab)[tab], session["id"], f"This is tab {tab}.", f"tab-{tab}")

    with ThreadPoolExecutor(2) as two:
        turns = set(two.map(speak, (0, 1)))
    shown = seen(ana, session["id"])["turns"]
    assert {turn["id"] for turn in shown[1:]} == turns
    assert [(turn["seq"], turn["state"]) for turn in shown[1:]] == [(1, "complete"), (2, "complete")]


def test_another_take_can_be_asked_for_and_the_first_one_chosen_again(site: Site) -> None:
    ana = site.joined()
    session = started(ana)
    turn = said(ana, session["id"], "Who took the ledger?", "1")
    first = seen(ana, session["id"])["turns"][1]["reply"]
    answer = ana.post(f"/api/v1/chat/turns/{turn}/regenerate", json={"client_id": "again"})
    assert answer.status_code == 202
    list(events(ana, answer.json()["follow"]))
    repeated = ana.post(f"/api/v1/chat/turns/{turn}/regenerate", json={"client_id": "again"})
    assert repeated.status_code == 202
    shown = seen(ana, session["id"])["turns"][1]
    assert [(take["number"], take["chosen"]) for take in shown["takes"]] == [(1, False), (2, True)]
    chosen = ana.post(f"/api/v1/chat/turns/{turn}/choose", json={"take_id": first["take_id"]})
    assert chosen.status_code == 200
    assert seen(ana, session["id"])["turns"][1]["reply"] == first


def test_stopping_keeps_what_was_said(site: Site) -> None:
    ana = site.joined()
    session = started(ana)
    turn = said(ana, session["id"], "Go on.", "1")
    answer = ana.post(f"/api/v1/chat/turns/{turn}/stop")
    assert (answer.status_code, answer.json()["was_speaking"]) == (200, False)
    assert seen(ana, session["id"])["turns"][1]["state"] == "complete"


def test_a_line_of_distress_brings_the_help_card_before_the_reply(site: Site) -> None:
    ana = site.joined()
    session = started(ana)
    url = f"/api/v1/chat/sessions/{session['id']}/lines"
    answer = ana.post(url, json={"client_id": "1", "text": "I want to kill myself."}).json()
    assert answer["care"]["title"] == "Before we go on"
    told = [name for name, _ in events(ana, answer["follow"])]
    assert told[0] == "care"
    assert told.count("care") == 1
    assert "988" in seen(ana, session["id"])["turns"][1]["care"]["body"]


def test_pictures_come_by_signed_links(site: Site) -> None:
    ana = site.joined()
    session = started(ana)
    scene = ready_scene(ana, session["id"])
    assert (scene["trigger"], scene["sequence"]) == ("start", 1)
    picture = ana.get(scene["picture"])
    assert (picture.status_code, picture.headers["content-type"]) == (200, "image/webp")
    assert picture.headers["cache-control"].startswith("private")
    assert picture.content[8:12] == b"WEBP"
    assert ana.get(f"/api/v1/scenes/{scene['id']}").json() == scene
    assert seen(ana, session["id"])["scenes"] == [scene]


def test_this_moment_is_drawn_once_for_one_wish(site: Site) -> None:
    ana = site.joined()
    session = started(ana)
    said(ana, session["id"], "Hold the lamp still.", "1")
    wish = {"session_id": session["id"], "client_id": "moment"}
    first, again = ana.post("/api/v1/scenes", json=wish), ana.post("/api/v1/scenes", json=wish)
    assert (first.status_code, again.status_code) == (202, 202)
    assert first.json()["id"] == again.json()["id"]
    assert site.engine.work.drain(60)
    assert ana.get(f"/api/v1/scenes/{first.json()['id']}").json()["state"] == "ready"


def test_a_character_is_shown_by_the_anchor_of_its_release(site: Site) -> None:
    ana = site.joined()
    shown = ana.get("/api/v1/avatars/mara-voss").json()
    assert shown["character"]["name"] == "Mara Voss"
    assert [one["is_primary"] for one in shown["avatars"]] == [True]
    assert ana.get(shown["avatars"][0]["picture"]).status_code == 200


def test_the_team_reads_the_exact_prompt_by_section(site: Site) -> None:
    ana = site.joined()
    session = started(ana)
    said(ana, session["id"], "Who took the ledger?", "1")
    shown = seen(ana, session["id"])["turns"]
    prompt = ana.get(f"/api/v1/chat/messages/{shown[1]['reply']['message_id']}/prompt").json()
    assert prompt["lines"][-1] == {"role": "user", "text": "Who took the ledger?"}
    assert all(one["source"] and one["tokens_estimated"] >= 0 for one in prompt["sections"])
    assert ana.get(f"/api/v1/chat/messages/{shown[0]['reply']['message_id']}/prompt").status_code == 404
