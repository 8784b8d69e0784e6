"""The embedder of any OpenAI-compatible server: right answers whole and in order, wrong ones refused, in time."""

from __future__ import annotations

import logging
import math
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from engine.errors import ProviderBusy, ProviderDown, ProviderError, ProviderRefused
from engine.providers.embeddings.openai_compatible import CALLS, CompatibleEmbedder
from tests.providers.embeddings.server import (
    FAULTS,
    KEY,
    SIZE,
    EmbeddingServer,
    Reply,
    bag,
    serving,
    slow,
    status,
    vectors,
)

SOON = 5.0


@pytest.fixture
def server() -> Iterator[EmbeddingServer]:
    """A server on this machine."""
    with serving() as told:
        yield told


@pytest.fixture
def embedder(server: EmbeddingServer) -> CompatibleEmbedder:
    """An embedder with a key."""
    return CompatibleEmbedder(server.url, "bags", KEY)


def test_each_text_gets_its_vector(server: EmbeddingServer, embedder: CompatibleEmbedder) -> None:
    assert embedder.dimensions == 0
    found = embedder.embed(["a dog", "the sea"], seconds=SOON)
    assert [list(vector) for vector in found] == [bag("a dog"), bag("the sea")]
    assert (embedder.name, embedder.dimensions) == ("bags", SIZE)
    (asked,) = server.asked
    assert (asked.path, asked.model, asked.key) == ("/v1/embeddings", "bags", f"Bearer {KEY}")


def test_without_a_key_none_is_sent(server: EmbeddingServer) -> None:
    CompatibleEmbedder(f"{server.url}/", "bags").embed(["a dog"], seconds=SOON)
    assert [(one.key, one.path) for one in server.asked] == [(None, "/v1/embeddings")]


def test_vectors_that_come_in_another_order_are_put_in_that_of_the_texts(
    server: EmbeddingServer, embedder: CompatibleEmbedder
) -> None:
    server.fault = lambda texts: vectors([bag(text) for text in texts], order=[2, 0, 1])
    found = embedder.embed(["one", "two", "three"], seconds=SOON)
    assert [list(vector) for vector in found] == [bag("one"), bag("two"), bag("three")]


def test_vectors_without_numbers_are_taken_as_they_come(server: EmbeddingServer, embedder: CompatibleEmbedder) -> None:
    server.fault = lambda _: Reply(b'{"data": [{"embedding": [1, 2]}, {"embedding": [3, 4.5]}]}')
    assert [list(vector) for vector in embedder.embed(["one", "two"], seconds=SOON)] == [[1, 2], [3, 4.5]]


def test_many_texts_go_out_sixty_four_at_a_time_over_one_connection(
    server: EmbeddingServer, embedder: CompatibleEmbedder
) -> None:
    texts = [f"text number {number}" for number in range(130)]
    found = embedder.embed(texts, seconds=SOON)
    assert [list(vector) for vector in found] == [bag(text) for text in texts]
    assert [len(one.texts) for one in server.asked] == [64, 64, 2]
    assert server.connections == 1


def test_nothing_to_embed_asks_nothing(server: EmbeddingServer, embedder: CompatibleEmbedder) -> None:
    assert embedder.embed([], seconds=SOON) == ()
    assert server.asked == []


@pytest.mark.parametrize("name", FAULTS)
def test_a_wrong_answer_is_refused_whole_in_a_sentence_without_the_key_and_asked_for_once(
    server: EmbeddingServer, embedder: CompatibleEmbedder, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    server.fault = FAULTS[name]
    with caplog.at_level(logging.DEBUG), pytest.raises(ProviderError) as refused:
        embedder.embed(["one", "two", "three"], seconds=0.5)
    said = f"{refused.value} {refused.value.detail} {refused.value!r} {embedder!r} {vars(embedder)}"
    assert str(refused.value).endswith(".")
    assert KEY not in said + caplog.text
    assert len(server.asked) == 1
    assert embedder.dimensions == 0
    server.fault = None
    assert len(embedder.embed(["one"], seconds=SOON)) == 1


@pytest.mark.parametrize(
    ("code", "kind"),
    [(429, ProviderBusy), (503, ProviderBusy), (400, ProviderRefused), (413, ProviderRefused), (422, ProviderRefused)]
    + [(code, ProviderDown) for code in (401, 404, 500, 502)],
)
def test_a_status_says_what_can_be_done(
    server: EmbeddingServer, embedder: CompatibleEmbedder, code: int, kind: type[ProviderError]
) -> None:
    server.fault = status(code, ("Retry-After", "7"))
    with pytest.raises(ProviderError, match=str(code)) as refused:
        embedder.embed(["one"], seconds=SOON)
    assert type(refused.value) is kind
    assert refused.value.retry_after == (7 if kind is ProviderBusy else None)


def test_a_vector_of_another_length_than_before_is_refused_and_the_next_answer_teaches_anew(
    server: EmbeddingServer, embedder: CompatibleEmbedder
) -> None:
    embedder.embed(["one"], seconds=SOON)
    server.size = SIZE + 1
    with pytest.raises(ProviderDown, match=f"97.* in place of {SIZE}"):
        embedder.embed(["one"], seconds=SOON)
    assert len(embedder.embed(["one"], seconds=SOON)[0]) == embedder.dimensions == SIZE + 1


def test_great_numbers_are_no_reason_to_refuse(server: EmbeddingServer, embedder: CompatibleEmbedder) -> None:
    server.fault = lambda texts: vectors([[1e300, -1e300]] * len(texts))
    assert math.isclose(embedder.embed(["one"], seconds=SOON)[0][0], 1e300)


@pytest.mark.parametrize(
    "reply",
    [Reply(b" " * 999, slowly=0.05), Reply(b" " * 100, slowly=60), Reply(b"", slowly=0.2, from_the_start=True)],
    ids=["trickles", "is silent", "trickles from its first line on"],
)
def test_a_server_that_takes_its_time_is_left_in_time(
    server: EmbeddingServer, embedder: CompatibleEmbedder, reply: Reply
) -> None:
    server.fault = lambda _: reply
    began = time.monotonic()
    with pytest.raises(ProviderDown, match="in time"):
        embedder.embed(["one"], seconds=0.3)
    assert 0.25 <= time.monotonic() - began < 10


def test_a_call_that_ran_out_of_time_is_over(server: EmbeddingServer, embedder: CompatibleEmbedder) -> None:
    server.fault = slow
    for _ in range(CALLS + 4):
        with pytest.raises(ProviderDown, match="in time"):
            embedder.embed(["one"], seconds=0.12)


def test_calls_that_cannot_be_ended_do_not_pile_up(server: EmbeddingServer, embedder: CompatibleEmbedder) -> None:
    server.fault = lambda _: Reply(b"", slowly=0.02, from_the_start=True)
    with ThreadPoolExecutor(CALLS) as pool:
        calls = [pool.submit(embedder.embed, ["one"], seconds=1.0) for _ in range(CALLS)]
    assert {str(one.exception()) for one in calls} == {"The embedder did not answer in time."}
    with pytest.raises(ProviderBusy, match="too much to do"):
        embedder.embed(["one"], seconds=1.0)


def test_a_server_that_is_not_there_is_told_in_a_sentence() -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]
    with pytest.raises(ProviderDown, match="cannot be reached"):
        CompatibleEmbedder(f"http://127.0.0.1:{port}/v1", "bags", KEY).embed(["one"], seconds=SOON)


def test_a_key_is_not_carried_to_where_a_redirection_leads(
    server: EmbeddingServer, embedder: CompatibleEmbedder
) -> None:
    with serving() as other:
        server.fault = status(308, ("Location", f"{other.url}/embeddings"))
        with pytest.raises(ProviderDown, match="308"):
            embedder.embed(["one"], seconds=SOON)
        assert other.asked == []


def test_a_proxy_is_not_asked_for_a_server_on_this_machine(
    server: EmbeddingServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert len(CompatibleEmbedder(server.url, "bags").embed(["one"], seconds=SOON)) == 1
