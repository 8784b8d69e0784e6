"""Which memories are current: rows that repeat one another are a group, and a later group can replace it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple


class Link(NamedTuple):
    """A row that repeats or supersedes another, standing or not."""

    id: str
    supersedes: str | None
    repeats: str | None
    standing: bool


@dataclass(frozen=True, slots=True)
class Links:
    """What the rows that a timeline sees say about one another.

    `roots` leads from a repeating row to the first of its group; `mates` holds a group's standing repeats; `replaced`
    holds the roots of groups that are no longer current.
    """

    roots: Mapping[str, str]
    mates: Mapping[str, tuple[str, ...]]
    replaced: frozenset[str]

    def root(self, row_id: str) -> str:
        """The first row of the group that a row belongs to."""
        return self.roots.get(row_id, row_id)

    def group(self, row_id: str) -> tuple[str, ...]:
        """The ids of a row's group: its first row, standing or not, and its standing repeats."""
        root = self.root(row_id)
        return (root, *self.mates.get(root, ()))

    def is_current(self, row_id: str) -> bool:
        """Whether nothing that stands replaces the row's group."""
        return self.root(row_id) not in self.replaced


def linked(rows: Iterable[Link]) -> Links:
    """Read the links of all seen rows.

    A replacement holds along a chain: with Paris replaced by Lyon and Lyon by Rome, Rome replaces Paris even while
    Lyon does not stand. A standing repeat stands for the first of its group, and so for what that one replaced.
    """
    known = list(rows)
    roots = {row.id: row.repeats for row in known if row.repeats}
    older = {row.id: row.supersedes for row in known if row.supersedes}
    mates: dict[str, tuple[str, ...]] = {}
    for row in known:
        if row.repeats and row.standing:
            mates[row.repeats] = (*mates.get(row.repeats, ()), row.id)
    replaced: set[str] = set()
    trail = [roots.get(row.id, row.id) for row in known if row.standing]
    while trail:
        target = older.get(trail.pop())
        root = roots.get(target, target) if target else None
        if root and root not in replaced:
            replaced.add(root)
            trail.append(root)
    return Links(roots, mates, frozenset(replaced))
