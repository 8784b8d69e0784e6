"""Whether the house is open."""

from __future__ import annotations

from importlib.metadata import version
from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field

from engine.web.shell import InEngine

router = APIRouter(tags=["health"])


class Health(BaseModel):
    """What runs here."""

    status: Literal["ok"]
    version: str = Field(description="of Coldopen")
    actor: str = Field(description="who acts")
    camera: str = Field(description="who draws")
    database: Literal["sqlite", "postgresql"]


@router.get("/health")
def health(engine: InEngine) -> Health:
    """Whether the house is open: answered only while the database can be read."""
    engine.runtime.episodes.all()
    return Health(
        status="ok",
        version=version("coldopen"),
        actor=engine.doctor.actor,
        camera=engine.doctor.camera,
        database="postgresql" if engine.settings.database_url.get_secret_value() else "sqlite",
    )
