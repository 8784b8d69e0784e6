"""Claude, through Anthropic's own SDK. Its retries and its patience are off: ours stand around it.

Facts of SDK 2.11 and of today's models: no sampling parameters, no beginning of a reply as the last message; a clean
end without a stop reason is no end; errors of the wire come as they are (`httpx2`, JSON, assertions).
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from engine.errors import ProviderBusy, ProviderDown, ProviderError, ProviderRefused
from engine.providers.llm import Answer, Ask, Finished, FinishReason, Prompt, Usage
from engine.providers.llm.structured import TOKENS, object_in
from engine.providers.llm.turns import halves, turns_of
from engine.providers.statuses import from_status, told

if TYPE_CHECKING:
    from anthropic import Anthropic, Omit
    from anthropic.types import Message, MessageParam, TextBlockParam, ThinkingConfigParam
    from anthropic.types import Usage as Used

    from engine.providers.wire import Wire

WHO = "Claude"
CONNECT = 5.0
READ = 20.0
"""Seconds between two bytes: a last resort, since keep-alive signs pass it. Words are waited for elsewhere."""
THINKING_ROOM = 2_000
"""Tokens that a model which thinks first may use for that, on top of those of the reply."""
QUIET = ("claude-sonnet-5-5",)
"""Models that can be told to speak without thinking first."""
UNTHINKING = ("claude-haiku-4", "claude-sonnet-4", "claude-opus-4")
"""Families that do not think unless they are told to."""
_REASONS: Mapping[str, FinishReason] = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "max_tokens": "max_tokens",
    "model_context_window_exceeded": "max_tokens",
}


class Claude:
    """One model of Anthropic's Messages API."""

    name = "claude"

    def __init__(self, key: str, model: str, url: str = "") -> None:
        self.model, self._key, self._url = model, key, url or "https://api.anthropic.com"
        self._client: Anthropic | None = None
        self._lock = threading.Lock()

    def warm(self) -> None:
        """Import the SDK and make its client: that takes seconds."""
        self._open()

    def _open(self) -> Anthropic:
        with self._lock:
            if self._client is None:
                from anthropic import Anthropic, Timeout  # noqa: PLC0415  (seconds to import)

                self._client = Anthropic(
                    api_key=self._key, base_url=self._url, max_retries=0, timeout=Timeout(READ, connect=CONNECT)
                )
            return self._client

    def stream(self, prompt: Prompt, wire: Wire, *, seed: int, max_tokens: int) -> Iterator[str | Finished]:
        """The reply's words, then Finished; nothing after a refusal but ProviderRefused."""
        del seed  # there is nothing to give it to
        client = self._open()
        try:
            with client.messages.stream(
                model=self.model,
                max_tokens=max_tokens + self._room(),
                system=_system(prompt),
                messages=_messages(prompt),
                thinking=self._thinking(),
            ) as stream:
                wire.opened(stream.close)
                for event in stream:
                    if event.type == "content_block_delta" and event.delta.type == "text_delta":
                        yield event.delta.text
                    elif event.type == "message_stop":
                        yield self._finished(event.message)
        except ProviderError:
            raise
        except Exception as error:
            raise self._translated(error) from error

    def answer(self, ask: Ask, wire: Wire, *, seconds: float) -> Answer:
        """One structured answer, held to the schema by the provider."""
        del wire  # the SDK reads it whole: its own time limit ends it
        from anthropic import transform_schema  # noqa: PLC0415

        try:
            message = self._open().messages.create(
                model=self.model,
                max_tokens=TOKENS + self._room(),
                messages=[{"role": "user", "content": ask.words}],
                thinking=self._thinking(),
                output_config={"format": {"type": "json_schema", "schema": transform_schema(dict(ask.schema))}},
                timeout=seconds,
            )
            finished = self._finished(message)
        except ProviderError:
            raise
        except Exception as error:
            raise self._translated(error) from error
        if finished.reason != "stop":
            raise ProviderDown(f"{WHO}'s answer is not whole.", detail=f"stop reason {message.stop_reason}")
        text = "".join(block.text for block in message.content if block.type == "text")
        return Answer(object_in(text, WHO), message.model, finished.usage)

    def _room(self) -> int:
        return 0 if self.model in QUIET or self.model.startswith(UNTHINKING) else THINKING_ROOM

    def _thinking(self) -> ThinkingConfigParam | Omit:
        from anthropic import omit  # noqa: PLC0415

        return {"type": "between_tools"} if self.model in QUIET else omit

    def _finished(self, message: Message) -> Finished:
        """How a message ended. Raises ProviderRefused, or ProviderDown when it has no end."""
        if message.stop_reason == "refusal":
            raise ProviderRefused(f"{WHO} declined to go on with this scene.", detail="stop reason refusal")
        reason = _REASONS.get(message.stop_reason or "")
        if reason is None:
            raise ProviderDown(f"{WHO}'s reply broke off.", detail=f"stop reason {message.stop_reason}")
        return Finished(reason, message.model, _usage(message.usage))

    def _translated(self, error: Exception) -> ProviderError:
        """Ours for theirs."""
        import anthropic  # noqa: PLC0415

        if isinstance(error, anthropic.APIStatusError):
            headers, words = error.response.headers, str(error.message)
            if error.status_code < 400:  # noqa: PLR2004  (an error event in a stream that began well)
                busy = "overloaded" in words or "rate_limit" in words
                kind = ProviderBusy if busy else ProviderDown
                return kind(f"{WHO} broke off.", detail=told(words, self._key))
            after = headers.get("retry-after")
            return from_status(WHO, error.status_code, words, key=self._key, retry_after=after)
        if isinstance(error, anthropic.APITimeoutError):
            return ProviderDown(f"{WHO} did not answer in time.", detail=type(error).__name__)
        if isinstance(error, anthropic.APIConnectionError):
            return ProviderDown(f"{WHO} cannot be reached.", detail=told(str(error.__cause__ or error), self._key))
        return ProviderDown(f"{WHO} broke off.", detail=told(f"{type(error).__name__}: {error}", self._key))


def _system(prompt: Prompt) -> list[TextBlockParam]:
    """The system prompt; what stays equal from turn to turn is marked to be kept by the provider."""
    stable, rest = halves(prompt)
    blocks: list[TextBlockParam] = []
    if stable:
        blocks.append({"type": "text", "text": stable, "cache_control": {"type": "ephemeral"}})
    if rest:
        blocks.append({"type": "text", "text": rest})
    return blocks


def _messages(prompt: Prompt) -> list[MessageParam]:
    return [
        {"role": "user", "content": line.content}
        if line.role == "user"
        else {"role": "assistant", "content": line.content}
        for line in turns_of(prompt)
    ]


def _usage(used: Used) -> Usage:
    """Tokens in, cached ones and those that were put into the cache included, and out."""
    read, written = used.cache_read_input_tokens or 0, used.cache_creation_input_tokens or 0
    return Usage(used.input_tokens + read + written, used.output_tokens, read, tokens_written=written)
