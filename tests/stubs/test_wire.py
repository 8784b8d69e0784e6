"""The vendors' own packages understand the stubs: replies, streams, structured answers, predictions."""

from __future__ import annotations

import base64
import io
import json
import re
import time
from collections.abc import Iterator
from typing import Any, Literal

import anthropic
import pytest
from PIL import Image
from pydantic import BaseModel, Field
from replicate.exceptions import ReplicateError

from tests.stubs import FAULTS, Stubs, serving
from tests.stubs.clients import (
    KONTEXT,
    LINE,
    SCHNELL,
    asked,
    claude,
    fetched,
    gemini,
    once,
    openai,
    painter,
    posted,
    question,
)


class Memory(BaseModel):
    """One thing to remember."""

    text: str = Field(min_length=3, max_length=20)
    weight: float = Field(ge=0, le=1)
    kind: Literal["promise", "fact"]


class Noticed(BaseModel):
    """What a turn left behind."""

    memories: list[Memory] = Field(max_length=10)
    trust: int = Field(ge=-5, le=5)


@pytest.fixture
def stubs() -> Iterator[Stubs]:
    with serving() as told:
        yield told


def events(text: str) -> list[str]:
    return [line.removeprefix("data: ") for line in text.splitlines() if line.startswith("data: ")]


def picture(size: tuple[int, int], colour: str) -> str:
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, "PNG")
    return f"data:image/png;base64,{base64.b64encode(out.getvalue()).decode()}"


def test_claude_answers_in_character_and_the_same_line_gets_the_same_words(stubs: Stubs) -> None:
    first, second = (claude(stubs).messages.create(**asked()) for _ in range(2))
    assert first.stop_reason == "end_turn"
    block = first.content[0]
    assert block.type == "text"
    assert re.fullmatch(r"\*[^*]+\.\* .+", block.text)
    assert "lantern" in block.text
    assert 20 <= len(block.text.split()) <= 50
    assert first.content == second.content


def test_claude_streams_words_and_tells_what_it_used(stubs: Stubs) -> None:
    with claude(stubs).messages.stream(**asked()) as stream:
        words = list(stream.text_stream)
        told = stream.get_final_message()
    assert len(words) >= 20
    assert told.stop_reason == "end_turn"
    assert told.usage.input_tokens > 0
    assert told.usage.output_tokens > 20
    kinds = [line.removeprefix("event: ") for line in raw_stream(stubs).splitlines() if line.startswith("event: ")]
    assert kinds[:3] == ["message_start", "content_block_start", "ping"]
    assert kinds[-3:] == ["content_block_stop", "message_delta", "message_stop"]


def raw_stream(stubs: Stubs) -> str:
    headers = {"x-api-key": stubs.key, "anthropic-version": "2026-10-21"}
    return posted(f"{stubs.claude}/v1/messages", json=asked(stream=True), headers=headers).text


def test_claude_reads_an_equal_beginning_from_its_cache_the_second_time(stubs: Stubs) -> None:
    system = [{"type": "text", "text": "You are Ada. " * 40, "cache_control": {"type": "ephemeral"}}]
    first, second = (claude(stubs).messages.create(**asked(system=system)).usage for _ in range(2))
    assert first.cache_creation_input_tokens
    assert first.cache_read_input_tokens == 0
    assert second.cache_read_input_tokens == first.cache_creation_input_tokens
    assert second.cache_creation_input_tokens == 0
    system[0] = {**system[0], "text": "You are Bea. " * 40}
    assert claude(stubs).messages.create(**asked(system=system)).usage.cache_read_input_tokens == 0


def test_claude_answers_as_a_model_of_pydantic_wants_it(stubs: Stubs) -> None:
    told = claude(stubs).messages.parse(**asked(), output_format=Noticed).parsed_output
    assert told is not None
    assert len(told.memories) == 1
    assert told.memories[0].kind == "promise"


@pytest.mark.parametrize(
    "more",
    [
        {"temperature": 0.7},
        {"top_p": 0.9},
        {"top_k": 5},
        {"thinking": {"type": "disabled"}},
        {"tool_choice": {"type": "any"}},
        {"messages": [{"role": "user", "content": "Hello"}, {"role": "assistant", "content": "*smiles"}]},
        {"output_config": {"format": {"type": "json_schema", "schema": {"type": "object", "properties": {}}}}},
    ],
)
def test_claude_refuses_what_it_takes_no_more(stubs: Stubs, more: dict[str, Any]) -> None:
    with pytest.raises(anthropic.BadRequestError):
        claude(stubs).messages.create(**asked(), extra_body=more)


def test_claude_wants_its_key_and_its_own_models(stubs: Stubs) -> None:
    with pytest.raises(anthropic.AuthenticationError) as refused:
        claude(stubs).with_options(api_key="sk-wrong").messages.create(**asked())
    assert "sk-wrong" not in str(refused.value)
    assert stubs.key not in str(refused.value)
    with pytest.raises(anthropic.NotFoundError):
        claude(stubs).messages.create(**asked(model="gpt-x"))


def test_gemini_answers_and_counts(stubs: Stubs) -> None:
    told = gemini(stubs).generate_content(LINE, request_options=once())
    assert "lantern" in told.text
    assert told.candidates[0].finish_reason.name == "STOP"
    counts = told.usage_metadata
    assert counts.total_token_count == counts.prompt_token_count + counts.candidates_token_count
    assert stubs.calls[0].headers["x-goog-api-key"] == stubs.key
    assert gemini(stubs).generate_content(LINE, request_options=once()).usage_metadata.cached_content_token_count > 0


def test_gemini_streams_one_json_array_word_by_word(stubs: Stubs) -> None:
    told = gemini(stubs).generate_content(LINE, stream=True, request_options=once())
    words = [part.text for part in told]
    assert len(words) >= 20
    assert told.candidates[0].finish_reason.name == "STOP"
    raw = posted(
        f"{stubs.gemini}/v1beta/models/gemini-x:streamGenerateContent",
        params={"key": stubs.key},
        json={"contents": [{"parts": [{"text": LINE}]}]},
    )
    assert "".join(part["candidates"][0]["content"]["parts"][0]["text"] for part in raw.json()) == "".join(words)
    assert raw.json()[-1]["candidates"][0]["finishReason"] == "STOP"


def test_gemini_streams_events_where_they_are_asked_for(stubs: Stubs) -> None:
    raw = posted(
        f"{stubs.gemini}/v1beta/models/gemini-x:streamGenerateContent",
        params={"alt": "sse"},
        headers={"x-goog-api-key": stubs.key},
        json={"contents": [{"parts": [{"text": LINE}]}]},
    )
    parts = [json.loads(event) for event in events(raw.text)]
    assert parts[-1]["candidates"][0]["finishReason"] == "STOP"


def test_gemini_answers_by_a_schema_in_numbers_or_in_words(stubs: Stubs) -> None:
    schema = {"type": "ARRAY", "items": {"type": "OBJECT", "properties": {"text": {"type": "STRING"}}}}
    config = {"response_mime_type": "application/json", "response_schema": schema}
    told = gemini(stubs).generate_content(LINE, generation_config=config, request_options=once())
    assert json.loads(told.text) == [{"text": f"Text: {LINE}"}]
    line = f"{LINE}\n{json.dumps(Noticed.model_json_schema())}"
    config = {"response_mime_type": "application/json"}
    told = gemini(stubs).generate_content(line, generation_config=config, request_options=once())
    assert Noticed.model_validate_json(told.text).trust == 0


def test_openai_answers_streams_and_counts_when_asked(stubs: Stubs) -> None:
    with openai(stubs) as client:
        whole = client.post("/chat/completions", json=question()).json()
        text = client.post("/chat/completions", json=question(stream=True, stream_options={"include_usage": True})).text
        assert client.get("/models").json()["data"][0]["id"] == "stub-model"
    *parts, counted, done = events(text)
    chunks = [json.loads(part) for part in parts]
    words = [chunk["choices"][0]["delta"].get("content", "") for chunk in chunks]
    assert "".join(words) == whole["choices"][0]["message"]["content"]
    assert chunks[-1]["choices"][0]["finish_reason"] == whole["choices"][0]["finish_reason"] == "stop"
    assert json.loads(counted)["usage"]["prompt_tokens_details"]["cached_tokens"] > 0
    assert done == "[DONE]"


def test_openai_tells_no_usage_in_a_stream_unasked(stubs: Stubs) -> None:
    with openai(stubs) as client:
        parts = events(client.post("/chat/completions", json=question(stream=True)).text)[:-1]
    assert all("usage" not in json.loads(part) for part in parts)


def test_openai_answers_by_a_schema(stubs: Stubs) -> None:
    form = {"type": "json_schema", "json_schema": {"name": "noticed", "schema": Noticed.model_json_schema()}}
    with openai(stubs) as client:
        told = client.post("/chat/completions", json=question(response_format=form)).json()
        assert client.post("/chat/completions", json={}, headers={"authorization": "x"}).status_code == 401
    assert Noticed.model_validate_json(told["choices"][0]["message"]["content"]).memories


def test_a_test_may_put_words_into_their_mouths(stubs: Stubs) -> None:
    stubs.says = lambda provider, line: f"{provider} heard {line}"
    block = claude(stubs).messages.create(**asked()).content[0]
    assert block.type == "text"
    assert block.text == f"claude heard {LINE}"


def test_a_prediction_begins_works_and_leaves_a_picture_of_its_aspect(stubs: Stubs) -> None:
    stubs.starts = stubs.draws = 0.25
    client = painter(stubs)
    told: Any = {"prompt": "a lantern", "seed": 7, "aspect_ratio": "16:9"}
    made = client.predictions.create(model=KONTEXT, input=told)
    seen = [made.status]
    while made.status not in {"succeeded", "failed", "canceled"}:
        time.sleep(0.03)
        made.reload()
        seen.append(made.status)
    assert list(dict.fromkeys(seen)) == ["starting", "processing", "succeeded"]
    assert made.metrics == {"predict_time": 0.25, "total_time": 0.5}
    assert "Using seed: 7" in str(made.logs)
    drawn = Image.open(io.BytesIO(fetched(made.output).content))
    assert drawn.format == "PNG"
    assert drawn.width / drawn.height == pytest.approx(16 / 9, rel=0.02)
    assert stubs.created == 1


def finished(stubs: Stubs, model: str, **told: object) -> bytes:
    stubs.starts = stubs.draws = 0.0
    made = painter(stubs).predictions.create(model=model, input={"prompt": "a lantern", **told})
    made.reload()
    output: Any = made.output
    return fetched(output if isinstance(output, str) else output[0]).content


def test_equal_words_and_seed_draw_the_same_picture_and_another_seed_another(stubs: Stubs) -> None:
    first, second, third = (finished(stubs, KONTEXT, seed=seed) for seed in (1, 1, 2))
    assert first == second != third


def test_the_anchor_is_seen_in_the_picture_and_gives_it_its_shape(stubs: Stubs) -> None:
    drawn = Image.open(io.BytesIO(finished(stubs, KONTEXT, input_image=picture((300, 600), "#ff00ff"))))
    assert drawn.height / drawn.width == pytest.approx(2, rel=0.03)
    assert drawn.convert("RGB").getpixel((drawn.width - 60, drawn.height - 60)) == (255, 0, 255)


def test_schnell_leaves_a_list_of_webp_pictures(stubs: Stubs) -> None:
    assert Image.open(io.BytesIO(finished(stubs, SCHNELL, megapixels="0.25"))).size == (512, 512)
    assert next(iter(stubs.predictions.values())).status == "succeeded"


def test_a_prediction_can_be_called_off_and_outlives_who_asked(stubs: Stubs) -> None:
    stubs.draws = 60
    made = painter(stubs).predictions.create(model=KONTEXT, input={"prompt": "a lantern"})
    assert painter(stubs).predictions.get(made.id).status in {"starting", "processing"}
    assert painter(stubs).predictions.cancel(made.id).status == "canceled"
    assert stubs.predictions[made.id].status == "canceled"


@pytest.mark.parametrize(
    ("model", "told"),
    [
        (KONTEXT, {"safety_tolerance": 3, "input_image": picture((8, 8), "red")}),
        (KONTEXT, {"output_format": "webp"}),
        (KONTEXT, {"input_image": "anchor.png"}),
        (KONTEXT, {"negative_prompt": "hats"}),
        (SCHNELL, {"negative_prompt": "hats"}),
        (SCHNELL, {"width": 512, "height": 512}),
        (SCHNELL, {"prompt": ""}),
    ],
)
def test_a_model_refuses_what_it_does_not_take_and_makes_nothing(
    stubs: Stubs, model: str, told: dict[str, Any]
) -> None:
    with pytest.raises(ReplicateError) as refused:
        painter(stubs).predictions.create(model=model, input={"prompt": "a lantern", **told})
    assert refused.value.status == 422
    assert stubs.created == 0


def test_a_painter_without_its_token_is_refused(stubs: Stubs) -> None:
    with pytest.raises(ReplicateError) as refused:
        painter(stubs, "r8_wrong").predictions.get("nothing")
    assert refused.value.status == 401


def test_every_call_is_remembered_with_what_was_sent(stubs: Stubs) -> None:
    claude(stubs).messages.create(**asked())
    call = stubs.calls[0]
    assert (call.provider, call.method, call.path) == ("claude", "POST", "/v1/messages")
    assert call.body["messages"][0]["content"] == LINE
    assert call.headers["authorization"] == f"Bearer {stubs.key}"


def test_a_fault_is_ordered_by_hand_and_forgotten(stubs: Stubs) -> None:
    posted(f"{stubs.url}/_fault/claude/500")
    posted(f"{stubs.url}/_fault/claude/529?times=always")
    with pytest.raises(anthropic.InternalServerError):
        claude(stubs).messages.create(**asked())
    for _ in range(2):
        with pytest.raises(anthropic.APIStatusError, match="Overloaded"):
            claude(stubs).messages.create(**asked())
    assert [json.loads(line)["fault"] for line in fetched(f"{stubs.url}/_calls").text.splitlines()] == [
        *("500", "529", "529"),
    ]
    assert posted(f"{stubs.url}/_fault/claude/nonsense").status_code == 400
    posted(f"{stubs.url}/_clear")
    assert claude(stubs).messages.create(**asked()).stop_reason == "end_turn"


def test_a_mix_chooses_for_each_call(stubs: Stubs) -> None:
    stubs.choose = lambda call: "503" if call.provider == "claude" and len(stubs.calls) % 2 else ""
    with pytest.raises(anthropic.APIStatusError):
        claude(stubs).messages.create(**asked())
    assert claude(stubs).messages.create(**asked()).stop_reason == "end_turn"
    assert [call.fault for call in stubs.calls] == ["503", ""]


def test_an_unknown_fault_is_refused_at_once(stubs: Stubs) -> None:
    with pytest.raises(ValueError, match="no fault named"):
        stubs.fault("replicate", "refusal")
    assert all(len(names) == len(set(names)) for names in FAULTS.values())
