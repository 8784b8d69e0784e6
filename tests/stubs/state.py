"""The stubs as a test holds them: what they were asked, what is wrong with them, and the predictions they remember."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.stubs.answers import spoken
from tests.stubs.faults import FATES, FAULTS, KEY
from tests.stubs.wire import Call


@dataclass
class Prediction:
    """A picture that was ordered; it becomes what its age and its fate make of it, whoever asks."""

    id: str
    model: str
    input: dict[str, Any]
    fate: str
    created: int
    starts: float
    draws: float
    at: float = field(default_factory=time.time)
    made: float = field(default_factory=time.monotonic)
    canceled: bool = False
    gets: int = 0

    @property
    def status(self) -> str:
        """The status now."""
        age = time.monotonic() - self.made
        if self.canceled:
            return "canceled"
        if age < self.starts:
            return "starting"
        if self.fate == "stuck" or age < self.starts + self.draws:
            return "processing"
        return "failed" if self.fate in {"failed", "nsfw"} else "succeeded"

    @property
    def ended(self) -> bool:
        """Whether nothing more will come."""
        return self.status in {"succeeded", "failed", "canceled"}


@dataclass
class _Order:
    name: str
    left: int | None


@dataclass
class Stubs:
    """The running stubs: addresses to give to the SDKs, what was asked, and what is ordered of them."""

    url: str = ""
    key: str = KEY
    pause: float = 0.0
    starts: float = 0.05
    draws: float = 0.1
    choose: Callable[[Call], str] | None = None
    says: Callable[[str, str], str] | None = None
    created: int = 0
    calls: list[Call] = field(default_factory=list[Call])
    predictions: dict[str, Prediction] = field(default_factory=dict[str, Prediction])
    closing: threading.Event = field(default_factory=threading.Event)
    _orders: dict[str, list[_Order]] = field(default_factory=dict[str, list[_Order]])
    _cached: set[str] = field(default_factory=set[str])
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def claude(self) -> str:
        """The base address for `anthropic.Anthropic`."""
        return f"{self.url}/claude"

    @property
    def gemini(self) -> str:
        """The `api_endpoint` for `google.generativeai`."""
        return f"{self.url}/gemini"

    @property
    def openai(self) -> str:
        """The base address of what speaks as OpenAI does."""
        return f"{self.url}/openai/v1"

    @property
    def replicate(self) -> str:
        """The base address for `replicate.Client`."""
        return f"{self.url}/replicate"

    def fault(self, provider: str, name: str, times: int | None = 1) -> None:
        """Spoil a provider's next requests, behind those already ordered; without a number until all is cleared.

        A fault of a prediction waits for the next one that is made. Raises ValueError for an unknown fault.
        """
        if name not in FAULTS.get(provider, ()):
            raise ValueError(f"{provider} has no fault named {name}.")
        with self._lock:
            self._orders.setdefault(provider, []).append(_Order(name, times))

    def clear(self) -> None:
        """Forget every fault and the mix; what was asked and made stays."""
        with self._lock:
            self._orders.clear()
            self.choose = None

    def take(self, call: Call) -> str:
        """Remember a call and tell the fault it meets, if any."""
        with self._lock:
            self.calls.append(call)
            orders = self._orders.get(call.provider, [])
            chosen = None if orders else self.choose
            if orders and _fits(orders[0].name, call):
                call.fault = _spent(orders)
        if chosen is not None:
            name = chosen(call)
            if name and name not in FAULTS[call.provider]:
                raise ValueError(f"{call.provider} has no fault named {name}.")
            call.fault = name if name and _fits(name, call) else ""
        return call.fault

    def reply(self, provider: str, line: str) -> str:
        """What is said to a line."""
        return spoken(line) if self.says is None else self.says(provider, line)

    def remembered(self, prefixes: Sequence[str], marks: Sequence[int]) -> int:
        """How many of these growing prefixes were cached before; those at the marks are from now on."""
        with self._lock:
            known = max((place + 1 for place, prefix in enumerate(prefixes) if prefix in self._cached), default=0)
            self._cached.update(prefixes[mark] for mark in marks)
        return known

    def predict(self, model: str, told: dict[str, Any], fate: str) -> Prediction:
        """Make a prediction and keep it."""
        with self._lock:
            self.created += 1
            made = Prediction(secrets.token_hex(13), model, told, fate, self.created, self.starts, self.draws)
            self.predictions[made.id] = made
        return made


def _fits(name: str, call: Call) -> bool:
    return name not in FATES or (call.method == "POST" and call.path.endswith("/predictions"))


def _spent(orders: list[_Order]) -> str:
    order = orders[0]
    if order.left is not None:
        order.left -= 1
        if order.left <= 0:
            orders.pop(0)
    return order.name
