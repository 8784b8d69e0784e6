"""What the stubs say: a few words in character, or JSON that fits a schema; the same words for the same line."""

from __future__ import annotations

import json
import math
import re
import zlib
from typing import Any

ACTIONS = (
    "looks up from the ledger and turns the lamp a little lower",
    "leans in the doorway with both sleeves rolled to the elbow",
    "sets the kettle down without a sound",
    "counts the coins once more and pushes them aside",
    "pulls the coat tighter and watches the rain on the glass",
    "smiles at the floor before answering",
    "taps the map where the road runs out",
    "closes the door softly and stays with a hand on the latch",
)
OPENINGS = (
    "You always begin with the hard part.",
    "I hoped somebody would say that today.",
    "That is not what I expected to hear.",
    "Good. Then we need not pretend any longer.",
    "Sit down first, the floor is still wet.",
    "I have thought about it since the morning.",
)
CLOSINGS = (
    "Stay a while, and I will tell you how it really went.",
    "Ask me again when the others have gone home.",
    "I would rather do it with you than well alone.",
    "Tell me what you would have done in my place.",
    "There is a key under the third stone, and nobody else knows.",
    "We leave at dawn, unless you can give me a reason to wait.",
)
SCHEMA_TYPES = {1: "string", 2: "number", 3: "integer", 4: "boolean", 5: "array", 6: "object"}
"""The types of a schema as Google's protocol numbers them."""
FORMATS = {
    "date": "2026-01-02",
    "date-time": "2026-01-02T03:04:05Z",
    "time": "03:04:05Z",
    "duration": "P1D",
    "email": "someone@example.org",
    "hostname": "example.org",
    "uri": "https://example.org/",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "uuid": "00000000-0000-4000-8000-000000000000",
}
DEEPEST = 12
LIMITS = re.compile(
    r"(minimum|maximum|exclusiveMinimum|exclusiveMaximum|m(?:in|ax)(?:Items|Length)): (-?\d+(?:\.\d+)?)"
)


def spoken(line: str) -> str:
    """An action and some speech, 20 to 50 words, with a word of the line in it."""
    seed = zlib.crc32(line.encode())
    found = re.findall(r"[^\W\d_]{4,18}", line)
    heard = f"You said {found[-1].lower()}, and I heard it." if found else "You said little, and I heard it."
    action = ACTIONS[seed % len(ACTIONS)]
    opening, closing = OPENINGS[(seed >> 8) % len(OPENINGS)], CLOSINGS[(seed >> 16) % len(CLOSINGS)]
    return f"*{action}.* {opening} {heard} {closing}"


def split(text: str) -> list[str]:
    """A text in words, each with the blanks before it; together they are the text."""
    return re.findall(r"\s*\S+|\s+\Z", text)


def tokens(text: object) -> int:
    """About as many tokens as a text, or a value written as one, has."""
    return max(1, math.ceil(len(str(text)) / 4))


def schema_in(words: str) -> dict[str, Any] | None:
    """The last JSON schema that stands in a prompt on a line of its own, where a provider is asked in words."""
    for start in reversed([found.start() for found in re.finditer(r"^\{", words, re.MULTILINE)]):
        try:
            told, _ = json.JSONDecoder().raw_decode(words[start:])
        except ValueError:
            continue
        if "properties" in told or "type" in told:
            return told
    return None


def fitting(
    schema: dict[str, Any], line: str, name: str = "", root: dict[str, Any] | None = None, deep: int = 0
) -> Any:  # noqa: ANN401
    """A value that fits a JSON schema: everything required, few items, the first of a choice."""
    root = schema if root is None else root
    told = _resolved(schema, root)
    if "const" in told or told.get("enum"):
        return told["const"] if "const" in told else told["enum"][0]
    for choice in ("anyOf", "oneOf"):
        if told.get(choice):
            return fitting(_best(told[choice]), line, name, root, deep + 1)
    kind = _kind(told)
    if kind == "object":
        return _object(told, line, root, deep)
    if kind == "array":
        count = 0 if deep > DEEPEST else _count(told)
        return [fitting(told.get("items") or {}, line, name, root, deep + 1) for _ in range(count)]
    if kind in {"integer", "number"}:
        return _number(told, whole=kind == "integer")
    return {"boolean": True, "null": None}.get(kind, _string(told, line, name))


def _resolved(schema: dict[str, Any], root: dict[str, Any]) -> dict[str, Any]:
    told = dict(schema)
    for _ in range(DEEPEST):
        if "$ref" not in told:
            break
        found: Any = root
        for step in str(told.pop("$ref")).removeprefix("#").strip("/").split("/"):
            found = found.get(step, {}) if step else found
        told = {**found, **told}
    for part in told.pop("allOf", []):
        told = {**_resolved(part, root), **told}
    for limit, value in LIMITS.findall(str(told.get("description", ""))):
        told.setdefault(limit, float(value))  # the SDKs move limits they cannot send into the description
    return told


def _best(choices: list[dict[str, Any]]) -> dict[str, Any]:
    return next((one for one in choices if _kind(one) != "null"), choices[0])


def _kind(told: dict[str, Any]) -> str:
    kind: Any = told.get("type")
    if isinstance(kind, list):
        kind = next((one for one in kind if one != "null"), "null")
    if isinstance(kind, int):
        kind = SCHEMA_TYPES.get(kind, "string")
    if not kind:
        return "object" if "properties" in told else "array" if "items" in told else "string"
    return str(kind).lower()


def _object(told: dict[str, Any], line: str, root: dict[str, Any], deep: int) -> dict[str, Any]:
    properties: dict[str, Any] = told.get("properties") or {}
    required = told.get("required")
    names = list(properties) if required is None and deep <= DEEPEST else list(required or [])
    return {name: fitting(properties.get(name) or {}, line, name, root, deep + 1) for name in names}


def _count(told: dict[str, Any]) -> int:
    least, most = int(float(told.get("minItems") or 0)), int(float(told.get("maxItems", 1)))
    return max(least, min(1, most))


def _number(told: dict[str, Any], *, whole: bool) -> float:
    step = 1.0 if whole else 1e-3
    least, most = _limit(told, "inimum", step), _limit(told, "aximum", -step)
    if least is not None and most is not None:
        found = (least + most) / 2
    else:
        found = least if least is not None else min(1.0, most) if most is not None else 1.0
    multiple = float(told.get("multipleOf") or 0) or (1.0 if whole else 0.0)
    if multiple:
        found = math.floor(found / multiple) * multiple
        found = found if least is None or found >= least else found + multiple
    return int(found) if whole else round(found, 6)


def _limit(told: dict[str, Any], name: str, step: float) -> float | None:
    outside, inside = told.get(f"exclusiveM{name}"), told.get(f"m{name}")
    if isinstance(outside, (int, float)) and not isinstance(outside, bool):
        return float(outside) + step
    return None if inside is None else float(inside)


def _string(told: dict[str, Any], line: str, name: str) -> str:
    form = FORMATS.get(str(told.get("format", "")))
    if form:
        return form
    text = f"{name.replace('_', ' ').capitalize() or 'Something'}: {' '.join(line.split())[:60] or 'nothing was said'}"
    least, most = int(told.get("minLength") or 0), told.get("maxLength")
    text = text.ljust(least, ".")
    return text if most is None else text[: int(most)]
