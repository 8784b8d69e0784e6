"""`coldopen bench recall`: how much of what was said memory finds again, beside three simple ways in the same run.

Every line goes in through `engine.memory.add`, one by one, and every question through `engine.memory.search`. R@k is
the share of a question's evidence among the first k found, in percent, averaged over the questions; MRR that of one
over the place of the first evidence found. Where an embedder is configured, the engine is measured with it too.
"""

from __future__ import annotations

import math
import re
import statistics
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from engine.bench.dialogue import Dialogue, Told, read
from engine.bench.ground import Ground, ground
from engine.bench.rows import row
from engine.settings import Settings, load_settings
from engine.wiring import open_engine

if TYPE_CHECKING:
    from engine.play.remembering import Memory

DEPTH = 20
K1, B = 0.9, 0.4
HALF_LIFE_DAYS = 30.0
PATIENCE = 5.0
"""Seconds that a question waits for the embedder: here it is measured, not raced."""
_WORD = re.compile(r"\w+")
_WEIGHTY = re.compile(r"(?<=[a-z,] )[A-Z]\w+|\d+")
Find = Callable[[str], Sequence[int]]
"""The numbers of the lines found for a question, best first."""
Score = Mapping[str, float]


def measure(paths: Sequence[Path]) -> Iterator[str]:
    """Rows of JSON: each way over all questions, then each kind of question. Raises BadInput for a broken file."""
    found: dict[str, list[tuple[str, Score]]] = defaultdict(list)
    told = {path.stem: read(path) for path in paths}
    with ground() as here:
        for way, settings in _engines(here).items():
            with open_engine(settings) as engine:
                for name, dialogue in told.items():
                    found[way] += scores(dialogue, remembered(engine.memory, dialogue, name))
    for dialogue in told.values():
        for way, find in baselines(dialogue).items():
            found[way] += scores(dialogue, find)
    for name, judged in found.items():
        yield row("recall", name, questions=len(judged), **_means([score for _, score in judged]))
    for kind in sorted({kind for kind, _ in found["engine"]}):
        of_kind = {name: [score for its, score in judged if its == kind] for name, judged in found.items()}
        means = {name: _means(some)["R@10"] for name, some in of_kind.items()}
        yield row("recall", f"R@10, {kind}", questions=len(of_kind["engine"]), **means)


def remembered(memory: Memory, dialogue: Dialogue, name: str) -> Find:
    """The engine's memory, fed line by line; all lines are embedded where it has an embedder."""
    user, character = f"{name}-player", f"{name}-character"
    numbers = {
        memory.add(user, character, one.text, one.at, speaker=one.speaker, session_id=f"{name}-{one.meeting}"): one.line
        for one in dialogue.lines
    }
    while memory.embed(user, character):
        pass
    return lambda question: [numbers[one.id] for one in memory.search(user, character, question, DEPTH)]


def _engines(here: Ground) -> dict[str, Settings]:
    """The ways in which the engine takes part: by words, and with the embedder that is configured."""
    ours, plain = load_settings(), {"engine": here.new("recall")}
    if not ours.embedder_url:
        return plain
    embedder = ours.model_dump(include={"embedder_url", "embedder_model", "embedder_key"})
    return plain | {f"engine with {ours.embedder_model}": here.new("embedded", **embedder, embedder_seconds=PATIENCE)}


def baselines(dialogue: Dialogue) -> dict[str, Find]:
    """Three ways that everybody tries first. The first two ignore the question."""
    newest = [one.line for one in reversed(dialogue.lines)][:DEPTH]
    heaviest = _best({one.line: _weight(one, dialogue) for one in dialogue.lines})
    return {
        "newest only": lambda _: newest,
        "importance + recency": lambda _: heaviest,
        "BM25, raw words": _bm25(dialogue),
    }


def scores(dialogue: Dialogue, find: Find) -> list[tuple[str, Score]]:
    """How well each question was answered, with its kind."""
    return [(one.kind, _score(find(one.question), one.evidence)) for one in dialogue.questions]


def _score(found: Sequence[int], evidence: Sequence[int]) -> Score:
    first = next((place for place, line in enumerate(found, start=1) if line in evidence), None)
    shares = {f"R@{k}": 100 * len({*found[:k]} & {*evidence}) / len({*evidence}) for k in (5, 10, 20)}
    return shares | {"MRR": 1 / first if first else 0.0}


def _means(judged: Sequence[Score]) -> dict[str, float]:
    return {name: round(statistics.fmean(one[name] for one in judged), 3 if name == "MRR" else 1) for name in judged[0]}


def _best(scored: Mapping[int, float]) -> list[int]:
    return sorted(scored, key=lambda line: (-scored[line], line))[:DEPTH]


def _weight(one: Told, dialogue: Dialogue) -> float:
    """Importance by a rule (names and numbers weigh) plus recency, each from 0 to 1."""
    days = (dialogue.ended - one.at).total_seconds() / 86_400
    return min(1.0, 0.2 * len(_WEIGHTY.findall(one.text))) + 2 ** (-days / HALF_LIFE_DAYS)


def _bm25(dialogue: Dialogue) -> Find:
    """Okapi BM25 over the lines' words as they stand, with the engine's own two constants."""
    bags = {one.line: Counter(_words(one.text)) for one in dialogue.lines}
    average = statistics.fmean(bag.total() for bag in bags.values())
    spread = Counter(word for bag in bags.values() for word in bag)

    def term(word: str, bag: Counter[str]) -> float:
        rarity = math.log(1 + (len(bags) - spread[word] + 0.5) / (spread[word] + 0.5))
        return rarity * bag[word] * (K1 + 1) / (bag[word] + K1 * (1 - B + B * bag.total() / average))

    def find(question: str) -> list[int]:
        wanted = set(_words(question))
        return _best({line: sum(term(word, bag) for word in wanted & bag.keys()) for line, bag in bags.items()})

    return find


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())
