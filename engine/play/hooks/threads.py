"""What a hook is about, when it is ripe, and whether a reply picked it up. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from engine.kernel import dates
from engine.kernel.stems import alike, index_terms, stem, stems, words
from engine.kernel.text import quoted
from engine.play.hooks.notes import HookNote
from engine.play.hooks.nouns import CALLED_OFF, Due, Planted, State

NONE = "none due"
ALIKE = 0.8
MORNING = 9
MARGIN = timedelta(hours=1)
PICKED_UP = 0.5
"""A reply picks a hook up when it holds half of the content stems of its opener, or of what it is about…"""
AT_LEAST = 2
"""…and two of them at least; one will do only for a hook that has no other."""
PRIORITY = {"promise": 30, "plan": 40, "question": 50, "follow_up": 60, CALLED_OFF: 90}
_DATED_FIRST = 40
SAME_DAY = timedelta(hours=18)
"""Two hooks whose instants are no further apart may be about one thing."""
_CHANGING = frozenset(
    stem(word)
    for word in words(
        "said told is are was off cancelled canceled called moved postponed pushed delayed rescheduled got been after "
        "all anymore more longer going go not"
    )
)


@dataclass(frozen=True, slots=True)
class Ripening:
    """When a hook may be picked up (UTC), and the day that it waits for, if it has one."""

    trigger_after: datetime
    event_at: datetime | None

    def priority(self, kind: str) -> int:
        """Its rank among hooks that are due: lower comes first, dated ones before the others."""
        return PRIORITY[kind] - (_DATED_FIRST if self.event_at else 0)


def ripening(note: HookNote, said_at: datetime, time_zone: str) -> Ripening:
    """A dated hook is ripe at nine on the morning after its last day, an hour after a span of hours.

    Without a date, or with one that has passed, it is ripe at once; the session it was planted in does not offer it.
    """
    found = dates.moment(note.when or dates.find(note.content) or "", said_at, time_zone)
    if found is None or found.last < dates.local_day(said_at, time_zone):
        return Ripening(said_at, None)
    if found.exact:
        return Ripening(found.at + MARGIN, found.at)
    return Ripening(dates.at_hour(found.last + timedelta(days=1), MORNING, time_zone), found.at)


def topic(note: HookNote, ripe: Ripening) -> str:
    """The hash of what a hook is about and for when."""
    day = ripe.event_at.isoformat() if ripe.event_at else ""
    return hashlib.sha256(" ".join([*sorted(set(index_terms(note.content))), day]).encode()).hexdigest()


def same_thread(content: str, event_at: datetime | None, known: Due) -> bool:
    """Whether a known hook is about the same thing on the same day: with a day, half of the shorter one is enough."""
    if event_at and known.event_at and abs(event_at - known.event_at) < SAME_DAY:
        mine, theirs = matter(content), matter(known.content)
        return bool(mine & theirs) and len(mine & theirs) >= PICKED_UP * min(len(mine), len(theirs))
    return known.event_at == event_at and alike(index_terms(content), index_terms(known.content)) >= ALIKE


def replaced_by(note: HookNote, open_hooks: Iterable[Due]) -> Due | None:
    """The open hook that a note moves or calls off: the one with most in common, the newest of equals; None if none."""
    mine = matter(note.content)
    shared = {hook: len(mine & matter(hook.content)) for hook in open_hooks}
    best = max(shared, key=lambda hook: (shared[hook], hook.at), default=None)
    return best if best and shared[best] else None


def matter(content: str) -> set[str]:
    """What a hook is about as stems: without whom it is told of (its first word), its day, and words of change."""
    found = set(index_terms(_without_days(content))) - _CHANGING
    first = words(content)[:1]
    return found - {stem(word) for word in first} or found


def state_of(hook: Planted, now: datetime) -> State:
    """Where a hook is in its life, as far as its own rows say it."""
    if hook.used_by_take:
        return "used"
    return "ripe" if hook.trigger_after <= now else "planted"


def went_into(line: str, hook: Planted, reply: str, names: Collection[str] = ()) -> bool:
    """Whether a player's line goes into a thread: it shares a content stem with it or with the reply that used it."""
    known = {stem(word) for name in names for word in words(name)}
    asked = {*stems(hook.content), *stems(hook.opener), *stems(reply)} - known
    return not asked.isdisjoint(stems(line))


def overlap(content: str, text: str) -> bool:
    """Whether half of a hook's content stems stand in a text."""
    wanted = set(stems(content))
    return bool(wanted) and len(wanted & set(stems(text))) >= PICKED_UP * len(wanted)


def used_in(reply: str, offered: Iterable[Due], names: Collection[str] = ()) -> tuple[str, ...]:
    """The ids of the offered hooks that a reply picks up. Speakers' `names` say nothing about a thread."""
    known = {stem(word) for name in names for word in words(name)}
    said = set(stems(reply)) - known
    return tuple(hook.id for hook in offered if any(_holds(said, set(stems(text)) - known) for text in _texts(hook)))


def one_each(hooks: Sequence[Due], limit: int) -> tuple[Due, ...]:
    """The first `limit` hooks, one for each thing they are about."""
    threads: dict[str, Due] = {}
    for hook in hooks:
        threads.setdefault(hook.hash, hook)
    return tuple(threads.values())[:limit]


def render(hooks: Iterable[Due]) -> str:
    """The hooks for the prompt, as quoted data, or `none due`."""
    return "\n".join(_line(hook) for hook in hooks) or NONE


def _without_days(text: str) -> str:
    for found in reversed(dates.phrases(text)):
        text = f"{text[: found.start]} {text[found.end :]}"
    return text


def _line(hook: Due) -> str:
    return f"- {quoted(hook.content)}" + (f" — opener: {quoted(hook.opener)}" if hook.opener else "")


def _texts(hook: Due) -> tuple[str, str]:
    return hook.opener, hook.content


def _holds(said: set[str], wanted: set[str]) -> bool:
    shared = len(said & wanted)
    return shared >= min(AT_LEAST, len(wanted)) and shared >= PICKED_UP * len(wanted) and shared > 0
