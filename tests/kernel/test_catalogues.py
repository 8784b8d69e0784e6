"""The catalogues of events and words are equal to what the code says."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from engine.kernel.events import CATALOGUE

ROOT = Path(__file__).resolve().parents[2]
CODE = [path for name in ("engine", "studio_app", "player_app") for path in (ROOT / name).rglob("*.py")]
SPEAK = [path for path in CODE if path.name not in ("store.py", "tables.py") and "releases" not in path.parts]
"""Files that may say words; in the others a dotted name is a column, or a field of a draft."""
WORDS = tomllib.loads((ROOT / "data" / "words" / "en.toml").read_text())
KEYS = {f"{room}.{name}" for room, words in WORDS.items() for name in words}
SAID = re.compile(rf"""["'](?P<key>(?:{"|".join(WORDS)})\.[a-z_{{}}]+)["']""")
NOTED = re.compile(r"""\bEvent\(\s*["']([a-z_]+)["']""")
# Keys that are put together from a part: each pattern stands for these.
TOGETHER = {
    "care.crisis_{part}": ("care.crisis_title", "care.crisis_body"),
    "play.ended_{known}": ("play.ended_resolved", "play.ended_budget", "play.ended_withdrawn"),
}


def _found(pattern: re.Pattern[str], files: list[Path]) -> set[str]:
    return {match for path in files for match in pattern.findall(path.read_text())}


def test_every_event_that_the_code_notes_is_in_the_catalogue_and_the_reverse() -> None:
    assert _found(NOTED, CODE) == set(CATALOGUE)


def test_every_key_that_the_code_says_has_words_and_no_words_are_unused() -> None:
    files = (".html", ".css", ".svg", ".js", ".toml")
    said = {key for found in _found(SAID, SPEAK) if not found.endswith(files) for key in TOGETHER.get(found, (found,))}
    assert said == KEYS
