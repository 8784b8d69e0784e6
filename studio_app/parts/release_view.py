"""Releases on a screen: how a draft stands to what is live, what it lacks, and the numbers that were published."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import streamlit as st

from engine.errors import ColdopenError
from engine.story.character import Character
from studio_app.door import Visit, plain
from studio_app.parts import clock
from studio_app.parts.places import Map, link_to

if TYPE_CHECKING:
    from engine.studio.releases.status import ReleaseStatus

MOST_PLACES = 12
MOST_ROWS = 20
_SAID = "releases:said"
_TYPED = "confirm_typed"


@dataclass(frozen=True, slots=True)
class Row:
    """One published number."""

    id: str
    number: int
    published_at: datetime
    withdrawn_at: datetime | None
    is_live: bool


@dataclass(frozen=True, slots=True)
class Counter:
    """Where one character's releases are given out and taken back."""

    visit: Visit
    character: Character
    status: ReleaseStatus
    rows: Sequence[Row]

    def say(self, key: str, **values: str) -> str:
        """Words of the catalogue."""
        return self.visit.say(key, **values)

    @property
    def next_number(self) -> int:
        """The number that a new release gets."""
        return max((row.number for row in self.rows), default=0) + 1

    def twin(self) -> Row | None:
        """The published number that the draft equals; publishing makes it live again and adds none."""
        since = self.visit.engine.releases.changed_since
        return next((row for row in self.rows if row.withdrawn_at is None and not since(row.id)), None)

    def attempt(self, verb: Callable[[], str]) -> None:
        """Do something with releases; what it says, or why not, is shown until things stand otherwise."""
        try:
            told = ("done", verb())
        except ColdopenError as error:
            told = ("no", str(error))
        st.session_state[_SAID] = (self.character.id, self.visit.engine.releases.status(self.character.id), *told)

    def publish(self) -> str:
        """Publish the draft. A second click finds it published and adds no number."""
        number = self.visit.engine.releases.publish(self.character.id).number
        return self.say("releases_screen.published", number=str(number))

    def roll_back(self, number: int) -> str:
        """Make a number live again."""
        self.visit.engine.releases.roll_back(self.character.id, number)
        return self.say("releases_screen.rolled_back", number=str(number))

    def unpublish(self) -> str:
        """Offer the character no longer."""
        self.visit.engine.releases.unpublish(self.character.id)
        return self.say("releases_screen.unpublished")

    def withdraw(self, row: Row) -> str:
        """Take a release away for good."""
        ended = self.visit.engine.releases.withdraw(row.id)
        return self.say("releases_screen.withdrawn", number=str(row.number), count=str(ended))


def open_counter(visit: Visit, character: Character) -> Counter:
    """A character's releases as they stand now."""
    status = visit.engine.releases.status(character.id)
    rows = [
        Row(row["id"], row["number"], row["published_at"], row["withdrawn_at"], row["id"] == status.live_release_id)
        for row in visit.engine.releases.of_character(character.id)
    ]
    return Counter(visit, character, status, rows)


def standing(counter: Counter, places: Map) -> None:
    """What players get now, how the draft differs from it, and the buttons that change it."""
    status, say = counter.status, counter.say
    number = str(status.live_number)
    st.header(say("releases_screen.now"), anchor=False)
    if status.live_number is None:
        st.write(say("releases_screen.none_live"))
    else:
        st.write(say("releases_screen.live", number=number))
        st.write(say("releases_screen.stale", number=number) if status.is_stale else say("releases_screen.same"))
    _buttons(counter)
    told = st.session_state.get(_SAID)
    if told is not None and told[:2] == (counter.character.id, status):
        (st.success if told[2] == "done" else st.error)(plain(told[3]))
    if status.changed:
        _changed(counter, places)


def _buttons(counter: Counter) -> None:
    status, say = counter.status, counter.say
    is_same = status.live_number is not None and not status.is_stale
    why = (
        say("releases_screen.why_not_missing")
        if status.missing
        else say("releases_screen.why_not_same")
        if is_same
        else ""
    )
    with st.container(horizontal=True, vertical_alignment="center", key="releases_buttons"):
        if st.button(
            say("releases_screen.publish"), key="publish", type="primary", disabled=bool(why), help=why or None
        ):
            _confirm_publishing(counter)
        if status.live_number is not None:
            if st.button(say("releases_screen.unpublish"), key="unpublish"):
                _confirm_unpublishing(counter)
            st.link_button(say("releases_screen.play_it"), "/play/", type="tertiary")
    if status.missing:
        st.text(why)


def _changed(counter: Counter, places: Map) -> None:
    status = counter.status
    st.markdown(f"**{counter.say('releases_screen.changed')}**")
    with st.container(key="releases_changed", gap="xsmall"):
        for path in status.changed[:MOST_PLACES]:
            link_to(places.find(path))
    if len(status.changed) > MOST_PLACES:
        st.caption(counter.say("releases_screen.more", count=str(len(status.changed) - MOST_PLACES)))


def readiness(counter: Counter, places: Map) -> None:
    """What the draft lacks, each with the way to its field."""
    st.header(counter.say("releases_screen.missing"), anchor=False)
    if not counter.status.missing:
        st.write(counter.say("releases_screen.ready"))
        return
    st.write(counter.say("releases_screen.missing_about"))
    for at, (path, sentence) in enumerate(counter.status.missing):
        with st.container(border=True, key=f"missing_{at}", gap="xsmall"):
            st.text(sentence)
            link_to(places.find(path))


def history(counter: Counter) -> None:
    """The published numbers, newest first."""
    st.header(counter.say("releases_screen.history"), anchor=False)
    if not counter.rows:
        st.write(counter.say("releases_screen.no_history"))
    shown = st.session_state.get("releases:shown", MOST_ROWS)
    for row in counter.rows[:shown]:
        _row(counter, row)
    if len(counter.rows) > shown:
        st.button(counter.say("releases_screen.older"), key="older", on_click=_show_more, args=(shown,))


def _show_more(shown: int) -> None:
    st.session_state["releases:shown"] = shown + MOST_ROWS


def _row(counter: Counter, row: Row) -> None:
    say, number = counter.say, str(row.number)
    with st.container(border=True, horizontal=True, vertical_alignment="center", key=f"release_{row.number}"):
        st.markdown(f"**{say('releases_screen.number', number=number)}**", width="content")
        if row.is_live:
            st.badge(say("releases_screen.is_live"), color="green")
        when = clock.moment(counter.visit, row.published_at)
        st.text(say("releases_screen.published_at", when=when), width="stretch")
        if row.withdrawn_at is not None:
            st.badge(
                say("releases_screen.is_withdrawn", when=clock.moment(counter.visit, row.withdrawn_at)), color="red"
            )
            return
        if not row.is_live:
            args = (counter, row.number)
            st.button(say("releases_screen.make_live"), key=f"live_{row.number}", on_click=_roll_back, args=args)
        if st.button(say("releases_screen.withdraw"), key=f"withdraw_{row.number}", type="tertiary"):
            _confirm_withdrawal(counter, row)


def _roll_back(counter: Counter, number: int) -> None:
    counter.attempt(lambda: counter.roll_back(number))


def _confirm_publishing(counter: Counter) -> None:
    say, twin = counter.say, counter.twin()
    text = (
        say("releases_screen.publish_again", number=str(twin.number))
        if twin
        else say("releases_screen.publish_text", number=str(counter.next_number))
    )
    label = say("releases_screen.publish_next", number=str(twin.number if twin else counter.next_number))
    title = say("releases_screen.publish_title", name=plain(counter.character.name))
    _ask(counter, title, (text,), label, counter.publish)


def _confirm_unpublishing(counter: Counter) -> None:
    title = counter.say("releases_screen.unpublish_title", name=plain(counter.character.name))
    text = counter.say("releases_screen.unpublish_text")
    _ask(counter, title, (text,), counter.say("releases_screen.unpublish_yes"), counter.unpublish)


def _confirm_withdrawal(counter: Counter, row: Row) -> None:
    say = counter.say
    live = (say("releases_screen.withdraw_live"),) if row.is_live else ()
    texts = (
        say("releases_screen.withdraw_text"),
        say("releases_screen.withdraw_ends"),
        *live,
        say("releases_screen.withdraw_kept"),
    )
    title = say("releases_screen.withdraw_title", number=str(row.number))
    word = say("releases_screen.withdraw_word")
    _ask(counter, title, texts, say("releases_screen.withdraw_yes"), lambda: counter.withdraw(row), typed=word)


def _ask(
    counter: Counter, title: str, texts: Sequence[str], yes: str, verb: Callable[[], str], *, typed: str = ""
) -> None:
    """Ask before something happens; with `typed`, that word must be written first."""

    def is_sure() -> bool:
        return str(st.session_state.get(_TYPED, "")).strip() == typed

    def do() -> None:
        if is_sure():
            counter.attempt(verb)

    def ask() -> None:
        for text in texts:
            st.write(text)
        if typed:
            wanted = counter.say("releases_screen.withdraw_type", word=typed)
            st.text_input(wanted, key=_TYPED, live=True, autocomplete="off")
        with st.container(horizontal=True):
            if st.button(yes, key="confirm_yes", type="primary", disabled=not is_sure(), on_click=do):
                st.rerun()
            if st.button(counter.say("releases_screen.cancel"), key="confirm_no"):
                st.rerun()

    st.dialog(title)(ask)()
