"""The screen Transcript: of nothing, of a session with feedback, of the demo, and of hostile words."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from engine.analytics.nouns import Filter, SessionRow
from engine.kernel.ids import new_id
from engine.wiring import Engine, open_engine
from tests import tiny
from tests.conftest import quiet

APP = Path(__file__).resolve().parents[2] / "studio_app" / "app.py"


@pytest.fixture
def engine(told_home: Path, tmp_path: Path) -> Iterator[Engine]:
    """A house on SQLite with the tiny story published."""
    home = tmp_path / "home"
    shutil.copytree(told_home, home)
    with open_engine(quiet(home, "")) as opened:
        yield opened


def screen(**query: str) -> AppTest:
    """The transcript that the address names."""
    app = AppTest.from_file(str(APP), default_timeout=30)
    for key, value in query.items():
        app.query_params[key] = value
    app.switch_page("screens/transcript.py").run()
    assert not app.exception, app.exception
    return app


def texts(app: AppTest) -> str:
    """Every plain text of the screen."""
    return "\n".join(str(one.value) for one in app.text)


def test_without_a_session_it_says_where_to_choose_one(engine: Engine) -> None:
    assert "Choose a session" in screen().info[0].value


def test_an_unknown_session_is_a_sentence(engine: Engine) -> None:
    assert "There is no such session" in screen(session="nothing").warning[0].value


def test_a_session_shows_who_played_what_and_its_pictures(engine: Engine) -> None:
    ana = engine.people.join("Ana <b>")
    started = engine.play.start(ana.id, tiny.FIRST)
    turn = engine.play.say(ana.id, started.session_id, new_id(), "Who was here?").turn
    assert list(engine.play.follow(ana.id, turn.id))[-1].state == "complete"
    assert engine.work.drain(30)
    take = engine.play.transcript(started.session_id).turns[1].takes[0]
    engine.feedback.give(ana.id, take.id, "up", "more of this")
    app = screen(session=started.session_id)
    told = texts(app)
    assert "Player: Ana <b> (Players)" in told
    assert "Character: Mara Voss" in told
    assert "Release: 1" in told
    assert "Turns: 1 of 6" in told
    assert "None so far" in told
    assert [one.value for one in app.subheader] == ["Ending", "Pictures"]
    assert "more of this" not in "".join(str(one.value) for one in app.markdown)


def test_a_session_of_the_demo_bears_its_badge(engine: Engine) -> None:
    engine.analytics.demo.fill(days=14, players=8)
    demo = next(one for one in _sessions(engine) if one.ending)
    app = screen(session=demo.id)
    assert any("Demo data" in str(one.value) for one in app.markdown)
    assert "It " in texts(app)


def _sessions(engine: Engine) -> list[SessionRow]:
    today = datetime.now(UTC).date()
    return list(engine.analytics.sessions(Filter(today - timedelta(days=30), today, demo=True)).rows)
