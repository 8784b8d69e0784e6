"""Demo data: marked, whole, the same for the same seed, and taken away without a trace."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner, Result

from engine.analytics.demo.plan import MARK
from engine.analytics.nouns import Filter
from engine.cli.commands import app
from engine.db.metadata import metadata
from engine.errors import BadInput, Conflict
from engine.kernel.ids import new_id
from engine.settings import Settings
from engine.wiring import Engine, open_engine
from tests import tiny
from tests.conftest import quiet

Run = Callable[..., Result]


def everything(engine: Engine) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table that people's play can stand in, but for what a running engine notes of itself."""
    found: dict[str, list[tuple[Any, ...]]] = {}
    with engine.work.desk.db.read() as tx:
        for table in metadata.sorted_tables:
            if table.name != "slots":
                rows = tx.execute(sa.select(table).order_by(*table.primary_key.columns)).all()
                found[table.name] = [tuple(str(value) for value in row) for row in rows]
    return found


def figures(engine: Engine, *, demo: bool) -> tuple[int, int, int]:
    """Active people, sessions and turns of the last sixty days."""
    today = datetime.now(UTC).date()
    now = engine.analytics.overview(Filter(today - timedelta(days=60), today, demo=demo)).now
    return now.active, now.sessions, now.turns


def test_demo_data_fills_the_figures_and_breaks_no_promise(engine: Engine) -> None:
    filled = engine.analytics.demo.fill(days=30, players=12)
    assert filled.sessions > 20
    assert figures(engine, demo=True) == (pytest.approx(filled.players, abs=3), filled.sessions, filled.turns)
    assert figures(engine, demo=False) == (0, 0, 0)
    assert [finding.invariant.code for finding in engine.check() if finding.ids] == []
    assert engine.work.left() == 0


def test_filling_twice_with_one_seed_gives_the_same_rows_and_another_seed_others(engine: Engine) -> None:
    first = engine.analytics.demo.fill(days=20, players=6)
    rows = ids(engine)
    assert engine.analytics.demo.fill(days=20, players=6) == first
    assert ids(engine) == rows
    engine.analytics.demo.fill(days=20, players=6, seed=2)
    assert ids(engine) & rows == set()
    assert len(ids(engine)) == figures(engine, demo=True)[1]


def ids(engine: Engine) -> set[str]:
    """The demo's sessions."""
    today = datetime.now(UTC).date()
    return {one.id for one in engine.analytics.sessions(Filter(today - timedelta(days=60), today, demo=True)).rows}


def test_every_row_of_the_demo_is_marked(engine: Engine) -> None:
    before = everything(engine)
    engine.analytics.demo.fill(days=15, players=5)
    added = {name: set(rows) - set(before[name]) for name, rows in everything(engine).items()}
    assert added["sessions"]
    assert all(any(value.startswith(MARK) for value in row) for rows in added.values() for row in rows)
    assert {row[-2] for row in added["events"]} == {"synthetic"}


def test_taking_it_away_leaves_every_table_as_it_was_and_real_play_untouched(engine: Engine) -> None:
    ana = engine.people.join("Ana")
    started = engine.play.start(ana.id, tiny.FIRST)
    turn = engine.play.say(ana.id, started.session_id, new_id(), "Who was here?").turn
    assert list(engine.play.follow(ana.id, turn.id))[-1].state == "complete"
    assert engine.work.drain(30)
    before = everything(engine)
    filled = engine.analytics.demo.fill(days=15, players=5)
    demo = engine.people.get(next(one for one in people(engine) if one.startswith(MARK)))
    began = engine.play.start(demo.id, tiny.FIRST)  # somebody plays on under a demo player's name
    assert engine.play.say(demo.id, began.session_id, new_id(), "I am not real.").is_new
    assert engine.work.drain(30)
    assert engine.analytics.demo.remove() == filled.players
    after = everything(engine)
    before.pop("image_assets")
    after.pop("image_assets")
    assert after == before
    assert figures(engine, demo=True) == (1, 1, 1)
    assert engine.analytics.demo.remove() == 0


def people(engine: Engine) -> list[str]:
    """Everybody's id."""
    with engine.work.desk.db.read() as tx:
        return list(tx.scalars(sa.select(metadata.tables["people"].c.id)))


def test_without_anything_published_or_with_odd_numbers_it_says_so(engine: Engine) -> None:
    with pytest.raises(BadInput, match="players"):
        engine.analytics.demo.fill(players=0)
    engine.releases.unpublish(engine.characters.get("mara-voss").id)
    with pytest.raises(Conflict, match="Publish"):
        engine.analytics.demo.fill()


@pytest.fixture
def run(house: Settings, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command in a home in which the tiny story is published."""
    monkeypatch.setenv("COLDOPEN_HOME", str(house.home))
    if url := house.database_url.get_secret_value():
        monkeypatch.setenv("COLDOPEN_DATABASE_URL", url)
    return lambda *words: CliRunner().invoke(app, list(words))


def test_the_command_fills_and_removes_and_says_how_much(run: Run, house: Settings) -> None:
    filled = run("demo-data", "--days", "14", "--players", "5", "--json")
    assert filled.exit_code == 0, filled.output
    assert json.loads(filled.stdout)["sessions"] > 0
    assert "marked as demo" in run("demo-data", "--days", "14", "--players", "5").stdout
    assert run("check").exit_code == 0
    assert "taken away" in run("demo-data", "--remove").stdout
    with open_engine(quiet(house.home, house.database_url.get_secret_value())) as engine:
        assert engine.analytics.demo.count() == 0
