"""Google's Generative Language API over REST: a stream is one JSON array, or events where `alt=sse` asks for them."""

from __future__ import annotations

import re
import secrets
from typing import Any

from tests.stubs.answers import fitting, schema_in, split, tokens
from tests.stubs.faults import Script, heard, streamed, whole
from tests.stubs.state import Stubs
from tests.stubs.wire import Call, Refused, Reply, Status, encoded, failure, plain

KINDS = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    503: "UNAVAILABLE",
}
NUMBERS = {
    "STOP": 1,
    "MAX_TOKENS": 2,
    "SAFETY": 3,
    "HARM_CATEGORY_HARASSMENT": 7,
    "HARM_CATEGORY_HATE_SPEECH": 8,
    "HARM_CATEGORY_SEXUALLY_EXPLICIT": 9,
    "HARM_CATEGORY_DANGEROUS_CONTENT": 10,
    "NEGLIGIBLE": 1,
    "HIGH": 4,
    "PROHIBITED_CONTENT": 4,
}
"""Names as numbers: the REST transport asks for these with `$alt=json;enum-encoding=int`."""
STOPS = {"refusal": "SAFETY", "clean-end": ""}
DATED = ("HARM_CATEGORY_SEXUALLY_EXPLICIT", "HARM_CATEGORY_HATE_SPEECH", "HARM_CATEGORY_HARASSMENT")
MODEL = "gemini-stub"
VERBS = ("generateContent", "streamGenerateContent", "countTokens")
OVERLOADED = Status(503, "The model is overloaded. Please try again later.")


def answer(stubs: Stubs, call: Call, fault: str) -> Reply:
    """Answer a call, or raise Refused."""
    _admit(stubs, call)
    if call.method == "GET" and call.path == "/v1beta/models":
        return plain(encoded({"models": [_model()]}))
    found = re.fullmatch(r"/v1(?:beta)?/models/([^/:]+):(\w+)", call.path)
    if call.method != "POST" or found is None or found[2] not in VERBS:
        raise Refused(Status(404, "The requested URL was not found on this server."))
    if not found[1].startswith("gemini-"):
        message = f"models/{found[1]} is not found for API version v1beta, or is not supported for {found[2]}."
        raise Refused(Status(404, message))
    told = call.told.get("generateContentRequest", call.told)
    _check(told)
    if found[2] == "countTokens":
        return plain(encoded({"totalTokens": sum(tokens(text) for text in _texts(told))}))
    return _content(stubs, call, found[1], fault)


def error(call: Call, status: Status) -> Reply:
    """An error in this provider's words; where an array would have been streamed, it stands in an array."""
    told = _error(status)
    return failure([told] if _array(call) else told, status)


def _error(status: Status) -> dict[str, Any]:
    found: dict[str, Any] = {"code": status.code, "message": status.message}
    found["status"] = status.kind or KINDS.get(status.code, "UNKNOWN")
    if status.retry_after:
        kind = "type.googleapis.com/google.rpc.RetryInfo"
        found["details"] = [{"@type": kind, "retryDelay": f"{status.retry_after}s"}]
    return {"error": found}


def _array(call: Call) -> bool:
    return call.path.endswith(":streamGenerateContent") and call.query.get("alt") != "sse"


def _model() -> dict[str, Any]:
    return {
        "name": f"models/{MODEL}",
        "baseModelId": MODEL,
        "version": "001",
        "displayName": "Gemini Stub",
        "description": "A stub.",
        "inputTokenLimit": 1048576,
        "outputTokenLimit": 65536,
        "supportedGenerationMethods": ["generateContent", "countTokens"],
    }


def _admit(stubs: Stubs, call: Call) -> None:
    key = call.headers.get("x-goog-api-key") or call.query.get("key") or ""
    if not key:
        raise Refused(Status(403, "Method doesn't allow unregistered callers. Please use API Key."))
    if key != stubs.key:
        raise Refused(Status(400, "API key not valid. Please pass a valid API key."))


def _check(told: dict[str, Any]) -> None:
    if not told.get("contents"):
        raise Refused(Status(400, "* GenerateContentRequest.contents: contents is not specified"))
    settings = told.get("generationConfig") or {}
    if "responseSchema" in settings and settings.get("responseMimeType") != "application/json":
        message = "* GenerateContentRequest.generation_config.response_schema: only with application/json"
        raise Refused(Status(400, message))


def _parts(content: dict[str, Any]) -> str:
    return " ".join(str(part.get("text", "")) for part in content.get("parts", ()))


def _texts(told: dict[str, Any]) -> list[str]:
    return [_parts(one) for one in (told.get("systemInstruction") or {}, *told["contents"])]


def _reply(stubs: Stubs, told: dict[str, Any]) -> str:
    line = next((_parts(one) for one in reversed(told["contents"]) if one.get("role", "user") == "user"), "")
    settings = told.get("generationConfig") or {}
    if settings.get("responseMimeType") == "application/json":
        schema = settings.get("responseSchema") or settings.get("responseJsonSchema") or schema_in(line)
        return encoded(fitting(schema or {"properties": {"text": {}}}, line)).decode()
    return stubs.reply("gemini", line)


def _counts(stubs: Stubs, call: Call, model: str, words: list[str]) -> dict[str, Any]:
    system, *rest = _texts(call.told)
    known = stubs.remembered([f"gemini {model} {system}"], [0]) if system else 0
    asked = sum(tokens(text) for text in (system, *rest) if text)
    said = tokens("".join(words)) if words else 0
    counts = {"promptTokenCount": asked, "candidatesTokenCount": said, "totalTokenCount": asked + said}
    return {**counts, "cachedContentTokenCount": tokens(system)} if known else counts


def _named(call: Call, name: str) -> str | int:
    return NUMBERS[name] if "enum-encoding=int" in call.query.get("$alt", "") else name


def _ratings(call: Call, *, blocked: bool) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [
        {"category": _named(call, name), "probability": _named(call, "NEGLIGIBLE")} for name in DATED
    ]
    if blocked:
        found[0] |= {"probability": _named(call, "HIGH"), "blocked": True}
    return found


def _ending(call: Call, stop: str) -> dict[str, Any]:
    told: dict[str, Any] = {"index": 0}
    if stop:
        told["finishReason"] = _named(call, stop)
    if stop in {"STOP", "SAFETY"}:
        told["safetyRatings"] = _ratings(call, blocked=stop == "SAFETY")
    return told


def _content(stubs: Stubs, call: Call, model: str, fault: str) -> Reply:
    told, stream = call.told, call.path.endswith(":streamGenerateContent")
    limit = int((told.get("generationConfig") or {}).get("maxOutputTokens") or 65536)
    words, short = heard(split(_reply(stubs, told)), fault, limit, stream=stream)
    stop = STOPS.get(fault, "MAX_TOKENS" if short else "STOP")
    counts = _counts(stubs, call, model, words)
    base = {"usageMetadata": counts, "modelVersion": model, "responseId": secrets.token_urlsafe(16)}
    ending = _ending(call, stop)
    if fault == "prompt-block":
        feedback = {"blockReason": _named(call, "PROHIBITED_CONTENT"), "safetyRatings": _ratings(call, blocked=True)}
        ended: dict[str, Any] = {"promptFeedback": feedback, **base}
    elif stream:
        last = {"role": "model", "parts": [{"text": ""}]} if words and stop != "SAFETY" else {"role": "model"}
        ended = {"candidates": [{"content": last, **ending}], **base}
    else:
        said = {"role": "model", "parts": [{"text": "".join(words)}]} if words else {"role": "model"}
        ended = {"candidates": [{"content": said, **ending}], **base}
    if stream:
        kind = "application/json; charset=UTF-8" if _array(call) else "text/event-stream"
        return streamed(_script(base, words, ended, array=_array(call)), fault, stubs.pause, kind)
    if fault == "error-event":
        return plain(encoded(_error(OVERLOADED)))
    return whole(encoded(ended), fault)


def _script(base: dict[str, Any], words: list[str], ended: dict[str, Any], *, array: bool) -> Script:
    def framed(value: bytes, *, first: bool = False) -> bytes:
        if array:
            return value if first else b",\r\n" + value
        return b"data: " + value + b"\r\n\r\n"

    def chunk(word: str, *, first: bool = False) -> bytes:
        candidate = {"content": {"role": "model", "parts": [{"text": word}]}, "index": 0}
        return framed(encoded({"candidates": [candidate], **base}), first=first)

    return Script(
        opening=[b"["] if array else [],
        words=[chunk(word, first=place == 0) for place, word in enumerate(words)],
        closing=[framed(encoded(ended), first=not words)],
        end=b"]" if array else b"",
        ping=b"\n" if array else b": keep-alive\r\n\r\n",
        error=framed(encoded(_error(OVERLOADED))),
        broken=framed(b'{"candidates": [{"content": {"parts": [{"text": nonsense}]}}]}'),
        more=chunk(" and on" * 500),
    )
