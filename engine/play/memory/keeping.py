"""What a note becomes: its words with the date spelt out, what it repeats and what it replaces. Pure."""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from engine.kernel import dates
from engine.kernel.phrases import Moment
from engine.kernel.stems import alike, denies, index_terms, words
from engine.kernel.tense import looks_back
from engine.play.memory.notes import TEXT_LIMIT, MemoryNote
from engine.play.memory.nouns import Recalled

ALIKE = 0.8
HALF_LIFE = timedelta(days=30)
PINNED_IMPORTANCE = 0.9
_LEAST = 0.01
_SAME_WORD = {
    "residence": "home",
    "city": "home",
    "location": "home",
    "address": "home",
    "hometown": "origin",
    "occupation": "job",
    "profession": "job",
    "work": "job",
    "spouse": "partner",
    "husband": "partner",
    "wife": "partner",
    "girlfriend": "partner",
    "boyfriend": "partner",
    "employer": "workplace",
    "major": "studies",
    "vehicle": "car",
    "hair_colour": "hair",
}
_ONE_VALUE = frozenset({
    "home", "job", "partner", "partner_status", "age", "name", "birthday", "workplace", "origin", "diet", "school",
    "dwelling", "household", "nationality", "car", "hair", "eyes", "beard", "studies", "sibling_order",
})  # fmt: skip
_ONE_VALUE_EACH = (
    "favourite_", "taste_", "allergy_", "fear_", "language_", "habit_", "learning_", "health_", "trait_", "plays_",
)  # fmt: skip
_ONE_VALUE_OF = ("_name", "_home", "_job", "_age", "_status", "_date", "_birthday")
_PLANS = ("trip", "plan")
_INSTEAD = re.compile(r"\b(?:instead|after all|rather than)\b", re.IGNORECASE)
_PINNED = ("name", "boundary", "allergy", "promise")
_ENDED = (
    (re.compile(r"\bmarried\b"), re.compile(r"\b(?:engaged|fianc\w+)")),
    (
        re.compile(r"\b(?:divorced|widowed|separated|single)\b"),
        re.compile(r"\b(?:engaged|married|wife|husband|fianc\w+)"),
    ),
)
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Draft:
    """A note about to be written."""

    type: str
    subject: str
    attribute: str
    text: str
    importance: float
    event_at: datetime | None
    hash: str
    terms: tuple[str, ...]
    said_at: datetime

    @property
    def has_one_value(self) -> bool:
        """Whether a new value of the attribute replaces the old one; a plan only gives way when the words say so."""
        return (
            self.attribute in _ONE_VALUE
            or self.attribute.startswith(_ONE_VALUE_EACH)
            or self.attribute.endswith(_ONE_VALUE_OF)
            or (self.attribute in _PLANS and _INSTEAD.search(self.text) is not None)
        )

    def columns(self) -> dict[str, Any]:
        """What it says, as column values."""
        return {
            "type": self.type,
            "subject": self.subject,
            "attribute": self.attribute,
            "summary": self.text,
            "importance_score": self.importance,
            "event_at": self.event_at,
            "hash": self.hash,
        }

    def repeats(self, known: Recalled) -> bool:
        """Whether a known memory says the same of the same subject."""
        if not self._is_about(known) or known.event_at != self.event_at:
            return False
        if digest(known.text) == self.hash:
            return True
        mine, theirs = set(self.terms), set(index_terms(known.text))
        same_value = not self.has_one_value or mine <= theirs or theirs <= mine
        return same_value and alike(mine, theirs) >= ALIKE and self._agrees(known.text)

    def replaces(self, known: Recalled, attribute: str | None) -> bool:
        """Whether it gives a known one's attribute another value, or takes back the very thing that it says."""
        if not self._is_about(known):
            return False
        if self.has_one_value and attribute == self.attribute:
            return not (self.attribute.endswith("_date") and self._is_over(known)) and not self._is_told_by(known)
        turned = denies(self.text) != denies(known.text) and known.event_at == self.event_at
        return turned and alike(self.terms, index_terms(known.text)) >= ALIKE

    def closest(self, older: Sequence[Recalled]) -> Recalled:
        """Which of those that it could replace it does: a plan the one with the most words in common, else the last."""
        if self.attribute not in _PLANS:
            return older[-1]
        return max(older, key=lambda known: (alike(self.terms, index_terms(known.text)), known.at))

    @property
    def ends(self) -> str:
        """Another attribute of which it can end the value, or ""."""
        return "partner" if self.attribute == "partner_status" else ""

    def has_ended(self, known: Recalled) -> bool:
        """Whether a known bond, told before, is over by this state."""
        return known.said_at < self.said_at and any(
            state.search(self.text) and bond.search(known.text) for state, bond in _ENDED
        )

    def _is_over(self, known: Recalled) -> bool:
        """Whether a dated memory was past when this was said: last year's exam is not put off by this year's."""
        return known.event_at is not None and known.event_at < self.said_at

    def _is_told_by(self, known: Recalled) -> bool:
        """Whether a known memory tells this bare state with more: who “got married in June” is married."""
        bare = self.attribute == "partner_status" and set(self.terms) <= set(index_terms(known.text))
        return bare and denies(self.text) == denies(known.text)

    def _is_about(self, known: Recalled) -> bool:
        return known.subject.casefold() == self.subject.casefold()

    def _agrees(self, text: str) -> bool:
        numbers = set(_NUMBER.findall(self.text)) == set(_NUMBER.findall(text))
        return numbers and denies(self.text) == denies(text)


def draft(note: MemoryNote, said_at: datetime, time_zone: str) -> Draft:
    """A note with its relative date resolved against the instant of the line, on the player's clock."""
    phrase = note.when or dates.find(note.text) or ""
    when = dates.moment(phrase, said_at, time_zone, back=looks_back(note.text)) if phrase else None
    text = _dated(note.text, phrase, when, time_zone) if when else note.text
    attribute = _attribute(note.attribute)
    importance = max(note.importance, PINNED_IMPORTANCE) if attribute.startswith(_PINNED) else note.importance
    event_at = when.at if when else None
    terms = tuple(index_terms(text))
    return Draft(note.kind, note.subject, attribute, text, importance, event_at, digest(text), terms, said_at)


def digest(text: str) -> str:
    """The hash of a text's words: case, accents, marks and blanks do not matter."""
    return hashlib.sha256(" ".join(words(text) or [text]).encode()).hexdigest()


def rank_key(importance: float, said_at: datetime) -> float:
    """Importance halved every thirty days, as a number whose order does not depend on the present instant."""
    return math.log(max(importance, _LEAST)) + said_at.timestamp() * math.log(2) / HALF_LIFE.total_seconds()


def importance_of(value: float) -> float:
    """Importance between 0 and 1; what is no number counts as the usual 0.5."""
    return 0.5 if math.isnan(value) else min(1.0, max(0.0, value))


def merged(rows: Iterable[Recalled], score: float) -> Recalled | None:
    """A group as one memory: its longest text, its highest importance, its newest telling. None without rows."""
    group = sorted(rows, key=lambda row: (row.at, row.id))
    if not group:
        return None
    if len(group) == 1 and not score:
        return group[0]
    shown = max(group, key=lambda row: len(row.text))
    return Recalled(
        shown.id,
        shown.type,
        shown.text,
        shown.subject,
        max(row.said_at for row in group),
        max(row.importance for row in group),
        score,
        shown.source_id,
        shown.session_id,
        shown.at,
        shown.turn_id,
        shown.event_at,
    )


def _attribute(name: str) -> str:
    plain = "_".join(words(name)).replace("favorite", "favourite").replace("color", "colour")
    return _SAME_WORD.get(plain, plain)


def _dated(text: str, phrase: str, when: Moment, time_zone: str) -> str:
    """The text with the day spelt out behind the phrase, so that it stays true on another day."""
    if _YEAR.search(text):
        return text
    clock = when.at.astimezone(dates.zone_of(time_zone)).strftime(", %H:%M") if when.exact else ""
    spelt = f" ({dates.spelt(when)}{clock})"
    place = text.lower().find(phrase.lower())
    end = place + len(phrase) if place >= 0 else len(text.rstrip(".!?"))
    whole = text[:end] + spelt + text[end:]
    return whole if len(whole) <= TEXT_LIMIT else text[: TEXT_LIMIT - len(spelt)] + spelt
