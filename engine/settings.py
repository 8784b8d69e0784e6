"""Settings: `COLDOPEN_*` variables or `.env`; with none set everything runs offline on the embedded database."""

from __future__ import annotations

import difflib
import os
from pathlib import Path
from typing import Annotated

from platformdirs import user_data_path
from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from engine.errors import SettingsProblem

PREFIX = "COLDOPEN_"


def project_root() -> Path:
    """The checkout, or the folder that holds the installed package."""
    return Path(__file__).resolve().parent.parent


def content_folder() -> Path:
    """`data/` beside the project, or the copy inside the installed package."""
    beside = project_root() / "data"
    return beside if (beside / "genres").is_dir() else Path(__file__).resolve().parent / "_data"


def default_home() -> Path:
    """`data/local` of a checkout, else the user's data folder."""
    checkout = (project_root() / "pyproject.toml").is_file()
    return project_root() / "data" / "local" if checkout else user_data_path("coldopen", appauthor=False)


class Settings(BaseSettings):
    """Everything that can be set. Each field is `COLDOPEN_<NAME>` in the environment or in `.env`."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_file=".env", extra="ignore", frozen=True)

    home: Path = Field(default_factory=default_home, description="folder of the database, pictures and locks")
    content: Path = Field(default_factory=content_folder, description="folder of genres, starter stories and art")
    database_url: SecretStr = Field(default=SecretStr(""), description="postgresql://… ; empty = SQLite in the home")
    host: str = Field(default="127.0.0.1", description="address to listen on")
    port: Annotated[int, Field(ge=0, le=65_535)] = Field(
        default=8400, description="port to listen on; 0 = any free one"
    )
    access_key: SecretStr = Field(
        default=SecretStr(""), description="needed for all but playing when others can reach us"
    )
    actor: str = Field(default="", description="who acts: offline; empty = the best that has a key, else offline")
    camera: str = Field(default="", description="who draws: offline; empty = the best that has a key, else offline")
    actor_delay: Annotated[float, Field(ge=0, le=1)] = Field(
        default=0.02, description="seconds between the offline actor's words"
    )
    reply_tokens: Annotated[int, Field(ge=50, le=4_000)] = Field(default=600, description="longest reply, in tokens")
    pictures_per_session: Annotated[int, Field(ge=0, le=500)] = Field(
        default=24, description="pictures drawn for one session at most, hidden ones included"
    )
    sweep_seconds: Annotated[float, Field(gt=0, le=30)] = Field(
        default=5, description="pause between two looks for unfinished work"
    )

    @field_validator("actor", "camera")
    @classmethod
    def _known(cls, value: str) -> str:
        if value not in ("", "offline"):
            raise ValueError("the only choice so far is offline")
        return value

    @field_validator("database_url")
    @classmethod
    def _database(cls, value: SecretStr) -> SecretStr:
        if value.get_secret_value() and not value.get_secret_value().startswith("postgresql://"):
            raise ValueError("write postgresql://USER@HOST:PORT/NAME, or leave it out for the embedded database")
        return value

    @property
    def reachable_by_others(self) -> bool:
        """Whether the address is one that other machines can reach."""
        return self.host not in ("127.0.0.1", "localhost", "::1")


def load_settings(**given: object) -> Settings:
    """Settings from the environment, with `given` on top.

    Raises SettingsProblem with one sentence for a wrong value or a misspelt `COLDOPEN_` name.
    """
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    for name in sorted(set(_names_given()) - known):
        near = difflib.get_close_matches(name, known, n=1)
        hint = f"did you mean {near[0]}?" if near else "see `coldopen doctor` for the names."
        raise SettingsProblem(f"{name} is not a setting: {hint}")
    try:
        return Settings(**given)  # pyright: ignore[reportArgumentType]  (pydantic checks each value)
    except ValidationError as error:
        first = error.errors()[0]
        raise SettingsProblem(
            f"{PREFIX}{str(first['loc'][0]).upper()}: {first['msg'].removeprefix('Value error, ')}."
        ) from error


def _names_given() -> list[str]:
    names = [name for name in os.environ if name.startswith(PREFIX)]
    dotenv = Path(".env")
    if dotenv.is_file():
        lines = dotenv.read_text(encoding="utf-8", errors="replace").splitlines()
        names += [
            line.split("=", 1)[0].strip().removeprefix("export ").strip()
            for line in lines
            if line.strip().removeprefix("export ").startswith(PREFIX)
        ]
    return [name.upper() for name in names]
