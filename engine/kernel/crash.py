"""Crash points: named places at which a test can kill this process, as a power cut would.

`CRASH_AT=record.before-commit` kills it with SIGKILL where that point is passed, `CRASH_AT=claim.after-commit:3` at the
third time. Without the variable a point costs one call.
"""

from __future__ import annotations

import functools
import itertools
import os
import signal
import threading
from collections.abc import Iterator
from dataclasses import dataclass

VARIABLE = "CRASH_AT"

POINTS: tuple[tuple[str, str], ...] = (
    ("start.before-commit", "a session with its opening is written but not committed"),
    ("start.after-commit", "a session stands and nobody was told; its first picture is not asked for yet"),
    ("accept.before-commit", "a player's line is written but not committed"),
    ("accept.after-commit", "a player's line stands and nobody was told; no speaker knows of it"),
    ("claim.before-commit", "a speaking take is written but not committed"),
    ("claim.after-commit", "a speaking take stands and nothing is said yet"),
    ("speak.first-piece", "the first piece of a reply was heard and nothing is saved"),
    ("pulse.after-save", "the text so far is saved while the reply goes on"),
    ("record.before-commit", "a reply with all that comes with it is written but not committed"),
    ("record.after-commit", "a reply stands; its after-work is due and not started"),
    ("after.observed", "the actor has noticed what a turn brought and nothing of it is written"),
    ("after.before-commit", "a turn's effects are written but not committed"),
    ("after.after-commit", "a turn's effects stand; the pictures that they ask for are not started"),
    ("regenerate.before-commit", "another take is begun and later turns are taken back, not committed"),
    ("regenerate.after-commit", "another take stands as speaking and no speaker knows of it"),
    ("choose.before-commit", "another take is chosen, not committed"),
    ("choose.after-commit", "another take is chosen; its after-work is not started"),
    ("continue.before-commit", "a take that carries a reply on is begun and later turns are taken back, not committed"),
    ("continue.after-commit", "a take that carries a reply on stands as speaking and no speaker knows of it"),
    ("edit.before-commit", "a line stands in the place of another, which is taken back, not committed"),
    ("edit.after-commit", "a line stands in the place of another; no speaker knows of it"),
    ("rewind.before-commit", "turns are taken back, not committed"),
    ("rewind.after-commit", "turns are taken back and nobody was told"),
    ("undo.before-commit", "an act is undone, not committed"),
    ("undo.after-commit", "an act is undone; after-work that is due again is not started"),
    ("redo.before-commit", "an act is done again, not committed"),
    ("redo.after-commit", "an act is done again; after-work that is due again is not started"),
    ("fork.before-commit", "another telling with its timeline is written but not committed"),
    ("fork.after-commit", "another telling stands and nobody was told"),
    ("scene-request.before-commit", "a picture is asked for by hand, not committed"),
    ("scene-request.after-commit", "a picture is due and its drawing is not started"),
    ("scene-claim.before-commit", "a drawing is begun, not committed"),
    ("scene-claim.after-commit", "a drawing is begun and nothing is drawn"),
    ("scene.before-file", "a picture is drawn and not stored"),
    ("scene.after-file", "a picture's file is stored and has no row"),
    ("scene.before-commit", "a picture's row is written but not committed"),
    ("scene.after-commit", "a picture stands"),
    ("candidates.after-commit", "candidates of a face are wished for and none is begun"),
    ("candidate.begun", "a provider draws a candidate, and its name for that is kept"),
    ("candidate.before-file", "a candidate is drawn and not stored"),
    ("candidate.after-file", "a candidate's file is stored and has no row"),
    ("candidate.before-commit", "a candidate's rows are written but not committed"),
    ("candidate.after-commit", "a candidate stands; the next one is not begun"),
    ("sweep.after-mark", "due work is marked as started and is not started"),
)
"""Every point in the code with what stands when it is passed."""


@dataclass(frozen=True, slots=True)
class _Wanted:
    """The point at which this process is to die, and the passes left until then."""

    point: str
    passes: int
    count: Iterator[int]
    lock: threading.Lock


def crash(point: str) -> None:
    """Kill this process if the environment asks for it at this point."""
    wanted = _wanted()
    if wanted is None or wanted.point != point:
        return
    with wanted.lock:
        if next(wanted.count) == wanted.passes:
            os.kill(os.getpid(), signal.SIGKILL)


@functools.cache
def _wanted() -> _Wanted | None:
    """What the environment asks for, read when the first point is passed."""
    asked = os.environ.get(VARIABLE, "")
    if not asked:
        return None
    point, _, passes = asked.partition(":")
    return _Wanted(point, int(passes or 1), itertools.count(1), threading.Lock())
