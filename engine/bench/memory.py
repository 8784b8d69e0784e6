"""`coldopen bench memory`: searching and adding among very many memories, beside the bare driver's same statements.

Two houses are filled with the same made-up lines: one in which many people share them out, and one in which they all
are one person's. Times are of this process's CPU (on PostgreSQL the server's own work is not in them) and by the clock.
"""

from __future__ import annotations

import itertools
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from engine.bench.chatter import chatter
from engine.bench.ground import Ground, ground
from engine.bench.replay import Statement, noted, replay
from engine.bench.rows import quiet, row, spread
from engine.kernel.clock import utc_now
from engine.kernel.ids import new_id
from engine.play import memory, opening
from engine.play.conversation.timelines import store as timelines
from engine.play.effects import Cause
from engine.settings import Settings
from engine.wiring import Engine, open_engine

CHARACTER = "bench-character"
WARM = 5
LINES_A_SESSION = 40
AT_ONCE = 5_000
"""Lines that are written in one transaction while a house is filled."""
BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
Act = Callable[[Engine, str, str], object]
"""What is timed: with an engine, for a person, with a line."""


@dataclass(frozen=True, slots=True)
class House:
    """A filled home: its settings and its people."""

    name: str
    settings: Settings
    people: tuple[str, ...]


def measure(memories: int, people: int, queries: int, server: str = "") -> Iterator[str]:
    """Rows of JSON: the noise, then for each house the times of a search, of a prompt's memories and of adding one."""
    with ground(server) as here:
        shared = _filled(here, f"{memories} memories of {people} people", memories, people)
        alone = _filled(here, f"{memories} memories of one person", memories, 1)
        for house in (shared, alone):
            yield quiet("memory")
            raw = here.raw(here.copy(house.settings, f"raw-{len(house.people)}"))
            for name, act in (("search, ten best", _search), ("the ten of a prompt", _offer), ("add one", _add)):
                yield from _timed(raw, house, name, act, queries)
            raw.close()
        yield quiet("memory")


def _filled(here: Ground, name: str, memories: int, people: int) -> House:
    settings, lines = here.new(f"house-{people}"), chatter(1)
    crowd = tuple(f"bench-{number}" for number in range(people))
    with open_engine(settings) as engine:
        places = {one: _timeline(engine, one) for one in crowd}
        for start in range(0, memories, AT_ONCE):
            with engine.play.desk.db.write() as tx:
                for number in range(start, min(start + AT_ONCE, memories)):
                    turn, who = divmod(number, people)
                    here_at = places[crowd[who]]
                    session = f"{crowd[who]}-{turn // LINES_A_SESSION}"
                    timelines.next_at(tx, here_at)
                    memory.add_line(
                        tx,
                        new_id=new_id,
                        cause=Cause(crowd[who], CHARACTER, here_at, session, turn + 1),
                        text=next(lines),
                        said_at=BEGAN + timedelta(minutes=turn),
                        speaker=("Ana", "Iris")[turn % 2],
                        now=BEGAN,
                    )
    return House(name, settings, crowd)


def _timeline(engine: Engine, person: str) -> str:
    with engine.play.desk.db.write() as tx:
        return opening.main_timeline(tx, engine.play.desk, person, CHARACTER, "player")


def _search(engine: Engine, person: str, line: str) -> object:
    return engine.memory.search(person, CHARACTER, line, 10)


def _offer(engine: Engine, person: str, line: str) -> object:
    return engine.memory.for_prompt(person, CHARACTER, line, utc_now(), previous_line=line[::-1])


def _add(engine: Engine, person: str, line: str) -> object:
    return engine.memory.add(person, CHARACTER, line, utc_now(), speaker="Ana")


def _timed(raw: Any, house: House, name: str, act: Act, queries: int) -> Iterator[str]:  # noqa: ANN401  (a driver's own)
    """The act for one person after the other, and the statements that it then runs, on the bare driver."""
    asked = [*zip(itertools.cycle(house.people), itertools.islice(chatter(2), queries + WARM), strict=False)]
    with open_engine(house.settings) as engine:
        told = [_noted(engine, lambda who=person, said=line: act(engine, who, said)) for person, line in asked]
        times = [
            (_clocked(lambda who=person, said=line: act(engine, who, said)), _clocked(lambda one=one: replay(raw, one)))
            for (person, line), one in zip(asked, told, strict=True)
        ][WARM:]
    for place, contestant in enumerate(("engine", "the bare driver, same statements")):
        clock, cpu = spread([one[place][0] for one in times], 3), spread([one[place][1] for one in times], 3)
        yield row("memory", f"{house.name}: {name}", contestant=contestant, cpu_ms=cpu, ms=clock, times=len(times))
    ratio = statistics.median(ours[1] / base[1] for ours, base in times)
    yield row("memory", f"{house.name}: {name}", contestant="ratio of CPU", median=round(ratio, 2))


def _noted(engine: Engine, act: Callable[[], Any]) -> list[Statement]:
    with noted(engine.play.desk.db.engine) as statements:
        act()
    return statements


def _clocked(act: Callable[[], Any]) -> tuple[float, float]:
    """Milliseconds by the clock, and of this thread's CPU."""
    began, cpu = time.perf_counter(), time.thread_time()
    act()
    return (time.perf_counter() - began) * 1000, (time.thread_time() - cpu) * 1000
