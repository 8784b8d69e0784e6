"""Bugs planted on purpose, to see that a long evening at random and the kill grid catch them.

`python -m tests.faults.planted` plants each one in processes of its own and prints a line of JSON for each harness that
is to catch it: whether it did, in how many seconds, and by which word. `--bug NAME` plants only that one.
"""

from __future__ import annotations
import __future__

import argparse
import importlib
import inspect
import json
import logging
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from types import FunctionType
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
EVENINGS = "tests/play/test_state_machine.py::test_many_evenings_at_random_keep_every_promise"
MAY_TAKE = 400.0
BOTH = ("evening", "grid")


@dataclass(frozen=True, slots=True)
class Bug:
    """A bug: in a function of a module, `right` becomes `wrong`. `kill` is where the grid dies; empty = nowhere.

    `resend` says that the player, who heard no answer, sends everything again.
    """

    name: str
    place: str
    right: str
    wrong: str
    caught_by: tuple[str, ...] = BOTH
    kill: str = ""
    resend: bool = True

    def plant(self) -> None:
        """Change the function under every name that it has in this process. Raises LookupError where it has changed."""
        module_name, _, path = self.place.partition(":")
        found: Any = importlib.import_module(module_name)
        names = vars(found)
        for name in path.split("."):
            found = getattr(found, name)
        source = textwrap.dedent(inspect.getsource(found))
        if source.count(self.right) != 1:
            raise LookupError(f"{self.name} cannot be planted: {self.place} no longer says {self.right!r} once.")
        flags = __future__.annotations.compiler_flag
        made: dict[str, Any] = {}
        exec(compile(source.replace(self.right, self.wrong), self.place, "exec", flags, dont_inherit=True), names, made)  # noqa: S102  (our own source)
        planted = made[found.__name__]
        assert isinstance(found, FunctionType)
        assert isinstance(planted, FunctionType)
        found.__code__ = planted.__code__


BUGS = (
    Bug(
        "undo leaves the other take chosen",
        "engine.play.acts.undoing:_swap",
        "if turn_id and other and other != chosen:",
        "if turn_id and other and not turn_id:",
    ),
    Bug(
        "undo restores one turn of several",
        "engine.play.acts.undoing:_swap",
        "standing.restore(tx, held)",
        "standing.restore(tx, held[:1])",
    ),
    Bug(
        "taking back leaves the uses of hooks standing",
        "engine.play.standing.store:apply",
        "for table in _EFFECTS:",
        "for table in [one for one in _EFFECTS if one is not hook_uses]:",
        caught_by=("evening",),
    ),
    Bug(
        "taking back leaves memories standing",
        "engine.play.standing.store:apply",
        "memory.restand(tx, one)",
        "pass",
    ),
    Bug(
        "turns are taken back and nobody counts again",
        "engine.play.acts.ground:take_back_from",
        "standing.settle(tx, session.id)",
        "pass",
        kill="rewind.after-commit",
        resend=False,
    ),
    Bug(
        "after-work writes for a take that is hidden by now",
        "engine.play.after_turn:write",
        "if take_id not in takes.ready_for_after_work(tx, turn.timeline_id)[:1]:",
        "if not take_id:",
        caught_by=("evening",),
    ),
    Bug(
        "a line is accepted without a look for the same one",
        "engine.play.turn:accept",
        "if before is not None:",
        "if before is not None and not text:",
        kill="accept.after-commit",
    ),
    Bug(
        "an act is done without a look for the same one",
        "engine.play.acts.ground:was_done",
        "return before",
        "return None",
        kill="fork.after-commit",
    ),
    Bug(
        "what was undone before a new act is done again",
        "engine.play.conversation.timelines.store:add_act",
        "tx.execute(acts.update().where(mine, acts.c.undone_at.is_not(None)).values(number=None))",
        "pass",
        caught_by=("grid",),  # an evening at random rarely undoes, does something else and then does again
    ),
    Bug(
        "a fork's messages are not counted",
        "engine.play.acts.forking:_child",
        "lineage.recount(tx, child)",
        "pass",
        kill="fork.after-commit",
        resend=False,
    ),
    Bug(
        "the sweep drops the words that were saved",
        "engine.play.sweeper:Sweeper._finish_dead_takes",
        "said = clean(text)",
        "said = ''",
        caught_by=("grid",),
        kill="pulse.after-save:4",
        resend=False,
    ),
    Bug(
        "the sweep forgets lines that nobody answers",
        "engine.play.sweeper:Sweeper._answer_waiting_turns",
        "self.speakers.answer(turn_id)",
        "pass",
        caught_by=("grid",),
        kill="accept.after-commit",
    ),
    Bug(
        "a reply is recorded and its after-work is not due",
        "engine.play.conversation.takes.store:finish",
        '"due" if spoke else "none"',
        '"none"',
    ),
)


def caught_by_an_evening(bug: Bug) -> str:
    """Play a long evening at random with the bug, in this process: what it was caught by, or nothing."""
    import pytest  # noqa: PLC0415  (only this harness needs it)

    heard = _Heard()
    bug.plant()
    pytest.main(["-q", "-n", "0", "-x", "--no-header", "-m", "", EVENINGS], plugins=[heard])
    return heard.says


class _Heard:
    """What a test run said when it failed."""

    says = ""

    def pytest_runtest_logreport(self, report: Any) -> None:  # noqa: ANN401  (pytest's own)
        """Keep the first word of the first failure: hypothesis plays it again, on a stage that is spoiled by then."""
        if report.failed and not self.says:
            said = [line[1:].strip() for line in report.longreprtext.splitlines() if line.startswith("E ")]
            self.says = next(iter(said), report.longreprtext)[:200]


def caught_by_the_grid(bug: Bug) -> str:
    """Play, die where the bug bites, and recover, with the bug in every process: the first finding, or nothing."""
    from tests.faults import grid  # noqa: PLC0415  (before a fork nothing else is wanted)

    logging.disable(logging.CRITICAL)
    bug.plant()
    report = grid.run("sqlite", "", [grid.Kill(bug.kill, resend=bug.resend)], 0)
    return report.findings[0].partition(": ")[2][-200:] if report.findings else ""


HARNESSES = {"evening": caught_by_an_evening, "grid": caught_by_the_grid}


def try_all(bugs: Iterable[Bug]) -> list[dict[str, Any]]:
    """Each bug in each harness that is to catch it, each in a process of its own."""
    tried: list[dict[str, Any]] = []
    for bug in bugs:
        for harness in bug.caught_by:
            order = [sys.executable, "-m", "tests.faults.planted", "--bug", bug.name, "--within", harness]
            began = time.monotonic()
            caught, says = _caught(order)
            told = {
                "bug": bug.name,
                "harness": harness,
                "caught": caught,
                "seconds": round(time.monotonic() - began, 1),
            }
            tried.append(told | {"by": says})
            sys.stdout.write(json.dumps(tried[-1]) + "\n")
            sys.stdout.flush()
    return tried


def _caught(order: list[str]) -> tuple[bool, str]:
    """Whether a harness caught its bug, and what it said."""
    try:
        ran = subprocess.run(order, cwd=ROOT, capture_output=True, text=True, timeout=MAY_TAKE, check=False)  # noqa: S603  (our own command)
    except subprocess.TimeoutExpired:
        return False, f"nothing in {MAY_TAKE:.0f} seconds"
    if ran.returncode:
        return False, ran.stderr[-400:]
    says = str(json.loads(ran.stdout.splitlines()[-1]))
    return bool(says), says


def main() -> int:
    """The command: 1 when a bug was not caught."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--bug", choices=[one.name for one in BUGS])
    asked.add_argument("--within", choices=sorted(HARNESSES), help="in this process, in this harness alone")
    given = asked.parse_args()
    bugs = [one for one in BUGS if given.bug in (None, one.name)]
    if given.within:
        sys.stdout.write("\n" + json.dumps(HARNESSES[given.within](bugs[0])) + "\n")
        return 0
    return 0 if all(one["caught"] for one in try_all(bugs)) else 1


if __name__ == "__main__":
    sys.exit(main())
