"""Saying one's name on a page, and coming back by a return link."""

from __future__ import annotations

import httpx

from tests.web.visiting import Site, started

PAGE = {"accept": "text/html"}


def test_whoever_opens_an_app_without_a_name_says_it_first_and_goes_on_to_where_they_were_going(site: Site) -> None:
    with site.visitor(headers=PAGE) as ana:
        sent = ana.get("/play/stage?session=7")
        assert (sent.status_code, sent.headers["location"]) == (303, "/hello?next=%2Fplay%2Fstage%3Fsession%3D7")
        page = ana.get(sent.headers["location"])
        assert 'value="/play/stage?session=7"' in page.text
        given = {"name": "Ana", "next": "/play/stage?session=7", "time_zone": "Europe/Vienna", "adult": "yes"}
        onward = ana.post("/hello", data=given)
        assert (onward.status_code, onward.headers["location"]) == (303, "/play/stage?session=7")
        me = ana.get("/api/v1/people/me").json()
        assert (me["name"], me["time_zone"]) == ("Ana", "Europe/Vienna")


def test_a_bad_name_is_answered_on_the_page_with_a_sentence_and_makes_nobody(site: Site) -> None:
    with site.visitor(headers=PAGE) as ana:
        for given in ({"name": " "}, {"name": "x" * 200}, {"name": "Ana", "time_zone": "Mars/Base"}, {}):
            answer = ana.post("/hello", data={"next": "/play/", **given})
            assert answer.status_code == 422
            assert 'role="alert"' in answer.text
        assert "coldopen_person" not in ana.cookies


def test_a_hostile_name_is_shown_as_it_was_typed(site: Site) -> None:
    with site.visitor(headers=PAGE) as ana:
        answer = ana.post("/hello", data={"name": '"><img src=x onerror=alert(1)>', "time_zone": "Mars/Base"})
        assert "<img" not in answer.text
        assert "&lt;img" in answer.text


def test_the_way_on_leads_nowhere_else(site: Site) -> None:
    hostile = ("https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)", "play", "/\nx", "")
    with site.visitor(headers=PAGE) as ana:
        for address in hostile:
            answer = ana.post("/hello", data={"name": "Ana", "next": address})
            assert answer.headers["location"] == "/play/", address


def test_a_return_link_brings_ones_stories_to_another_browser_once_its_button_is_pressed(site: Site) -> None:
    ana, phone = site.joined("Ana"), site.visitor(headers=PAGE)
    session = started(ana)["id"]
    path = ana.get("/api/v1/people/me/return-link").json()["path"]
    page = phone.get(path)
    assert "Welcome back, Ana" in page.text
    assert "coldopen_person" not in phone.cookies, "a link that a mail reader opens changes nothing"
    assert phone.post(path).headers["location"] == "/play/"
    assert phone.get(f"/api/v1/chat/sessions/{session}").status_code == 200


def test_an_altered_return_link_leads_nowhere(site: Site) -> None:
    ana, other = site.joined("Ana"), site.visitor(headers=PAGE)
    path = ana.get("/api/v1/people/me/return-link").json()["path"]
    for wrong in (path[:-1], path[:-9] + ("a" if path[-9] != "a" else "b") + path[-8:], "/return/x", "/return/..%2f"):
        assert other.get(wrong).status_code == 404, wrong
        assert other.post(wrong).status_code == 404, wrong
    cookie = ana.cookies["coldopen_person"]
    assert other.get(f"/return/{cookie}").status_code == 404, "a cookie is no link"
    assert "coldopen_person" not in other.cookies


def test_another_site_cannot_press_the_button(site: Site) -> None:
    ana, other = site.joined("Ana"), site.visitor(headers=PAGE | {"origin": "https://evil.example"})
    path = ana.get("/api/v1/people/me/return-link").json()["path"]
    assert other.post(path).status_code == 403
    assert other.post("/hello", data={"name": "Eve"}).status_code == 403


def test_somebody_who_is_known_opens_the_app_at_once(site: Site) -> None:
    ana = site.joined("Ana")
    answer: httpx.Response = ana.get("/play", headers=PAGE)
    assert (answer.status_code, answer.headers["location"]) == (307, "/play/")
