"""The Providers screen: who acts and draws and why, how each does, a try with its figures, and what was spent today."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from engine.wiring import Engine
from tests import tiny
from tests.stubs import Stubs, serving
from tests.studio.avatars.easels import until
from tests.studio_app.conftest import At, marked, open_screen, texts
from tests.studio_app.seats import told


@pytest.fixture(scope="module")
def stubs() -> Iterator[Stubs]:
    """Servers that speak the providers' wire formats."""
    with serving() as running:
        yield running


@pytest.fixture
def keyed(told_home: Path, tmp_path: Path, stubs: Stubs) -> Iterator[Engine]:
    """The tiny story, acted by Claude, then by the offline actor."""
    stubs.clear()
    where = {"claude_url": stubs.claude, "claude_key": stubs.key}
    with told(told_home, tmp_path / "keyed", None, actor="claude,offline", **where) as opened:
        opened.voices.members[0].voice.warm()
        yield opened


@pytest.fixture
def filmed(told_home: Path, tmp_path: Path, stubs: Stubs) -> Iterator[Engine]:
    """The tiny story, drawn by Replicate."""
    stubs.clear()
    stubs.created = 0
    where = {"replicate_url": stubs.replicate, "replicate_key": stubs.key}
    with told(told_home, tmp_path / "filmed", None, **where) as opened:
        yield opened


def test_without_a_key_it_says_who_acts_and_what_would_let_others(studio: Engine, at: At) -> None:
    tab = at("providers")
    assert not tab.exception
    shown = texts(tab)
    assert any("because no key is set" in text for text in shown)
    assert "Set COLDOPEN_CLAUDE_KEY and start again to let it act." in shown
    assert "Set COLDOPEN_COMPATIBLE_URL and start again to let it act." in shown
    assert "Offline actor" in marked(tab)
    assert "Acts" in marked(tab)
    assert any("Nothing so far." in text for text in shown)


def test_a_voice_is_tried_and_tells_words_times_tokens_and_cost(keyed: Engine, stubs: Stubs, at: At) -> None:
    stubs.says = lambda _provider, _line: "Somebody is, always."
    tab = at("providers")
    tab.button(key="try_claude").click().run()
    stubs.says = None
    assert "Somebody is, always." in texts(tab)
    (figures,) = (text for text in texts(tab) if "first word after" in text)
    assert figures.startswith("claude-sonnet-5-5 · ")
    assert figures.endswith("US dollars")
    assert keyed.voices.members[0].record.tally().delivered == 1
    assert "Calls since the start: 1, delivered: 1" in texts(tab)
    assert [one.calls for one in keyed.voices.spent_today("UTC")] == [1]


def test_a_try_that_fails_says_why_and_shows_no_key(keyed: Engine, stubs: Stubs, at: At) -> None:
    stubs.fault("claude", "401", times=1)
    tab = at("providers")
    tab.button(key="try_claude").click().run()
    (error,) = tab.error
    assert "does not accept the key" in error.value
    again = at("providers")
    assert any("Claude does not accept the key." in text for text in texts(again))
    assert stubs.key not in marked(again) + "".join(texts(again)) + error.value


def test_a_voice_that_rests_says_for_how_long(keyed: Engine, at: At) -> None:
    for _ in range(5):
        keyed.voices.members[0].breaker.failed()
    assert "Rests for" in marked(at("providers"))


def test_what_was_spent_today_is_told_by_model(keyed: Engine, stubs: Stubs, at: At) -> None:
    me = keyed.people.named("Ana")
    started = keyed.play.start(me.id, tiny.FIRST)
    turn = keyed.play.say(me.id, started.session_id, "first", "Who took the ledger?").turn
    for _ in keyed.play.follow(me.id, turn.id):
        pass
    assert keyed.work.drain(20)
    (spend,) = keyed.voices.spent_today("UTC")
    assert spend.model == "claude-sonnet-5-5"
    assert spend.calls >= 2, "the reply, and the question after it"
    assert spend.cost > 0
    assert spend.unpriced == 0
    assert [call.path for call in stubs.calls]
    (table,) = at("providers").dataframe
    assert table.value.iloc[0]["Model"] == "claude-sonnet-5-5"
    assert table.value.iloc[0]["Calls"] == spend.calls


def drawn(engine: Engine, tab: AppTest, name: str) -> AppTest:
    """The screen after a camera was tried and came to its end."""
    tab.button(key=f"try_camera_{name}").click().run()
    until(lambda: (tried := engine.cameras.tried(name)) is not None and tried.state != "drawing")
    return open_screen("providers")


def test_without_a_key_the_painter_draws_and_the_other_camera_says_what_it_lacks(studio: Engine, at: At) -> None:
    tab = at("providers")
    assert any("Who draws, because no key is set" in text for text in texts(tab))
    assert "Set COLDOPEN_REPLICATE_KEY and start again to let it draw." in texts(tab)
    assert any("Draws where no key is set" in text for text in texts(tab))
    assert "Draws" in marked(tab)
    assert "try_camera_replicate" not in {one.key for one in tab.button}
    tab = drawn(studio, tab, "offline")
    assert "offline\\-painter\\-1" in marked(tab)
    assert "0 US dollars" in marked(tab)
    assert len(tab.get("image")) == 1


def test_a_camera_is_tried_and_shows_its_picture_model_seconds_and_cost(filmed: Engine, stubs: Stubs, at: At) -> None:
    tab = at("providers")
    assert any("black-forest-labs/flux-kontext-pro" in text and "flux-schnell" in text for text in texts(tab))
    tab = drawn(filmed, tab, "replicate")
    assert re.search(r"flux\\-schnell · \d+\\\.\d seconds · 0\\\.003 US dollars", marked(tab))
    assert len(tab.get("image")) == 1
    assert "Calls since the start: 1, delivered: 1" in texts(tab)
    (table,) = tab.dataframe
    row = table.value.iloc[0]
    assert (row["Model"], row["Calls"], row["of them pictures"]) == ("black-forest-labs/flux-schnell", 1, 1)
    assert row["Cost"] == "0.003 US dollars"
    assert stubs.created == 1


def test_a_picture_that_does_not_come_says_why_and_shows_no_key(filmed: Engine, stubs: Stubs, at: At) -> None:
    stubs.fault("replicate", "401", times=1)
    tab = drawn(filmed, at("providers"), "replicate")
    (error,) = tab.error
    assert "does not accept the key" in error.value
    assert any("Last failures: 1" in one.label for one in tab.expander)
    assert stubs.key not in marked(tab) + "".join(texts(tab)) + error.value
