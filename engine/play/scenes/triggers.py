"""When a picture is drawn is a rule; what it shows is a description (`images.md`, section 6)."""

from __future__ import annotations

MARKS = (10, 25, 50)
"""Standing messages, the opening line included."""


def due_triggers(
    before_count: int, after_count: int, stage_before: str, stage_after: str, *, is_start: bool = False
) -> tuple[str, ...]:
    """The trigger keys that a turn sets off: at most one, because two pictures of one moment would be twins.

    The counts are standing messages before and after the turn; a mark fires when it is reached or passed. A start comes
    before a change of stage, that before a mark, and of several marks the highest counts. (On a fresh timeline the
    fifth line both passes 10 messages and turns `new` into `familiar`: the picture is the stage's.)
    """
    if is_start:
        return ("start",)
    if stage_before != stage_after:
        return (f"stage-{stage_after}",)
    passed = [mark for mark in MARKS if before_count < mark <= after_count]
    return (f"message-{passed[-1]}",) if passed else ()


def manual(act_id: str) -> str:
    """The key of a picture that a person asked for: its own each time."""
    return f"manual-{act_id}"
