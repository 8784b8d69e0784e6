"""One contract for every camera: a whole picture, errors of ours, and nothing that is paid twice."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from PIL import Image

from engine.errors import (
    ProviderBusy,
    ProviderDown,
    ProviderError,
    ProviderRefused,
    ProviderUnusable,
    SettingsProblem,
)
from engine.images.make import make_picture
from engine.providers.images import Order, Picture, PictureRequest, Reference
from engine.providers.images.replicate import MAYBE_PAID, ReplicateCamera
from tests.contracts.cameras import (
    ANCHORED,
    HURRIED,
    MAKERS,
    PATIENT,
    WORDS,
    Book,
    replicate,
    shown,
)
from tests.stubs import FAULTS, Stubs, serving

EXPECTED: dict[str, type[ProviderError]] = {
    "400": ProviderUnusable,
    "401": ProviderUnusable,
    "402": ProviderUnusable,
    "422": ProviderUnusable,
    "429-short": ProviderBusy,
    "429-long": ProviderBusy,
    "500": ProviderDown,
    "502-html": ProviderDown,
    "header-stall": ProviderDown,
    "broken-json": ProviderDown,
    "cut": ProviderDown,
    "failed": ProviderDown,
    "nsfw": ProviderRefused,
    "stuck": ProviderBusy,
    "no-output": ProviderDown,
    "not-a-picture": ProviderDown,
    "file-404": ProviderDown,
}
DELIVERS = ("get-500",)
"""Faults after which there is a picture all the same."""
IN_TIME = 30.0
"""Seconds that a busy machine may take for what is over in three; nothing here waits for a provider's 120."""
CAMERAS = tuple(MAKERS)
REQUESTS = {"words": WORDS, "reference": ANCHORED}
PARSED = ("broken-json", "cut", "header-stall", "502-html")
"""Faults after which nobody knows whether the order was taken."""


class Killed(Exception):
    """The process ended here."""


@pytest.fixture(scope="module")
def told() -> Iterator[Stubs]:
    """The stubs of this module."""
    with serving() as stubs:
        yield stubs


@pytest.fixture
def stubs(told: Stubs) -> Iterator[Stubs]:
    """The stubs, quick, with nothing wrong and nothing made so far."""
    told.clear()
    told.calls.clear()
    told.predictions.clear()
    told.created, told.starts, told.draws = 0, 0.02, 0.04
    yield told
    told.clear()


def canceled(stubs: Stubs) -> list[bool]:
    """Of each drawing, whether it was called off."""
    return [one.canceled for one in stubs.predictions.values()]


@pytest.mark.parametrize("name", CAMERAS)
@pytest.mark.parametrize("kind", list(REQUESTS))
def test_a_whole_square_picture_comes_and_says_what_it_took(stubs: Stubs, name: str, kind: str) -> None:
    camera, request = MAKERS[name](stubs), REQUESTS[kind]
    drawn = camera.draw(request)
    with Image.open(io.BytesIO(drawn.png), formats=["PNG"]) as picture:
        picture.load()
        assert picture.size == (request.size, request.size)
    assert drawn.model in camera.model
    assert drawn.cost is not None
    assert drawn.latency_ms > 0


@pytest.mark.parametrize("name", CAMERAS)
def test_the_same_request_and_seed_give_the_same_picture(stubs: Stubs, name: str) -> None:
    camera = MAKERS[name](stubs)
    assert camera.draw(WORDS).png == camera.draw(WORDS).png
    assert camera.draw(WORDS).png != camera.draw(replace(WORDS, words=WORDS.words + ", at dawn", seed=12)).png


@pytest.mark.parametrize("name", CAMERAS)
def test_a_camera_does_what_it_says_that_it_can_do_and_no_more(stubs: Stubs, name: str) -> None:
    camera = MAKERS[name](stubs)
    smallest, largest = camera.can.sizes
    assert smallest <= PictureRequest("").size <= largest
    for size in (smallest - 1, largest + 1):
        with pytest.raises(ProviderRefused):
            camera.draw(replace(WORDS, size=size))
    with pytest.raises(ProviderRefused):
        camera.draw(replace(ANCHORED, references=(shown(),) * (camera.can.references_max + 1)))
    with pytest.raises(ProviderRefused):
        camera.draw(replace(ANCHORED, references=(Reference(b"GIF89a, which nobody can read"),)))
    assert stubs.created == 0


@pytest.mark.parametrize("name", CAMERAS)
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_every_kind_of_reference_that_it_names_is_read(stubs: Stubs, name: str, kind: str) -> None:
    camera = MAKERS[name](stubs)
    assert kind in camera.can.formats
    assert camera.draw(replace(ANCHORED, references=(shown(kind),))).png


@pytest.mark.parametrize("name", CAMERAS)
def test_a_picture_that_was_drawn_can_be_stored(stubs: Stubs, name: str) -> None:
    files: dict[str, bytes] = {}
    made = make_picture(MAKERS[name](stubs), files.__setitem__, WORDS, path="a.webp")
    assert made.file.width == made.file.height == WORDS.size
    assert list(files) == ["a.webp"]


def test_a_reference_decides_the_model_its_inputs_and_its_price(stubs: Stubs) -> None:
    camera = replicate(stubs)
    free, anchored = camera.draw(WORDS), camera.draw(ANCHORED)
    assert (free.model, free.cost) == ("black-forest-labs/flux-schnell", 0.003)
    assert (anchored.model, anchored.cost) == ("black-forest-labs/flux-kontext-pro", 0.04)
    by_words, by_anchor = (one.input for one in stubs.predictions.values())
    plain = {"aspect_ratio": "1:1", "output_format": "png", "seed": 11}
    assert by_words == plain | {"prompt": WORDS.words, "num_outputs": 1, "megapixels": "1", "go_fast": True}
    assert by_anchor.pop("input_image").startswith("data:image/png;base64,")
    assert by_anchor == plain | {"prompt": ANCHORED.words, "safety_tolerance": 2, "prompt_upsampling": False}


def test_several_references_go_to_a_model_that_takes_several(stubs: Stubs) -> None:
    newer = "black-forest-labs/flux-2-pro"
    camera = ReplicateCamera(stubs.key, stubs.replicate, with_reference=newer, patience=PATIENT)
    assert camera.can.references_max == 8
    drawn = camera.draw(replace(ANCHORED, references=(shown(), shown("JPEG"))))
    (made,) = stubs.predictions.values()
    assert [one[:15] for one in made.input["input_images"]] == ["data:image/png;", "data:image/jpeg"]
    assert (drawn.model, drawn.cost) == (newer, None)


def test_what_to_avoid_is_said_as_what_to_show(stubs: Stubs) -> None:
    request = replace(WORDS, avoid="watermark, extra fingers, uniform cap")
    drawn = replicate(stubs).draw(request)
    (made,) = stubs.predictions.values()
    assert made.input["prompt"] == drawn.words == f"{WORDS.words}, unmarked surfaces, natural hands"
    assert request.avoid == "watermark, extra fingers, uniform cap"


def test_no_seed_is_too_large(stubs: Stubs) -> None:
    replicate(stubs).draw(replace(WORDS, seed=2**63 - 1))
    assert stubs.created == 1


@pytest.mark.parametrize("model", ["black-forest-labs/flux-schnell", "somebody/anything"])
def test_a_model_that_cannot_be_shown_anybody_is_refused_when_it_is_set(model: str) -> None:
    with pytest.raises(SettingsProblem, match=model):
        ReplicateCamera("key", with_reference=model)


@pytest.mark.parametrize("kind", list(REQUESTS))
@pytest.mark.parametrize("fault", FAULTS["replicate"])
def test_every_fault_ends_in_time_with_an_error_of_ours(stubs: Stubs, fault: str, kind: str) -> None:
    stubs.fault("replicate", fault, times=None)
    patience = HURRIED if fault in {"stuck", "header-stall"} else PATIENT
    camera, book = replicate(stubs, patience=patience), Book()
    request = replace(REQUESTS[kind], order=book.order())
    camera.warm()
    began = time.monotonic()
    if fault in DELIVERS:
        assert camera.draw(request).png
    else:
        with pytest.raises(EXPECTED[fault]) as caught:
            camera.draw(request)
        assert type(caught.value) is EXPECTED[fault]
        assert stubs.key not in f"{caught.value} {caught.value.detail}"
        assert str(caught.value).endswith(".")
        assert (MAYBE_PAID in caught.value.detail) == (fault in PARSED)
    assert time.monotonic() - began < IN_TIME
    assert stubs.created <= 1
    assert book.kept == ([] if fault in PARSED else list(stubs.predictions))


def test_a_pause_that_is_asked_for_is_told_and_never_slept(stubs: Stubs) -> None:
    stubs.fault("replicate", "429-long")
    began = time.monotonic()
    with pytest.raises(ProviderBusy) as caught:
        replicate(stubs).draw(WORDS)
    assert caught.value.retry_after == 120
    assert time.monotonic() - began < IN_TIME
    assert len(stubs.calls) == 1


def test_a_look_that_is_put_off_for_long_ends_the_wait_and_not_the_drawing(stubs: Stubs) -> None:
    stubs.choose = lambda call: "429-long" if call.method == "GET" else ""
    book = Book()
    began = time.monotonic()
    with pytest.raises(ProviderBusy):
        replicate(stubs).draw(replace(WORDS, order=book.order()))
    assert time.monotonic() - began < IN_TIME
    stubs.choose = None
    assert replicate(stubs).draw(replace(WORDS, order=book.order(book.kept[0]))).png
    assert stubs.created == 1


def test_a_wrong_key_is_told_and_never_repeated(stubs: Stubs) -> None:
    wrong = "r8_wrong-but-secret-987654"
    with pytest.raises(ProviderUnusable, match="does not accept the key") as caught:
        replicate(stubs, wrong).draw(WORDS)
    assert wrong[-6:] not in f"{caught.value} {caught.value.detail} {replicate(stubs, wrong)!r}"


@pytest.mark.parametrize("odd", ["r8_xyzzy\nin-two-lines", "r8_ключи-от-дома"])
def test_a_key_that_cannot_be_sent_is_an_error_of_ours_without_it(stubs: Stubs, odd: str) -> None:
    with pytest.raises(ProviderError) as caught:
        replicate(stubs, odd).draw(WORDS)
    assert odd[3:8] not in f"{caught.value} {caught.value.detail}"
    assert stubs.created == 0


def test_a_drawing_is_kept_before_anything_is_waited_for(stubs: Stubs) -> None:
    seen: list[int] = []
    replicate(stubs).draw(replace(WORDS, order=Order(keep=lambda _name: seen.append(len(stubs.calls)))))
    assert seen == [1]


@pytest.mark.parametrize("kind", list(REQUESTS))
@pytest.mark.parametrize("looks", [2, 3])
def test_a_process_that_ends_while_it_waits_pays_once(stubs: Stubs, kind: str, looks: int) -> None:
    stubs.draws, book = 0.4, Book()

    def killed(asked: int) -> bool:
        if asked >= looks:
            raise Killed
        return True

    book.wants = killed
    with pytest.raises(Killed):
        replicate(stubs).draw(replace(REQUESTS[kind], order=book.order()))
    assert canceled(stubs) == [False]
    stubs.draws, book.wants = 0.04, lambda _asked: True
    drawn = replicate(stubs).draw(replace(REQUESTS[kind], order=book.order(book.kept[0])))
    assert drawn.cost is not None
    assert not drawn.words
    assert stubs.created == len(stubs.predictions) == len(book.kept) == 1
    assert drawn.png == replicate(stubs).draw(REQUESTS[kind]).png


def test_a_drawing_that_takes_too_long_draws_on_and_is_taken_up_again(stubs: Stubs) -> None:
    stubs.fault("replicate", "stuck")
    camera, book = replicate(stubs, patience=HURRIED), Book()
    camera.warm()
    with pytest.raises(ProviderBusy, match="still drawing"):
        camera.draw(replace(WORDS, order=book.order()))
    assert canceled(stubs) == [False]
    stubs.predictions[book.kept[0]].fate = ""
    assert replicate(stubs).draw(replace(WORDS, order=book.order(book.kept[0]))).png
    assert stubs.created == 1


def test_a_drawing_that_is_taken_up_says_what_it_was_told(stubs: Stubs) -> None:
    book = Book()
    replicate(stubs).draw(replace(WORDS, order=book.order()))
    drawn = replicate(stubs).draw(replace(WORDS, words="something else", order=book.order(book.kept[0])))
    assert drawn.words == WORDS.words
    assert stubs.created == 1


def test_a_drawing_that_nobody_keeps_is_called_off_when_it_takes_too_long(stubs: Stubs) -> None:
    stubs.fault("replicate", "stuck")
    camera = replicate(stubs, patience=HURRIED)
    camera.warm()
    with pytest.raises(ProviderDown, match="did not finish this picture in time"):
        camera.draw(WORDS)
    assert canceled(stubs) == [True]


@pytest.mark.parametrize("fate", ["failed", "no-output", "not-a-picture", "file-404"])
def test_a_drawing_of_which_nothing_comes_is_begun_anew(stubs: Stubs, fate: str) -> None:
    stubs.fault("replicate", fate)
    book = Book()
    with pytest.raises(ProviderDown):
        replicate(stubs).draw(replace(WORDS, order=book.order()))
    assert replicate(stubs).draw(replace(WORDS, order=book.order(book.kept[0]))).png
    assert book.kept == list(stubs.predictions)
    assert stubs.created == 2


@pytest.mark.parametrize("begun", ["gone", "../account", "of another/camera", "x" * 200])
def test_a_drawing_that_is_not_known_any_more_is_begun_anew(stubs: Stubs, begun: str) -> None:
    book = Book()
    assert replicate(stubs).draw(replace(WORDS, order=book.order(begun))).png
    assert book.kept == list(stubs.predictions)
    assert all(call.path.startswith(("/v1/models/", "/v1/predictions/", "/files/")) for call in stubs.calls)


@pytest.mark.parametrize("looks", [1, 2, 3])
def test_a_picture_that_nobody_wants_any_more_is_called_off(stubs: Stubs, looks: int) -> None:
    stubs.draws, book = 30, Book(wants=lambda asked: asked < looks)
    with pytest.raises(ProviderDown, match="no longer wanted"):
        replicate(stubs).draw(replace(WORDS, order=book.order()))
    assert canceled(stubs) == ([True] if looks > 1 else [])


def test_a_drawing_that_could_not_be_kept_is_called_off(stubs: Stubs) -> None:
    def full(_name: str) -> None:
        raise Killed

    stubs.draws = 30
    with pytest.raises(Killed):
        replicate(stubs).draw(replace(WORDS, order=Order(keep=full)))
    assert canceled(stubs) == [True]


def test_what_was_called_off_by_another_hand_is_an_error(stubs: Stubs) -> None:
    def keep(name: str) -> None:
        stubs.predictions[name].canceled = True

    with pytest.raises(ProviderDown, match="could not draw"):
        replicate(stubs).draw(replace(WORDS, order=Order(keep=keep)))


def test_two_pictures_at_once_are_two_pictures(stubs: Stubs) -> None:
    camera = replicate(stubs)
    with ThreadPoolExecutor(4) as pool:
        drawn: list[Picture] = list(pool.map(lambda seed: camera.draw(replace(WORDS, seed=seed)), range(4)))
    assert len({one.png for one in drawn}) == stubs.created == 4
