"""The banks of lines: enough of them, known slots, and nothing that the house forbids."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from engine.errors import SettingsProblem
from engine.providers.llm.offline.banks import TEMPERAMENTS, open_banks
from engine.providers.llm.offline.polish import sentences
from tests.providers.llm.rehearse import FOLDER

SLOTS = {
    *("held", "surface", "exit", "fixture", "sound", "ambient", "place", "thing"),
    *("echo", "quote", "name", "self", "like", "dislike", "confession", "what", "clause"),
}
FORBIDDEN = re.compile(
    r"(?i)\byou (?:say|feel|decide)\b|\bi feel\b|a mix of|i understand that|tell me more|feel free|how can i help|"
    r"nice to meet|\b(?:weird|funny|nice|interesting|great)\b|i'm here for you|i'm so glad|you're safe|let me explain|"
    r"[()]|^(?:hi|hey|hello)\b|don't leave me|\b(?:romance|thriller|genre)\b"
)
MOVES = ("deflect", "reveal", "challenge", "closer", "interrupt", "offer")


def _spoken() -> list[tuple[str, str]]:
    lines = open_banks(FOLDER).lines
    return [(key, line.text) for key, bank in lines.items() if not key.startswith("words.") for line in bank]


@pytest.mark.parametrize("temperament", TEMPERAMENTS)
@pytest.mark.parametrize("move", MOVES)
@pytest.mark.parametrize("flavour", ["closeness", "suspicion"])
def test_each_move_of_each_temperament_has_at_least_25_lines(temperament: str, move: str, flavour: str) -> None:
    banks = open_banks(FOLDER)
    assert len(banks.of(f"{temperament}.moves.{move}.even", f"{temperament}.moves.{move}.{flavour}")) >= 25


def test_no_line_stands_twice() -> None:
    texts = [text for key, text in _spoken() if ".moments." not in key]
    assert sorted(texts) == sorted(set(texts))


def test_every_slot_is_known() -> None:
    banks = open_banks(FOLDER)
    unknown = {(line.text, slot) for bank in banks.lines.values() for line in bank for slot in line.slots - SLOTS}
    assert not unknown


def test_no_line_breaks_a_rule_of_the_house() -> None:
    broken = [(key, text) for key, text in _spoken() if not key.endswith(".meta") and FORBIDDEN.search(text)]
    assert not broken


def test_no_line_is_longer_than_five_sentences_or_uses_the_notation() -> None:
    long = [
        text for key, text in _spoken() if ".gestures." not in key and len(sentences(re.sub(r"\{\w+\}", "x", text))) > 5
    ]
    assert not long
    assert not [text for _, text in _spoken() if "*" in text]


def test_a_broken_bank_is_named(tmp_path: Path) -> None:
    (tmp_path / "lines.toml").write_text("even = [", encoding="utf-8")
    with pytest.raises(SettingsProblem, match=r"lines\.toml"):
        open_banks(tmp_path)
