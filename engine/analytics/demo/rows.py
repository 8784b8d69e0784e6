"""The rows of planned demo data, by table: whole enough for every invariant, and marked in each of them."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any

from engine.analytics.demo.plan import Exchange, Playing, Wanted, demo_id
from engine.analytics.nouns import DEMO
from engine.kernel.events import Event
from engine.play.conversation import compose
from engine.play.effects import Cause
from engine.providers.llm import Prompt, Section

Rows = dict[str, list[dict[str, Any]]]
MODEL = "demo-data"
"""What stands where a model's name would: nobody spoke these replies."""
_NOT_ASKED = "This line is demo data. No prompt was composed and no model was asked."


class Book:
    """Collects the rows of one filling, counting each timeline's turns."""

    def __init__(self, wanted: Wanted, player_name: str) -> None:
        self.rows: Rows = defaultdict(list)
        self._wanted, self._player_name = wanted, player_name
        self._timelines: dict[str, dict[str, Any]] = {}
        self._known: set[int] = set()
        self._prompt = _no_prompt()

    def add(self, playing: Playing) -> None:
        """Write down a play-through with everything that comes with it."""
        user_id = self._person(playing)
        timeline = self._timeline(user_id, playing)
        session_id = self._id("session", timeline["id"], playing.episode.id)
        ids = {
            "user_id": user_id,
            "character_id": playing.release.character_id,
            "template_id": playing.episode.id,
            "timeline_id": timeline["id"],
            "release_id": playing.release.id,
        }
        self._session(session_id, ids, playing)
        self._opening(session_id, timeline, playing)
        known = ids | {"session_id": session_id}
        self._event(playing.started_at, "session_started", known, {"order": playing.episode.order})
        self._event(playing.started_at, "notice_shown", known, {"kind": "start"})
        take_id = turn_id = ""
        for seq, exchange in enumerate(playing.exchanges, 1):
            turn_id, take_id = self._exchange(session_id, timeline, known, seq, exchange)
        if playing.ending is not None:
            self._ending(known, playing, timeline["last_at"], turn_id, take_id)

    def _id(self, *parts: str | int) -> str:
        return demo_id(self._wanted.seed, *parts)

    def _person(self, playing: Playing) -> str:
        user_id = self._id("person", playing.player)
        if playing.player not in self._known:
            self._known.add(playing.player)
            name = f"{self._player_name} {playing.player}"
            at = playing.started_at - timedelta(minutes=1)
            row = {"id": user_id, "name": name, "folded_name": name.casefold(), "roles": ["player"], "language": "en"}
            self.rows["people"].append(row | {"time_zone": "UTC", "adult_stated_at": None, "created_at": at})
            self._event(at, "person_joined", {"user_id": user_id}, {})
        return user_id

    def _timeline(self, user_id: str, playing: Playing) -> dict[str, Any]:
        """A timeline of its own for each character, which touches no engagement."""
        timeline_id = self._id("timeline", user_id, playing.release.character_id)
        if timeline_id not in self._timelines:
            row = {"id": timeline_id, "user_id": user_id, "character_id": playing.release.character_id, "kind": "fresh"}
            row |= {"audience": DEMO, "last_at": 0, "created_at": playing.started_at}
            self._timelines[timeline_id] = row
            self.rows["timelines"].append(row)
        return self._timelines[timeline_id]

    def _session(self, session_id: str, ids: dict[str, Any], playing: Playing) -> None:
        last = playing.exchanges[-1].at if playing.exchanges else playing.started_at
        place = playing.episode.scene or next(iter(playing.release.payload.setting.scenes), "")
        row = ids | {"id": session_id, "scene": place, "is_active": playing.ending is None}
        counts = {"message_count": 1 + 2 * len(playing.exchanges), "started_at": playing.started_at, "last_at": last}
        self.rows["sessions"].append(row | counts)

    def _opening(self, session_id: str, timeline: dict[str, Any], playing: Playing) -> None:
        at, line = playing.started_at, playing.episode.opening_line
        turn = self._turn(session_id, timeline, 0, "opening", at)
        self._take(turn, "opening", line, at, 0)

    def _exchange(
        self, session_id: str, timeline: dict[str, Any], known: dict[str, Any], seq: int, one: Exchange
    ) -> tuple[str, str]:
        turn = self._turn(session_id, timeline, seq, f"demo-{seq}", one.at)
        self._message(turn, None, "user", one.line, 2 * seq, one.at)
        take_id = self._take(turn, "reply", one.reply, one.at, one.took)
        prompt = self._prompt | {"take_id": take_id, "user_id": known["user_id"], "release_id": known["release_id"]}
        self.rows["prompts"].append(prompt)
        self._event(one.at, "line_sent", known, {"turn": seq, "characters": len(one.line)})
        figures = {"state": "complete", "kind": "reply", "model": MODEL, "latency_ms": one.took}
        done = one.at + timedelta(milliseconds=one.took)
        self._event(done, "take_recorded", known | {"take_id": take_id}, figures)
        return turn["id"], take_id

    def _turn(
        self, session_id: str, timeline: dict[str, Any], seq: int, client_id: str, at: datetime
    ) -> dict[str, Any]:
        timeline["last_at"] += 1
        row = {"id": self._id("turn", session_id, seq), "session_id": session_id, "timeline_id": timeline["id"]}
        row |= {"user_id": timeline["user_id"], "seq": seq, "at": timeline["last_at"], "client_id": client_id}
        row |= {"care": None, "taken_back_by": None, "accepted_at": at}
        self.rows["turns"].append(row)
        return row

    def _take(self, turn: dict[str, Any], kind: str, text: str, at: datetime, took: int) -> str:
        take_id, done = self._id("take", turn["id"]), at + timedelta(milliseconds=took)
        ids = {"id": take_id, "turn_id": turn["id"], "session_id": turn["session_id"], "user_id": turn["user_id"]}
        row = ids | {"timeline_id": turn["timeline_id"], "number": 1, "kind": kind, "state": "complete", "text": text}
        model = MODEL if kind == "reply" else None
        row |= {"chosen": True, "after": "done" if model else "none", "seed": 0, "finish_reason": "stop"}
        row |= {"model": model, "latency_ms": took if model else None, "created_at": at, "finished_at": done}
        self.rows["takes"].append(row)
        self._message(turn, take_id, "assistant", text, 2 * turn["seq"] + 1, done)
        return take_id

    def _message(self, turn: dict[str, Any], take_id: str | None, role: str, text: str, seq: int, at: datetime) -> None:
        ids = {"id": self._id("message", turn["id"], role), "turn_id": turn["id"], "take_id": take_id, "role": role}
        ids |= {name: turn[name] for name in ("session_id", "timeline_id", "user_id", "at")}
        told = {"content": text, "seq": seq, "standing": True, "metadata": {"model": MODEL}, "created_at": at}
        self.rows["messages"].append(ids | told)

    def _ending(self, known: dict[str, Any], playing: Playing, at: int, turn_id: str, take_id: str) -> None:
        last = playing.exchanges[-1]
        when = last.at + timedelta(milliseconds=last.took + 400)
        told = next((one.text for one in playing.episode.resolutions if one.kind == playing.ending), "")
        ids = (known["user_id"], known["character_id"], known["timeline_id"], known["session_id"])
        cause = Cause(*ids, at, turn_id, take_id).columns()
        row = {"id": self._id("ending", known["session_id"]), "kind": playing.ending, "content": told, "round": 0}
        self.rows["endings"].append(cause | row | {"standing": True, "created_at": when})
        self._event(when, "session_ended", known, {"kind": playing.ending})

    def _event(self, at: datetime, name: str, known: dict[str, Any], properties: dict[str, Any]) -> None:
        names = [each for each in Event.__slots__ if each not in ("name", "properties", "audience")]
        ids = {each: known.get(each) for each in names}
        row = {"id": self._id("event", len(self.rows["events"])), "occurred_at": at, "name": name, "audience": DEMO}
        self.rows["events"].append(row | ids | {"properties": properties})


def _no_prompt() -> dict[str, Any]:
    """What stands where a reply's exact prompt would: a sentence that says that there was none."""
    prompt = Prompt((Section("demo", "demo data", _NOT_ASKED),), ())
    sections, digest = compose.pack(prompt)
    figures = {"tokens_estimated": compose.tokens_of(prompt), "tokens_billed": None, "after_pending": False}
    return {"sections": sections, "hash": digest, "memory_ids": [], "hook_ids": []} | figures
