"""The Studio, page by page: what a run of any screen begins with."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from studio_app.door import Visit, open_door
from studio_app.parts import look

HERE = Path(__file__).resolve().parent
MARK = HERE / "static" / "mark.svg"
MENU = ("desk", "worlds", "characters", "genres", "inbox", "engagement", "providers")
# Screens that are reached from another one, about one thing that the address names.
BY_LINK = ("world", "character", "looks", "episodes", "voices", "releases", "transcript")


def titles(visit: Visit) -> dict[str, str]:
    """What each screen is called."""
    say = visit.say
    return {
        "desk": say("studio.page_desk"),
        "genres": say("studio.page_genres"),
        "worlds": say("studio.page_worlds"),
        "characters": say("studio.page_characters"),
        "inbox": say("studio.page_inbox"),
        "engagement": say("studio.page_engagement"),
        "providers": say("studio.page_providers"),
        "world": say("studio.page_world"),
        "character": say("studio.page_character"),
        "looks": say("studio.page_looks"),
        "episodes": say("studio.page_episodes"),
        "voices": say("voices.page"),
        "releases": say("studio.page_releases"),
        "transcript": say("studio.page_transcript"),
    }


def run() -> None:
    """Choose the screen that the address names, and run it."""
    visit = open_door()
    st.set_page_config(page_title=visit.say("studio.title"), page_icon=str(MARK), layout="wide")
    look.wear()
    st.logo(str(MARK), link=None)
    pages = [
        st.Page(
            HERE / "screens" / f"{name}.py",
            title=title,
            url_path=name,
            default=name == "desk",
            visibility="visible" if name in MENU else "hidden",
        )
        for name, title in sorted(titles(visit).items(), key=lambda item: (*MENU, *BY_LINK).index(item[0]))
    ]
    st.navigation(pages, position="top").run()


run()
