"""Play's pages as the server sends them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browsing import site_of
from tests.web.visiting import Site


@pytest.fixture(scope="module")
def site(told_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with site_of(told_home, tmp_path_factory.mktemp("pages") / "home") as one:
        yield one


def test_whoever_has_no_name_is_asked_for_it_and_comes_back_to_the_same_page(site: Site) -> None:
    answer = site.visitor(headers={"accept": "text/html"}).get("/play/stage?session=abc")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/hello?next=%2Fplay%2Fstage%3Fsession%3Dabc"


@pytest.mark.parametrize("path", ["/play/", "/play/stage?session=abc"])
def test_a_page_is_ours_and_names_no_other_machine(site: Site, path: str) -> None:
    answer = site.joined().get(path, headers={"accept": "text/html"})
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    page = answer.text
    assert '<link rel="stylesheet" href="/house.css">' in page
    assert "og:image" not in page
    assert '<p class="before-curtain" aria-hidden="true">Coldopen</p>' in page
    assert "<noscript>" in page
    assert '"footer_links":[]' in page.replace(" ", "")
    addresses = set(re.findall(r"""(?:src|href|content)=["'](https?://[^"']+)""", page))
    assert {one for one in addresses if not one.startswith(site.url)} == set()


def test_other_answers_pass_as_they_are(site: Site) -> None:
    ana = site.joined()
    config = ana.get("/play/config")
    assert config.status_code == 200
    assert config.json()["title"] == "Coldopen"
    assert ana.get("/play/nothing-here").status_code == 404


def test_the_page_of_play_holds_nothing_of_the_person_who_asks(site: Site) -> None:
    ana, ben = site.joined("Ana-the-first"), site.joined("Ben")
    assert "Ana-the-first" not in ana.get("/play/").text
    pages = [re.sub(r'"(session_hash|app_id|root)":[^,]*', "", one.get("/play/").text) for one in (ana, ben)]
    assert pages[0] == pages[1]
