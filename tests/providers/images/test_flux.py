"""What FLUX is told: the request as each model takes it, and what to avoid said as what to show."""

from __future__ import annotations

import base64
import re
from pathlib import Path

import pytest

from engine.errors import ProviderRefused, SettingsProblem
from engine.play.scenes.words import POSITIVE
from engine.providers.images import PictureRequest, Reference
from engine.providers.images.flux import SHAPES, Shape, positively, read_instead

CONTENT = Path(__file__).parents[3] / "data"
INSTEAD = read_instead(CONTENT)
WEBP = b"RIFF\x00\x00\x00\x00WEBPVP8 "


@pytest.mark.parametrize(
    ("words", "avoid", "said"),
    [
        ("a lamp", "", "a lamp"),
        ("a lamp", "Blurry, no text;\nblur", "a lamp, sharp focus, unmarked surfaces"),
        ("A lamp is lit.", "blurry", "A lamp is lit. Sharp focus."),
        ("a lamp in sharp focus", "blurry", "a lamp in sharp focus"),
        ("a lamp", "uniform cap, bouquet", "a lamp"),
        ("a lamp, ", "daylight", "a lamp, after dark"),
    ],
)
def test_what_to_avoid_is_said_once_and_kindly_or_not_at_all(words: str, avoid: str, said: str) -> None:
    assert positively(words, avoid, INSTEAD) == said


def test_nothing_that_is_said_instead_says_no() -> None:
    negative = re.compile(r"\b(?:no|not|none|never|without|avoid|free|\w+less)\b")
    assert [shown for shown in INSTEAD.values() if negative.search(shown) or shown in INSTEAD] == []


def test_the_composer_and_the_camera_say_the_same_in_the_same_words() -> None:
    assert {word: shown for word, shown in POSITIVE.items() if INSTEAD.get(word) != shown} == {}


def test_a_table_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsProblem, match=r"instead\.toml"):
        read_instead(tmp_path)
    (tmp_path / "painter").mkdir()
    for text in ("show", "[show]\na = 3", "[hide]\na = ['b']"):
        (tmp_path / "painter" / "instead.toml").write_text(text)
        with pytest.raises(SettingsProblem, match=r"instead\.toml"):
            read_instead(tmp_path)


def test_a_model_with_a_negative_prompt_is_given_it_as_it_is() -> None:
    shape = Shape(fixed={}, negative="negative_prompt")
    told = shape.inputs(PictureRequest("a lamp", avoid="blurry", seed=5), INSTEAD)
    assert told == {"prompt": "a lamp", "negative_prompt": "blurry", "seed": 5}
    assert "negative_prompt" not in shape.inputs(PictureRequest("a lamp"), INSTEAD)


@pytest.mark.parametrize("name", [name for name, shape in SHAPES.items() if shape.references_max])
def test_a_reference_goes_in_whole(name: str) -> None:
    shape = SHAPES[name]
    told = shape.inputs(PictureRequest("a lamp", references=(Reference(WEBP),)), INSTEAD)[shape.reference]
    address = told[0] if isinstance(told, list) else told
    kind, _, body = str(address).partition(",")
    assert kind == "data:image/webp;base64"
    assert base64.b64decode(body) == WEBP


@pytest.mark.parametrize("image", [b"", b"GIF89a", b"RIFF\x00\x00\x00\x00WAVE", b"<svg/>"])
def test_what_is_no_picture_is_not_sent(image: bytes) -> None:
    with pytest.raises(ProviderRefused):
        next(iter(SHAPES.values())).inputs(PictureRequest("a lamp", references=(Reference(image),)), INSTEAD)
