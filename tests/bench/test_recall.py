"""How much of three long dialogues with marked evidence is found again, and that both databases find the same."""

from __future__ import annotations

import json
import statistics
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from engine.bench.dialogue import Dialogue, read
from engine.bench.recall import Find, baselines, remembered, scores
from engine.errors import BadInput
from engine.settings import Settings
from engine.wiring import open_engine
from tests.conftest import quiet

DIALOGUES = [read(path) for path in sorted((Path(__file__).parents[1] / "play/memory/dialogues").glob("*.jsonl"))]
NAMES = ["kitchen", "lighthouse", "night_bus"]
FLOORS = {"kitchen": 57.0, "lighthouse": 54.5, "night_bus": 52.5}
"""R@10 in percent, just under what was measured when this was written."""
Answers = dict[str, list[int]]
"""The first twenty lines found for each question."""


def ask(settings: Settings) -> list[Answers]:
    """Feed every dialogue to a memory, line by line, and ask every question."""
    with open_engine(settings) as engine:
        finds = [remembered(engine.memory, one, name) for one, name in zip(DIALOGUES, NAMES, strict=True)]
        return [
            {asked.question: [*find(asked.question)] for asked in one.questions}
            for one, find in zip(DIALOGUES, finds, strict=True)
        ]


@pytest.fixture(scope="module")
def on_sqlite(tmp_path_factory: pytest.TempPathFactory) -> list[Answers]:
    """What is found on SQLite, for each dialogue."""
    return ask(quiet(tmp_path_factory.mktemp("recall"), ""))


def reached(dialogue: Dialogue, find: Find) -> float:
    """R@10 in percent."""
    return statistics.fmean(score["R@10"] for _, score in scores(dialogue, find))


@pytest.mark.parametrize("name", NAMES)
def test_the_first_ten_hold_what_was_asked_for(on_sqlite: list[Answers], name: str) -> None:
    place = NAMES.index(name)

    assert reached(DIALOGUES[place], on_sqlite[place].__getitem__) >= FLOORS[name]


def test_memory_finds_more_than_the_three_simple_ways_do(on_sqlite: list[Answers]) -> None:
    ours = statistics.fmean(reached(one, found.__getitem__) for one, found in zip(DIALOGUES, on_sqlite, strict=True))
    for name in baselines(DIALOGUES[0]):
        assert ours > statistics.fmean(reached(one, baselines(one)[name]) for one in DIALOGUES), name


def test_both_databases_find_the_same_ten(
    on_sqlite: list[Answers],
    postgres_template: str,
    lend_copy: Callable[[str], AbstractContextManager[str]],
    tmp_path: Path,
) -> None:
    with lend_copy(postgres_template) as url:
        there = ask(quiet(tmp_path, url))

    pairs = [
        (found[question][:10], there[place][question][:10])
        for place, found in enumerate(on_sqlite)
        for question in found
    ]
    assert sum(here == other for here, other in pairs) >= 0.99 * len(pairs)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('{"line": 2, "meeting": 1}', "line 3"),
        ('{"question": "Who?", "evidence": [9], "kind": "who"}', "names lines that are not there"),
        ("[]", "line 3"),
        ("nonsense", "line 3"),
    ],
)
def test_a_broken_dialogue_is_refused_with_its_line(tmp_path: Path, line: str, words: str) -> None:
    told = {"line": 1, "meeting": 1, "at": "2026-01-01T12:00:00+00:00", "speaker": "Ana", "text": "Hello."}
    cast = {"player": "Ana", "character": "Ilse", "zone": "UTC"}
    (tmp_path / "one.jsonl").write_text("\n".join((json.dumps(cast), json.dumps(told), line)))

    with pytest.raises(BadInput, match=words):
        read(tmp_path / "one.jsonl")
