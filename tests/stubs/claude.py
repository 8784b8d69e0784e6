"""Anthropic's Messages API, whole and streamed."""

from __future__ import annotations

import hashlib
import secrets
from typing import Any

from tests.stubs.answers import fitting, split, tokens
from tests.stubs.faults import Script, heard, streamed, whole
from tests.stubs.state import Stubs
from tests.stubs.wire import Call, Refused, Reply, Status, encoded, failure, plain

KINDS = {
    400: "invalid_request_error",
    401: "authentication_error",
    404: "not_found_error",
    413: "request_too_large",
    429: "rate_limit_error",
    529: "overloaded_error",
}
KNOWN = frozenset({
    *("model", "messages", "max_tokens", "system", "stream", "stop_sequences", "metadata", "thinking", "tools"),
    *("tool_choice", "output_config", "cache_control", "container", "diagnostics", "inference_geo", "service_tier"),
    "speed",
})  # fmt: skip
"""Fields of a request; temperature, top_p and top_k are none any more."""
UNFIT = (
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "minLength",
    "maxLength",
    "maxItems",
)
"""Limits that a schema for output must not set; the SDK moves them into the description."""
STOPS = {"refusal": "refusal", "clean-end": None}
MODELS = ("claude-sonnet-stub", "claude-haiku-stub")


def answer(stubs: Stubs, call: Call, fault: str) -> Reply:
    """Answer a call, or raise Refused."""
    _admit(stubs, call)
    if (call.method, call.path) == ("GET", "/v1/models"):
        return plain(encoded(_models()))
    if call.method != "POST" or call.path not in {"/v1/messages", "/v1/messages/count_tokens"}:
        raise Refused(Status(404, "Not found"))
    told = call.told
    _check(told, call.path)
    if call.path.endswith("count_tokens"):
        return plain(encoded({"input_tokens": tokens([told.get("system"), told["messages"]])}))
    return _message(stubs, told, fault)


def error(call: Call, status: Status) -> Reply:
    """An error in this provider's words."""
    request = f"req_{secrets.token_hex(12)}"
    return failure(_error(status, request), status, ("request-id", request))


def _error(status: Status, request: str | None = None) -> dict[str, Any]:
    kind = status.kind or KINDS.get(status.code, "api_error")
    return {"type": "error", "error": {"type": kind, "message": status.message}, "request_id": request}


def _models() -> dict[str, Any]:
    data = [
        {"type": "model", "id": name, "display_name": name.title(), "created_at": "2026-01-01T00:00:00Z"}
        for name in MODELS
    ]
    return {"data": data, "has_more": False, "first_id": MODELS[0], "last_id": MODELS[-1]}


def _admit(stubs: Stubs, call: Call) -> None:
    key = call.headers.get("authorization", "").removeprefix("Bearer ") or call.headers.get("x-api-key", "")
    if key != stubs.key:
        raise Refused(Status(401, "invalid x-api-key" if key else "x-api-key header is required"))
    if "anthropic-version" not in call.headers:
        raise Refused(Status(400, "anthropic-version: header is required"))


def _check(told: dict[str, Any], path: str) -> None:
    for name in told:
        if name not in KNOWN:
            raise Refused(Status(400, f"{name}: Extra inputs are not permitted"))
    counted = () if path.endswith("count_tokens") else ("max_tokens",)
    for name in ("model", "messages", *counted):
        if not told.get(name):
            raise Refused(Status(400, f"{name}: Field required"))
    if not str(told["model"]).startswith("claude-"):
        raise Refused(Status(404, f"model: {told['model']}"))
    if (told.get("thinking") or {}).get("type") == "disabled":
        raise Refused(Status(400, "thinking.type: 'disabled' is not supported by this model"))
    if (told.get("tool_choice") or {}).get("type") in {"any", "tool"}:
        raise Refused(Status(400, "tool_choice.type: forced tool use is not supported by this model"))
    _check_messages(told["messages"])
    schema = _schema(told)
    if schema is not None:
        _check_schema(schema)


def _check_messages(messages: list[dict[str, Any]]) -> None:
    for place, message in enumerate(messages):
        if message.get("role") not in {"user", "assistant"}:
            raise Refused(Status(400, f"messages.{place}.role: Input should be 'user' or 'assistant'"))
        if not "".join(_texts(message)).strip():
            raise Refused(Status(400, f"messages.{place}: text content blocks must be non-empty"))
    if messages[-1]["role"] == "assistant":
        raise Refused(Status(400, "messages: the last message must be of the user; prefill is not supported"))


def _check_schema(schema: Any) -> None:  # noqa: ANN401
    for one in schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ():
        _check_schema(one)
    if not isinstance(schema, dict) or not isinstance(schema.get("type"), str):
        return
    if schema["type"] == "object" and schema.get("additionalProperties") is not False:
        message = "For 'object' type, 'additionalProperties' must be explicitly set to false"
        raise Refused(Status(400, f"output_config.format.schema: {message}"))
    unfit = [name for name in UNFIT if name in schema]
    if unfit:
        message = f"For '{schema['type']}' type, properties {', '.join(unfit)} are not supported"
        raise Refused(Status(400, f"output_config.format.schema: {message}"))


def _schema(told: dict[str, Any]) -> dict[str, Any] | None:
    form = (told.get("output_config") or {}).get("format") or {}
    return form.get("schema") if form.get("type") == "json_schema" else None


def _texts(message: dict[str, Any]) -> list[str]:
    content: Any = message.get("content") or ""
    if isinstance(content, str):
        return [content]
    return [str(block.get("text", block.get("type"))) for block in content]


def _blocks(told: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [*told.get("tools", ())]
    for content in (told.get("system") or [], *(message["content"] for message in told["messages"])):
        found += [{"type": "text", "text": content}] if isinstance(content, str) else list(content)
    if told.get("cache_control"):
        found[-1] = {**found[-1], "cache_control": told["cache_control"]}
    return found


def _usage(stubs: Stubs, told: dict[str, Any]) -> dict[str, Any]:
    blocks = _blocks(told)
    marks = [place for place, block in enumerate(blocks) if block.get("cache_control")]
    sizes, prefixes, running = [0], list[str](), hashlib.sha256(str(told["model"]).encode())
    for block in blocks:
        bare = {name: value for name, value in block.items() if name != "cache_control"}
        running.update(encoded(bare))
        prefixes.append(running.hexdigest())
        sizes.append(sizes[-1] + tokens(bare.get("text", bare)))
    upto = marks[-1] + 1 if marks else 0
    known = stubs.remembered(prefixes[:upto], marks)
    longest = any(block.get("cache_control", {}).get("ttl") == "1h" for block in blocks)
    made = sizes[upto] - sizes[known]
    return {
        "input_tokens": sizes[-1] - sizes[upto],
        "cache_creation_input_tokens": made,
        "cache_read_input_tokens": sizes[known],
        "cache_creation": {
            "ephemeral_5m_input_tokens": 0 if longest else made,
            "ephemeral_1h_input_tokens": made if longest else 0,
        },
        "service_tier": "standard",
    }


def _message(stubs: Stubs, told: dict[str, Any], fault: str) -> Reply:
    line = next((" ".join(_texts(one)) for one in reversed(told["messages"]) if one["role"] == "user"), "")
    schema = _schema(told)
    text = stubs.reply("claude", line) if schema is None else encoded(fitting(schema, line)).decode()
    stream = bool(told.get("stream"))
    words, short = heard(split(text), fault, int(told["max_tokens"]), stream=stream)
    stop = STOPS.get(fault, "max_tokens" if short else "end_turn")
    usage = _usage(stubs, told)
    message: dict[str, Any] = {
        "id": f"msg_{secrets.token_hex(12)}",
        "type": "message",
        "role": "assistant",
        "model": told["model"],
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
        "usage": {**usage, "output_tokens": 1},
    }
    said = max(1, tokens("".join(words)) if words else 1)
    if stream:
        return streamed(_script(message, words, stop, {**usage, "output_tokens": said}), fault, stubs.pause)
    if fault == "error-event":
        return plain(encoded(_error(Status(529, "Overloaded"))))
    content = [{"type": "text", "text": "".join(words)}] if words else []
    message |= {"content": content, "stop_reason": stop, "usage": {**usage, "output_tokens": said}}
    return whole(encoded(message | _details(stop)), fault)


def _details(stop: str | None) -> dict[str, Any]:
    return {"stop_details": {"type": "refusal", "category": None, "explanation": None} if stop == "refusal" else None}


def _event(kind: str, **told: object) -> bytes:
    return b"event: " + kind.encode() + b"\ndata: " + encoded({"type": kind, **told}) + b"\n\n"


def _word(word: str) -> bytes:
    return _event("content_block_delta", index=0, delta={"type": "text_delta", "text": word})


def _script(message: dict[str, Any], words: list[str], stop: str | None, usage: dict[str, Any]) -> Script:
    count = {name: value for name, value in usage.items() if name.endswith("_tokens")}
    start = [
        _event("message_start", message=message),
        _event("content_block_start", index=0, content_block={"type": "text", "text": ""}),
        _event("ping"),
    ]
    delta = {"stop_reason": stop, "stop_sequence": None, **_details(stop)}
    return Script(
        opening=start if words else start[:1],
        words=[_word(word) for word in words],
        closing=[
            *([_event("content_block_stop", index=0)] if words else []),
            _event("message_delta", delta=delta, usage=count),
            _event("message_stop"),
        ],
        end=b"",
        ping=_event("ping"),
        error=b"event: error\ndata: " + encoded(_error(Status(529, "Overloaded"))) + b"\n\n",
        broken=b'event: content_block_delta\ndata: {"type": "content_block_delta", "index": 0, "delta": {"ty\n\n',
        more=_word(" and on" * 500),
    )
