"""A playhouse for each file of tests: a real server, an actor that takes cues, and a browser."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from engine.errors import BadInput
from engine.providers.images import Capabilities, Picture, PictureRequest
from engine.providers.llm.offline.actor import OfflineActor
from engine.settings import Settings
from tests import tiny
from tests.browsing import chromium, new_person, site_of
from tests.conftest import quiet
from tests.play.troupe import Puppet, Snapshot
from tests.web.visiting import Site

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

__all__ = ["chromium"]
STAGE = f"/play/stage?episode={tiny.FIRST}"


@dataclass
class Moods:
    """A camera that gives a small picture at once, or refuses while it is told to."""

    fails: bool = False
    name: str = "moods"
    model: str = "moods-1"
    can: Capabilities = field(default_factory=lambda: Capabilities(references_max=1, negative_prompt=True))

    def draw(self, request: PictureRequest) -> Picture:
        """The picture. Raises BadInput while it fails: what no second try of the house's own would mend."""
        if self.fails:
            raise BadInput("Not this one.")
        return Snapshot(tiny.portrait()).draw(request)


@dataclass(frozen=True)
class Playhouse:
    """A running site, and who acts and draws there."""

    site: Site
    actor: Puppet
    camera: Moods
    browser: Browser

    def seat(self, name: str = "Ana", *, width: int = 1440, dark: bool = False) -> Page:
        """Somebody new in front of the stage of the first episode, once it is there."""
        page = new_person(self.browser, self.site, name, width, dark=dark)
        page.goto(STAGE)
        page.wait_for_selector(".flow .turn .words p")
        return page


@pytest.fixture(scope="module")
def playhouse(chromium: Browser, told_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Playhouse]:
    """The tiny story behind a real server."""
    home = tmp_path_factory.mktemp("playhouse") / "home"
    settings: Settings = quiet(home, "")
    actor = Puppet(OfflineActor(settings.content / "offline"))
    camera = Moods()
    with site_of(told_home, home, actor=actor, camera=camera) as site:
        yield Playhouse(site, actor, camera, chromium)


@pytest.fixture
def seat(playhouse: Playhouse) -> Iterator[Page]:
    """Ana's page in front of the first episode."""
    page = playhouse.seat()
    yield page
    page.context.close()
    playhouse.actor.forget()
