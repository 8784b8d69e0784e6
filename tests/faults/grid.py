"""The kill grid: play, die at a crash point by SIGKILL, open again, and count.

`python -m tests.faults.grid --database sqlite --kills 200 --seed 1` kills at random points; without `--kills` it dies at
each point once. The last line printed is JSON: kills, points that were never passed, and findings (none is right), each
with the database, the point and the pass.
"""

from __future__ import annotations

import argparse
import json
import logging
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import dbos  # noqa: F401  # pyright: ignore[reportUnusedImport]  (before any fork, so that no child pays for it)

from engine.kernel.clock import utc_now
from engine.kernel.crash import POINTS
from engine.settings import Settings
from engine.wiring import Engine, open_engine
from tests.faults.census import Row, jobs_left, lost, stuck, take_census
from tests.faults.forks import Tell, in_child, must_be_quiet
from tests.faults.houses import Houses
from tests.faults.script import LAST, PATIENCE, Player, play, sit_down

SERVER = "postgresql://postgres@127.0.0.1:5432/postgres"
LEASES_RAN_OUT, ONLY_TAKES_RAN_OUT = timedelta(seconds=60), timedelta(seconds=15)
RECOVERING = "sweep.after-mark"
JOBS_MAY_TAKE = 8.0
MOST_PASSES = 4


@dataclass(frozen=True, slots=True)
class Kill:
    """One cycle: where to die, where to die again while recovering (empty = nowhere), and what comes after.

    `resend` plays the script again with the same ids; `takes_over` lets the next process come while the dead one's
    slot is still leased (PostgreSQL), so that its durable work is not recovered but done anew.
    """

    point: str
    again: str = ""
    resend: bool = False
    takes_over: bool = False


@dataclass(slots=True)
class Clock:
    """A clock that is ahead of time by a lead that can be changed."""

    lead: timedelta

    def __call__(self) -> datetime:
        return utc_now() + self.lead


@dataclass(slots=True)
class Report:
    """What a run of the grid found."""

    database: str
    kills: int = 0
    missed: list[str] = field(default_factory=list[str])
    findings: list[str] = field(default_factory=list[str])


def cycle(settings: Settings, kill: Kill, report: Report) -> None:
    """Play until the kill, recover in a new process (or be killed again and recover in a third), and count."""
    acknowledged: list[Row] = []
    leads = [timedelta(0), LEASES_RAN_OUT, 2 * LEASES_RAN_OUT] if not settings_are_sqlite(settings) else [timedelta(0)] * 3
    for number, point in enumerate(one for one in (kill.point, kill.again) if one):
        died = in_child(lambda tell, lead=leads[number]: _play(settings, tell, lead), crash_at=point)
        acknowledged += died.lines
        if died.killed:
            report.kills += 1
        elif died.hung or died.code:
            report.findings.append(f"{report.database} {kill}: {died.lines[-1:]}")
        else:
            report.missed.append(point)
    stages = (ONLY_TAKES_RAN_OUT, 3 * LEASES_RAN_OUT) if kill.takes_over else (leads[-1] + LEASES_RAN_OUT,)
    for lead in stages:
        last = in_child(lambda tell, lead=lead: _recover(settings, tell, kill, lead))
        found = [*_judge(last.lines, acknowledged)] if last.code == 0 else [f"{last.lines[-1:]} hung={last.hung}"]
        report.findings += [f"{report.database} {kill}: {one}" for one in found]


def settings_are_sqlite(settings: Settings) -> bool:
    """Whether the house stands on the embedded database."""
    return not settings.database_url.get_secret_value()


def _play(settings: Settings, tell: Tell, lead: timedelta) -> None:
    with open_engine(settings, clock=Clock(lead)) as engine:
        play(engine, tell)


def _recover(settings: Settings, tell: Tell, kill: Kill, lead: timedelta) -> None:
    """Open where somebody died, wait for quiet, count; then go on playing, and count again. Never closes."""
    clock = Clock(timedelta(0) if settings_are_sqlite(settings) else lead)
    engine = open_engine(settings, clock=clock)
    clock.lead = max(clock.lead, clock.lead if settings_are_sqlite(settings) else LEASES_RAN_OUT + lead)
    engine.work.drain(PATIENCE)
    if kill.resend:
        play(engine, tell)
    engine.work.drain(PATIENCE)
    if not kill.takes_over:
        _wait_for_jobs(engine)
    tell({"kind": "census", "rows": take_census(engine)})
    player = sit_down(engine, tell)
    _try_again(player)
    player.say(*LAST)
    player.rest()
    tell({"kind": "census", "rows": take_census(engine) | {"jobs": 0}})


def _try_again(player: Player) -> None:
    """What a person does who reads that a reply was interrupted before its first word."""
    for one in player.engine.play.session(player.person_id, player.session_id).turns:
        if one.state == "failed":
            player.regenerate(one.turn.id, f"try-again-{one.turn.seq}")


def _wait_for_jobs(engine: Engine) -> None:
    until = time.monotonic() + JOBS_MAY_TAKE
    while jobs_left(engine) and time.monotonic() < until:
        time.sleep(0.05)


def _judge(told: tuple[Row, ...], acknowledged: list[Row]) -> Iterator[str]:
    """Everything wrong after a recovery; nothing is right."""
    counts = [one["rows"] for one in told if one["kind"] == "census"]
    so_far = list(acknowledged)
    for number, rows in enumerate(counts, 1):
        yield from (f"count {number}: lost {one}" for one in lost(so_far, rows))
        yield from (f"count {number}: stuck: {one}" for one in stuck(rows))
        yield from (f"count {number}: doubled {one}" for one in rows["doubled"])
        yield from (f"count {number}: broken {one}" for one in rows["broken"])
        yield from (f"count {number}: a file without a row: {one}" for one in rows["strays"])
        so_far += told
    if counts and counts[0]["jobs"]:
        yield f"{counts[0]['jobs']} jobs are begun and not ended"
    replies = [one["state"] for one in told if one["kind"] == "reply"]
    if replies[-1:] != ["complete"]:
        yield f"the play cannot go on: the last reply is {replies[-1:]}"


def each_point_once() -> list[Kill]:
    """The quick grid."""
    kills = [Kill(name, resend=number % 2 == 0) for number, (name, _) in enumerate(POINTS) if name != RECOVERING]
    kills += [Kill("accept.after-commit:2"), Kill("record.after-commit:3"), Kill("scene.after-file:2")]
    return [*kills, Kill("record.after-commit", again=RECOVERING), Kill("scene-claim.after-commit", again=RECOVERING)]


def take_overs() -> list[Kill]:
    """Kills after which another process comes while the dead one's slot is leased: durable work is begun and not ended."""
    points = ("after.observed", "after.before-commit", "after.after-commit", "scene.after-file", "scene.before-commit")
    return [Kill(point, takes_over=True) for point in points]


def seeded(seed: int, count: int, *, leased: bool) -> Iterator[Kill]:
    """Random kills: any point at any of its first passes, now and then twice."""
    dice = random.Random(seed)  # noqa: S311  (a repeatable choice of kills)
    names = [name for name, _ in POINTS if name != RECOVERING]
    for _ in range(count):
        point = f"{dice.choice(names)}:{dice.randint(1, MOST_PASSES)}"
        again = f"{dice.choice([*names, RECOVERING])}:{dice.randint(1, 2)}" if dice.random() < 0.3 else ""
        yield Kill(point, again, dice.random() < 0.5, leased and not again and dice.random() < 0.2)


def run(database: str, server: str, kills: list[Kill]) -> Report:
    """Go through the kills on one database."""
    report = Report(database)
    with tempfile.TemporaryDirectory(prefix="coldopen-grid-") as folder:
        houses = Houses(Path(folder), server if database == "postgresql" else "")
        with houses.told() as told:
            for kill in kills:
                must_be_quiet()
                with houses.copy(told) as settings:
                    cycle(settings, kill, report)
    return report


def main() -> int:
    """The command: 1 when anything was found."""
    logging.disable(logging.CRITICAL)
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    asked.add_argument("--server", default=SERVER, help="the PostgreSQL server to make databases on")
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--kills", type=int, default=0, help="random kills; 0 = each point once")
    asked.add_argument("--point", default="", help="only this point, e.g. record.after-commit:2")
    given = asked.parse_args()
    leased = given.database == "postgresql"
    kills = list(seeded(given.seed, given.kills, leased=leased)) or each_point_once() + (take_overs() if leased else [])
    if given.point:
        kills = [Kill(given.point)]
    began = time.monotonic()
    report = run(given.database, given.server, kills)
    told = {name: getattr(report, name) for name in ("database", "kills", "missed", "findings")}
    sys.stdout.write(json.dumps(told | {"seconds": round(time.monotonic() - began, 1)}) + "\n")
    return 1 if report.findings else 0


if __name__ == "__main__":
    sys.exit(main())
