"""Taking one's data along and being erased: over HTTP, and on the page for it."""

from __future__ import annotations

import io
import zipfile

import httpx

from tests.leaving.lives import left_of
from tests.web.visiting import Site, said, started

PAGE = {"accept": "text/html"}
ME = "/api/v1/people/me"


def _played(site: Site, name: str = "Ana") -> httpx.Client:
    """Somebody's browser, in which a line was said."""
    visitor = site.joined(name)
    said(visitor, started(visitor)["id"], "I'm Ana and I'm allergic to peanuts.", "one")
    assert site.engine.work.drain(30)
    return visitor


def _is_a_stranger(site: Site, visitor: httpx.Client) -> None:
    """Assert that a browser, with whatever cookie it still has, is met as if it were new."""
    cookies, session = visitor.cookies, "0" * 32
    assert visitor.get(ME).status_code == 401
    for method, path in (
        ("GET", f"{ME}/data"),
        ("POST", "/api/v1/chat/sessions"),
        ("GET", f"/api/v1/chat/sessions/{session}"),
    ):
        given = {"episode": "the-locked-archive"} if method == "POST" else None
        assert visitor.request(method, path, json=given).status_code == 401, path
    assert visitor.get("/api/v1/lobby").json() == site.visitor().get("/api/v1/lobby").json()
    with site.visitor(headers=PAGE, cookies=cookies) as page:
        assert page.get("/play/").headers["location"] == "/hello?next=%2Fplay%2F"
        assert page.get("/me").headers["location"] == "/hello?next=/me"
        assert page.post("/me/erase", data={"name": "Ana"}).headers["location"] == "/hello?next=/me"
        assert page.get("/hello").status_code == 200
        assert page.get("/").status_code < 400


def test_ones_data_comes_as_a_zip_and_is_ones_own(site: Site) -> None:
    ana, ben = _played(site), site.joined("Ben")
    answer = ana.get(f"{ME}/data")
    assert answer.headers["content-type"] == "application/zip"
    assert answer.headers["content-disposition"].startswith("attachment;")
    assert answer.headers["cache-control"] == "no-store"
    assert int(answer.headers["content-length"]) == len(answer.content)
    mine, theirs = (zipfile.ZipFile(io.BytesIO(one.content)) for one in (answer, ben.get(f"{ME}/data")))
    assert mine.testzip() is None
    assert any(b"peanuts" in mine.read(name) for name in mine.namelist())
    assert not any(b"peanuts" in theirs.read(name) for name in theirs.namelist())
    assert site.visitor().get(f"{ME}/data").status_code == 401


def test_whoever_erases_themselves_is_a_stranger_from_then_on_also_with_their_cookie_and_return_link(
    site: Site,
) -> None:
    ana, ben = _played(site), _played(site, "Ben")
    link, known, cookies = ana.get(f"{ME}/return-link").json()["path"], ana.get(ME).json(), httpx.Cookies(ana.cookies)
    gone = ana.request("DELETE", ME, json={"name": "  aNA "})
    assert (gone.status_code, gone.json()["pictures"] > 0) == (200, True)
    assert "coldopen_person" not in ana.cookies
    assert left_of(site.engine, known["id"]) == []
    _is_a_stranger(site, site.visitor(cookies=cookies))
    with site.visitor(headers=PAGE, cookies=cookies) as phone:
        for answer in (phone.get(link), phone.post(link)):
            assert (answer.status_code, answer.headers["location"]) == (303, "/hello")
    assert len(ben.get("/api/v1/chat/sessions").json()["sessions"]) == 1
    again = site.visitor(cookies=cookies)
    assert again.post("/api/v1/people", json={"name": "Ana"}).json()["id"] != known["id"]
    assert again.get("/api/v1/chat/sessions").json() == {"sessions": []}


def test_another_name_erases_nobody(site: Site) -> None:
    ana = _played(site)
    for given in ({"name": "Ben"}, {"name": ""}, {}, {"id": ana.get(ME).json()["id"]}):
        assert ana.request("DELETE", ME, json=given).status_code == 422
    assert site.visitor().request("DELETE", ME, json={"name": "Ana"}).status_code == 401
    page = ana.post("/me/erase", data={"name": '"><img src=x>'})
    assert page.status_code == 422
    assert "Nothing was erased." in page.text
    assert "<img" not in page.text
    assert len(ana.get("/api/v1/chat/sessions").json()["sessions"]) == 1


def test_the_page_says_who_one_is_leads_to_ones_data_and_erases_once_the_name_is_typed(site: Site) -> None:
    ana = _played(site)
    person_id, cookies = ana.get(ME).json()["id"], httpx.Cookies(ana.cookies)
    page = ana.get("/me", headers=PAGE)
    assert (page.status_code, page.headers["cache-control"]) == (200, "no-store")
    assert "You are Ana here." in page.text
    assert f'href="{ME}/data"' in page.text
    done = ana.post("/me/erase", data={"name": "Ana"})
    assert (done.status_code, "nothing of yours" in done.text) == (200, True)
    assert "coldopen_person" not in ana.cookies
    assert left_of(site.engine, person_id) == []
    _is_a_stranger(site, site.visitor(cookies=cookies))


def test_another_site_can_erase_nobody(site: Site) -> None:
    ana = site.joined("Ana")
    foreign = {"origin": "https://evil.example"}
    assert ana.post("/me/erase", data={"name": "Ana"}, headers=foreign).status_code == 403
    assert ana.request("DELETE", ME, json={"name": "Ana"}, headers=foreign).status_code == 403
    assert ana.get(ME).status_code == 200
