"""The commands as a person types them, on both databases."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner, Result

from engine.cli.commands import app
from engine.db.database import open_database
from engine.db.migrate import head
from engine.errors import ColdopenError
from engine.play.conversation.tables import messages, takes
from engine.settings import Settings
from tests import tiny

Run = Callable[..., Result]
LINE = "I'm Ana and I'm allergic to peanuts"


@pytest.fixture
def run(house: Settings, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command in a home in which the tiny story is published."""
    monkeypatch.setenv("COLDOPEN_HOME", str(house.home))
    monkeypatch.setenv("COLDOPEN_ACTOR_DELAY", "0")
    if url := house.database_url.get_secret_value():
        monkeypatch.setenv("COLDOPEN_DATABASE_URL", url)
    return lambda *words: CliRunner().invoke(app, list(words))


def _rows(result: Result) -> list[dict[str, Any]]:
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_a_first_line_shows_the_stage_direction_the_opening_and_the_reply_and_names_the_picture(run: Run) -> None:
    told = run("say", tiny.FIRST, LINE, "--as", "Ana").stdout
    assert "acted by an AI" in told
    assert "[Midnight in the archive." in told
    assert tiny.OPENING in told
    assert told.index(tiny.OPENING) < told.index(f"Ana: {LINE}") < told.index("Mara Voss: ", told.index(LINE))
    picture = next(line.split(": ", 1)[1] for line in told.splitlines() if line.startswith("picture: "))
    assert Path(picture).read_bytes()[8:12] == b"WEBP"
    assert "offline actor" in told


def test_the_second_line_shows_no_opening_again(run: Run) -> None:
    run("say", tiny.FIRST, LINE, "--as", "Ana", "--no-wait")
    told = run("say", tiny.FIRST, "Who else was here?", "--as", "ana", "--no-wait").stdout
    assert tiny.OPENING not in told
    assert "turn 2 of 6" in told


def test_the_last_json_line_of_say_names_message_and_turn_and_prompt_shows_every_section(run: Run) -> None:
    last = _rows(run("say", tiny.FIRST, LINE, "--as", "Ana", "--json"))[-1]
    assert last["state"] == "complete"
    assert last["turn_id"]
    rows = _rows(run("prompt", last["message_id"], "--json"))
    sections = {row["section"]: row for row in rows if "section" in row}
    assert list(sections) == ["character", "world", "episode", "memories", "hooks", "stage", "state"]
    assert all(row["source"] and row["tokens_estimated"] > 0 for row in sections.values())
    assert [row["text"] for row in rows if row.get("line") == "user"] == [LINE]
    assert len(rows[-1]["hash"]) == 64
    plain = run("prompt", last["message_id"]).stdout
    assert "=== episode (release: episode; about" in plain
    assert "tokens estimated" in plain


def test_what_was_told_is_remembered_in_the_next_episode(run: Run) -> None:
    run("say", tiny.FIRST, LINE, "--as", "Ana")
    last = _rows(run("say", tiny.SECOND, "I brought something to eat.", "--as", "Ana", "--json"))[-1]
    rows = _rows(run("prompt", last["message_id"], "--json"))
    assert "allergic to peanuts" in next(row["text"] for row in rows if row.get("section") == "memories")


def test_an_unknown_episode_person_or_message_is_one_sentence(run: Run) -> None:
    for words in (
        ["say", "nowhere", "hi", "--as", "Ana"],
        ["prompt", "nothing"],
        ["say", tiny.FIRST, "  ", "--as", "A"],
    ):
        result = run(*words)
        assert isinstance(result.exception, ColdopenError)
        assert str(result.exception).endswith(".")


def test_check_names_what_it_verified_and_everything_holds(run: Run) -> None:
    run("say", tiny.FIRST, LINE, "--as", "Ana")
    result = run("check")
    assert result.exit_code == 0
    assert result.stdout.splitlines()[-1] == "Everything holds."
    assert all(line.startswith("holds ") for line in result.stdout.splitlines()[:-1])
    names = {row["invariant"] for row in _rows(run("check", "--json"))}
    assert {"C1a", "C4", "C5", "S1"} <= names


def test_a_row_broken_on_purpose_is_named_with_its_invariant_and_exit_code_1(run: Run, house: Settings) -> None:
    run("say", tiny.FIRST, LINE, "--as", "Ana")
    database = open_database(house.home, house.database_url.get_secret_value())
    with database.write() as tx:
        reply = tx.scalar(sa.select(messages.c.id).where(messages.c.role == "assistant", messages.c.seq == 3))
        tx.execute(messages.update().where(messages.c.id == reply).values(standing=False))
        tx.execute(takes.update().where(takes.c.number == 1, takes.c.kind == "reply").values(finish_reason=None))
    database.close()
    result = run("check")
    assert result.exit_code == 1
    broken = [line for line in result.stdout.splitlines() if line.startswith("BROKEN")]
    assert [line.split()[1].rstrip(":") for line in broken][:2] == ["C1c", "C3a"]
    assert f"       {reply}" in result.stdout.splitlines()


def test_a_missing_picture_file_is_found(run: Run, house: Settings) -> None:
    run("say", tiny.FIRST, LINE, "--as", "Ana")
    picture = next((house.home / "media" / "scenes").rglob("*.webp"))
    picture.unlink()
    result = run("check")
    assert result.exit_code == 1
    assert "BROKEN S1" in result.stdout


def test_doctor_tells_settings_database_and_who_acts_and_no_secret(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLDOPEN_ACCESS_KEY", "open-sesame")
    told = run("doctor").stdout
    assert "Actor: offline" in told
    assert "COLDOPEN_ACCESS_KEY: set" in told
    assert "open-sesame" not in told
    assert f"revision {head()}" in told


def test_doctor_tells_the_line_of_actors_and_shows_no_key(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    key = "sk-quite-secret-0123456789"
    monkeypatch.setenv("COLDOPEN_CLAUDE_KEY", key)
    monkeypatch.setenv("COLDOPEN_ACTOR", "claude, offline")
    monkeypatch.setenv("GEMINI_API_KEY", key)
    told = run("doctor").stdout
    assert "Actor: claude (claude-sonnet-5-5): because COLDOPEN_ACTOR says so" in told
    assert "Next in line: offline (offline-actor-1), where the one before cannot speak" in told
    assert "GEMINI_API_KEY is set, but nothing is spent unasked: set COLDOPEN_GEMINI_KEY to use it" in told
    assert key not in told


def test_a_story_goes_out_is_edited_comes_in_and_is_played(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    assert "files in" in run("export", "quay-archive", str(folder)).stdout
    path = next(folder.rglob(f"*{tiny.FIRST}.toml"))
    path.write_text(path.read_text().replace("eleven minutes", "seven minutes"))
    assert "publish" in run("import", str(folder)).stdout.lower()
    assert "release 2" in run("publish", "mara-voss").stdout
    assert "seven minutes" in run("say", tiny.FIRST, "What?", "--as", "Ben", "--no-wait").stdout


def test_episodes_lists_what_is_on_offer(run: Run) -> None:
    assert [row["slug"] for row in _rows(run("episodes", "--json"))] == [tiny.FIRST, tiny.SECOND]


def test_a_crisis_line_brings_the_help_card_before_the_reply(run: Run) -> None:
    told = run("say", tiny.FIRST, "I want to kill myself", "--as", "Ana", "--no-wait").stdout
    assert told.index("Before we go on") < told.rindex("Mara Voss: ")
