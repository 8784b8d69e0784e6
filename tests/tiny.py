"""A tiny published story for tests that need one but are not about it."""

from __future__ import annotations

import io

from PIL import Image, ImageDraw

from engine.story.avatar_kit import AvatarKit
from engine.story.character import Character
from engine.story.episode import EpisodeTemplate, Resolution
from engine.story.look import SceneConfig, VisualIdentity
from engine.story.world import World
from engine.wiring import Engine

FIRST, SECOND = "the-locked-archive", "the-second-key"
OPENING = "*She lowers the lamp until it lights only your hands.* You have eleven minutes. Which box did you open?"


def episode(slug: str, order: int, **changes: object) -> EpisodeTemplate:
    """An episode with everything that publishing asks for."""
    fields: dict[str, object] = {
        "slug": slug,
        "title": slug.replace("-", " ").title(),
        "situation": "The archive was locked behind you both. A ledger is missing and only one key is left.",
        "episode_frame": "Midnight in the archive. Dust, one lamp, and the door locked from outside.",
        "opening_line": OPENING,
        "dramatic_question": "Will she tell you who took the ledger?",
        "episode_type": "entry" if order == 1 else "core",
        "order": order,
        "resolutions": (
            Resolution(kind="positive", text="She gives you the key and waits for you to use it."),
            Resolution(kind="negative", text="She pockets the key and puts out the lamp."),
        ),
        "starter_lines": ("I opened none.", "Why eleven?", "Give me the key."),
        "turn_budget": 6,
        "opening_tension": 40,
        "scene": "the reading room of the archive",
        "scene_config": SceneConfig(lighting_preset="dim_intimate", environment_style="archive", time_of_day="night"),
    }
    return EpisodeTemplate(**(fields | changes))  # pyright: ignore[reportArgumentType]  (validated at run time)


def character(world_id: str, **changes: object) -> Character:
    """An archivist."""
    fields: dict[str, object] = {
        "slug": "mara-voss",
        "name": "Mara Voss",
        "world_id": world_id,
        "genre": "psychological_thriller",
        "archetype": "guarded night archivist",
        "personality": {"traits": ["precise", "watchful"]},
        "tone_style": {"register": "dry and low"},
        "speech_patterns": {"habits": ["short sentences", "answers with questions"]},
        "boundaries": {"touch": "only when she begins it"},
        "backstory": "She signed for a ledger that does not exist.",
        "current_stressor": "The audit comes at dawn.",
        "likes": ("rain on glass",),
        "dislikes": ("being hurried",),
        "visual_identity": VisualIdentity(
            gender_tag="1woman", age_range="30s", key_features=("thin scar on the chin",), subject_handle="archivist"
        ),
        "adult": True,
    }
    return Character(**(fields | changes))  # pyright: ignore[reportArgumentType]


def portrait() -> bytes:
    """A small picture that can be uploaded as an anchor."""
    picture = Image.new("RGB", (256, 256), (70, 60, 90))
    drawing = ImageDraw.Draw(picture)
    drawing.ellipse((70, 40, 186, 190), fill=(224, 186, 160))
    drawing.ellipse((100, 100, 116, 112), fill=(40, 60, 40))
    drawing.ellipse((140, 100, 156, 112), fill=(40, 60, 40))
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def publish(engine: Engine) -> str:
    """Write and publish the tiny story: the character's id."""
    world = engine.worlds.save(
        World(slug="quay-archive", name="The Quay Archive", genre="psychological_thriller", scenes=("reading room",))
    )
    mara = engine.characters.save(character(world.id))
    looks = "shoulder-length black hair, grey eyes, pale skin, dark green coat"
    engine.avatars.save_kit(mara.id, AvatarKit(appearance_prompt=looks))
    engine.avatars.choose(mara.id, engine.avatars.upload(mara.id, portrait()))
    engine.episodes.save(episode(FIRST, 1, character_id=mara.id))
    engine.episodes.save(episode(SECOND, 2, character_id=mara.id))
    engine.releases.publish(mara.id)
    return mara.id
