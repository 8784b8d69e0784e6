"""The system prompt: what a character is told about itself, built once, when it is written."""

from __future__ import annotations

from engine.studio.prompt.build import PromptSection, build_system_prompt, prompt_sections
from engine.studio.prompt.traits import Told

__all__ = ["PromptSection", "Told", "build_system_prompt", "prompt_sections"]
