"""How long a provider is waited for, and how often it is asked again."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds. Measured on words: a provider's keep-alive signs are none.

    `first` is the wait for the first word, `gap` between two, `total` for a whole turn with all tries and everybody in
    line; `answer` for one structured answer. No `retry-after` longer than `longest_pause` is ever slept.
    """

    first: float = 15.0
    gap: float = 10.0
    total: float = 90.0
    answer: float = 30.0
    longest_pause: float = 5.0
    first_pause: float = 0.5
    retries: int = 2
    beat: float = 0.25
    """Pause between two signs to the listener that a reply still comes."""
    characters_per_token: int = 12
    """A reply of more characters than this for each token allowed is one that does not end."""
