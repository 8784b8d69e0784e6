"""`coldopen hand-over` and `coldopen erase`, as people type them."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from engine.cli.commands import app
from engine.errors import BadInput, NotFound
from engine.settings import Settings
from engine.wiring import open_engine
from tests import tiny
from tests.leaving.lives import PATIENCE, left_of

Run = Callable[..., Result]


@pytest.fixture
def run(house: Settings, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command in a home in which the tiny story is published; `typed` is what one answers."""
    monkeypatch.setenv("COLDOPEN_HOME", str(house.home))
    monkeypatch.setenv("COLDOPEN_ACTOR_DELAY", "0")
    if url := house.database_url.get_secret_value():
        monkeypatch.setenv("COLDOPEN_DATABASE_URL", url)
    return lambda *words, typed="": CliRunner().invoke(app, list(words), input=typed)


@pytest.fixture
def ana(house: Settings) -> str:
    """Ana, who has begun an episode."""
    with open_engine(house) as engine:
        person = engine.people.join("Ana")
        engine.play.start(person.id, tiny.FIRST)
        assert engine.work.drain(PATIENCE)
    return person.id


def test_somebodys_data_is_written_whole_into_a_file(run: Run, ana: str, tmp_path: Path) -> None:
    file = tmp_path / "ana.zip"
    told = run("hand-over", "ana", str(file))
    assert told.stdout.startswith(f"Everything of Ana is in {file} (1 picture, ")
    with zipfile.ZipFile(file) as bundle:
        assert bundle.testzip() is None
        assert json.loads(bundle.read("data/people.json"))[0]["id"] == ana
    assert file.stat().st_mode & 0o077 == 0
    assert isinstance(run("hand-over", "Ana", str(tmp_path / "none" / "x.zip")).exception, BadInput)


def test_somebody_is_erased_once_their_name_was_typed_again(run: Run, ana: str, house: Settings) -> None:
    refused = run("erase", "Ana", typed="Ben\n")
    assert str(refused.exception) == "That is another name. Nothing was erased."
    done = run("erase", "Ana", typed="Ana\n")
    assert done.exit_code == 0
    assert "cannot be undone" in done.stdout
    assert "and 1 picture. Backups" in done.stdout
    with open_engine(house) as engine:
        assert left_of(engine, ana) == []
    assert str(run("erase", "Ana", "--yes").exception) == "There is nobody called 'Ana'."


def test_with_yes_nobody_is_asked_and_an_id_of_somebody_gone_finishes_what_broke_off(run: Run, ana: str) -> None:
    assert json.loads(run("erase", "Ana", "--yes", "--json").stdout)["pictures"] == 1
    assert json.loads(run("erase", "Ana", "--id", ana, "--json").stdout) == {"rows": 0, "pictures": 0}


def test_of_several_who_share_a_name_one_is_named_by_id_and_the_others_stay(
    run: Run, ana: str, house: Settings
) -> None:
    with open_engine(house) as engine:
        other = engine.people.join("ANA").id
    asked = run("erase", "Ana", "--yes")
    assert [line.split()[0] for line in asked.stdout.splitlines()[-2:]] == [ana, other]
    assert str(asked.exception) == "2 people are called Ana: say which one with --id."
    assert run("erase", "Ana", "--id", other, "--yes").exit_code == 0
    with open_engine(house) as engine:
        assert [one.id for one in engine.people.called("Ana")] == [ana]
        with pytest.raises(NotFound):
            engine.people.get(other)
