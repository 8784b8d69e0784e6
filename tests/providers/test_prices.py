"""Prices: dated, sourced, and unknown rather than zero."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from engine.errors import SettingsProblem
from engine.providers.llm import Usage
from engine.providers.prices import read_prices
from engine.settings import Settings, content_folder

TODAY = date(2026, 11, 21)


def test_every_model_that_acts_or_draws_by_itself_has_a_price_with_day_and_source() -> None:
    known, defaults = read_prices(content_folder()), Settings.model_fields
    for provider in ("claude", "gemini"):
        price = known.of(provider, defaults[f"{provider}_model"].default, TODAY)
        assert price is not None
        assert price.source
    assert all(one.source and one.read_on <= TODAY for prices in known.known.values() for one in prices)


def test_a_price_holds_from_its_day_on() -> None:
    known = read_prices(content_folder())
    now = known.of_words("gemini", "gemini-3.8-flash", Usage(1_000_000, 0), date(2026, 12, 31))
    then = known.of_words("gemini", "gemini-3.8-flash", Usage(1_000_000, 0), date(2027, 1, 1))
    assert (now, then) == (0.75, 1.5)


def test_a_model_is_known_under_its_dated_name() -> None:
    known = read_prices(content_folder())
    assert known.of("claude", "claude-haiku-4-5-20251001", TODAY) == known.of("claude", "claude-haiku-4-5", TODAY)
    assert known.of("claude", "claude-haiku-4", TODAY) is None


@pytest.mark.parametrize(
    ("model", "usage"),
    [("claude-unheard-of", Usage(10, 10)), ("claude-opus-5-5", Usage(100, 10, tokens_cached=50))],
)
def test_what_nobody_knows_is_no_number(model: str, usage: Usage) -> None:
    assert read_prices(content_folder()).of_words("claude", model, usage, TODAY) is None


@pytest.mark.parametrize(
    "text",
    [
        "[[claude.x]]\ninput = -1\nread_on = 2026-01-01\nsource = 'a'",
        "[[claude.x]]\ninput = 1\nread_on = 2026-01-01",
        "[claude.x]\ninput = 1",
        "claude = 3",
        "[[claude.x]]\nprice = 1\nread_on = 2026-01-01\nsource = 'a'",
        "= nonsense",
    ],
)
def test_a_broken_price_list_is_a_sentence_that_names_the_file(tmp_path: Path, text: str) -> None:
    (tmp_path / "prices.toml").write_text(text)
    with pytest.raises(SettingsProblem, match=r"The prices in .*prices\.toml cannot be read"):
        read_prices(tmp_path)
    with pytest.raises(SettingsProblem, match="cannot be read"):
        read_prices(tmp_path / "nowhere")
