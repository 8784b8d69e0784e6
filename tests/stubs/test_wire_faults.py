"""What the vendors' own packages make of each fault."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import anthropic
import httpx
import httpx2
import pytest
import requests
from google.api_core import exceptions as google
from google.protobuf.json_format import ParseError
from replicate.exceptions import ReplicateError

from tests.stubs import FAULTS, Stubs, serving
from tests.stubs.clients import (
    KONTEXT,
    LINE,
    PATIENCE,
    SOON,
    Spoken,
    asked,
    claude,
    claude_streams,
    fetched,
    gemini,
    gemini_streams,
    once,
    openai,
    openai_streams,
    painter,
    question,
    trusted,
)
from tests.stubs.faults import HEARD


@pytest.fixture
def stubs() -> Iterator[Stubs]:
    with serving() as told:
        yield told


def patience(fault: str) -> float:
    """Seconds a client waits: few only for what never comes."""
    return SOON if fault in {"header-stall", "mid-stall", "slow"} else PATIENCE


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("400", anthropic.BadRequestError),
        ("401", anthropic.AuthenticationError),
        ("404", anthropic.NotFoundError),
        ("429-short", anthropic.RateLimitError),
        ("429-long", anthropic.RateLimitError),
        ("500", anthropic.InternalServerError),
        ("502-html", anthropic.InternalServerError),
        ("503", anthropic.InternalServerError),
        ("529", anthropic.InternalServerError),
        ("cut", anthropic.APIConnectionError),
        ("mid-stall", anthropic.APITimeoutError),
        ("header-stall", anthropic.APITimeoutError),
        ("slow", anthropic.APITimeoutError),
        ("broken-json", json.JSONDecodeError),
    ],
)
def test_a_whole_reply_of_claude_fails_by_its_name(stubs: Stubs, fault: str, error: type[Exception]) -> None:
    stubs.fault("claude", fault)
    with pytest.raises(error):
        claude(stubs, patience(fault)).messages.create(**asked())
    assert claude(stubs).messages.create(**asked()).stop_reason == "end_turn"


@pytest.mark.parametrize(
    ("fault", "error", "heard"),
    [
        ("529", anthropic.APIStatusError, 0),
        ("header-stall", anthropic.APITimeoutError, 0),
        ("mid-stall", httpx2.ReadTimeout, HEARD),
        ("cut", httpx2.ReadError, HEARD),
        ("broken-json", json.JSONDecodeError, HEARD),
        ("error-event", anthropic.APIStatusError, HEARD),
        ("not-sse", AssertionError, 0),
        ("slow", httpx2.ReadTimeout, 1),
    ],
)
def test_a_stream_of_claude_breaks_off(stubs: Stubs, fault: str, error: type[Exception], heard: int) -> None:
    stubs.fault("claude", fault)
    told = claude_streams(stubs, patience(fault))
    assert isinstance(told.error, error)
    assert len(told.words) == heard


def test_an_error_in_a_stream_of_claude_has_the_status_of_the_stream(stubs: Stubs) -> None:
    stubs.fault("claude", "error-event")
    error = claude_streams(stubs).error
    assert isinstance(error, anthropic.APIStatusError)
    assert error.status_code == 200
    assert "overloaded_error" in str(error)


@pytest.mark.parametrize(
    ("fault", "stop", "heard"),
    [
        ("clean-end", None, 40),
        ("refusal", "refusal", HEARD),
        ("max-tokens", "max_tokens", 20),
        ("empty", "end_turn", 0),
    ],
)
def test_claude_ends_early_without_an_error(stubs: Stubs, fault: str, stop: str | None, heard: int) -> None:
    stubs.says = lambda *_: "word " * 39 + "end"
    stubs.fault("claude", fault, times=2)
    told = claude_streams(stubs)
    assert (told.stop, told.error, len(told.words)) == (stop, None, heard)
    assert claude(stubs).messages.create(**asked()).stop_reason == stop


@pytest.mark.parametrize("ask", [claude_streams, gemini_streams, openai_streams])
def test_signs_of_life_without_words_pass_every_read_timeout(ask: Callable[[Stubs, float], Spoken]) -> None:
    with ThreadPoolExecutor(1) as pool:
        with serving() as stubs:
            for name in ("claude", "gemini", "openai"):
                stubs.fault(name, "pings-only")
            listening = pool.submit(ask, stubs, SOON)
            time.sleep(2 * SOON)
            assert not listening.done()
        assert listening.result().error


def test_a_flood_never_ends_by_itself(stubs: Stubs) -> None:
    stubs.fault("claude", "flood")
    heard = 0
    with claude(stubs).messages.stream(**asked()) as stream:
        for word in stream.text_stream:
            heard += len(word)
            if heard > 100_000:
                break
    assert heard > 100_000


def test_a_page_for_a_reply_is_a_string_to_claude(stubs: Stubs) -> None:
    stubs.fault("claude", "not-sse")
    assert isinstance(claude(stubs).messages.create(**asked()), str)


def test_a_limit_tells_when_to_come_back_and_a_key_is_repeated(stubs: Stubs) -> None:
    for fault, seconds in (("429-short", "1"), ("429-long", "120")):
        stubs.fault("claude", fault)
        with pytest.raises(anthropic.RateLimitError) as limited:
            claude(stubs).messages.create(**asked())
        assert limited.value.response.headers["retry-after"] == seconds
    stubs.fault("claude", "401")
    with pytest.raises(anthropic.AuthenticationError, match=stubs.key):
        claude(stubs).messages.create(**asked())


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("400", google.BadRequest),
        ("404", google.NotFound),
        ("429-long", google.TooManyRequests),
        ("500", google.InternalServerError),
        ("502-html", google.BadGateway),
        ("503", google.ServiceUnavailable),
        ("529", google.GoogleAPICallError),
        ("header-stall", requests.ReadTimeout),
        ("mid-stall", requests.ConnectionError),
        ("cut", requests.exceptions.ChunkedEncodingError),
        ("broken-json", ParseError),
        ("not-sse", ParseError),
    ],
)
def test_a_whole_reply_of_gemini_fails_by_its_name(stubs: Stubs, fault: str, error: type[Exception]) -> None:
    stubs.fault("gemini", fault)
    with pytest.raises(error):
        gemini(stubs).generate_content(LINE, request_options=once(patience(fault)))


@pytest.mark.parametrize(
    ("fault", "error", "heard"),
    [
        ("header-stall", requests.ReadTimeout, 0),
        ("mid-stall", requests.ConnectionError, HEARD),
        ("cut", requests.exceptions.ChunkedEncodingError, HEARD),
        ("broken-json", ParseError, HEARD),
        ("not-sse", ValueError, 0),
        ("502-html", google.BadGateway, 0),
    ],
)
def test_a_stream_of_gemini_breaks_off(stubs: Stubs, fault: str, error: type[Exception], heard: int) -> None:
    stubs.fault("gemini", fault)
    told = gemini_streams(stubs, patience(fault))
    assert isinstance(told.error, error)
    assert len(told.words) == heard


@pytest.mark.parametrize("fault", ["404", "429-short", "500", "503"])
def test_every_status_before_a_stream_of_gemini_is_told_as_a_bad_request(stubs: Stubs, fault: str) -> None:
    stubs.fault("gemini", fault)  # it stands in an array, as the stream would have, and the package trips over it
    error = gemini_streams(stubs).error
    assert isinstance(error, google.BadRequest)
    assert isinstance(error.__context__, AttributeError)


def test_an_error_in_a_stream_of_gemini_is_swallowed(stubs: Stubs) -> None:
    stubs.fault("gemini", "error-event")
    told = gemini_streams(stubs)
    assert (told.stop, told.error, len(told.words)) == ("FINISH_REASON_UNSPECIFIED", None, HEARD)


@pytest.mark.parametrize(
    ("fault", "stop", "heard"),
    [
        ("clean-end", "FINISH_REASON_UNSPECIFIED", 40),
        ("refusal", "SAFETY", HEARD),
        ("max-tokens", "MAX_TOKENS", 21),
        ("empty", "STOP", 0),
    ],
)
def test_gemini_ends_early_without_an_error(stubs: Stubs, fault: str, stop: str, heard: int) -> None:
    stubs.says = lambda *_: "word " * 39 + "end"
    stubs.fault("gemini", fault)
    told = gemini_streams(stubs)
    assert (told.stop, told.error, len(told.words)) == (stop, None, heard)


def test_a_blocked_prompt_of_gemini_has_no_candidate(stubs: Stubs) -> None:
    stubs.fault("gemini", "prompt-block", times=2)
    told = gemini(stubs).generate_content(LINE, request_options=once())
    assert told.prompt_feedback.block_reason.name == "PROHIBITED_CONTENT"
    assert not told.candidates
    assert type(gemini_streams(stubs).error).__name__ == "BlockedPromptException"


def test_a_refused_key_of_gemini_is_tried_three_times(stubs: Stubs) -> None:
    stubs.fault("gemini", "401", times=None)
    with pytest.raises(google.Unauthorized):
        gemini(stubs).generate_content(LINE, request_options=once())
    assert len(stubs.calls) == 3


@pytest.mark.parametrize(
    ("fault", "error"),
    [("header-stall", httpx.ReadTimeout), ("mid-stall", httpx.ReadTimeout), ("cut", httpx.ReadError)],
)
def test_a_stream_of_openai_breaks_off(stubs: Stubs, fault: str, error: type[Exception]) -> None:
    stubs.fault("openai", fault)
    told = openai_streams(stubs, patience(fault))
    assert isinstance(told.error, error)
    assert (len(told.words) > 0) == (fault != "header-stall")


@pytest.mark.parametrize(
    ("fault", "last"),
    [
        ("clean-end", '"finish_reason": null'),
        ("error-event", '"type": "server_error"'),
        ("not-sse", "<!DOCTYPE html>"),
        ("refusal", "[DONE]"),
    ],
)
def test_a_stream_of_openai_ends_without_an_error(stubs: Stubs, fault: str, last: str) -> None:
    stubs.fault("openai", fault)
    told = openai_streams(stubs)
    assert told.error is None
    assert last in str(told.stop)
    assert any("content_filter" in line for line in told.words) == (fault == "refusal")


@pytest.mark.parametrize("fault", ["400", "401", "404", "429-short", "500", "503", "529"])
def test_openai_tells_its_errors_by_status(stubs: Stubs, fault: str) -> None:
    stubs.fault("openai", fault)
    with openai(stubs) as client:
        told = client.post("/chat/completions", json=question())
    assert told.status_code == int(fault[:3])
    assert told.json()["error"]["message"]


def order(stubs: Stubs) -> Any:  # noqa: ANN401
    stubs.starts = stubs.draws = 0.0
    made = painter(stubs).predictions.create(model=KONTEXT, input={"prompt": "a lantern"})
    return painter(stubs).predictions.get(made.id)


@pytest.mark.parametrize("fault", ["400", "401", "402", "422", "429-long", "500", "502-html"])
def test_a_refused_order_is_one_error_with_its_status_and_makes_nothing(stubs: Stubs, fault: str) -> None:
    stubs.fault("replicate", fault)
    with pytest.raises(ReplicateError) as refused:
        order(stubs)
    assert refused.value.status == int(fault[:3])
    assert (stubs.created, len(stubs.calls)) == (0, 1)


@pytest.mark.parametrize(("fault", "error"), [("cut", httpx.RemoteProtocolError), ("broken-json", ValueError)])
def test_an_order_is_made_though_its_answer_is_lost(stubs: Stubs, fault: str, error: type[Exception]) -> None:
    stubs.fault("replicate", fault)
    with pytest.raises(error):
        order(stubs)
    assert stubs.created == 1


def test_an_order_by_model_keeps_to_no_time_limit_of_its_client() -> None:
    with ThreadPoolExecutor(1) as pool:
        with serving() as stubs:
            stubs.fault("replicate", "header-stall")
            waiting = pool.submit(
                painter(stubs, timeout=SOON).predictions.create, model=KONTEXT, input={"prompt": "a lantern"}
            )
            time.sleep(2 * SOON)
            assert not waiting.done()
        assert isinstance(waiting.exception(), httpx.HTTPError)


def test_a_prediction_fails_with_its_reason(stubs: Stubs) -> None:
    for fault, reason in (("failed", "interrupted"), ("nsfw", "flagged as sensitive")):
        stubs.fault("replicate", fault)
        told = order(stubs)
        assert (told.status, told.output) == ("failed", None)
        assert reason in told.error


def test_a_prediction_is_stuck_until_it_is_called_off(stubs: Stubs) -> None:
    stubs.fault("replicate", "stuck")
    told = order(stubs)
    assert told.status == "processing"
    told.cancel()
    assert told.status == "canceled"


def test_a_prediction_succeeds_without_a_picture(stubs: Stubs) -> None:
    for fault in ("no-output", "not-a-picture", "file-404"):
        stubs.fault("replicate", fault)
    nothing, page, lost = (order(stubs) for _ in range(3))
    assert {one.status for one in (nothing, page, lost)} == {"succeeded"}
    assert nothing.output is None
    assert fetched(page.output).headers["content-type"].startswith("text/html")
    assert fetched(lost.output).status_code == 404


def test_two_looks_at_a_prediction_fail_and_the_third_sees_it(stubs: Stubs) -> None:
    stubs.fault("replicate", "get-500")
    with pytest.raises(ReplicateError):
        order(stubs)
    (name,) = stubs.predictions
    with pytest.raises(ReplicateError):
        painter(stubs).predictions.get(name)
    assert painter(stubs).predictions.get(name).status == "succeeded"


def test_a_picture_is_cut_off_on_its_way(stubs: Stubs) -> None:
    told = order(stubs)
    stubs.fault("replicate", "cut")
    with pytest.raises(httpx.RemoteProtocolError):
        fetched(told.output)
    assert fetched(told.output).status_code == 200


def hold_on(url: str, key: str, provider: str) -> None:
    """Read a stream until somebody ends it."""
    path = {"claude": "claude/v1/messages", "openai": "openai/v1/chat/completions"}.get(provider)
    path = path or "gemini/v1beta/models/gemini-x:streamGenerateContent"
    body = {"claude": asked(stream=True), "openai": question(stream=True)}.get(provider)
    body = body or {"contents": [{"parts": [{"text": LINE}]}]}
    headers = {"authorization": f"Bearer {key}", "x-goog-api-key": key, "anthropic-version": "2026-10-21"}
    with (
        suppress(httpx.HTTPError),
        httpx.stream("POST", f"{url}/{path}", json=body, headers=headers, timeout=20, verify=trusted()) as told,
    ):
        for _ in told.iter_raw(1 << 16):
            time.sleep(0.01)


@pytest.mark.parametrize("provider", ["claude", "gemini", "openai"])
def test_the_stubs_close_at_once_though_every_fault_hangs(provider: str) -> None:
    hanging = [
        name for name in FAULTS[provider] if name in {"header-stall", "mid-stall", "pings-only", "slow", "flood"}
    ]
    with ThreadPoolExecutor(len(hanging)) as pool:
        with serving() as stubs:
            for name in hanging:
                stubs.fault(provider, name)
                pool.submit(hold_on, stubs.url, stubs.key, provider)
            until = time.monotonic() + 15
            while len(stubs.calls) < len(hanging) and time.monotonic() < until:
                time.sleep(0.02)
            begun = time.monotonic()
        assert time.monotonic() - begun < 2
    assert len(stubs.calls) == len(hanging)
