"""Gemini, through `google-generativeai`: the one file that knows that package, which is at the end of its life.

Facts of 0.8.6: over REST, since its other wire cannot be watched; its own retries never end, so they are off; what a
model thought is billed as output and told nowhere but in the sum of tokens; its settings are those of the process.
"""

from __future__ import annotations

import threading
import warnings
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from engine.errors import ProviderDown, ProviderError, ProviderRefused
from engine.providers.llm import Answer, Ask, Finished, FinishReason, Line, Prompt, Usage
from engine.providers.llm.structured import TOKENS, object_in, words_of
from engine.providers.llm.turns import turns_of
from engine.providers.statuses import from_status, told

if TYPE_CHECKING:
    from engine.providers.wire import Wire

WHO = "Gemini"
READ = 20.0
"""Seconds between two bytes: a last resort; words are waited for elsewhere."""
THINKING_ROOM = 4_000
"""Tokens for what a model thinks before it speaks: they count as output, and this package cannot ask for fewer."""
_REASONS: Mapping[str, FinishReason] = {"STOP": "stop", "MAX_TOKENS": "max_tokens"}
_REFUSALS = ("SAFETY", "RECITATION", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "IMAGE_SAFETY", "LANGUAGE")


class Gemini:
    """One model of Google's Generative Language API."""

    name = "gemini"

    def __init__(self, key: str, model: str, url: str = "", temperature: float = 0.8) -> None:
        self.model, self._key, self._url, self._temperature = model, key, url, temperature
        self._client: Any = None
        self._protos: Any = None
        self._lock = threading.Lock()
        self._seen = threading.local()

    def warm(self) -> None:
        """Import the package and make its client: that takes a second."""
        self._open()

    def _open(self) -> Any:  # noqa: ANN401  (the package tells no types)
        with self._lock:
            if self._client is None:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")  # it says at each import that it is at its end
                    from google.generativeai import (  # noqa: PLC0415
                        client as package,  # pyright: ignore[reportAttributeAccessIssue, reportUnknownVariableType]
                    )
                    from google.generativeai import (  # noqa: PLC0415
                        protos,  # pyright: ignore[reportPrivateImportUsage]
                    )
                self._protos = protos
                told_where = {"api_endpoint": self._url} if self._url else None
                package.configure(api_key=self._key, transport="rest", client_options=told_where)  # pyright: ignore[reportUnknownMemberType]
                self._client = package.get_default_generative_client()  # pyright: ignore[reportUnknownMemberType]
                self._client.transport._session.hooks["response"].append(self._see)  # noqa: SLF001  (no other way in)
            return self._client

    def _see(self, response: Any, **_: object) -> None:  # noqa: ANN401
        """Keep an answer that is an error: of a stream's, the package itself stumbles over the form."""
        self._seen.response = response if response.status_code >= 400 else None  # noqa: PLR2004

    def stream(self, prompt: Prompt, wire: Wire, *, seed: int, max_tokens: int) -> Iterator[str | Finished]:
        """The reply's words, then Finished."""
        del seed  # this package has no place for it
        client = self._open()
        try:
            request = self._request(prompt.system, turns_of(prompt), max_tokens)
            stream = client.stream_generate_content(request, timeout=READ, retry=None)
            wire.opened(stream.cancel)
            for part in stream:
                yield self._words(part)
                if finished := self._finished(part):
                    yield finished
                    return
        except ProviderError:
            raise
        except Exception as error:
            raise self._translated(error) from error

    def answer(self, ask: Ask, wire: Wire, *, seconds: float) -> Answer:
        """One structured answer: JSON by request, its shape in words."""
        client = self._open()
        del wire  # the package reads it whole: its own time limit ends it
        try:
            request = self._request("", (Line("user", words_of(ask)),), TOKENS, json=True)
            part = client.generate_content(request, timeout=seconds, retry=None)
            text, finished = self._words(part), self._finished(part)
        except ProviderError:
            raise
        except Exception as error:
            raise self._translated(error) from error
        if finished is None or finished.reason != "stop":
            raise ProviderDown(f"{WHO}'s answer is not whole.", detail=str(finished))
        return Answer(object_in(text, WHO), self.model, finished.usage)

    def _request(self, system: str, lines: tuple[Line, ...], max_tokens: int, *, json: bool = False) -> Any:  # noqa: ANN401
        made = self._protos
        config = {"temperature": self._temperature, "max_output_tokens": max_tokens + THINKING_ROOM}
        return made.GenerateContentRequest(
            model=f"models/{self.model}",
            system_instruction=made.Content(parts=[made.Part(text=system)]) if system else None,
            contents=[
                made.Content(role="user" if line.role == "user" else "model", parts=[made.Part(text=line.content)])
                for line in lines
            ],
            generation_config=made.GenerationConfig(
                **config, response_mime_type="application/json" if json else "text/plain"
            ),
        )

    def _words(self, part: Any) -> str:  # noqa: ANN401
        """The words of one piece. Raises ProviderRefused when the prompt was blocked."""
        if part.prompt_feedback.block_reason:
            raise ProviderRefused(
                f"{WHO} declined this scene.", detail=f"prompt blocked: {part.prompt_feedback.block_reason.name}"
            )
        return "".join(each.text for candidate in part.candidates[:1] for each in candidate.content.parts)

    def _finished(self, part: Any) -> Finished | None:  # noqa: ANN401
        """How the reply ended, None while it has not. Raises ProviderRefused, or ProviderDown for an end of no use."""
        reason = part.candidates[0].finish_reason.name if part.candidates else ""
        if not reason or reason == "FINISH_REASON_UNSPECIFIED":
            return None
        if reason in _REFUSALS:
            raise ProviderRefused(f"{WHO} declined to go on with this scene.", detail=f"finish reason {reason}")
        if reason not in _REASONS:
            raise ProviderDown(f"{WHO}'s reply broke off.", detail=f"finish reason {reason}")
        used = part.usage_metadata
        out = max(used.candidates_token_count, used.total_token_count - used.prompt_token_count)
        usage = Usage(used.prompt_token_count, out, used.cached_content_token_count)
        return Finished(_REASONS[reason], self.model, usage)

    def _translated(self, error: Exception) -> ProviderError:
        """Ours for theirs, known by name: they come from three packages below."""
        names = {kind.__name__ for kind in type(error).__mro__}
        seen: Any = getattr(self._seen, "response", None)
        if seen is not None:
            self._seen.response = None
            after = seen.headers.get("retry-after")
            return self._of_status(int(seen.status_code), _said(seen), after)
        if "Timeout" in names:
            return ProviderDown(f"{WHO} did not answer in time.", detail=type(error).__name__)
        if "ConnectionError" in names:
            return ProviderDown(f"{WHO} cannot be reached.", detail=type(error).__name__)
        return ProviderDown(f"{WHO} broke off.", detail=told(f"{type(error).__name__}: {error}", self._key))

    def _of_status(self, code: int, words: str, after: str | None) -> ProviderError:
        """A wrong key is a bad request to them."""
        is_key = code == 400 and "api key" in words.lower()  # noqa: PLR2004
        return from_status(WHO, 401 if is_key else code, words, key=self._key, retry_after=after)


def _said(response: Any) -> str:  # noqa: ANN401
    """The words of an error; those that do not come in time are done without."""
    try:
        return str(response.text)
    except Exception:  # noqa: BLE001  (it is an error already)
        return ""
