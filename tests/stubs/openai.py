"""Chat completions as OpenAI and those who imitate it serve them."""

from __future__ import annotations

import secrets
import time
from typing import Any

from tests.stubs.answers import fitting, schema_in, split, tokens
from tests.stubs.faults import Script, heard, streamed, whole
from tests.stubs.state import Stubs
from tests.stubs.wire import Call, Refused, Reply, Status, encoded, failure, plain

KINDS = {400: "invalid_request_error", 401: "invalid_request_error", 404: "invalid_request_error", 429: "requests"}
CODES = {401: "invalid_api_key", 404: "model_not_found", 429: "rate_limit_exceeded"}
STOPS = {"refusal": "content_filter", "clean-end": None}
MODEL = "stub-model"


def answer(stubs: Stubs, call: Call, fault: str) -> Reply:
    """Answer a call, or raise Refused."""
    if call.headers.get("authorization") != f"Bearer {stubs.key}":
        raise Refused(Status(401, "You didn't provide a valid API key."))
    if (call.method, call.path) == ("GET", "/v1/models"):
        model = {"id": MODEL, "object": "model", "created": 1767225600, "owned_by": "stubs"}
        return plain(encoded({"object": "list", "data": [model]}))
    if (call.method, call.path) != ("POST", "/v1/chat/completions"):
        raise Refused(Status(404, f"Invalid URL ({call.method} {call.path})", kind="invalid_request_error"))
    for name in ("model", "messages"):
        if not call.told.get(name):
            raise Refused(Status(400, f"Missing required parameter: '{name}'."))
    return _completion(stubs, call.told, fault)


def error(call: Call, status: Status) -> Reply:
    """An error in this provider's words."""
    return failure(_error(status), status, ("x-request-id", f"req_{secrets.token_hex(12)}"))


def _error(status: Status) -> dict[str, Any]:
    kind = status.kind or KINDS.get(status.code, "server_error")
    return {"error": {"message": status.message, "type": kind, "param": None, "code": CODES.get(status.code)}}


def _text(message: dict[str, Any]) -> str:
    content: Any = message.get("content") or ""
    return content if isinstance(content, str) else " ".join(str(part.get("text", "")) for part in content)


def _reply(stubs: Stubs, told: dict[str, Any]) -> str:
    line = next((_text(one) for one in reversed(told["messages"]) if one.get("role") == "user"), "")
    form = told.get("response_format") or {}
    if form.get("type") == "json_schema":
        return encoded(fitting((form.get("json_schema") or {}).get("schema") or {}, line)).decode()
    if form.get("type") == "json_object":
        return encoded(fitting(schema_in(line) or {"properties": {"text": {}}}, line)).decode()
    return stubs.reply("openai", line)


def _usage(stubs: Stubs, told: dict[str, Any], words: list[str]) -> dict[str, Any]:
    first = _text(told["messages"][0]) if told["messages"][0].get("role") in {"system", "developer"} else ""
    known = stubs.remembered([f"openai {told['model']} {first}"], [0]) if first else 0
    asked = sum(tokens(_text(one)) for one in told["messages"])
    said = tokens("".join(words)) if words else 0
    return {
        "prompt_tokens": asked,
        "completion_tokens": said,
        "total_tokens": asked + said,
        "prompt_tokens_details": {"cached_tokens": tokens(first) if known else 0, "audio_tokens": 0},
        "completion_tokens_details": {"reasoning_tokens": 0, "audio_tokens": 0},
    }


def _completion(stubs: Stubs, told: dict[str, Any], fault: str) -> Reply:
    stream = bool(told.get("stream"))
    limit = int(told.get("max_completion_tokens") or told.get("max_tokens") or 4096)
    words, short = heard(split(_reply(stubs, told)), fault, limit, stream=stream)
    stop = STOPS.get(fault, "length" if short else "stop")
    usage = _usage(stubs, told, words)
    base: dict[str, Any] = {
        "id": f"chatcmpl-{secrets.token_hex(12)}",
        "object": "chat.completion.chunk" if stream else "chat.completion",
        "created": int(time.time()),
        "model": told["model"],
        "system_fingerprint": None,
    }
    if stream:
        counted = bool((told.get("stream_options") or {}).get("include_usage"))
        return streamed(_script(base, words, stop, usage if counted else None), fault, stubs.pause)
    if fault == "error-event":
        return plain(encoded(_error(Status(503, "The server is overloaded."))))
    message = {"role": "assistant", "content": "".join(words), "refusal": None}
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": stop}
    return whole(encoded({**base, "choices": [choice], "usage": usage}), fault)


def _data(value: object) -> bytes:
    return b"data: " + encoded(value) + b"\n\n"


def _script(base: dict[str, Any], words: list[str], stop: str | None, usage: dict[str, Any] | None) -> Script:
    rest: dict[str, Any] = {} if usage is None else {"usage": None}

    def chunk(delta: dict[str, Any], finish: str | None = None) -> bytes:
        return _data({
            **base, "choices": [{"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}], **rest,
        })  # fmt: skip

    counted = [] if usage is None else [_data({**base, "choices": [], "usage": usage})]
    return Script(
        opening=[chunk({"role": "assistant", "content": "", "refusal": None})],
        words=[chunk({"content": word}) for word in words],
        closing=[chunk({}, stop), *counted, b"data: [DONE]\n\n"],
        end=b"",
        ping=b": keep-alive\n\n",
        error=_data(_error(Status(503, "The server is overloaded."))),
        broken=b'data: {"id": "chatcmpl-0", "choices": [{"index": 0, "del\n\n',
        more=chunk({"content": " and on" * 500}),
    )
