"""Forms: fields keyed by the thing they are about, kept as a draft with every change, and saved whole or not at all.

A screen opens a sheet on a thing, draws fields on it and ends with `save_bar`. A draft holds only what differs from the
saved thing, so that somebody else's save of other fields is never undone by it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypedDict, cast

import streamlit as st

from engine.errors import BadInput
from studio_app.door import Visit, plain

if TYPE_CHECKING:
    from engine.studio.drafts.room import Kind
    from engine.studio.drafts.typed import Json

    Fields = Mapping[str, Json]


class _Common(TypedDict):
    """What every field's widget is given."""

    key: str
    help: str | None
    on_change: Callable[[Sheet, str, bool], None]
    args: tuple[Sheet, str, bool]


class BadField(BadInput):
    """What stands in one field cannot be used; the sentence is shown beside it."""

    def __init__(self, name: str, sentence: str) -> None:
        super().__init__(sentence)
        self.name = name


@dataclass(slots=True)
class _Sitting:
    """What a browser tab knows of a form: the saved words that it began from, and what was said to its last save."""

    base: str
    began: dict[str, Json]
    faults: dict[str, str] = field(default_factory=dict[str, str])
    refusal: str = ""
    unkept: str = ""
    labels: dict[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class Sheet:
    """A form on one thing. `stored` are its saved fields, or the blank ones of a new thing; `stands` is the fingerprint
    of what is saved now, empty for a new thing. `watched` are keys of fragments that show what is being typed: they
    alone run again with each change.
    """

    visit: Visit
    kind: Kind
    ref: str
    stored: Fields
    stands: str
    watched: tuple[str, ...] = ()

    def key(self, name: str) -> str:
        """The key of a field's widget."""
        return f"{self.kind}.{self.ref}.{name}"

    @property
    def sitting(self) -> _Sitting:
        """What this tab knows of the form."""
        return st.session_state[f"{self.kind}.{self.ref}:sheet"]

    def values(self) -> dict[str, Json]:
        """What stands in the fields now, shown or not."""
        began = self.sitting.began
        return {name: st.session_state.get(self.key(name), began[name]) for name in began}

    def changed(self) -> dict[str, Json]:
        """The fields that differ from what this tab began from."""
        began = self.sitting.began
        return {name: value for name, value in self.values().items() if value != began[name]}

    @property
    def is_outdated(self) -> bool:
        """Whether somebody else saved the thing since this tab began, while words of ours are unsaved."""
        return self.sitting.base != self.stands

    def put(self, values: Fields) -> None:
        """Write values into the fields. Only before they are drawn, or in a callback."""
        for name, value in values.items():
            st.session_state[self.key(name)] = value

    def begin_anew(self, values: Fields | None = None) -> None:
        """Begin from what is saved now, with these unsaved values over it."""
        st.session_state[f"{self.kind}.{self.ref}:sheet"] = _Sitting(self.stands, dict(self.stored))
        self.put({**self.stored, **(values or {})})


def open_sheet(
    visit: Visit, kind: Kind, ref: str, stored: Fields, stands: str, *, watched: Sequence[str] = ()
) -> Sheet:
    """The form of a thing, filled from its draft where there is one. Call it before the fields are drawn."""
    sheet = Sheet(visit, kind, ref, stored, stands, tuple(watched))
    draft = visit.engine.drafts.get(visit.me.id, kind, ref)
    typed = {name: value for name, value in (draft.fields if draft else {}).items() if _fits(stored, name, value)}
    if f"{kind}.{ref}:sheet" not in st.session_state:
        sheet.begin_anew(typed)
        sheet.sitting.base = draft.base if draft and typed else stands
    elif sheet.is_outdated and not sheet.changed():
        sheet.begin_anew()
        is_changed(sheet)
    for name in sheet.sitting.began:
        st.session_state.setdefault(sheet.key(name), typed.get(name, sheet.sitting.began[name]))
    return sheet


def _fits(stored: Fields, name: str, value: Json) -> bool:
    """Whether a kept value is one of a field that the form still has."""
    return name in stored and type(value) is type(stored[name])


def text(sheet: Sheet, name: str, label: str, *, about: str = "", hint: str = "") -> None:
    """One line of text; the preview follows while it is typed."""
    st.text_input(label, live=True, autocomplete="off", **_common(sheet, name, label, about), placeholder=hint or None)
    _fault(sheet, name)


def area(sheet: Sheet, name: str, label: str, *, about: str = "", hint: str = "", rows: int = 4) -> None:
    """Text of several lines. Lists stand in one too, a line each: see `lines`."""
    height = 34 + 24 * max(2, rows)
    st.text_area(label, height=height, **_common(sheet, name, label, about), placeholder=hint or None)
    _fault(sheet, name)


def choice(
    sheet: Sheet,
    name: str,
    label: str,
    options: Sequence[str],
    *,
    say: Callable[[str], str] = str,
    about: str = "",
    redraws: bool = False,
) -> None:
    """One of a few. What is stored stays on offer, even where it is none of them any more.

    `redraws` says that the rest of the form depends on it.
    """
    now = cast("str", st.session_state[sheet.key(name)])
    offered = [*options] if now in options else [now, *options]
    st.selectbox(label, offered, format_func=say, **_common(sheet, name, label, about, redraws=redraws))
    _fault(sheet, name)


def number(sheet: Sheet, name: str, label: str, least: int, most: int, *, about: str = "") -> None:
    """A whole number between two others."""
    st.number_input(label, min_value=least, max_value=most, step=1, **_common(sheet, name, label, about))
    _fault(sheet, name)


def switch(sheet: Sheet, name: str, label: str, *, about: str = "", redraws: bool = False) -> None:
    """Yes or no. `redraws` says that the rest of the form depends on it."""
    st.toggle(label, **_common(sheet, name, label, about, redraws=redraws))
    _fault(sheet, name)


def lines(text_of_lines: Json) -> tuple[str, ...]:
    """A list from a field that holds one thing on each line; blank lines are none."""
    return tuple(line.strip() for line in str(text_of_lines).splitlines() if line.strip())


def unlines(things: Sequence[str]) -> str:
    """A list as text with one thing on each line."""
    return "\n".join(things)


def is_changed(sheet: Sheet) -> None:
    """Keep what was typed as a draft. Fields call it; so does whatever writes into one by itself."""
    sitting, changed = sheet.sitting, sheet.changed()
    drafts, me = sheet.visit.engine.drafts, sheet.visit.me.id
    try:
        if changed:
            drafts.keep(me, sheet.kind, sheet.ref, changed, sitting.base)
        else:
            drafts.drop(me, sheet.kind, sheet.ref)
        sitting.unkept = ""
    except BadInput as error:
        sitting.unkept = str(error)


def _typed(sheet: Sheet, name: str, redraws: bool) -> None:  # noqa: FBT001  (Streamlit passes it by position)
    is_changed(sheet)
    sheet.sitting.refusal = ""
    had_fault = sheet.sitting.faults.pop(name, "")
    if sheet.watched and not had_fault and not redraws:
        st.rerun(list(sheet.watched))


def _common(sheet: Sheet, name: str, label: str, about: str, *, redraws: bool = False) -> _Common:
    sheet.sitting.labels[name] = label
    return {"key": sheet.key(name), "help": about or None, "on_change": _typed, "args": (sheet, name, redraws)}


def _fault(sheet: Sheet, name: str) -> None:
    if sentence := sheet.sitting.faults.get(name):
        st.markdown(f":red[{plain(sentence)}]")
