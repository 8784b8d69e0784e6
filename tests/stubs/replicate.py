"""Replicate's predictions: made, asked for, called off, and the files they leave behind."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

from tests.stubs import pictures
from tests.stubs.faults import HELLO, STATUSES, whole
from tests.stubs.state import Prediction, Stubs
from tests.stubs.wire import Call, Piece, Refused, Reply, Status, Wait, encoded, failure, plain

TITLES = {
    401: "Unauthenticated",
    402: "Insufficient credit",
    404: "Not found",
    422: "Input validation failed",
    429: "Too many requests",
    500: "Internal server error",
}
MAKER = "black-forest-labs"
ASPECTS = ("1:1", "16:9", "9:16", "4:3", "3:4", "3:2", "2:3", "4:5", "5:4", "21:9", "9:21")
FIRST_GETS = 2
"""So many looks at a prediction fail under `get-500`."""
NSFW = {
    "flux-schnell": "NSFW content detected. Try running it again, or try a different prompt.",
    "": "The input or output was flagged as sensitive. Please try again with different inputs. (E005)",
}


Rule = Callable[[Any], bool]


def _whole(least: int, most: int) -> Rule:
    return lambda value: isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def _one_of(*values: str) -> Rule:
    return lambda value: value in values


def _yes_or_no(value: Any) -> bool:  # noqa: ANN401
    return isinstance(value, bool)


def _address(value: Any) -> bool:  # noqa: ANN401
    return isinstance(value, str) and re.match(r"data:[\w.+-]+/[\w.+-]+;base64,|https?://", value) is not None


RULES: dict[str, dict[str, Rule]] = {
    "flux-kontext-pro": {
        "prompt": lambda value: isinstance(value, str),
        "input_image": _address,
        "aspect_ratio": _one_of("match_input_image", *ASPECTS, "2:1", "1:2"),
        "seed": _whole(0, 2**32 - 1),
        "output_format": _one_of("jpg", "png"),
        "safety_tolerance": _whole(0, 6),
        "prompt_upsampling": _yes_or_no,
    },
    "flux-schnell": {
        "prompt": lambda value: isinstance(value, str),
        "aspect_ratio": _one_of(*ASPECTS),
        "num_outputs": _whole(1, 4),
        "num_inference_steps": _whole(1, 4),
        "seed": _whole(0, 2**32 - 1),
        "output_format": _one_of("webp", "jpg", "png"),
        "output_quality": _whole(0, 100),
        "go_fast": _yes_or_no,
        "megapixels": _one_of("1", "0.25"),
        "disable_safety_checker": _yes_or_no,
    },
}
"""What each model takes; another model of the same maker takes anything."""


def answer(stubs: Stubs, call: Call, fault: str) -> Reply:
    """Answer a call, or raise Refused; under `cut` and `broken-json` a prediction is made all the same."""
    file = re.fullmatch(r"/files/(\w+?)(?:-(\d))?\.(png|jpg|webp)", call.path)
    if file and call.method == "GET":
        return _file(stubs, file[1], int(file[2] or 0), fault)
    if call.headers.get("authorization") not in {f"Bearer {stubs.key}", f"Token {stubs.key}"}:
        raise Refused(Status(401, "You did not pass a valid authentication token"))
    if (call.method, call.path) == ("GET", "/v1/account"):
        return plain(encoded({"type": "user", "username": "stub", "name": "Stub", "github_url": None}))
    made = re.fullmatch(r"/v1/models/([\w.-]+)/([\w.-]+)/predictions", call.path)
    if made and call.method == "POST":
        return _make(stubs, call, (made[1], made[2]), fault)
    asked = re.fullmatch(r"/v1/predictions/(\w+)(/cancel)?", call.path)
    if asked and (call.method == "POST") == bool(asked[2]):
        return _look(stubs, asked[1], fault, cancel=bool(asked[2]))
    raise Refused(Status(404, "The requested resource could not be found."))


def error(call: Call, status: Status) -> Reply:
    """An error in this provider's words."""
    title = status.kind or TITLES.get(status.code, "Bad request")
    return failure({"title": title, "detail": status.message, "status": status.code}, status)


def _make(stubs: Stubs, call: Call, model: tuple[str, str], fault: str) -> Reply:
    if model[0] != MAKER:
        raise Refused(Status(404, "The requested resource could not be found."))
    told: Any = call.told.get("input")
    problems = _problems(model[1], told if isinstance(told, dict) else {})
    if problems:
        raise Refused(Status(422, "".join(f"- {problem}\n" for problem in problems)))
    shown = told.get("input_image", "")
    fate = "failed" if shown.startswith("data:") and pictures.anchor(shown) is None else fault
    made = stubs.predict("/".join(model), told, fate)
    if call.headers.get("prefer", "").startswith("wait") and not fault:
        return Reply(_held(stubs, made), 201)
    return whole(encoded(_told(stubs, made)), fault, 201)


def _held(stubs: Stubs, made: Prediction) -> Iterator[Piece]:
    yield Wait(made.starts + made.draws)
    yield encoded(_told(stubs, made))


def _problems(model: str, told: dict[str, Any]) -> list[str]:
    rules = RULES.get(model, {})
    found = [] if told.get("prompt") else ["input: prompt is required"]
    for name, value in told.items():
        if rules and name not in rules:
            found.append(f"input: Additional property {name} is not allowed")
        elif rules and not rules[name](value):
            found.append(f"input.{name}: Does not match what this model takes")
    if "input_image" in told and not found and int(told.get("safety_tolerance", 2)) > 2:
        found.append("input.safety_tolerance: Must be less than or equal to 2 with an input image")
    return found


def _look(stubs: Stubs, name: str, fault: str, *, cancel: bool) -> Reply:
    found = stubs.predictions.get(name)
    if found is None:
        raise Refused(Status(404, "The requested resource could not be found."))
    if cancel:
        found.canceled = found.canceled or not found.ended
        return whole(encoded(_told(stubs, found)), fault)
    found.gets += 1
    if found.fate == "get-500" and found.gets <= FIRST_GETS:
        raise Refused(STATUSES["500"])
    return whole(encoded(_told(stubs, found)), fault)


def _ending(found: Prediction) -> str:
    usual = "webp" if found.model.endswith("flux-schnell") else "png"
    return str(found.input.get("output_format", usual))


def _output(stubs: Stubs, found: Prediction) -> object:
    if found.status != "succeeded" or found.fate == "no-output":
        return None
    start, ending = f"{stubs.replicate}/files/{found.id}", _ending(found)
    if not found.model.endswith("flux-schnell"):
        return f"{start}.{ending}"
    return [f"{start}-{place}.{ending}" for place in range(int(found.input.get("num_outputs", 1)))]


def _error_text(found: Prediction) -> str | None:
    if found.status != "failed":
        return None
    if found.fate == "nsfw":
        return NSFW.get(found.model.partition("/")[2], NSFW[""])
    return "Prediction interrupted; please retry (code: PA)"


def _told(stubs: Stubs, found: Prediction) -> dict[str, Any]:
    status, ended = found.status, found.ended
    address = f"{stubs.replicate}/v1/predictions/{found.id}"
    done = found.at + found.starts + found.draws
    logs = "" if status == "starting" else f"Using seed: {found.input.get('seed', found.created)}\n"
    return {
        "id": found.id,
        "model": found.model,
        "version": "hidden",
        "input": found.input,
        "logs": logs + ("Generated image\n" if status == "succeeded" else ""),
        "output": _output(stubs, found),
        "data_removed": False,
        "error": _error_text(found),
        "source": "api",
        "status": status,
        "created_at": _clock(found.at),
        "started_at": None if status == "starting" else _clock(found.at + found.starts),
        "completed_at": _clock(done) if ended else None,
        "metrics": {"predict_time": found.draws, "total_time": found.starts + found.draws} if ended else None,
        "urls": {"get": address, "cancel": f"{address}/cancel", "web": f"{stubs.replicate}/p/{found.id}"},
    }


def _clock(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _file(stubs: Stubs, name: str, place: int, fault: str) -> Reply:
    found = stubs.predictions.get(name)
    if found is None or found.fate == "file-404" or found.status != "succeeded":
        return plain(b"<html><body>Not Found</body></html>", 404, "text/html")
    if found.fate == "not-a-picture":
        return plain(HELLO, kind="text/html; charset=utf-8")
    told = found.input
    shown = pictures.anchor(str(told.get("input_image", "")))
    aspect = str(told.get("aspect_ratio", "match_input_image" if shown else "1:1"))
    extent = pictures.size(aspect, float(told.get("megapixels", 1)), shown)
    drawn = pictures.draw(str(told["prompt"]), (told.get("seed"), place), extent, shown)
    reply = whole(pictures.encode(drawn, _ending(found)), fault)
    return Reply(reply.pieces, reply.status, pictures.KINDS[_ending(found)], size=reply.size)
