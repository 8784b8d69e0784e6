"""Signed links: for one person, for a day, while the release stands."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from itsdangerous import URLSafeSerializer

from engine.errors import NotFound
from engine.web.media import Links, checked_webp
from tests.web.visiting import Site, ready_scene, started

NOON = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)


def _links(now: datetime) -> Links:
    return Links("secret of the house", lambda: now)


def _token(link: str) -> str:
    return link.removeprefix("/media/")


def test_a_link_is_good_for_a_day_and_then_is_nothing() -> None:
    token = _token(_links(NOON).link("ana", "scenes/a.webp", "r1"))
    assert _links(NOON + timedelta(hours=24)).read(token, "ana") == ("scenes/a.webp", "r1")
    with pytest.raises(NotFound):
        _links(NOON + timedelta(hours=25)).read(token, "ana")


def test_the_same_picture_keeps_its_link_for_an_hour() -> None:
    links = {_links(NOON + timedelta(minutes=m)).link("ana", "a.webp", "r") for m in (0, 20, 59)}
    assert len(links) == 1


@pytest.mark.parametrize("until", [1e99, 10**99])
def test_no_date_can_be_put_in_without_the_secret(until: float) -> None:
    forged = URLSafeSerializer("another", salt="coldopen.media").dumps(["a.webp", "ana", "r", until])
    with pytest.raises(NotFound):
        _links(NOON).read(str(forged), "ana")


def test_a_link_altered_anywhere_is_nothing() -> None:
    token = _token(_links(NOON).link("ana", "a.webp", "r"))
    for place in range(len(token) - 1):  # the last letter of a signature holds unused bits
        altered = token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]
        with pytest.raises(NotFound):
            _links(NOON).read(altered, "ana")


def test_a_link_is_for_one_person(site: Site) -> None:
    ana, ben = site.joined("Ana"), site.joined("Ben")
    scene = ready_scene(ana, started(ana)["id"])
    assert ana.get(scene["picture"]).status_code == 200
    assert ben.get(scene["picture"]).status_code == 404
    assert site.visitor().get(scene["picture"]).status_code == 404


def test_odd_links_and_methods_are_nothing(site: Site) -> None:
    ana = site.joined("Ana")
    link = ready_scene(ana, started(ana)["id"])["picture"]
    for odd in (
        "/media/",
        "/media",
        "/media/.",
        "/media/%2e%2e/%2e%2e/x",
        "/media/a.b.c",
        f"{link}x",
        link[:-3],
        f"{link}/",
    ):
        assert ana.get(odd).status_code == 404, odd
    for method in ("HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"):
        assert ana.request(method, link).status_code == 404, method


def test_only_a_picture_is_ever_sent_and_only_from_the_pictures(site: Site) -> None:
    ana = site.joined("Ana")
    mine = ana.get("/api/v1/people/me").json()["id"]
    release = site.engine.runtime.episodes.all()[0].release.id
    site.engine.storage.put("scenes/x/page.webp", b"<script>alert(1)</script>")
    for path in ("scenes/x/page.webp", "../engine.lock", "/etc/passwd", "scenes/x/none.webp", "a\x00b"):
        assert ana.get(site.shell.links.link(mine, path, release)).status_code == 404, path


def test_what_is_no_webp_is_refused() -> None:
    for data in (b"", b"RIFF", b"\x89PNG\r\n\x1a\n", b"RIFF\x00\x00\x00\x00AVI "):
        with pytest.raises(NotFound):
            checked_webp(data)


def test_the_links_of_a_withdrawn_release_die_at_once(site: Site) -> None:
    ana = site.joined("Ana")
    session = started(ana)
    picture = ready_scene(ana, session["id"])["picture"]
    face = ana.get("/api/v1/avatars/mara-voss").json()["avatars"][0]["picture"]
    assert (ana.get(picture).status_code, ana.get(face).status_code) == (200, 200)
    site.engine.releases.withdraw(site.engine.runtime.episodes.all()[0].release.id)
    assert (ana.get(picture).status_code, ana.get(face).status_code) == (404, 404)
    assert ana.get("/api/v1/avatars/mara-voss").status_code == 404
    shown = ana.get(f"/api/v1/chat/sessions/{session['id']}").json()
    assert (shown["is_active"], shown["ending"]["sentence"]) == (False, "This episode was withdrawn.")
