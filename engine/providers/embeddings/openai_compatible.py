"""The embedder behind any server that speaks OpenAI's `POST /embeddings`: Ollama, llama.cpp, vLLM, LM Studio, OpenAI.

An answer is taken whole or not at all. Nothing that a server says is repeated in an error: some repeat the key.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Sequence
from concurrent.futures import Future
from http import HTTPStatus
from typing import Annotated
from urllib.parse import urlsplit

import httpx
from pydantic import BaseModel, Field, ValidationError

from engine.errors import ProviderBusy, ProviderDown, ProviderError, ProviderRefused
from engine.providers.embeddings import AT_ONCE, Vector

MOST_BYTES = 32 * 1024 * 1024
"""The longest answer that is read."""
CALLS = 16
"""How many calls are under way at most; one that outlives its time counts until its connection gives up too."""
KEPT_OPEN = 120.0
"""Seconds that a connection waits for the next line: shaking hands again would take half of a query's time."""
THIS_MACHINE = ("127.0.0.1", "localhost", "::1")
LATE = "The embedder did not answer in time."
NONSENSE = "The embedder's answer cannot be used: {}."


class _One(BaseModel):
    """A vector, and the place of its text."""

    index: int | None = None
    embedding: list[Annotated[float, Field(strict=True)]]


class _Answer(BaseModel):
    """What is read of an answer; everything else in it is left alone."""

    data: list[_One]


class CompatibleEmbedder:
    """One model of one server. Connections are kept, nothing is tried twice, and a redirection is not followed."""

    def __init__(self, url: str, model: str, key: str = "") -> None:
        self._model, self._address = model, f"{url.rstrip('/')}/embeddings"
        self._client = httpx.Client(
            headers={"Authorization": f"Bearer {key}"} if key else {},
            limits=httpx.Limits(keepalive_expiry=KEPT_OPEN),
            trust_env=urlsplit(url).hostname not in THIS_MACHINE,  # a proxy cannot reach this machine
        )
        self._dimensions = 0
        self._lock, self._calls = threading.Lock(), threading.Semaphore(CALLS)

    @property
    def name(self) -> str:
        """The model, as the settings call it."""
        return self._model

    @property
    def dimensions(self) -> int:
        """How many numbers its vectors have; 0 until it answered once."""
        return self._dimensions

    def embed(self, texts: Sequence[str], *, seconds: float) -> tuple[Vector, ...]:
        """A vector for each text. Raises ProviderBusy, ProviderRefused or ProviderDown."""
        batches = [texts[start : start + AT_ONCE] for start in range(0, len(texts), AT_ONCE)]
        return tuple(vector for batch in batches for vector in self._read(self._in_time(batch, seconds), len(batch)))

    def _in_time(self, texts: Sequence[str], seconds: float) -> bytes:
        """The server's answer, waited for no longer than that: finding its address has no time limit of its own."""
        if not self._calls.acquire(blocking=False):
            raise ProviderBusy("The embedder has too much to do.")
        told: Future[bytes] = Future()

        def ask() -> None:
            try:
                told.set_result(self._ask(texts, seconds))
            except Exception as error:  # noqa: BLE001  (it is raised where the answer is waited for)
                told.set_exception(error)
            finally:
                self._calls.release()

        threading.Thread(target=ask, name="embedder", daemon=True).start()
        try:
            return told.result(seconds)
        except TimeoutError as error:
            raise ProviderDown(LATE) from error

    def _ask(self, texts: Sequence[str], seconds: float) -> bytes:
        until, body = time.monotonic() + seconds, bytearray()
        asked = {"model": self._model, "input": list(texts)}
        try:
            with self._client.stream("POST", self._address, json=asked, timeout=seconds) as response:
                if response.status_code != HTTPStatus.OK:
                    raise _refusal(response)
                for piece in response.iter_bytes():
                    body += piece
                    if time.monotonic() > until:
                        raise ProviderDown(LATE)
                    if len(body) > MOST_BYTES:
                        raise ProviderDown(NONSENSE.format("it is endless"))
        except httpx.TimeoutException as error:
            raise ProviderDown(LATE) from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise ProviderDown(f"The embedder cannot be reached ({type(error).__name__}).") from error
        return bytes(body)

    def _read(self, body: bytes, count: int) -> list[Vector]:
        """The vectors in order. Raises ProviderDown where one lacks, is no direction, or has another length."""
        try:
            data = _Answer.model_validate_json(body).data
        except ValidationError as error:
            reason = error.errors(include_input=False, include_url=False)[0]["msg"]
            raise ProviderDown(NONSENSE.format(reason[:1].lower() + reason[1:])) from None
        places = [one.index for one in data]
        if any(place is not None for place in places):
            if sorted(-1 if place is None else place for place in places) != list(range(len(data))):
                raise ProviderDown(NONSENSE.format("its vectors are not numbered one by one"))
            data = sorted(data, key=lambda one: one.index or 0)
        vectors = [one.embedding for one in data]
        if len(vectors) != count:
            raise ProviderDown(NONSENSE.format(f"{len(vectors)} vectors came for {count} texts"))
        if not all(0 < math.hypot(*vector) < math.inf for vector in vectors):  # nor is it where one is no number
            raise ProviderDown(NONSENSE.format("a vector points nowhere"))
        self._measure({len(vector) for vector in vectors})
        return list(vectors)

    def _measure(self, lengths: set[int]) -> None:
        """Hold an answer to the length of the one before; after one that differs, the next one teaches anew.

        So it costs one answer when the first one was wrong, or when the server has another model by now.
        """
        with self._lock:
            wanted = self._dimensions or min(lengths)
            self._dimensions = wanted if lengths == {wanted} else 0
            if not self._dimensions:
                raise ProviderDown(NONSENSE.format(f"vectors have {sorted(lengths)} numbers in place of {wanted}"))
            self._dimensions = wanted


def _refusal(response: httpx.Response) -> ProviderError:
    """What a status says."""
    code = response.status_code
    if code in (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE):
        wait = response.headers.get("retry-after", "")
        return ProviderBusy(
            f"The embedder asks for patience ({code}).", retry_after=int(wait) if wait.isdecimal() else None
        )
    if code in (HTTPStatus.BAD_REQUEST, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, HTTPStatus.UNPROCESSABLE_ENTITY):
        return ProviderRefused(f"The embedder does not take these texts ({code}).")
    return ProviderDown(f"The embedder answers with {code}.")
