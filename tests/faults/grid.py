"""The kill grid: play, die at a crash point by SIGKILL, open again, and count.

`python -m tests.faults.grid --database sqlite --kills 200 --seed 1` kills at random points; without `--kills` it dies
at each point once. The last line printed is JSON: kills, points that were never passed, and findings (none is right),
each with the database, the point and the pass.
"""

from __future__ import annotations

import argparse
import json
import logging
import random
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import dbos  # noqa: F401  # pyright: ignore[reportUnusedImport]  (before any fork, so that no child pays for it)

import engine.providers.llm.offline.actor  # noqa: F401  # pyright: ignore[reportUnusedImport]  (the same)
from engine.kernel.clock import utc_now
from engine.kernel.crash import POINTS
from engine.settings import Settings
from engine.tidying import Tidier
from engine.wiring import Engine, open_engine
from tests.faults.census import Row, jobs_left, lost, stuck, take_census
from tests.faults.forks import Tell, in_child, must_be_quiet
from tests.faults.houses import Houses
from tests.faults.postcards import Postcards
from tests.faults.script import LAST, LINES, PATIENCE, Player, play, sit_down

SERVER = "postgresql://postgres@127.0.0.1:5432/postgres"
LEASES_RAN_OUT, ONLY_TAKES_RAN_OUT = timedelta(seconds=60), timedelta(seconds=15)
RECOVERING = "sweep.after-mark"
JOBS_MAY_TAKE = 8.0
A_SECOND_KILL, A_TAKE_OVER, AN_ANSWER_UNHEARD = 0.3, 0.2, 0.5


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
        """The present instant, and the lead."""
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
    for number, point in enumerate(one for one in (kill.point, kill.again) if one):
        died = in_child(lambda tell, lead=number * LEASES_RAN_OUT: _play(settings, tell, lead), crash_at=point)
        acknowledged += died.lines
        report.kills += died.killed
        if died.hung or (died.code and not died.killed):
            report.findings.append(f"{report.database} {kill}: {died.lines[-1:]} hung={died.hung}")
        elif not died.killed:
            report.missed.append(point)
    for lead, jobs_end in ((ONLY_TAKES_RAN_OUT, False), (3 * LEASES_RAN_OUT, True))[0 if kill.takes_over else 1 :]:
        last = in_child(
            lambda tell, lead=lead, jobs_end=jobs_end: _recover(settings, tell, kill, lead, jobs_end=jobs_end)
        )
        found = [*_judge(last.lines, acknowledged)] if last.code == 0 else [f"{last.lines[-1:]} hung={last.hung}"]
        report.findings += [f"{report.database} {kill}: {one}" for one in found]
        acknowledged += last.lines


def _play(settings: Settings, tell: Tell, lead: timedelta) -> None:
    with open_engine(settings, clock=_clock(settings, lead), camera=Postcards()) as opened:
        play(opened, tell)


def _clock(settings: Settings, lead: timedelta) -> Clock:
    """Ahead on PostgreSQL, where a dead process is known by its age; on SQLite the home's locks tell at once."""
    return Clock(lead if settings.database_url.get_secret_value() else timedelta(0))


def _recover(settings: Settings, tell: Tell, kill: Kill, lead: timedelta, *, jobs_end: bool) -> None:
    """Open where somebody died, wait for quiet, count; then go on playing, and count again. Never closes."""
    clock = _clock(settings, lead)
    opened = open_engine(settings, clock=clock, camera=Postcards())
    clock.lead *= 5  # on PostgreSQL the rest of the dead one's leases runs out now
    opened.work.drain(PATIENCE)
    if kill.resend:
        play(opened, tell)
    opened.work.drain(PATIENCE)
    if jobs_end:
        _wait_for_jobs(opened)
    Tidier(opened.checker.desk, opened.storage).tidy(timedelta(0))
    rows = take_census(opened)
    tell({"kind": "census", "rows": rows | {"jobs": rows["jobs"] if jobs_end else 0}})
    player = sit_down(opened, tell)
    _try_again(player)
    player.say(*LAST)
    player.rest()
    tell({"kind": "census", "rows": take_census(opened) | {"jobs": 0}})


def _try_again(player: Player) -> None:
    """What a person does who reads that a reply was interrupted before its first word."""
    for number in range(len(LINES)):  # another take of an earlier turn takes the later ones back
        turns = player.engine.play.session(player.person_id, player.session_id).turns
        failed = next((one.turn.id for one in turns if one.state == "failed"), None)
        if failed is not None:
            player.regenerate(failed, f"try-again-{failed}-{number}")


def _wait_for_jobs(opened: Engine) -> None:
    until = time.monotonic() + JOBS_MAY_TAKE
    while jobs_left(opened) and time.monotonic() < until:
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


def each_point_once(*, leased: bool) -> list[Kill]:
    """The quick grid; `leased` says that slots are told dead by their age, so that another process may come before."""
    names = [name for name, _ in POINTS if name != RECOVERING]
    kills = [Kill(name, resend=number % 2 == 0) for number, name in enumerate(names)]
    kills += [Kill("pulse.after-save:4"), Kill("record.after-commit", again=RECOVERING)]  # words that were saved before
    return (
        [*kills, Kill("after.observed", takes_over=True), Kill("scene.after-file", takes_over=True)]
        if leased
        else kills
    )


def seeded(seed: int, *, leased: bool) -> Iterator[Kill]:
    """Random kills without end: any point at one of its first passes, now and then twice."""
    dice = random.Random(seed)  # noqa: S311  (a repeatable choice of kills)
    names = [name for name, _ in POINTS if name != RECOVERING]
    while True:
        point = f"{dice.choice(names)}:{dice.choice((1, 1, 2, 3))}"
        again = f"{dice.choice([*names, RECOVERING])}:{dice.choice((1, 1, 2))}" if dice.random() < A_SECOND_KILL else ""
        takes_over = leased and not again and dice.random() < A_TAKE_OVER
        yield Kill(point, again, resend=not takes_over and dice.random() < AN_ANSWER_UNHEARD, takes_over=takes_over)


def run(database: str, server: str, kills: Iterable[Kill], most: int) -> Report:
    """Go through the kills on one database until so many processes were killed (0 = through all)."""
    report = Report(database)
    with tempfile.TemporaryDirectory(prefix="coldopen-grid-") as folder:
        houses = Houses(Path(folder), server if database == "postgresql" else "")
        with houses.told() as told:
            for kill in kills:
                if most and report.kills >= most:
                    break
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
    kills = seeded(given.seed, leased=leased) if given.kills else each_point_once(leased=leased)
    began = time.monotonic()
    report = run(given.database, given.server, [Kill(given.point)] if given.point else kills, given.kills)
    told = {name: getattr(report, name) for name in ("database", "kills", "missed", "findings")}
    sys.stdout.write(json.dumps(told | {"seconds": round(time.monotonic() - began, 1)}) + "\n")
    return 1 if report.findings else 0


if __name__ == "__main__":
    sys.exit(main())
