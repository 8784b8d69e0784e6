"""The composer's own words: pose and framing by tension, light by preset and time, and how avoidance is said kindly."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from engine.play.scenes.brief import Band, Moment

POSES: Mapping[Band, str] = MappingProxyType(
    {
        "0-30": "casual pose, soft gaze",
        "30-60": "open posture, lingering look",
        "60-80": "direct eye contact, leaning in",
        "80-100": "intense gaze, close presence",
    }
)
FRAMINGS: Mapping[Band, str] = MappingProxyType(
    {
        "0-30": "medium shot, eye level",
        "30-60": "medium shot, low angle",
        "60-80": "medium close-up, eye level",
        "80-100": "close-up, shallow focus",
    }
)
LIGHTS: Mapping[str, str] = MappingProxyType(
    {
        "bright": "bright window light",
        "warm": "warm light from one side",
        "dim_intimate": "one dim lamp, deep shadow",
        "dramatic": "hard side light, deep shadow",
    }
)
TIMES: Mapping[str, str] = MappingProxyType(
    {
        "morning": "early morning",
        "afternoon": "afternoon",
        "evening": "evening",
        "night": "night",
    }
)
PLAIN_MOMENTS: Mapping[Band, Moment] = MappingProxyType(
    {
        "0-30": Moment("resting both hands on the nearest edge", (), "a calm, attentive expression"),
        "30-60": Moment("turning halfway round, one hand left where it was", (), "a thoughtful half smile"),
        "60-80": Moment("bending forward as if about to speak", (), "a watchful, serious expression"),
        "80-100": Moment("holding perfectly still, one hand half raised", (), "a tense, searching expression"),
    }
)
POSITIVE: Mapping[str, str] = MappingProxyType(
    {
        "text": "unmarked surfaces",
        "watermark": "unmarked surfaces",
        "signature": "unmarked surfaces",
        "second person": "one person alone in frame",
        "crowd": "one person alone in frame",
        "people": "one person alone in frame",
        "extra fingers": "natural hands",
        "extra hands": "natural hands",
        "bad hands": "natural hands",
        "deformed": "natural proportions",
        "bad anatomy": "natural proportions",
        "blurry": "sharp focus",
        "blur": "sharp focus",
        "lowres": "fine detail",
        "low quality": "fine detail",
        "clutter": "an uncluttered room",
        "daylight": "after dark",
        "sunshine": "overcast or dark outside",
    }
)
"""What to avoid, said as what to show: FLUX has no negative prompts."""
