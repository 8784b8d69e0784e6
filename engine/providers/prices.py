"""What a call costs, from `data/prices.toml`. A model that is not there costs nobody knows what, never nothing."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from engine.errors import SettingsProblem
from engine.providers.llm import Usage

FILE = "prices.toml"
MILLION = 1_000_000
_DATED = re.compile(r"-(?:\d{8}|\d{4}-\d{2}-\d{2}|latest|\d{3})$")
Money = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class Price(BaseModel):
    """What a model costs from a day on, in US dollars: words per million tokens, a picture apiece.

    `cached` is for words that came from the provider's cache, `written` for those put into it (else as `input`). When
    and where it was read stands beside it.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    input: Money | None = None
    output: Money | None = None
    cached: Money | None = None
    written: Money | None = None
    picture: Money | None = None
    valid_from: date = date.min
    read_on: date
    source: str


@dataclass(frozen=True, slots=True)
class Prices:
    """Prices by provider and model, the newest first."""

    known: Mapping[tuple[str, str], tuple[Price, ...]] = field(default_factory=dict[tuple[str, str], tuple[Price, ...]])

    def of(self, provider: str, model: str, on: date) -> Price | None:
        """The price of a model on a day, also under its dated name; None when it is unknown."""
        prices = self.known.get((provider, model)) or self.known.get((provider, _DATED.sub("", model)), ())
        return next((price for price in prices if price.valid_from <= on), None)

    def of_words(self, provider: str, model: str, usage: Usage, on: date) -> float | None:
        """What tokens cost, in US dollars; None when it is unknown."""
        price = self.of(provider, model, on)
        if price is None or price.input is None or price.output is None:
            return None
        if usage.tokens_cached and price.cached is None:
            return None
        written = price.input if price.written is None else price.written
        fresh = usage.tokens_in - usage.tokens_cached - usage.tokens_written
        read = usage.tokens_cached * (price.cached or 0.0)
        return (fresh * price.input + usage.tokens_written * written + read + usage.tokens_out * price.output) / MILLION

    def of_picture(self, provider: str, model: str, on: date) -> float | None:
        """What a picture costs, in US dollars; None when it is unknown."""
        price = self.of(provider, model, on)
        return price.picture if price else None


def read_prices(content: Path) -> Prices:
    """The prices in the content folder. Raises SettingsProblem, naming the file, when they cannot be read."""
    path = content / FILE
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        known = {
            (provider, model): _dated(prices) for provider, models in data.items() for model, prices in models.items()
        }
    except (OSError, ValueError, AttributeError, TypeError) as error:
        raise SettingsProblem(f"The prices in {path} cannot be read: {error}") from error
    return Prices(known)


def _dated(prices: list[object]) -> tuple[Price, ...]:
    """The prices of one model, the newest first."""
    return tuple(sorted(map(Price.model_validate, prices), key=lambda price: price.valid_from, reverse=True))
