"""A dialogue with marked evidence, as a file of JSON lines: what was said, and questions with the lines that answer."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from engine.errors import BadInput


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Cast(_Row):
    """Who speaks, and the player's time zone."""

    player: str
    character: str
    zone: str


class Told(_Row):
    """One utterance; `meeting` is the session in which it was said."""

    line: int
    meeting: int
    at: AwareDatetime
    speaker: str
    text: str


class Asked(_Row):
    """A question and the utterances that answer it."""

    question: str
    evidence: tuple[int, ...]
    kind: str


@dataclass(frozen=True, slots=True)
class Dialogue:
    """All that a file holds."""

    cast: Cast
    lines: tuple[Told, ...]
    questions: tuple[Asked, ...]

    @property
    def ended(self) -> datetime:
        """When the last utterance was said."""
        return self.lines[-1].at


def read(path: Path) -> Dialogue:
    """Read a file. Raises BadInput, naming the line at fault."""
    try:
        first, *rest = [line for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    except (OSError, UnicodeDecodeError, ValueError) as error:
        raise BadInput(f"{path} cannot be read as a dialogue: {error}.") from error
    cast = _parsed(path, 1, first, Cast)
    rows = [_parsed(path, number, line, Told, Asked) for number, line in enumerate(rest, start=2)]
    lines = tuple(one for one in rows if isinstance(one, Told))
    questions = tuple(one for one in rows if isinstance(one, Asked))
    known = {one.line for one in lines}
    lost = next((one for one in questions if not one.evidence or not known.issuperset(one.evidence)), None)
    if lost is not None or not lines or not questions:
        what = f"the question {lost.question!r} names lines that are not there" if lost else "lines or questions lack"
        raise BadInput(f"{path} is no whole dialogue: {what}.")
    assert isinstance(cast, Cast)  # noqa: S101  (what was asked for)
    return Dialogue(cast, lines, questions)


def _parsed(path: Path, number: int, line: str, *shapes: type[_Row]) -> _Row:
    """The line as the first of the shapes that has its first field."""
    try:
        data = json.loads(line)
        shape = next(shape for shape in shapes if next(iter(shape.model_fields)) in data)
        return shape.model_validate(data)
    except (ValueError, TypeError, StopIteration, ValidationError) as error:
        reason = str(error).splitlines()[0] if str(error) else "it is neither an utterance nor a question"
        raise BadInput(f"{path}, line {number}: {reason}.") from error
