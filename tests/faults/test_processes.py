"""Several processes on one home, and processes told to stop while the character speaks."""

from __future__ import annotations

import json
import re
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import httpx
import pytest

from engine.errors import AlreadyRunning
from engine.settings import Settings
from engine.wiring import Engine, open_engine
from tests import tiny
from tests.conftest import quiet
from tests.faults.commands import begin, run

API_ONLY = "--api-only"
"""What is asked of a server here is asked over the API; only stopping concerns the apps too, whose threads must end."""
READY = re.compile(r"Coldopen is at (\S+)")
SLOWLY = "0.4"
STOPS_WITHIN = 15.0
LINE = "I'm Ana and I'm allergic to peanuts."


def _given(house: Settings, **more: str) -> dict[str, str]:
    """A house as the command gets it."""
    url = house.database_url.get_secret_value()
    return {"home": str(house.home), "actor_delay": "0", "port": "0"} | ({"database_url": url} if url else {}) | more


@contextmanager
def _server(given: dict[str, str], *words: str) -> Generator[tuple[subprocess.Popen[str], str]]:
    """A running server and its address; killed at the end if it still runs."""
    with begin(*words, more=given) as process:
        watch = threading.Timer(60, process.kill)
        watch.start()
        try:
            assert process.stdout is not None
            found = next((found for line in process.stdout if (found := READY.search(line))), None)
            assert found is not None, process.stderr.read() if process.stderr else ""
            yield process, found[1]
        finally:
            watch.cancel()
            process.kill()


def _rows(ran: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    assert ran.returncode == 0, ran.stderr
    return [json.loads(line) for line in ran.stdout.splitlines()]


def _all_holds(engine: Engine) -> None:
    assert engine.work.drain(60)
    assert [f"{one.invariant.code} {one.ids}" for one in engine.check() if one.ids] == []


def _say(given: dict[str, str], line: str, name: str) -> subprocess.Popen[str]:
    return begin("say", tiny.FIRST, line, "--as", name, "--json", more=given)


def _told(process: subprocess.Popen[str]) -> list[dict[str, Any]]:
    with process:
        out, errors = process.communicate(timeout=90)
    return _rows(subprocess.CompletedProcess(process.args, process.returncode, out, errors))


def test_a_second_server_on_a_home_is_refused_in_a_sentence(told_home: Path, house: Settings) -> None:
    if house.database_url.get_secret_value():
        return  # on PostgreSQL many servers share a database
    with _server(_given(house), API_ONLY):
        second = run(more=_given(house), seconds=30)
    assert second.returncode == 2
    assert "Traceback" not in second.stderr
    assert re.fullmatch(r"coldopen: Another Coldopen is running on .*COLDOPEN_HOME\.", second.stderr.strip())


def test_a_second_server_on_one_postgresql_is_welcome(house: Settings, tmp_path: Path) -> None:
    if not house.database_url.get_secret_value():
        return  # on SQLite the first one holds the home
    with _server(_given(house), API_ONLY) as (_, one), _server(_given(house), API_ONLY) as (_, other):
        for url in (one, other):
            assert httpx.get(f"{url}/api/v1/health", timeout=30).json()["status"] == "ok"


def test_a_line_said_beside_a_running_server_gets_its_picture_and_memories(house: Settings) -> None:
    given = _given(house, sweep_seconds="0.25")
    with _server(given, API_ONLY):
        rows = _rows(run("say", tiny.FIRST, LINE, "--as", "Ana", "--json", more=given, seconds=90))
        again = _rows(run("say", tiny.FIRST, "Who else?", "--as", "Ana", "--json", more=given, seconds=90))
    assert [row["state"] for row in (rows[-1], again[-1])] == ["complete", "complete"]
    assert [Path(row["file"]).is_file() for row in rows if row["kind"] == "scene"] == [True]
    with open_engine(house) as engine:
        ana = engine.people.named("Ana")
        character = engine.play.session(ana.id, rows[-1]["session_id"]).session.character_id
        assert any("peanuts" in one.text for one in engine.memory.about(ana.id, character))
        _all_holds(engine)


def test_a_server_of_the_api_alone_answers_it_and_its_front_page_leads_there(told_home: Path, tmp_path: Path) -> None:
    shutil.copytree(told_home, tmp_path / "home")
    given = _given(quiet(tmp_path / "home", ""))
    with _server(given, API_ONLY) as (_, url), httpx.Client(base_url=url, timeout=30) as ana:
        assert ana.get("/api/v1/health").json()["status"] == "ok"
        assert (ana.get("/").status_code, ana.get("/").headers["location"]) == (307, "/api/v1/docs")
        assert [ana.get(door).status_code for door in ("/play/", "/studio/")] == [404, 404]


def test_two_lines_said_at_once_are_both_answered_and_remembered(house: Settings) -> None:
    given = _given(house, sweep_seconds="0.25")
    both = [_say(given, LINE, "Ana"), _say(given, "I'm Ben and I love rain.", "Ben")]
    told = [_told(process) for process in both]
    assert [rows[-1]["state"] for rows in told] == ["complete", "complete"]
    assert [len([row for row in rows if row["kind"] == "scene"]) for rows in told] == [1, 1]
    with open_engine(house) as engine:
        _all_holds(engine)


def test_one_person_who_says_two_lines_at_once_stays_one_person(house: Settings) -> None:
    given = _given(house, sweep_seconds="0.25")
    both = [_say(given, LINE, "Ana"), _say(given, "Who was here?", "Ana")]
    told = [_told(process) for process in both]
    assert len({rows[-1]["session_id"] for rows in told}) == 1
    assert [rows[-1]["state"] for rows in told] == ["complete", "complete"]
    with open_engine(house) as engine:
        ana = engine.people.named("Ana")
        turns = engine.play.session(ana.id, told[0][-1]["session_id"]).turns
        assert {one.line.content for one in turns if one.line} == {LINE, "Who was here?"}
        _all_holds(engine)


def test_a_second_open_engine_in_a_process_is_refused_by_name(engine: Engine, house: Settings) -> None:
    with pytest.raises(AlreadyRunning, match="has an engine open already"):
        open_engine(house)
    assert engine.runtime.episodes.all()


def test_an_engine_closed_and_opened_again_goes_on(house: Settings) -> None:
    for number in range(3):
        with open_engine(house) as engine:
            ana = engine.people.named("Ana")
            session_id = engine.play.start(ana.id, tiny.FIRST).session_id
            turn = engine.play.say(ana.id, session_id, f"line-{number}", LINE).turn
            assert [frame.state for frame in engine.play.follow(ana.id, turn.id)][-1] == "complete"
    with open_engine(house) as engine:
        ana = engine.people.named("Ana")
        assert engine.play.session(ana.id, engine.play.start(ana.id, tiny.FIRST).session_id).played == 3
        _all_holds(engine)


def _read_some_words(stream: IO[str], words: int) -> str:
    """What a process printed of the reply, once that has so many words."""
    read, reply = "", ""
    while len(reply.split()) < words:
        piece = stream.read(1)
        assert piece, read
        read += piece
        reply = read.partition(f"Ana: {LINE}")[2].partition("Mara Voss: ")[2]
    return reply


@pytest.mark.parametrize("told_to_stop", [signal.SIGINT, signal.SIGTERM])
def test_say_told_to_stop_keeps_what_was_said(house: Settings, told_to_stop: signal.Signals) -> None:
    with begin("say", tiny.FIRST, LINE, "--as", "Ana", more=_given(house, actor_delay=SLOWLY)) as process:
        assert process.stdout is not None
        heard = _read_some_words(process.stdout, 3)
        began = time.monotonic()
        process.send_signal(told_to_stop)
        _, errors = process.communicate(timeout=20)
        took = time.monotonic() - began
    assert took < STOPS_WITHIN
    assert process.returncode not in (0, 2)
    assert "Traceback" not in errors, errors
    with open_engine(house) as engine:
        ana = engine.people.named("Ana")
        view = engine.play.session(ana.id, engine.play.start(ana.id, tiny.FIRST).session_id)
        assert view.turns[-1].state == "partial"
        assert view.turns[-1].reply is not None
        assert view.turns[-1].reply.content.startswith(heard.rstrip())
        _all_holds(engine)


@pytest.mark.parametrize("told_to_stop", [signal.SIGINT, signal.SIGTERM])
def test_a_server_told_to_stop_keeps_what_was_said(house: Settings, told_to_stop: signal.Signals) -> None:
    served, words = _given(house, actor_delay=SLOWLY), (API_ONLY,) if house.database_url.get_secret_value() else ()
    with _server(served, *words) as (process, url), httpx.Client(base_url=f"{url}/api/v1") as ana:
        ana.post("/people", json={"name": "Ana"}).raise_for_status()
        session_id = ana.post("/chat/sessions", json={"episode": tiny.FIRST}).json()["id"]
        sent = ana.post(f"/chat/sessions/{session_id}/lines", json={"client_id": "one", "text": LINE})
        heard = _hear_some(ana, sent.json()["turn_id"], 3)
        began = time.monotonic()
        process.send_signal(told_to_stop)
        code = process.wait(20)
        took = time.monotonic() - began
        assert process.stderr is not None
        errors = process.stderr.read()
    assert took < STOPS_WITHIN
    assert code == 0
    assert "Traceback" not in errors, errors
    with open_engine(house) as engine:
        person = engine.people.named("Ana")
        turn = engine.play.session(person.id, session_id).turns[-1]
        assert turn.state == "partial"
        assert turn.reply is not None
        assert turn.reply.content.startswith(heard.rstrip())
        _all_holds(engine)


def _hear_some(ana: httpx.Client, turn_id: str, words: int) -> str:
    """Follow a reply until so many words were said."""
    heard = ""
    with ana.stream("GET", f"/chat/turns/{turn_id}/follow", timeout=30) as stream:
        for line in stream.iter_lines():
            if line.startswith("data:"):
                heard = json.loads(line.removeprefix("data:")).get("text", "")
            if len(heard.split()) >= words:
                return heard
    raise AssertionError(heard)
