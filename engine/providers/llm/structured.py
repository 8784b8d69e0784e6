"""Structured answers where a provider holds nobody to a schema: asked for in words, read with care."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, cast

from engine.errors import ProviderDown
from engine.providers.llm import Ask

TOKENS = 2_000
"""Longest structured answer, in tokens."""


def words_of(ask: Ask) -> str:
    """The question with its schema in words."""
    shape = json.dumps(dict(ask.schema), ensure_ascii=False)
    return f"{ask.words}\n\nAnswer with one JSON object that fits this schema, and nothing else:\n{shape}"


def object_in(text: str, who: str) -> Mapping[str, Any]:
    """The JSON object that a reply is, with or without a fence around it. Raises ProviderDown."""
    bare = text.strip().removeprefix("```json").removeprefix("```").removesuffix("```").strip()
    try:
        data: object = json.loads(bare)
    except (ValueError, RecursionError) as error:
        raise ProviderDown(f"{who}'s answer cannot be read.", detail=type(error).__name__) from None
    if not isinstance(data, dict):
        raise ProviderDown(f"{who}'s answer is of another shape.", detail=type(data).__name__)
    return cast("dict[str, Any]", data)
