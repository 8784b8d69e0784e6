"""Each bench runs, small: it prints rows of JSON, with its baseline beside it and how quiet the machine was."""

from __future__ import annotations

import json
from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from engine.bench import adapters, crash, load, memory, turn
from engine.bench.chatter import chatter
from engine.bench.ground import ground
from engine.cli.commands import app
from engine.errors import SettingsProblem


def rows(told: Iterable[str]) -> dict[str, dict[str, Any]]:
    """The rows by what they name; of several with one name the last."""
    found = [json.loads(line) for line in told]
    return {f"{one['row']} {one.get('contestant', '')}".strip(): one for one in found}


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.full)])
def server(request: pytest.FixtureRequest) -> str:
    """No address for SQLite, or that of the PostgreSQL server."""
    if request.param == "sqlite":
        return ""
    postgres: sa.Engine = request.getfixturevalue("postgres")
    return postgres.url.render_as_string(hide_password=False)


def test_a_turn_is_measured_beside_the_bare_driver(server: str) -> None:
    told = rows(turn.measure(5, 2, [2, 12], server))

    assert told["noise"]["p95_over_min"] >= 1
    assert told["ratio"]["median"] > 0
    assert told["ratio"]["statements_a_turn"] > 40
    assert told["12 messages over 2"]["ratio"] > 0
    assert {"raw psycopg, same statements" if server else "raw sqlite3, same statements", "engine, one turn"} <= {*told}


def test_memory_is_measured_shared_out_and_in_one_scope(server: str) -> None:
    told = rows(memory.measure(120, 4, 5, server))

    for house in ("120 memories of 4 people", "120 memories of one person"):
        for what in ("search, ten best", "the ten of a prompt", "add one"):
            assert told[f"{house}: {what} engine"]["cpu_ms"]["p95"] > 0
            assert told[f"{house}: {what} ratio of CPU"]["median"] > 0


def test_nothing_is_lost_under_a_small_load() -> None:
    told = rows(load.measure([6], 1))

    assert told["bare event stream"]["first_words_ms"]["p50"] >= 0
    assert told["coldopen"]["first_words_ms"]["p95"] > 0
    counted = told["counted in the database"]
    assert counted["lines"] == 6
    assert {counted[name] for name in ("lost", "doubled", "truncated", "failed")} == {0}
    assert counted["broken_promises"] == []


def test_a_line_that_the_database_lacks_is_counted_as_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    heard = load.Heard

    def another(client_id: str, *more: Any) -> load.Heard:  # noqa: ANN401
        return heard(f"never said {client_id}", *more)

    monkeypatch.setattr(load, "Heard", another)

    assert rows(load.measure([2], 1))["counted in the database"]["lost"] == 2


def test_each_voice_is_measured_beside_its_bare_sdk() -> None:
    told = rows(adapters.measure(1, 5))

    for name in ("claude", "gemini", "compatible"):
        assert told[f"{name} bare SDK"]["ms_a_reply"] > 0
        assert told[f"{name} coldopen"]["ms_a_reply"] > 0
        assert told[f"{name} added"]["ratio"] > 0


def test_the_kill_grid_is_missing_where_there_is_no_checkout(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(crash, "ROOT", tmp_path)

    with pytest.raises(SettingsProblem, match="in a checkout"):
        next(crash.measure(1, 1))


def test_the_help_of_recall_tells_the_format_of_its_files() -> None:
    told = CliRunner().invoke(app, ["bench", "recall", "--help"]).output

    assert '"evidence"' in told
    assert '"meeting"' in told


def test_chatter_is_the_same_for_the_same_seed_and_different_for_another() -> None:
    first, again, other = (list(islice(chatter(seed), 50)) for seed in (1, 1, 2))

    assert first == again
    assert not {*first} & {*other}


def test_the_ground_of_a_bench_is_gone_afterwards(server: str) -> None:
    with ground(server) as here:
        settings = here.new("home")
        here.copy(settings, "copy")
        folder, databases = here.folder, list(here.databases)
        assert len(databases) == (2 if server else 0)

    assert not folder.exists()
    if server:
        with sa.create_engine(server).connect() as connection:
            known = set(connection.scalars(sa.text("select datname from pg_database")))
        assert known.isdisjoint(databases)
