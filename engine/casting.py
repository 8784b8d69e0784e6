"""Casting: who acts in this house, from what the settings say. The one place that knows which voice is which file."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from engine.errors import SettingsProblem
from engine.kernel.clock import Clock, utc_now
from engine.providers.prices import read_prices
from engine.settings import ACTORS, PREFIX

if TYPE_CHECKING:
    from engine.providers.images import Camera
    from engine.providers.llm import Actor, Voice
    from engine.providers.resilience.ensemble import Member
    from engine.settings import Settings

OFFLINE = "offline"
PAINTER = "offline-painter-1"
"""The painter's model, without loading it."""
NO_KEY = "because no key is set"


@dataclass(frozen=True, slots=True)
class Cast:
    """Who acts: the actor to speak with, the voices in line behind it, and a sentence on why it is they.

    `lacking` names everybody who could act, each with the setting that they lack, or an empty string; `named` has an
    actor for each that lacks nothing, with that voice first and the house's line behind it.
    """

    actor: Actor
    why: str
    members: tuple[Member, ...] = ()
    lacking: Mapping[str, str] = field(default_factory=dict[str, str])
    named: Mapping[str, Actor] = field(default_factory=dict[str, "Actor"])

    def actor_of(self, name: str) -> Actor:
        """Who acts where that voice is named; whoever the house has, for no name or one that cannot act here."""
        return self.named.get(name, self.actor)


def cast_actors(settings: Settings, now: Clock = utc_now) -> Cast:
    """Who acts. Raises SettingsProblem where an actor is named that lacks its key or its address."""
    names = tuple(filter(None, settings.actor.split(",")))
    for name in names:
        if lacking := lacks(settings, name):
            raise SettingsProblem(f"{PREFIX}ACTOR names {name}, but {lacking} is not set.")
    ready = names or tuple(name for name in VOICES if not lacks(settings, name))
    why = f"because {PREFIX}ACTOR says so" if names else "because it has a key" if ready else NO_KEY
    lacking = {name: lacks(settings, name) for name in ACTORS}
    if not ready or ready == (OFFLINE,):  # whoever wants a house offline wants it so whatever a release names
        return Cast(_offline(settings), why, lacking=lacking)
    from engine.providers.resilience.ensemble import Ensemble, Member  # noqa: PLC0415  (nobody offline needs it)

    known = {name: Member(voice_of(settings, name)) for name in ACTORS if not lacking[name]}
    members = tuple(known[name] for name in ready)
    house = Ensemble(members, read_prices(settings.content), now=now)
    threading.Thread(target=lambda: [one.voice.warm() for one in members], name="warm-up", daemon=True).start()
    named = {
        name: replace(house, members=(first, *(one for one in members if one is not first)))
        for name, first in known.items()
    }
    return Cast(house, why, members, lacking, named)


@dataclass(frozen=True, slots=True)
class CastCamera:
    """Who draws, as settings call it, the models that it is, and why; `made` is None for the painter, loaded late."""

    name: str
    model: str
    why: str
    made: Camera | None = None


def cast_camera(settings: Settings, now: Clock = utc_now) -> CastCamera:
    """Who draws. Raises SettingsProblem where a camera is named that lacks its key, or a model that nobody knows."""
    key = settings.replicate_key.get_secret_value()
    if settings.camera == "replicate" and not key:
        raise SettingsProblem(f"{PREFIX}CAMERA names replicate, but {PREFIX}REPLICATE_KEY is not set.")
    why = f"because {PREFIX}CAMERA says so" if settings.camera else "because it has a key" if key else NO_KEY
    if settings.camera == OFFLINE or not key:
        return CastCamera(OFFLINE, PAINTER, why)
    camera = camera_of(settings, "replicate", now)
    return CastCamera(camera.name, camera.model, why, camera)


def camera_of(settings: Settings, name: str, now: Clock = utc_now) -> Camera:
    """A camera by its name in settings, whether or not it can draw. Raises SettingsProblem for an unknown model."""
    if name == OFFLINE:
        from engine.providers.images.offline import OfflinePainter  # noqa: PLC0415  (an adapter, loaded when chosen)

        return OfflinePainter(settings.content / "painter")
    from engine.providers.images.flux import read_instead  # noqa: PLC0415
    from engine.providers.images.replicate import ReplicateCamera  # noqa: PLC0415

    key, models = settings.replicate_key.get_secret_value(), (settings.replicate_anchored, settings.replicate_worded)
    told = (read_prices(settings.content), read_instead(settings.content))
    return ReplicateCamera(key, settings.replicate_url, *models, *told, now=now)


def is_offline(model: str) -> bool:
    """Whether a take's model is the offline actor."""
    return model.startswith(f"{OFFLINE}-")


def lacks(settings: Settings, name: str) -> str:
    """The name of the setting without which an actor cannot act, or a camera draw, or an empty string."""
    if name == OFFLINE:
        return ""
    needs = ("compatible_url", "compatible_model") if name == "compatible" else (f"{name}_key",)
    empty = (need for need in needs if not _plain(getattr(settings, need)))
    return next((f"{PREFIX}{need.upper()}" for need in empty), "")


def _plain(value: object) -> str:
    from pydantic import SecretStr  # noqa: PLC0415

    return value.get_secret_value() if isinstance(value, SecretStr) else str(value)


def voice_of(settings: Settings, name: str) -> Voice:
    """A voice by its name in settings, whether or not it can speak."""
    return VOICES[name](settings) if name in VOICES else _offline_voice(settings)


def _claude(settings: Settings) -> Voice:
    from engine.providers.llm.claude import Claude  # noqa: PLC0415  (an adapter, loaded when chosen)

    return Claude(settings.claude_key.get_secret_value(), settings.claude_model, settings.claude_url)


def _gemini(settings: Settings) -> Voice:
    from engine.providers.llm.gemini import Gemini  # noqa: PLC0415

    key = settings.gemini_key.get_secret_value()
    return Gemini(key, settings.gemini_model, settings.gemini_url, settings.gemini_temperature)


def _compatible(settings: Settings) -> Voice:
    from engine.providers.llm.openai_compatible import Compatible  # noqa: PLC0415

    key = settings.compatible_key.get_secret_value()
    return Compatible(key, settings.compatible_model, settings.compatible_url, settings.compatible_temperature)


def _offline(settings: Settings) -> Actor:
    from engine.providers.llm.offline.actor import OfflineActor  # noqa: PLC0415
    from engine.providers.llm.offline.banks import open_banks  # noqa: PLC0415

    open_banks(settings.content / "offline")
    return OfflineActor(settings.content / "offline", settings.actor_delay)


def _offline_voice(settings: Settings) -> Voice:
    from engine.providers.resilience.offline import OfflineVoice  # noqa: PLC0415

    return OfflineVoice(_offline(settings))


VOICES: Mapping[str, Callable[[Settings], Voice]] = {"gemini": _gemini, "claude": _claude, "compatible": _compatible}
"""Who acts with a model, in the order in which they are taken where nobody is named."""
