"""What is wrong at the start is told in one sentence with what to do: exit code 2, no traceback, nothing changed."""

from __future__ import annotations

import json
import shutil
import socket
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from engine.settings import Settings, content_folder
from tests.faults.commands import ROOT, begin, run

NEWER = "9999_of_tomorrow"


def _one_sentence(ran: subprocess.CompletedProcess[str]) -> str:
    """The sentence that a refused start prints on standard error, alone."""
    assert ran.returncode == 2, ran
    assert "Traceback" not in ran.stderr + ran.stdout
    lines = ran.stderr.strip().splitlines()
    assert len(lines) == 1, ran.stderr
    assert lines[0].startswith("coldopen: ")
    assert lines[0].endswith((".", "?"))
    return lines[0]


def _files(folder: Path) -> dict[str, bytes]:
    """Everything in a folder but the locks and the side files of an open database, to be compared."""
    passing = (".lock", "-wal", "-shm")
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.endswith(passing)
    }


@pytest.fixture
def content(tmp_path: Path) -> Path:
    """A copy of the data folder that may be broken."""
    copied = tmp_path / "data"
    shutil.copytree(content_folder(), copied, ignore=shutil.ignore_patterns("local"))
    return copied


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("COLDOPEN_HOMEE", "/somewhere", "COLDOPEN_HOMEE is not a setting: did you mean COLDOPEN_HOME?"),
        ("COLDOPEN_PORT", "abc", "COLDOPEN_PORT"),
        ("COLDOPEN_PORT", "70000", "COLDOPEN_PORT"),
        ("COLDOPEN_ACTOR", "shakespeare", "COLDOPEN_ACTOR"),
        ("COLDOPEN_SWEEP_SECONDS", "0", "COLDOPEN_SWEEP_SECONDS"),
        ("COLDOPEN_DATABASE_URL", "mysql://here", "COLDOPEN_DATABASE_URL"),
    ],
)
def test_a_wrong_setting_is_named(tmp_path: Path, name: str, value: str, told: str) -> None:
    home = tmp_path / "home"
    ran = run("episodes", home=str(home), more={name.removeprefix("COLDOPEN_").lower(): value})
    assert told in _one_sentence(ran)
    assert not home.exists()


def test_a_misspelt_setting_in_dotenv_is_named(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("COLDOPEN_PROT=8500\n")
    home = tmp_path / "home"
    assert "COLDOPEN_PROT is not a setting: did you mean COLDOPEN_PORT?" in _one_sentence(
        run("episodes", cwd=tmp_path, home=str(home))
    )
    assert not home.exists()


def test_a_taken_port_is_told_before_anything_else_happens(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = str(taken.getsockname()[1])
        told = _one_sentence(run(home=str(home), port=port))
    assert f"Port {port} is taken" in told
    assert "COLDOPEN_PORT" in told
    assert not home.exists()


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    file = tmp_path / "a-file"
    file.write_text("not a folder")
    told = _one_sentence(run("episodes", home=str(file / "home")))
    assert str(file / "home") in told
    assert "COLDOPEN_HOME" in told
    assert file.read_text() == "not a folder"


def test_a_file_that_is_no_database_is_named_and_kept(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "coldopen.db").write_bytes(b"Dear diary, " * 500)
    told = _one_sentence(run("episodes", home=str(home)))
    assert "coldopen.db" in told
    assert "COLDOPEN_HOME" in told
    assert _files(home) == {"coldopen.db": b"Dear diary, " * 500}


def test_durable_works_file_that_is_no_database_is_named_and_kept(told_home: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    shutil.copytree(told_home, home)
    for side_file in home.glob("work.db-*"):
        side_file.unlink()
    (home / "work.db").write_bytes(b"Dear diary, " * 500)
    assert "work.db" in _one_sentence(run("episodes", home=str(home)))
    assert (home / "work.db").read_bytes() == b"Dear diary, " * 500


def test_a_database_of_a_newer_version_is_refused(told_home: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    shutil.copytree(told_home, home)
    with closing(sqlite3.connect(home / "coldopen.db")) as database:
        database.execute("update alembic_version set version_num = ?", (NEWER,))
        database.commit()
    before = _files(home)
    told = _one_sentence(run("check", home=str(home)))
    assert "newer version" in told
    assert NEWER in told
    assert _files(home) == before


def test_a_newer_database_on_postgresql_is_refused(house: Settings) -> None:
    url = house.database_url.get_secret_value()
    if not url:
        return  # the embedded one has its own test
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        connection.execute(sa.text("update alembic_version set version_num = :newer"), {"newer": NEWER})
    told = _one_sentence(run("check", home=str(house.home), database_url=url))
    assert "newer version" in told
    with engine.connect() as connection:
        assert connection.scalar(sa.text("select version_num from alembic_version")) == NEWER
        assert connection.scalar(sa.text("select count(*) from slots")) == 0
    engine.dispose()


def test_a_postgresql_that_cannot_be_reached_is_told_soon_and_without_its_password(tmp_path: Path) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as unused:
        port = unused.getsockname()[1]
    url = f"postgresql://someone:hunter2@127.0.0.1:{port}/nowhere"
    told = _one_sentence(run("episodes", home=str(tmp_path / "home"), database_url=url, seconds=30))
    assert "COLDOPEN_DATABASE_URL" in told
    assert "hunter2" not in told


def test_a_postgresql_that_never_answers_is_told_within_seconds(tmp_path: Path) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as mute:
        url = f"postgresql://someone@127.0.0.1:{mute.getsockname()[1]}/nowhere"
        told = _one_sentence(run("episodes", home=str(tmp_path / "home"), database_url=url, seconds=30))
    assert "COLDOPEN_DATABASE_URL" in told


@pytest.mark.parametrize(
    "file",
    [
        "genres/romantic_tension.toml",
        "words/en.toml",
        "offline/shared/memory.toml",
        "offline/guarded/moves.toml",
        "starter",
    ],
)
@pytest.mark.parametrize("command", [("episodes",), ()])
def test_a_broken_data_file_is_named(content: Path, tmp_path: Path, file: str, command: tuple[str, ...]) -> None:
    home, broken = tmp_path / "home", content / file
    if broken.is_dir():
        broken = max(broken.rglob("*.toml"))
    broken.write_text('this is not = = "toml\n')
    told = _one_sentence(run(*command, home=str(home), content=str(content), port="0"))
    assert broken.name in told


def test_a_data_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    told = _one_sentence(run("episodes", home=str(tmp_path / "home"), content=str(tmp_path / "nothing")))
    assert "genres" in told


def test_starter_stories_come_whole_after_a_broken_file_is_mended(content: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    broken = max((content / "starter").rglob("*.toml"))
    right = broken.read_text()
    broken.write_text(right.replace("=", "= =", 1))
    assert broken.name in _one_sentence(run("episodes", home=str(home), content=str(content)))
    broken.write_text(right)
    listed = run("episodes", "--json", home=str(home), content=str(content))
    assert listed.returncode == 0, listed.stderr
    episodes = list((content / "starter").glob("*/characters/*/episodes/*.toml"))
    assert len(listed.stdout.splitlines()) == len(episodes) > 0


def test_starter_stories_come_whole_after_a_kill_among_them(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with begin("episodes", home=str(home)) as process:
        assert process.stdout is not None
        assert next(line for line in process.stdout if line.startswith("  "))  # the first character is being drawn
        process.kill()
    listed = run("episodes", "--json", home=str(home))
    assert listed.returncode == 0, listed.stderr
    told = [json.loads(line) for line in listed.stdout.splitlines()]
    written = list((content_folder() / "starter").glob("*/characters/*/episodes/*.toml"))
    assert len(told) == len(written) > 0
    assert "Everything holds." in run("check", home=str(home)).stdout


def test_a_start_that_is_refused_can_be_repeated_when_it_was_mended(told_home: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    shutil.copytree(told_home, home)
    _one_sentence(run("check", home=str(home), content=str(tmp_path / "nothing")))
    assert run("check", home=str(home)).returncode == 0


def test_the_command_is_the_module(tmp_path: Path) -> None:
    with begin("--help", cwd=ROOT) as process:
        out, _ = process.communicate(timeout=30)
    assert "say" in out
    assert process.returncode == 0
