"""The API, version 1: one file a subject, all under `/api/v1`."""

from __future__ import annotations

from fastapi import APIRouter

from engine.web.api import (
    avatars,
    episodes,
    feedback,
    health,
    lobby,
    media,
    memories,
    people,
    prompts,
    replies,
    scenes,
    sessions,
    turns,
)

PREFIX = "/api/v1"

router = APIRouter()
for _subject in (
    health,
    people,
    lobby,
    episodes,
    sessions,
    turns,
    replies,
    feedback,
    memories,
    prompts,
    scenes,
    avatars,
):
    router.include_router(_subject.router, prefix=PREFIX)
router.include_router(media.router)
