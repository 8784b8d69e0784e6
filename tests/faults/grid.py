"""The kill grid: play, die at a crash point by SIGKILL, open again, and count.

`python -m tests.faults.grid --database sqlite --kills 200 --seed 1` kills at random points; without `--kills` it dies
at each point once. The last line printed is JSON: kills, how much was lost, doubled, stuck or otherwise wrong, seconds,
points that were never passed, and findings (none is right), each with the database, the point and the pass.
"""

from __future__ import annotations

import argparse
import importlib
import json
import logging
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from PIL import Image

from engine.kernel.clock import utc_now
from engine.kernel.crash import POINTS
from engine.moderation.crisis import crisis_card_needed
from engine.providers.llm.offline.banks import open_banks
from engine.settings import Settings, load_settings
from engine.studio.genres.shelf import load_doctrines
from engine.tidying import Tidier
from engine.wiring import Engine, open_engine
from engine.words import read_words
from tests.faults.census import Row, jobs_left, lost, stuck, take_census
from tests.faults.forks import Tell, in_child, must_be_quiet
from tests.faults.houses import Houses
from tests.faults.postcards import Postcards
from tests.faults.script import LAST, LINES, PATIENCE, Player, play, sit_down

SERVER = "postgresql://postgres@127.0.0.1:5432/postgres"
LEASES_RAN_OUT, ONLY_TAKES_RAN_OUT = timedelta(seconds=60), timedelta(seconds=15)
RECOVERING = "sweep.after-mark"
AT_THE_EASEL = ("candidate.", "candidates.")
"""Points that only writers pass; tests of the studio kill there."""
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
    counts: Counter[str] = field(default_factory=lambda: Counter({"lost": 0, "doubled": 0, "stuck": 0, "wrong": 0}))

    def found(self, kill: Kill, kind: str, what: str) -> None:
        """Something lost, doubled, stuck, or wrong in another way."""
        self.counts[kind] += 1
        self.findings.append(f"{self.database} {kill}: {kind}: {what}")
        sys.stderr.write(f"{self.findings[-1]}\n")


def cycle(settings: Settings, kill: Kill, report: Report) -> None:
    """Play until the kill, recover in a new process (or be killed again and recover in a third), and count."""
    acknowledged: list[Row] = []
    for number, point in enumerate(one for one in (kill.point, kill.again) if one):
        died = in_child(lambda tell, lead=number * LEASES_RAN_OUT: _play(settings, tell, lead), crash_at=point)
        acknowledged += died.lines
        report.kills += died.killed
        if died.hung or (died.code and not died.killed):
            report.found(kill, "stuck" if died.hung else "wrong", f"{died.lines[-1:]}")
        elif not died.killed:
            report.missed.append(point)
    for lead, jobs_end in ((ONLY_TAKES_RAN_OUT, False), (3 * LEASES_RAN_OUT, True))[0 if kill.takes_over else 1 :]:
        last = in_child(
            lambda tell, lead=lead, jobs_end=jobs_end: _recover(settings, tell, kill, lead, jobs_end=jobs_end)
        )
        for kind, what in _judge(last.lines, acknowledged):
            report.found(kill, kind, what)
        for one in last.lines if not kill.point else ():
            if one["kind"] == "conflict":
                report.found(kill, "wrong", one["says"])
        if last.code or last.hung:
            report.found(kill, "stuck" if last.hung else "wrong", f"{last.lines[-1:]}")
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


def _judge(told: tuple[Row, ...], acknowledged: list[Row]) -> Iterator[tuple[str, str]]:
    """Everything wrong after a recovery, as (lost, doubled, stuck or wrong; a sentence); nothing is right."""
    counts = [one["rows"] for one in told if one["kind"] == "census"]
    so_far = list(acknowledged)
    for number, rows in enumerate(counts, 1):
        for kind, found in (
            ("lost", lost(so_far, rows)),
            ("stuck", stuck(rows)),
            ("doubled", rows["doubled"]),
            ("wrong", rows["broken"]),
            ("wrong", (f"a file without a row: {one}" for one in rows["strays"])),
        ):
            yield from ((kind, f"count {number}: {one}") for one in found)
        so_far += told
    if counts and counts[0]["jobs"]:
        yield "stuck", f"{counts[0]['jobs']} jobs are begun and not ended"
    replies = [one["state"] for one in told if one["kind"] == "reply"]
    if counts and replies[-1:] != ["complete"]:
        yield "stuck", f"the play cannot go on: the last reply is {replies[-1:]}"


def each_point_once(*, leased: bool) -> list[Kill]:
    """The quick grid; `leased` says that slots are told dead by their age, so that another process may come before."""
    names = [name for name, _ in POINTS if name != RECOVERING and not name.startswith(AT_THE_EASEL)]
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
    names = [name for name, _ in POINTS if name != RECOVERING and not name.startswith(AT_THE_EASEL)]
    while True:
        point = f"{dice.choice(names)}:{dice.choice((1, 1, 2, 3))}"
        again = f"{dice.choice([*names, RECOVERING])}:{dice.choice((1, 1, 2))}" if dice.random() < A_SECOND_KILL else ""
        takes_over = leased and not again and dice.random() < A_TAKE_OVER
        yield Kill(point, again, resend=not takes_over and dice.random() < AN_ANSWER_UNHEARD, takes_over=takes_over)


def warm_up() -> None:
    """Load and read, before any fork, what each child would: adapters loaded late, picture formats, content."""
    for module in ("dbos._sys_db_sqlite", "dbos._sys_db_postgres", "engine.providers.llm.offline.actor"):
        importlib.import_module(module)
    Image.init()
    content = load_settings().content
    open_banks(content / "offline")
    load_doctrines(content / "genres")
    read_words(content)
    crisis_card_needed("hello", content / "care")


def run(database: str, server: str, kills: Iterable[Kill], most: int) -> Report:
    """Go through the kills on one database until so many processes were killed (0 = through all)."""
    report = Report(database)
    warm_up()
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
    told = {"database": report.database, "kills": report.kills, **report.counts}
    told |= {"seconds": round(time.monotonic() - began, 1), "missed": report.missed, "findings": report.findings}
    sys.stdout.write(json.dumps(told) + "\n")
    return 1 if report.findings else 0


if __name__ == "__main__":
    sys.exit(main())
