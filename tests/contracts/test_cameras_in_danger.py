"""A camera before a provider that means harm: nothing foreign is fetched, nothing endless read, no key given away."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from engine.errors import ProviderDown, ProviderUnusable
from engine.providers.images import Order
from engine.providers.images.replicate import MAYBE_PAID, MOST_SHOWN, ReplicateCamera
from tests.contracts.cameras import PATIENT, WORDS, Rogue, encoded, rogue


@pytest.fixture
def foe() -> Iterator[Rogue]:
    """A provider that means harm."""
    with rogue() as made:
        yield made


def led(foe: Rogue) -> ReplicateCamera:
    """The camera, led to a provider that means harm."""
    return ReplicateCamera("a-secret-key-123456", foe.url, patience=PATIENT)


FOREIGN: dict[str, Callable[[str], object]] = {
    "another host": lambda _own: "https://pictures.example/one.png",
    "another port": lambda own: own.rsplit(":", 1)[0] + ":9/one.png",
    "another name of this machine": lambda own: own.replace("127.0.0.1", "localhost") + "/one.png",
    "a look-alike": lambda _own: "https://notreplicate.delivery/one.png",
    "a name in front": lambda _own: "https://replicate.delivery@127.0.0.1/one.png",
    "without a lock": lambda _own: "http://replicate.delivery/one.png",
    "a port": lambda _own: "https://replicate.delivery:22/one.png",
    "this machine": lambda _own: "https://127.0.0.1/one.png",
    "a file": lambda _own: "file:///etc/passwd",
    "a data address": lambda _own: "data:image/png;base64,iVBORw0KGgo=",
    "nonsense": lambda _own: "http://[",
}


@pytest.mark.parametrize("kind", FOREIGN)
def test_a_picture_is_fetched_from_nowhere_but_the_provider(foe: Rogue, kind: str) -> None:
    foe.told = {"output": FOREIGN[kind](foe.url)}
    foe.files = {"/one.png": (200, {}, encoded("PNG"))}
    with pytest.raises(ProviderDown, match="not its own"):
        led(foe).draw(WORDS)
    assert [path for _, path in foe.asked if "png" in path] == []


@pytest.mark.parametrize(
    "file",
    [
        (302, {"location": "/two.png"}, b""),
        (200, {"content-length": str(MOST_SHOWN + 1)}, b""),
        (200, {"content-length": ""}, b"\x89PNG\r\n\x1a\n" + bytes(MOST_SHOWN)),
        (500, {}, b""),
        (200, {}, encoded("JPEG")),
        (200, {}, b""),
    ],
    ids=["sent on", "said to be huge", "huge", "broken", "no PNG", "empty"],
)
def test_a_file_that_is_no_picture_for_us_is_not_taken(foe: Rogue, file: tuple[int, dict[str, str], bytes]) -> None:
    foe.told = {"output": [f"{foe.url}/one.png"]}
    foe.files = {"/one.png": file, "/two.png": (200, {}, encoded("PNG"))}
    with pytest.raises(ProviderDown):
        led(foe).draw(WORDS)
    assert ("GET", "/two.png") not in foe.asked
    assert foe.orders == 1


def test_the_key_is_not_sent_to_where_pictures_lie(foe: Rogue) -> None:
    foe.told = {"output": f"{foe.url}/one.png"}
    foe.files = {"/one.png": (200, {}, encoded("PNG"))}
    drawn = led(foe).draw(WORDS)
    assert (drawn.model, drawn.cost) == ("m", None)
    assert "authorization" in foe.headers[0]
    assert "authorization" not in foe.headers[-1]


@pytest.mark.parametrize(
    "told",
    [
        *({"output": one} for one in (None, [], [None], 7, {"url": "x"})),
        *({"id": one} for one in ("../account", "", None)),
        *({"status": one} for one in ("aborted", "canceled", "failed", "dreaming")),
    ],
    ids=str,
)
def test_an_answer_that_makes_no_sense_is_an_error_of_ours(foe: Rogue, told: dict[str, object]) -> None:
    foe.told = told
    with pytest.raises(ProviderDown):
        led(foe).draw(WORDS)
    assert all("account" not in path for _, path in foe.asked)


def test_a_drawing_that_was_aborted_is_begun_anew(foe: Rogue) -> None:
    foe.told = {"status": "aborted"}
    with pytest.raises(ProviderDown):
        led(foe).draw(replace(WORDS, order=Order(begun="earlier")))
    assert foe.asked[0] == ("GET", "/v1/predictions/earlier")
    assert foe.orders == 1


def test_a_model_that_is_not_there_is_for_a_person_to_change(foe: Rogue) -> None:
    foe.refuses = 404
    with pytest.raises(ProviderUnusable, match="does not know that model"):
        led(foe).draw(WORDS)


def test_a_provider_that_is_not_there_was_not_paid() -> None:
    camera = ReplicateCamera("key", "http://127.0.0.1:9", patience=PATIENT)
    with pytest.raises(ProviderDown, match="cannot be reached") as caught:
        camera.draw(WORDS)
    assert MAYBE_PAID not in caught.value.detail


def test_an_order_that_is_answered_too_late_is_called_off(foe: Rogue) -> None:
    camera, foe.takes = led(foe), 0.3
    camera.patience = replace(PATIENT, call=0.2)
    camera.warm()
    with pytest.raises(ProviderDown) as caught:
        camera.draw(WORDS)
    assert MAYBE_PAID in caught.value.detail
    until = time.monotonic() + 5
    while ("POST", "/v1/predictions/one/cancel") not in foe.asked and time.monotonic() < until:
        time.sleep(0.02)
    assert ("POST", "/v1/predictions/one/cancel") in foe.asked
