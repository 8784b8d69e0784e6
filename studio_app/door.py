"""The Studio's door: which engine is open, and who sits at the desk. Screens ask here and nowhere else."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass

import streamlit as st

from engine.errors import ColdopenError, NotFound
from engine.members.passes import COOKIE, Passes
from engine.members.people import Person
from engine.wiring import Engine, the_engine


@dataclass(slots=True)
class _House:
    """The engine of the server that runs us; none where the Studio runs by itself, in a test for example."""

    served: Engine | None = None


_house = _House()


@dataclass(frozen=True, slots=True)
class Visit:
    """One run of a screen: the engine, and the person whose browser it is."""

    engine: Engine
    me: Person

    def say(self, key: str, **values: str) -> str:
        """Words of the catalogue, in the person's language."""
        return self.engine.runtime.words.say(key, self.me.language, **values)


def is_served(engine: Engine) -> None:
    """From now on pages are opened through the house's front door, which lets in only the team."""
    _house.served = engine


def open_door() -> Visit:
    """The engine and who asks, by the signed cookie. Ends the page with a sentence when nobody is known."""
    engine = the_engine()
    if _house.served is not engine:
        return Visit(engine, engine.people.named(st.session_state.get("studio_person", "Writer")))
    cookie = st.context.cookies.get(COOKIE, "")
    person_id = Passes(engine.signing_key).of_cookie(cookie)
    try:
        return Visit(engine, engine.people.get(person_id or "nobody"))
    except NotFound:
        st.info(engine.runtime.words.say("studio.say_your_name"))
        st.link_button(engine.runtime.words.say("studio.to_hello"), "/hello?next=/studio/")
        st.stop()


@contextmanager
def refusals() -> Generator[None]:
    """Show the engine's no as its sentence, where it was asked."""
    try:
        yield
    except ColdopenError as error:
        st.error(plain(str(error)))


def plain(text: str) -> str:
    """Typed text for a place that reads Markdown: every sign of Markdown is shown as it was typed."""
    signs = "\\`*_{}[]()<>#+-.!|~$:&"
    return "".join(f"\\{sign}" if sign in signs else sign for sign in text)
