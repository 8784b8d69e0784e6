"""Settings: `COLDOPEN_*` variables or `.env`; with none set everything runs offline on the embedded database."""

from __future__ import annotations

import difflib
import os
import string
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from platformdirs import user_data_path
from pydantic import AfterValidator, Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from engine.errors import SettingsProblem

PREFIX = "COLDOPEN_"
ACTORS = ("gemini", "claude", "compatible", "offline")
"""Everybody who can act, as settings call them; without a setting, the first ones that have a key."""
CAMERAS = ("replicate", "offline")
_KEY = frozenset(string.ascii_letters + string.digits + string.punctuation)


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


def _address(value: str) -> str:
    address = urlsplit(value)
    plain = not (address.username or address.password or address.query or address.fragment)
    named = address.scheme in ("http", "https") and address.hostname and (address.port or 1)
    if value and not (plain and named):
        raise ValueError("write http://HOST:PORT/… or https://…, without a name, a key or a question in it")
    return value.rstrip("/")


Address = Annotated[str, AfterValidator(_address)]
"""Where a server is; empty = nowhere."""
Name = Annotated[str, Field(min_length=1, max_length=200)]
Temperature = Annotated[float, Field(ge=0, le=2)]


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
    actor: str = Field(
        default="",
        description="who acts: gemini, claude, compatible or offline, or several, the next where one cannot; "
        "empty = all of the first three that have a key, else offline",
    )
    camera: str = Field(
        default="", description="who draws: replicate or offline; empty = replicate with a key, else offline"
    )
    claude_key: SecretStr = Field(default=SecretStr(""), description="key of the Anthropic API")
    claude_model: Name = Field(default="claude-sonnet-5-5", description="the model that acts as claude")
    claude_url: Address = Field(default="", description="another address of the Anthropic API; empty = theirs")
    gemini_key: SecretStr = Field(default=SecretStr(""), description="key of the Gemini API")
    gemini_model: Name = Field(default="gemini-3.8-flash", description="the model that acts as gemini")
    gemini_url: Address = Field(default="", description="another address of the Gemini API; empty = theirs")
    gemini_temperature: Temperature = Field(default=0.8, description="how freely gemini speaks, 0 to 2")
    compatible_url: Address = Field(
        default="",
        description="OpenAI-compatible server (http://…/v1) that acts as compatible: Ollama, vLLM, OpenRouter…",
    )
    compatible_model: str = Field(default="", max_length=200, description="the model that the server is asked for")
    compatible_key: SecretStr = Field(default=SecretStr(""), description="the server's key, where it wants one")
    compatible_temperature: Temperature = Field(default=0.8, description="how freely compatible speaks, 0 to 2")
    actor_delay: Annotated[float, Field(ge=0, le=1)] = Field(
        default=0.02, description="seconds between the offline actor's words"
    )
    replicate_key: SecretStr = Field(default=SecretStr(""), description="token of the Replicate API")
    replicate_url: Address = Field(default="", description="another address of the Replicate API; empty = theirs")
    replicate_anchored: Name = Field(
        default="black-forest-labs/flux-kontext-pro", description="the model that draws with an anchor as reference"
    )
    replicate_worded: Name = Field(
        default="black-forest-labs/flux-schnell", description="the model that draws from words alone"
    )
    reply_tokens: Annotated[int, Field(ge=50, le=4_000)] = Field(default=600, description="longest reply, in tokens")
    tokens_per_day: Annotated[int, Field(ge=0)] = Field(
        default=0, description="paid tokens that one person may use on one day; 0 = as many as they like"
    )
    cost_per_day: Annotated[float, Field(ge=0, allow_inf_nan=False)] = Field(
        default=0, description="US dollars that one person's replies may cost on one day; 0 = no limit"
    )
    pictures_per_session: Annotated[int, Field(ge=0, le=500)] = Field(
        default=24, description="pictures drawn for one session at most, hidden ones included"
    )
    embedder_url: Address = Field(
        default="",
        description="OpenAI-compatible server (http://…/v1) for finding memories by meaning; empty = by words",
    )
    embedder_model: str = Field(
        default="", max_length=200, validate_default=True, description="the model that the embedder is asked for"
    )
    embedder_key: SecretStr = Field(default=SecretStr(""), description="the embedder's key, where it wants one")
    embedder_seconds: Annotated[float, Field(ge=0.01, le=5)] = Field(
        default=0.3, description="longest wait for the embedder before a reply; later, words decide"
    )
    sweep_seconds: Annotated[float, Field(gt=0, le=30)] = Field(
        default=5, description="pause between two looks for unfinished work"
    )

    @field_validator("actor")
    @classmethod
    def _actors(cls, value: str) -> str:
        names = [name.strip() for name in value.split(",")] if value.strip() else []
        if not set(names) <= set(ACTORS) or len(set(names)) != len(names):
            raise ValueError(f"write one or more of {', '.join(ACTORS)}, each once, with commas between them")
        return ",".join(names)

    @field_validator("camera")
    @classmethod
    def _known(cls, value: str) -> str:
        if value not in ("", *CAMERAS):
            raise ValueError(f"write {' or '.join(CAMERAS)}")
        return value

    @field_validator("database_url")
    @classmethod
    def _database(cls, value: SecretStr) -> SecretStr:
        if value.get_secret_value() and not value.get_secret_value().startswith("postgresql://"):
            raise ValueError("write postgresql://USER@HOST:PORT/NAME, or leave it out for the embedded database")
        return value

    @field_validator("embedder_model")
    @classmethod
    def _of_a_server(cls, value: str, given: ValidationInfo) -> str:
        server = given.data.get("embedder_url")  # None where it is wrong itself
        if server is not None and bool(server) != bool(value):
            raise ValueError("an embedder needs both its address and its model: set the other one too")
        return value

    @field_validator("embedder_key", "claude_key", "gemini_key", "compatible_key", "replicate_key")
    @classmethod
    def _sendable(cls, value: SecretStr) -> SecretStr:
        if not set(value.get_secret_value()) <= _KEY:
            raise ValueError("a key is made of letters, digits and marks, without blanks")
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
