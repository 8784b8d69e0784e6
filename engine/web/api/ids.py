"""Ids and words as they come in: odd ones are answered like ids of nothing, before any store sees them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Annotated

from fastapi import Path, Query
from pydantic import AfterValidator, Field

from engine.errors import NotFound

_ID = re.compile(r"[A-Za-z0-9_-]{1,80}")


def must_be_id(noun: str) -> Callable[[str], str]:
    """A check that lets ids through. It raises NotFound, in the words that a missing one gets."""

    def check(value: str) -> str:
        if not _ID.fullmatch(value):
            raise NotFound(f"There is no such {noun}.")
        return value

    return check


SessionId = Annotated[str, Path(description="a session of yours"), AfterValidator(must_be_id("session"))]
TurnId = Annotated[str, Path(description="a turn of yours"), AfterValidator(must_be_id("turn"))]
TakeId = Annotated[str, Path(description="a take of a reply of yours"), AfterValidator(must_be_id("take"))]
MessageId = Annotated[str, Path(description="a reply of yours"), AfterValidator(must_be_id("message"))]
SceneId = Annotated[str, Path(description="a picture of one of your sessions"), AfterValidator(must_be_id("scene"))]
MemoryId = Annotated[str, Path(description="something remembered of you"), AfterValidator(must_be_id("memory"))]
AskedSession = Annotated[str, Query(description="a session of yours"), AfterValidator(must_be_id("session"))]
SessionRef = Annotated[str, Field(description="a session of yours"), AfterValidator(must_be_id("session"))]
TurnRef = Annotated[str, Field(description="a turn that the session shows"), AfterValidator(must_be_id("turn"))]
TakeRef = Annotated[str, Field(description="a take of that turn"), AfterValidator(must_be_id("take"))]
ClientId = Annotated[
    str,
    Field(
        description="an id that you make up, 1 to 80 characters: sent again, it does the thing only once",
        examples=["1"],
    ),
]
