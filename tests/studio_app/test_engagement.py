"""The screen Engagement: empty, with one session, with the demo, and with hostile words."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from streamlit.delta_generator import DeltaGenerator
from streamlit.testing.v1 import AppTest

from engine.kernel.ids import new_id
from engine.wiring import Engine, open_engine
from studio_app.parts import exporting
from tests import tiny
from tests.conftest import quiet

APP = Path(__file__).resolve().parents[2] / "studio_app" / "app.py"
HOSTILE = "<img src=x onerror=alert(1)> ![x](https://evil.example/a.png) =1+1"


@pytest.fixture
def engine(told_home: Path, tmp_path: Path) -> Iterator[Engine]:
    """A house on SQLite with the tiny story published."""
    home = tmp_path / "home"
    shutil.copytree(told_home, home)
    with open_engine(quiet(home, "", pictures_per_session=0)) as opened:
        yield opened


def screen(name: str, **query: str) -> AppTest:
    """A screen, run once."""
    app = AppTest.from_file(str(APP), default_timeout=30)
    for key, value in query.items():
        app.query_params[key] = value
    app.switch_page(f"screens/{name}.py").run()
    assert not app.exception, app.exception
    return app


def played(engine: Engine, name: str = "Ana", line: str = "Who was here?", audience: str = "player") -> str:
    """One session with one turn: its id."""
    person = engine.people.join(name)
    started = engine.play.start(person.id, tiny.FIRST, audience=audience)  # pyright: ignore[reportArgumentType]
    turn = engine.play.say(person.id, started.session_id, new_id(), line).turn
    assert list(engine.play.follow(person.id, turn.id))[-1].state == "complete"
    assert engine.work.drain(20)
    return started.session_id


def words(app: AppTest) -> str:
    """Every plain text of the screen."""
    return "\n".join(str(one.value) for one in app.text)


def charts(app: AppTest) -> list[list[dict[str, Any]]]:
    """The rows of each chart."""
    protos: list[Any] = [one.proto for one in app.get("vega_lite_chart")]  # pyright: ignore[reportAttributeAccessIssue]
    return [pa.ipc.open_stream(proto.data.data).read_all().to_pylist() for proto in protos]


def test_an_empty_house_is_told_what_to_do_first(engine: Engine) -> None:
    app = screen("engagement")
    assert "Nobody has played yet" in app.info[0].value
    assert app.code[0].value == "uv run coldopen demo-data"
    assert charts(app) == []


def test_one_session_shows_its_figures_with_their_counts(engine: Engine) -> None:
    played(engine)
    app = screen("engagement")
    assert [one.value for one in app.metric] == ["1", "1", "1", "1", "0 %"]
    assert "0 of 1; 0 to 79 %" in words(app)
    assert "median of 1 sessions" in words(app)
    line, bars = charts(app)
    assert len(line) == 28
    assert [row["unsure"] for row in bars] == [True]
    assert "whose" not in str(app.segmented_control)


def shows_demo(app: AppTest) -> bool:
    """Whether demo data is shown; then a sign says so."""
    shown = app.segmented_control(key="engagement_whose").value == "demo"
    assert any("This is demo data" in one.value for one in app.warning) == shown
    return shown


def test_the_demo_is_shown_with_its_sign_while_nobody_real_has_played(engine: Engine) -> None:
    engine.analytics.demo.fill(days=14, players=8)
    app = screen("engagement")
    assert shows_demo(app)
    assert int(app.metric[1].value) > 0
    app.segmented_control(key="engagement_whose").set_value("real").run()
    assert not shows_demo(app)
    assert [one.value for one in app.metric][:3] == ["0", "0", "0"]
    assert "No session began on these days" in words(app)


def test_an_opened_page_and_a_rehearsal_hide_no_demo_and_a_line_does(engine: Engine) -> None:
    engine.analytics.demo.fill(days=14, players=8)
    ana = engine.people.join("Ana")
    started = engine.play.start(ana.id, tiny.FIRST)
    played(engine, "Will", audience="rehearsal")
    engine.analytics.export()
    app = screen("engagement")
    assert shows_demo(app)
    turn = engine.play.say(ana.id, started.session_id, new_id(), "Who was here?").turn
    assert list(engine.play.follow(ana.id, turn.id))[-1].state == "complete"
    app.button(key="refresh").click().run()
    assert not shows_demo(app)
    assert app.metric[1].value == "1"


def test_the_demo_is_shown_for_days_on_which_nobody_real_played(engine: Engine) -> None:
    engine.analytics.demo.fill(days=14, players=8)
    played(engine)
    engine.analytics.export()
    week_ago = datetime.now(UTC).date() - timedelta(days=7)
    app = screen("engagement")
    assert not shows_demo(app)
    app.date_input(key="days").set_value((week_ago, week_ago)).run()
    assert shows_demo(app)


def test_one_can_always_switch_to_the_demo_and_the_address_keeps_it(engine: Engine) -> None:
    engine.analytics.demo.fill(days=14, players=8)
    played(engine)
    engine.analytics.export()
    app = screen("engagement")
    app.segmented_control(key="engagement_whose").set_value("demo").run()
    assert shows_demo(app)
    assert int(app.metric[1].value) > 1
    assert app.pills(key="audience").disabled
    assert app.query_params["whose"] in ("demo", ["demo"])
    assert shows_demo(screen("engagement", whose="demo"))
    assert not shows_demo(screen("engagement", whose="nonsense"))


def test_every_figure_tells_its_definition_and_its_number_of_cases(engine: Engine) -> None:
    played(engine)
    app = screen("engagement")
    assert all(one.help for one in app.metric)
    assert "(0 / 0) in the period before" in words(app)
    for figure, begins in (("turns", "Turns:"), ("completed", "Completed:")):
        app.segmented_control(key="figure").set_value(figure).run()
        assert begins in words(app)


def test_a_long_export_tells_how_far_it_is(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("_PATIENCE", "_PAUSE"):
        monkeypatch.setattr(exporting, name, 0.0)
    played(engine)
    told: list[str] = []
    monkeypatch.setattr(DeltaGenerator, "progress", lambda _self, share, text: told.append(f"{share:.2f} {text}"))
    screen("engagement")
    assert told
    assert told[-1].startswith("1.00 Reading what was played: ")


def test_refresh_exports_what_was_played_since(engine: Engine) -> None:
    played(engine)
    app = screen("engagement")
    played(engine, "Ben")
    assert app.run().metric[1].value == "1"
    assert app.button(key="refresh").click().run().metric[1].value == "2"


def test_a_filter_of_another_audience_and_dimension_changes_the_figures(engine: Engine) -> None:
    played(engine)
    played(engine, "Tess", audience="tester")
    app = screen("engagement")
    assert app.metric[1].value == "2"
    app.pills(key="audience").set_value(["tester"]).run()
    assert app.metric[1].value == "1"
    app.segmented_control(key="by").set_value("genre").run()
    assert charts(app)[1][0]["label"] == "psychological_thriller"


def test_the_address_keeps_the_filter(engine: Engine) -> None:
    played(engine)
    app = screen("engagement", by="Release")
    assert app.segmented_control(key="by").value == "release"


def test_hostile_names_are_told_as_text_and_never_as_markdown(engine: Engine) -> None:
    played(engine, HOSTILE[:40], HOSTILE)
    app = screen("engagement")
    assert not any("<img" in str(one.value) or "evil" in str(one.value) for one in app.markdown)
