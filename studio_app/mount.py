"""Puts the Studio behind the door `/studio` of the running server."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import AsyncGenerator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fastapi import FastAPI

    from engine.wiring import Engine

log = logging.getLogger(__name__)
SCRIPT = Path(__file__).resolve().parent / "app.py"


def mount(onto: FastAPI, engine: Engine) -> None:
    """Mount the Studio; its server starts and stops with `onto`. The pages find the engine by `the_engine()`."""
    import streamlit as st  # noqa: PLC0415  (takes a second, and only who serves needs it)

    from studio_app import door  # noqa: PLC0415

    door.is_served(engine)
    studio = st.App(SCRIPT, on_script_error=_say_so)
    inner, outer = studio.lifespan(), onto.router.lifespan_context

    @contextlib.asynccontextmanager
    async def both(app: FastAPI) -> AsyncGenerator[Mapping[str, Any] | None]:
        async with outer(app) as state, inner(app):
            yield state

    onto.router.lifespan_context = both  # pyright: ignore[reportAttributeAccessIssue]  (what Gradio sets, too)
    onto.mount("/studio", studio)


def _say_so(error: Exception) -> bool:
    """A fault of ours on a screen: noted for us, one sentence for who sees it."""
    import streamlit as st  # noqa: PLC0415

    from studio_app.door import open_door  # noqa: PLC0415

    log.error("a screen of the Studio broke", exc_info=error)
    st.error(open_door().say("studio.fault"))
    return True
