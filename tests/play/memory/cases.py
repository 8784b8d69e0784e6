"""Cases of what a character should remember: read from files, played through the whole engine, and judged.

A case is lines that a player says at instants of a local clock, and what is expected after them. A match is a list of
fragments that must all stand in one text, an inner list holding alternatives; case and accents do not matter.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from engine.play.memory import Recalled
    from tests.play.conftest import Stage
    from tests.play.troupe import Player

FOLDER = Path(__file__).parent / "sets"
SETS = ("supersede", "repeats", "dates", "hooks", "forget", "not_a_fact")
Match = Sequence[Any]


@dataclass(frozen=True)
class Case:
    """One case."""

    id: str
    zone: str
    lines: tuple[dict[str, str], ...]
    expect: dict[str, Any]


def cases(half: str, name: str) -> list[Case]:
    """The cases of one half (`open` or `sealed`) of a set."""
    rows = (json.loads(line) for line in (FOLDER / half / f"{name}.jsonl").read_text("utf-8").splitlines())
    return [Case(row["id"], row["zone"], tuple(row["lines"]), row["expect"]) for row in rows]


def faults(stage: Stage, case: Case, episode: str) -> list[str]:
    """Play a case on a person of its own; what was expected and is not so."""
    person = stage.engine.people.join("Ana", time_zone=case.zone)
    player = stage.enter(episode, user_id=person.id)
    _say(stage, player, case, case.lines)
    for match in case.expect.get("forget", ()):
        for one in _about(player):
            if fits(one.text, match):
                stage.engine.memory.forget(player.user_id, player.view().session.character_id, one.id)
    _say(stage, player, case, case.expect.get("then", ()))
    return list(_judged(stage, player, case))


def fits(text: str, match: Match) -> bool:
    """Whether a text holds every fragment, or one of the alternatives of each."""
    plain = _plain(text)
    return all(any(_plain(each) in plain for each in ([one] if isinstance(one, str) else one)) for one in match)


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text.casefold().replace("\u2019", "'"))
    return "".join(letter for letter in folded if not unicodedata.combining(letter))


def _say(stage: Stage, player: Player, case: Case, lines: Sequence[dict[str, str]]) -> None:
    for line in lines:
        stage.clock.now = datetime.fromisoformat(line["at"]).replace(tzinfo=ZoneInfo(case.zone))
        player.send(line["say"])
        player.quiet()


def _about(player: Player) -> tuple[Recalled, ...]:
    return player.engine.memory.about(player.user_id, player.view().session.character_id, limit=500)


def _judged(stage: Stage, player: Player, case: Case) -> Iterator[str]:
    known, expect = _about(player), case.expect
    told = [one.text for one in known]
    for match in expect.get("remembers", ()):
        if not any(fits(text, match) for text in told):
            yield f"does not remember {match}: {told}"
    for match in expect.get("not", ()):
        if any(fits(text, match) for text in told):
            yield f"remembers {match}: {told}"
    for match in expect.get("once", ()):
        if sum(fits(text, match) for text in told) != 1:
            yield f"does not remember {match} exactly once: {told}"
    for wanted in expect.get("dated", ()):
        yield from _dated(known, wanted, case.zone)
    yield from _threads(stage, player, case)
    yield from _recalled(player, expect.get("recall", ()))


def _dated(known: Sequence[Recalled], wanted: dict[str, Any], zone: str) -> Iterator[str]:
    found = [one.event_at for one in known if fits(one.text, wanted["match"])]
    days = [when.astimezone(ZoneInfo(zone)).date().isoformat() if when else None for when in found]
    if wanted["on"] not in days:
        yield f"{wanted['match']} is dated {days}, not {wanted['on']}: {[one.text for one in known]}"


def _threads(stage: Stage, player: Player, case: Case) -> Iterator[str]:
    character, zone = player.view().session.character_id, ZoneInfo(case.zone)
    open_threads = stage.engine.memory.threads(player.user_id, character, now=stage.clock())
    days_of = [(one, one.trigger_after.astimezone(zone).date().isoformat()) for one in open_threads]
    planted = [(f"{one.content} {one.opener}", day) for one, day in days_of]
    for wanted in case.expect.get("hooks", ()):
        days = [day for text, day in planted if fits(text, wanted["match"])]
        if not any(wanted["from"] <= day <= wanted["to"] for day in days):
            yield f"no thread {wanted['match']} from {wanted['from']} to {wanted['to']}: {planted}"
    for match in case.expect.get("no_hook", ()):
        if any(fits(text, match) for text, _ in planted):
            yield f"a thread {match}: {planted}"


def _recalled(player: Player, wanted: Sequence[dict[str, Any]]) -> Iterator[str]:
    character = player.view().session.character_id
    for one in wanted:
        found = [each.text for each in player.engine.memory.search(player.user_id, character, one["query"])]
        for fragment in one.get("never", ()):
            if any(fits(text, [fragment]) for text in found):
                yield f"“{one['query']}” finds {fragment}: {found}"
        for fragment in one.get("has", ()):
            if not any(fits(text, [fragment]) for text in found):
                yield f"“{one['query']}” does not find {fragment}: {found}"
