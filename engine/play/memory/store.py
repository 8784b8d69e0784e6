"""Memory's verbs on an open transaction: keep a line, remember, recall, and mark what stands."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.kernel.border import MOST
from engine.kernel.ids import Ids
from engine.kernel.stems import index_terms
from engine.kernel.text import clean, one_line
from engine.play.effects import Cause, Sight, Verdict
from engine.play.memory import scoring, slots
from engine.play.memory.forgetting import store as forgetting
from engine.play.memory.index import store as index
from engine.play.memory.keeping import ALIKE, Draft, digest, draft, importance_of, merged, rank_key
from engine.play.memory.links import Links, linked
from engine.play.memory.meaning import Meaning, nearness
from engine.play.memory.notes import TEXT_LIMIT, WORD_LIMIT, MemoryNote
from engine.play.memory.nouns import LINE, Made, Recalled
from engine.play.memory.postings.store import postings
from engine.play.memory.vectors import store as vectors

POOL = 40
"""How many results the seven slots are chosen from."""
FEW = 16
"""How many are looked at for the pinned and the newest slots."""
_PAST = re.compile(r"\b(?:used to|before|back then|previously|formerly|in the past)\b", re.IGNORECASE)


def add_line(
    tx: sa.Connection,
    *,
    new_id: Ids,
    cause: Cause,
    text: str,
    said_at: datetime,
    speaker: str,
    now: datetime,
    importance: float = 0.5,
    source_id: str | None = None,
) -> str:
    """Keep one raw line, never merged with another. Its id.

    A player's line has no `take_id` and stands with its turn; a character's stands with its take.
    """
    said = clean(text)
    row = {
        "type": LINE,
        "subject": one_line(speaker, WORD_LIMIT),
        "summary": said,
        "hash": digest(said),
        "attribute": "",
    }
    told = {
        "said_at": said_at,
        "source_id": source_id,
        "created_at": now,
        "importance_score": importance_of(importance),
    }
    return _add(tx, new_id, cause, row | told, index_terms(said))


def remember(
    tx: sa.Connection,
    *,
    new_id: Ids,
    cause: Cause,
    notes: Sequence[MemoryNote],
    said_at: datetime,
    time_zone: str,
    now: datetime,
    sight: Sight,
    source_id: str | None = None,
) -> tuple[Made, ...]:
    """Write what was noticed, as new rows that may repeat or supersede seen ones; the rows just made.

    Doing it again for the same take makes nothing. `sight` must see the cause's own turn.
    """
    known = index.of_cause(tx, cause)
    made: list[Made] = []
    drafts = [draft(note, said_at, time_zone) for note in notes[:MOST]]
    unwanted = forgetting.was_forgotten(tx, cause.turn_id, drafts)
    for one in drafts:
        if (one.type, one.hash) in known or one.hash in unwanted:
            continue
        known.add((one.type, one.hash))
        repeats, supersedes = _meets(tx, sight, one)
        row = one.columns() | {"said_at": said_at, "source_id": source_id, "repeats": repeats, "supersedes": supersedes}
        row_id = _add(tx, new_id, cause, row | {"created_at": now}, one.terms)
        made.append(Made(row_id, one.type, one.text, one.importance, one.event_at, supersedes, repeats))
    return tuple(made)


def correct(
    tx: sa.Connection, *, new_id: Ids, cause: Cause, old: Recalled, text: str, now: datetime, sight: Sight
) -> str:
    """Put a memory right by hand: a row of an act that supersedes the old one, with its kind and attribute. Its id."""
    row = index.one(tx, old.id)
    said = one_line(text, TEXT_LIMIT)
    links = linked(index.links(tx, sight))
    told = {"type": row["type"], "subject": row["subject"], "attribute": row["attribute"], "event_at": None}
    told |= {"summary": said, "hash": digest(said), "importance_score": old.importance, "said_at": now}
    told |= {"supersedes": links.root(old.id), "created_at": now, "source_id": None}
    return _add(tx, new_id, cause, told, index_terms(said))


def current(tx: sa.Connection, sight: Sight, memory_id: str) -> Recalled | None:
    """A memory that stands and is current, as the timeline sees it, by the id of any row of its group; or None."""
    links = linked(index.links(tx, sight))
    root = links.root(memory_id)
    shown = _shown(tx, links, [(root, 0.0)]) if links.is_current(root) else []
    return next((one for one in shown if one.type != LINE and index.is_seen(tx, sight, one.id)), None)


def search(
    tx: sa.Connection,
    sight: Sight,
    query: str,
    k: int,
    *,
    names: Collection[str] = (),
    meaning: Meaning | None = None,
) -> tuple[Recalled, ...]:
    """The `k` memories and lines that answer best, best first: relevance, current ones unless the past is asked for.

    With the `meaning` of the query, what means the like is found too, whatever its words.
    `names` are the speakers' names beside those of the lines: they say who is meant, not what is looked for.
    Words that say nothing ("where have I been") are answered with what is known, by importance and recency.
    """
    links, past = linked(index.links(tx, sight)), _asks_past(query)
    asked = scoring.query_of(query)
    if query.strip() and not asked.weights:
        return tuple(_notes(tx, sight, "rank", links, k, past=past)[:k])
    groups = _groups(tx, sight, asked, names, 2 * k, links, meaning)
    return tuple(_shown(tx, links, [one for one in groups if past or one[0] not in links.replaced][:k]))


def for_prompt(
    tx: sa.Connection,
    sight: Sight,
    *,
    line: str,
    previous_line: str,
    now: datetime,
    names: Collection[str] = (),
    exclude_sources: Collection[str] = (),
    pins: Sequence[str] = (),
    meaning: Meaning | None = None,
) -> tuple[Recalled, ...]:
    """The ten memories of a prompt: seven by relevance (newer ones raised), two pinned by importance, one newest.

    `pins` are memories that a person pinned by hand, the newest pin first: they come before the important ones.
    What is left of the ten is filled by importance and recency; so is everything when neither line has a content word.
    Lines whose `source_id` (their message) is excluded are left out. `meaning` is as in a search.
    """
    links, past = linked(index.links(tx, sight)), _asks_past(line)
    query = scoring.query_of(line, previous_line)
    groups = _groups(tx, sight, query, names, 2 * POOL, links, meaning)[: 2 * POOL]
    old = [] if past else [one for one in groups if one[0] in links.replaced]
    current = [one for one in groups if past or one[0] not in links.replaced][:POOL]
    lines = [] if query.weights else index.lines(tx, sight, slots.SLOTS + len(exclude_sources))
    offer = slots.Offer(
        relevant=slots.with_prior(_shown(tx, links, current), now),
        pinned=[*_pinned(tx, sight, links, pins), *_notes(tx, sight, "importance", links, FEW, past=past)],
        newest=_notes(tx, sight, "newest", links, FEW, past=past),
        rest=[*_notes(tx, sight, "rank", links, POOL, past=past), *lines],
        outdated=_shown(tx, links, old),
    )
    return slots.fill(offer, exclude_sources)


def about(tx: sa.Connection, sight: Sight, *, limit: int = 50, offset: int = 0) -> tuple[Recalled, ...]:
    """Current memories for people to read, newest first, without raw lines."""
    links = linked(index.links(tx, sight))
    most = limit + offset + len(links.roots) + len(links.replaced)
    return tuple(_notes(tx, sight, "newest", links, most, past=False)[offset : offset + limit])


def restand(tx: sa.Connection, verdict: Verdict) -> None:
    """Mark a turn's memories and lines by a verdict, and correct the counts of what stands."""
    index.mark(tx, verdict)


def _add(tx: sa.Connection, new_id: Ids, cause: Cause, values: dict[str, Any], terms: Sequence[str]) -> str:
    row_id = new_id()
    key = rank_key(values["importance_score"], values["said_at"])
    blank = {"event_at": None, "supersedes": None, "repeats": None, "embedding": None}
    index.add(tx, blank | cause.columns() | values | {"id": row_id, "rank_key": key}, terms)
    return row_id


def _meets(tx: sa.Connection, sight: Sight, one: Draft) -> tuple[str | None, str | None]:
    """What a draft repeats, else what it supersedes: ids of the first rows of current groups."""
    links = linked(index.links(tx, sight))
    near = [row for row in _near(tx, sight, one) if links.is_current(row.id)]
    same = next((row for row in near if one.repeats(row)), None)
    if same is not None:
        return links.root(same.id), None
    valued = index.of_attribute(tx, sight, one.attribute) if one.has_one_value else []
    older = [row for row in valued if links.is_current(row.id) and one.replaces(row, one.attribute)]
    older = older or [row for row in near if one.replaces(row, None)] or _ended(tx, sight, links, one)
    return None, links.root(one.closest(older).id) if older else None


def _ended(tx: sa.Connection, sight: Sight, links: Links, one: Draft) -> list[Recalled]:
    """What a new state ends though it is kept under another attribute: who is married is engaged to nobody."""
    rows = index.of_attribute(tx, sight, one.ends) if one.ends else []
    return [row for row in rows if links.is_current(row.id) and one.has_ended(row)]


def _near(tx: sa.Connection, sight: Sight, one: Draft) -> list[Recalled]:
    """Memories that share enough terms with a draft to say the same."""
    terms = set(one.terms)
    shared = Counter(
        (depth, seq)
        for depth, found in enumerate(postings(tx, sight, terms))
        for hits in found.values()
        for seq in hits.seqs.tolist()
    )
    places = sorted(place for place, count in shared.items() if count >= ALIKE * len(terms))
    rows = index.by_ids(tx, [row.id for row in index.brief(tx, sight, places)])
    return [row for row in rows.values() if row.type != LINE]


def _groups(
    tx: sa.Connection,
    sight: Sight,
    query: scoring.Query,
    names: Iterable[str],
    k: int,
    links: Links,
    meaning: Meaning | None,
) -> list[tuple[str, float]]:
    """The groups and lines that hold what is asked for, current or not, with their scores, best first."""
    found: dict[str, float] = {}
    for one in _scored(tx, sight, query, names, k, meaning) if k > 0 and query.weights else ():
        found.setdefault(links.root(one.id), one.score)
    return list(found.items())


def _shown(tx: sa.Connection, links: Links, groups: Sequence[tuple[str, float]]) -> list[Recalled]:
    """Groups by their first row's id, each as one memory with its score."""
    rows = index.by_ids(tx, [mate for root, _ in groups for mate in links.group(root)])
    return _as_one(links, groups, rows)


def _as_one(links: Links, groups: Iterable[tuple[str, float]], rows: Mapping[str, Recalled]) -> list[Recalled]:
    shown = (merged([rows[mate] for mate in links.group(root) if mate in rows], score) for root, score in groups)
    return [one for one in shown if one is not None]


def _scored(
    tx: sa.Connection, sight: Sight, query: scoring.Query, names: Iterable[str], k: int, meaning: Meaning | None
) -> list[scoring.Scored]:
    """Every row worth showing among the first `k`, scored: those that hold the words, and the lines beside them.

    With a meaning also those that are nearest to it.
    """
    near = nearness(vectors.seen(tx, sight, meaning.by), meaning) if meaning else {}
    counts = index.counts(tx, sight)
    asked = query.without((*names, *counts.speakers))
    lexical = scoring.lexical(postings(tx, sight, asked.weights, counts.states), asked, counts)
    wanted = lexical.heaviest(max(scoring.WIDEST, k))
    rows = index.brief(tx, sight, {*wanted, *scoring.heaviest(near, max(scoring.WIDEST, k))} if near else wanted)
    context, beside = scoring.in_context(lexical, rows)
    best = scoring.scored(context, rows, asked)
    floor = best[k - 1].score if len(best) >= k else 0.0
    promising = sorted(place for place, value in beside.items() if scoring.ceiling(value) >= floor)
    if promising:
        rows += index.brief(tx, sight, promising)
        best = scoring.scored(context | beside, rows, asked)
    return scoring.fused(best, rows, near) if near else best


def _notes(
    tx: sa.Connection, sight: Sight, order: index.Order, links: Links, most: int, *, past: bool
) -> list[Recalled]:
    """Current memories in an order, each group once."""
    rows = {row.id: row for row in index.notes(tx, sight, order, most)}
    roots = dict.fromkeys(links.root(row_id) for row_id in rows if past or links.is_current(row_id))
    missing = [mate for root in roots for mate in links.group(root) if mate not in rows]
    return _as_one(links, ((root, 0.0) for root in roots), rows | index.by_ids(tx, missing))


def _pinned(tx: sa.Connection, sight: Sight, links: Links, pins: Sequence[str]) -> list[Recalled]:
    """What was pinned by hand, or what replaced it: each as it is now."""
    wanted = [(links.root(one), 0.0) for one in pins if links.is_current(one)]
    return [one for one in _shown(tx, links, wanted) if index.is_seen(tx, sight, one.id)] if wanted else []


def _asks_past(line: str) -> bool:
    return _PAST.search(line) is not None
