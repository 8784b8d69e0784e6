"""The Voices screen: one line, two replies to it side by side, and what each took."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from engine.story.world import World
from engine.studio.voices.comparing import Wish
from engine.wiring import Engine
from studio_app.parts.lists import A_PAGE
from tests import tiny
from tests.stubs import Stubs, serving
from tests.studio.avatars.easels import until
from tests.studio_app.conftest import typed
from tests.studio_app.seats import HOSTILE, again, is_tame, keys, links, mara, press, query, seat, spoken, told, words

LINE = "Who took the ledger?"


@pytest.fixture(scope="module")
def stubs() -> Iterator[Stubs]:
    """Servers that speak the providers' wire formats."""
    with serving() as running:
        yield running


@pytest.fixture
def keyed(told_home: Path, tmp_path: Path, stubs: Stubs) -> Iterator[Engine]:
    """The tiny story, acted by Claude, then by a compatible server of a model without a price."""
    stubs.clear()
    stubs.calls.clear()
    stubs.says = None
    where = {"claude_url": stubs.claude, "claude_key": stubs.key}
    where |= {"compatible_url": stubs.openai, "compatible_key": stubs.key, "compatible_model": "nobody-priced-it"}
    with told(told_home, tmp_path / "keyed", None, actor="claude,compatible", **where) as opened:
        for member in opened.voices.members:
            member.voice.warm()
        yield opened


def writer(engine: Engine) -> str:
    """Whose browser it is under test: the id."""
    return engine.people.named("Writer").id


def field(engine: Engine, name: str) -> str:
    """The key of a field of the form."""
    return f"voices:{mara(engine)}:{name}"


def asked(engine: Engine, line: str = LINE, **query_: str) -> AppTest:
    """The screen after both were asked and came to their end."""
    app = typed(seat("voices", id=mara(engine), **query_), field(engine, "line"), line)
    press(app, "voices_hear")
    if query(app, "heard"):
        until(lambda: not engine.comparisons.of(writer(engine), query(app, "heard")).running)
    return again(again(app))


def figures(app: AppTest) -> dict[str, list[str]]:
    """What both took: the row's name, and its two values."""
    (table,) = app.dataframe
    return {str(row[0]): [str(row[1]), str(row[2])] for row in table.value.itertuples(index=False)}


def test_a_line_is_answered_by_two_voices_with_tokens_cost_and_latency(keyed: Engine, stubs: Stubs) -> None:
    stubs.says = lambda provider, _line: f"*nods* I am {provider}."
    app = asked(keyed)
    opening, line, left, right = spoken(app)[:4]
    assert (opening["reply"], line["line"]) == (tiny.OPENING, LINE)
    assert (left["reply"], right["reply"]) == ("*nods* I am claude.", "*nods* I am openai.")
    took = figures(app)
    assert took["US dollars"][0].startswith("0.00")
    assert took["US dollars"][1] == "unknown"
    for name in ("First word", "Whole reply"):
        assert all(one.endswith(" ms") for one in took[name])
    assert took["Tokens in"][0].replace(",", "").isdigit()
    assert took["Tokens out"][0].isdigit()
    assert "claude-sonnet-5-5" in words(app)
    assert "nobody-priced-it" in words(app)
    assert "The exact prompt that both were given" in app.expander[-1].label
    assert sorted(call.provider for call in stubs.calls) == ["claude", "openai"]


def test_a_reload_finds_the_comparison_and_its_line_again(keyed: Engine, stubs: Stubs) -> None:
    app = asked(keyed)
    anew = seat("voices", id=mara(keyed), heard=query(app, "heard"))
    assert spoken(anew) == spoken(app)
    assert anew.text_area(key=field(keyed, "line")).value == LINE
    assert anew.button(key="voices_hear").label == "Hear both again"
    assert len(stubs.calls) == 2


def test_again_asks_both_anew_and_shows_the_new_replies(keyed: Engine, stubs: Stubs) -> None:
    app = asked(keyed)
    before = query(app, "heard")
    press(app, "voices_hear")
    assert query(app, "heard") != before
    until(lambda: not keyed.comparisons.of(writer(keyed), query(app, "heard")).running)
    assert len(stubs.calls) == 4


def test_while_they_speak_they_can_be_stopped_and_not_asked_again(keyed: Engine, stubs: Stubs) -> None:
    stubs.pause, stubs.says = 0.05, lambda _provider, _line: " ".join(["word"] * 300)
    try:
        app = typed(seat("voices", id=mara(keyed)), field(keyed, "line"), LINE)
        press(app, "voices_hear")
        until(lambda: all(one.words for one in keyed.comparisons.of(writer(keyed), query(app, "heard")).heard))
        again(app)
        assert app.button(key="voices_hear").disabled
        assert any(one["speaking"] for one in spoken(app))
        press(app, "voices_stop")
        until(lambda: not keyed.comparisons.of(writer(keyed), query(app, "heard")).running)
    finally:
        stubs.pause, stubs.says = 0.0, None
    again(again(app))
    assert "Stopped" in words(app)
    assert figures(app)["US dollars"] == ["unknown", "unknown"]
    assert "voices_stop" not in keys(app)


def test_one_that_fails_says_why_beside_the_other(keyed: Engine, stubs: Stubs) -> None:
    stubs.fault("claude", "401")
    app = asked(keyed)
    (error,) = app.error
    assert "does not accept the key" in error.value
    assert stubs.key not in words(app)
    assert spoken(app)[2]["reply"], "the other one's"
    assert figures(app)["Tokens in"][0] == "unknown"


def test_a_refused_wish_is_a_sentence_and_asks_nobody(keyed: Engine, stubs: Stubs) -> None:
    app = asked(keyed, "   ")
    assert "Write a line first" in words(app)
    assert stubs.calls == []


def test_nothing_hostile_is_read_as_markup(keyed: Engine, stubs: Stubs) -> None:
    one = keyed.episodes.of_character(mara(keyed))[0]
    keyed.episodes.save(replace(one, title=HOSTILE[:80], starter_lines=(HOSTILE[:80],)))
    stubs.says = lambda _provider, _line: HOSTILE
    app = asked(keyed, HOSTILE)
    assert is_tame(app)
    assert spoken(app)[1]["line"] == HOSTILE
    assert spoken(app)[2]["reply"] == HOSTILE
    stubs.fault("claude", "400")
    assert is_tame(asked(keyed, HOSTILE))


def test_without_a_key_it_says_what_to_set_and_the_actor_is_heard_twice(studio: Engine) -> None:
    app = asked(studio)
    for name in ("COLDOPEN_CLAUDE_KEY", "COLDOPEN_GEMINI_KEY", "COLDOPEN_COMPATIBLE_URL"):
        assert name in words(app)
    assert all(one["reply"] for one in spoken(app)[2:4])
    assert figures(app)["US dollars"] == ["0", "0"]


def test_a_comparison_that_is_gone_or_anothers_is_a_sentence(studio: Engine) -> None:
    first = studio.episodes.of_character(mara(studio))[0].id
    bens = studio.comparisons.begin(studio.people.named("Ben"), Wish(mara(studio), first, LINE, ("offline", "offline")))
    for heard in ("none", bens.id):
        app = seat("voices", id=mara(studio), heard=heard)
        assert "no longer there" in words(app)
        assert spoken(app) == []


def test_without_a_character_one_is_chosen(studio: Engine) -> None:
    app = press(seat("voices"), f"whose_{mara(studio)}")
    assert query(app, "id") == mara(studio)
    assert "voices_hear" in keys(again(app))


def test_of_many_characters_one_page_is_offered(studio: Engine) -> None:
    world = studio.worlds.get("quay-archive").id
    for number in range(A_PAGE + 5):
        studio.characters.save(replace(tiny.character(world), slug=f"extra-{number}", name=f"Extra {number:02}"))
    assert sum(key.startswith("whose_") and key != "whose_search" for key in keys(seat("voices"))) == A_PAGE


def test_a_character_without_an_episode_and_a_house_without_characters_say_so(bare_studio: Engine) -> None:
    assert "There is no character yet" in words(seat("voices"))
    world = bare_studio.worlds.save(World(slug="quay", name="The Quay", genre="psychological_thriller"))
    lonely = bare_studio.characters.save(tiny.character(world.id))
    assert "Write and save an episode first" in words(seat("voices", id=lonely.id))


def test_the_way_there_is_from_the_providers_and_from_the_character(studio: Engine) -> None:
    assert "Hear two voices side by side" in links(seat("providers"))
    assert f"id={mara(studio)}" in links(seat("character", id=mara(studio)))["Voices"]
