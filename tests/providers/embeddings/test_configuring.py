"""An embedder is configured by settings alone; what is wrong with them is one sentence, and the key is never shown."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.bench.recall import measure
from engine.errors import ProviderError, SettingsProblem
from engine.settings import load_settings
from engine.wiring import open_engine
from tests.conftest import quiet
from tests.providers.embeddings.server import KEY, EmbeddingServer, serving, status

GIVEN = {"embedder_url": "http://127.0.0.1:11434/v1/", "embedder_model": "bags", "embedder_key": KEY}
DIALOGUE: tuple[dict[str, object], ...] = (
    {"player": "Ana", "character": "Ilse", "zone": "UTC"},
    *(
        {"line": at, "meeting": at, "at": f"2026-01-{at:02}T12:00:00+00:00", "speaker": "Ana", "text": text}
        for at, text in enumerate(("My dog is called Bruno.", "I sail at weekends.", "It rains in Lisbon."), start=1)
    ),
    {"question": "What about her puppy?", "evidence": [1], "kind": "fact"},
)


@pytest.fixture
def server() -> Iterator[EmbeddingServer]:
    """An embedding server on this machine."""
    with serving() as told:
        yield told


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"embedder_model": ""}, "COLDOPEN_EMBEDDER_MODEL: an embedder needs both"),
        ({"embedder_url": ""}, "COLDOPEN_EMBEDDER_MODEL: an embedder needs both"),
        ({"embedder_model": "x" * 201}, "COLDOPEN_EMBEDDER_MODEL"),
        ({"embedder_key": "two words"}, "COLDOPEN_EMBEDDER_KEY"),
        ({"embedder_key": "sk-ключ"}, "COLDOPEN_EMBEDDER_KEY"),
        ({"embedder_key": "sk-\nX-Other: 1"}, "COLDOPEN_EMBEDDER_KEY"),
        ({"embedder_seconds": 0}, "COLDOPEN_EMBEDDER_SECONDS"),
        *(
            ({"embedder_url": url}, "COLDOPEN_EMBEDDER_URL")
            for url in (
                "127.0.0.1:11434",
                "ftp://host/v1",
                "http://",
                "http://host:port/v1",
                "http://host:0x50/v1",
                "http://[::1/v1",
                f"http://ana:{KEY}@host/v1",
                f"http://host/v1?key={KEY}",
                "nonsense",
            )
        ),
    ],
)
def test_a_wrong_setting_is_named_in_a_sentence(changes: dict[str, object], words: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsProblem, match=words) as refused:
        load_settings(**{"home": tmp_path} | GIVEN | changes)
    assert KEY not in str(refused.value)


def test_an_address_of_the_sixth_version_and_a_local_name_will_do(tmp_path: Path) -> None:
    for url in ("http://[::1]:8080/v1", "http://localhost:1234/v1", "https://api.openai.com/v1"):
        assert load_settings(**{"home": tmp_path} | GIVEN | {"embedder_url": url}).embedder_url == url


def test_the_doctor_says_which_embedder_there_is_and_never_its_key(tmp_path: Path) -> None:
    with open_engine(quiet(tmp_path, "")) as engine:
        told = {one.subject: one.words for one in engine.doctor.examine()}
    assert told["Embedder"] == "none: memories are found by words"
    with open_engine(quiet(tmp_path, "", **GIVEN)) as engine:
        told = {one.subject: one.words for one in engine.doctor.examine()}
    assert told["Embedder"].startswith("bags at http://127.0.0.1:11434/v1: ")
    assert told["COLDOPEN_EMBEDDER_KEY"].startswith("set ")
    assert KEY not in str(told)


@pytest.fixture
def dialogue(tmp_path: Path) -> Path:
    """A dialogue with a question that shares no word with its answer."""
    path = tmp_path / "small.jsonl"
    path.write_text("\n".join(json.dumps(one) for one in DIALOGUE))
    return path


def test_the_recall_bench_measures_the_engine_with_and_without_it(
    dialogue: Path, server: EmbeddingServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (("URL", server.url), ("MODEL", "bags"), ("KEY", KEY)):
        monkeypatch.setenv(f"COLDOPEN_EMBEDDER_{name}", value)
    told = [json.loads(line) for line in measure([dialogue])]
    found = {one["row"]: one["R@5"] for one in told if "R@5" in one}
    assert (found["engine"], found["engine with bags"]) == (0.0, 100.0)
    assert {one.key for one in server.asked} == {f"Bearer {KEY}"}


def test_the_recall_bench_says_so_when_the_embedder_fails(
    dialogue: Path, server: EmbeddingServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLDOPEN_EMBEDDER_URL", server.url)
    monkeypatch.setenv("COLDOPEN_EMBEDDER_MODEL", "bags")
    server.fault = status(500)
    with pytest.raises(ProviderError, match="500"):
        list(measure([dialogue]))


def test_the_recall_bench_has_no_row_for_what_is_not_configured(dialogue: Path, server: EmbeddingServer) -> None:
    told = [json.loads(line) for line in measure([dialogue])]
    assert not [one for one in told if "engine with" in str(one)]
    assert server.asked == []
