"""The save bar: what is saved and what is only kept, the buttons, and what to do when somebody else saved meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st
from pydantic import ValidationError

from engine.errors import ColdopenError
from studio_app.door import Visit, plain
from studio_app.parts import clock
from studio_app.parts.components import keys
from studio_app.parts.fields import BadField, Sheet, is_changed

if TYPE_CHECKING:
    from engine.studio.drafts.typed import Json

STATUS = "save_status"
"""The fragment that says whether there is something to save: `watched` by every sheet with a bar."""


@dataclass(frozen=True, slots=True)
class Saved:
    """What a save left: the thing's fields as they are stored now, and their fingerprint."""

    fields: Mapping[str, Json]
    base: str


Save = Callable[[Mapping[str, "Json"], str], Saved]
"""Builds the noun from the fields and saves it over the fingerprint that they began from.

It may raise pydantic's ValidationError or BadField (shown beside the fields), or any ColdopenError (shown in the bar).
"""


def save_bar(sheet: Sheet, save: Save) -> None:
    """Draw the bar, at the end of a form; one on a screen. Ctrl+S saves; `?field=…` goes to that field."""
    wanted = st.query_params.get("field", "").rpartition(".")[2]
    keys(sheet.key(wanted) if wanted in sheet.stored else "")
    with st.container(key="save_bar", horizontal=True, vertical_alignment="center"):
        _status(sheet)
        label = sheet.visit.say("studio.save")
        st.button(label, key="save", type="primary", on_click=_save, args=(sheet, save))


def outdated(sheet: Sheet) -> None:
    """Say that somebody else saved meanwhile, show theirs beside ours, and let the writer decide. Else nothing.

    Draw it above the fields.
    """
    if not (sheet.is_outdated and sheet.changed()):
        return
    say = sheet.visit.say
    with st.container(border=True, key="outdated"):
        st.header(say("studio.outdated_title"), anchor=False)
        st.write(say("studio.outdated"))
        with st.expander(say("studio.see_theirs"), expanded=True):
            for name, mine in sheet.changed().items():
                _beside(sheet, name, mine)
        with st.container(horizontal=True):
            st.button(say("studio.keep_mine"), key="keep_mine", on_click=_keep_mine, args=(sheet,))
            st.button(say("studio.take_theirs"), key="take_theirs", on_click=_take_theirs, args=(sheet,))


@st.fragment(key=STATUS)
def _status(sheet: Sheet) -> None:
    say, sitting = sheet.visit.say, sheet.sitting
    with st.container(key="save_said", horizontal=True, vertical_alignment="center"):
        if sitting.unkept or sitting.refusal:
            st.markdown(f":red[{plain(sitting.unkept or sitting.refusal)}]")
        if sheet.changed():
            st.text(_kept(sheet.visit, sheet))
            st.button(say("studio.discard"), key="discard", type="tertiary", on_click=_take_theirs, args=(sheet,))
        elif not sitting.refusal:
            st.text(say("studio.saved") if sheet.stands else say("studio.nothing_yet"))


def _kept(visit: Visit, sheet: Sheet) -> str:
    draft = visit.engine.drafts.get(visit.me.id, sheet.kind, sheet.ref)
    if draft is None:
        return visit.say("studio.unsaved")
    return visit.say("studio.kept", time=clock.time(visit, draft.updated_at))


def _beside(sheet: Sheet, name: str, mine: Json) -> None:
    label = sheet.sitting.labels.get(name) or name.replace("_", " ").capitalize()
    st.markdown(f"**{plain(label)}**")
    ours, theirs = st.columns(2)
    with ours:
        st.caption(sheet.visit.say("studio.yours"))
        st.text(str(mine) or "—")
    with theirs:
        st.caption(sheet.visit.say("studio.theirs"))
        st.text(str(sheet.stored[name]) or "—")


def save_now(sheet: Sheet, save: Save) -> bool:
    """Save as the bar does, from elsewhere; a refusal is shown in the bar. Whether it was done."""
    _save(sheet, save)
    return not sheet.sitting.refusal


def _save(sheet: Sheet, save: Save) -> None:
    sitting, values = sheet.sitting, sheet.values()
    sitting.faults, sitting.refusal = {}, ""
    try:
        saved = save(values, sitting.base)
    except ValidationError as error:
        sitting.faults = _faults(sheet.visit, error)
    except BadField as error:
        sitting.faults = {error.name: str(error)}
    except ColdopenError as error:
        sitting.refusal = str(error)
    else:
        _settle(sheet, values, saved)
    if sitting.faults:
        sitting.refusal = sheet.visit.say("studio.mend_first")
    if set(sitting.faults) - set(sitting.began):
        sitting.refusal = next(iter(sitting.faults.values()))


def _settle(sheet: Sheet, values: dict[str, Json], saved: Saved) -> None:
    """Go on from what was saved. A field that differs from it in outer blanks alone stays as its writer typed it."""
    sitting = sheet.sitting
    sitting.base = saved.base
    for name, value in saved.fields.items():
        typed = values[name]
        same = isinstance(typed, str) and isinstance(value, str) and typed.strip() == value
        sitting.began[name] = typed if same else value
        sheet.put({name: sitting.began[name]})
    sheet.visit.engine.drafts.drop(sheet.visit.me.id, sheet.kind, sheet.ref)
    st.query_params.pop("new", None)


def _keep_mine(sheet: Sheet) -> None:
    mine = sheet.changed() if sheet.stands else sheet.values()
    sheet.begin_anew(mine)
    is_changed(sheet)


def _take_theirs(sheet: Sheet) -> None:
    sheet.visit.engine.drafts.drop(sheet.visit.me.id, sheet.kind, sheet.ref)
    sheet.begin_anew()
    st.rerun()


def _faults(visit: Visit, error: ValidationError) -> dict[str, str]:
    """A sentence for each field at fault. Of several faults of one field a length says most."""
    found: dict[str, str] = {}
    for fault in sorted(error.errors(), key=lambda one: one["type"] not in _LENGTHS):
        name = next((step for step in fault["loc"] if isinstance(step, str)), "")
        line = next((step for step in fault["loc"] if isinstance(step, int)), None)
        sentence = _sentence(visit, fault["type"], fault.get("ctx", {}), fault["input"])
        told = sentence if line is None else visit.say("studio.fault_line", line=str(line + 1), what=sentence)
        found.setdefault(name, told)
    return found


_LENGTHS = ("string_too_short", "too_short", "string_too_long", "too_long")


def _sentence(visit: Visit, kind: str, limits: Mapping[str, object], given: object) -> str:
    if kind in _LENGTHS[:2]:
        return visit.say("studio.fault_empty")
    if kind in _LENGTHS[2:]:
        over = f"{len(given):,}" if isinstance(given, str) else "?"
        return visit.say("studio.fault_long", most=f"{limits['max_length']:,}", now=over)
    if kind == "string_pattern_mismatch":
        return visit.say("studio.fault_slug")
    if kind in ("greater_than_equal", "less_than_equal"):
        return visit.say("studio.fault_range", limit=str(limits.get("ge", limits.get("le"))))
    return visit.say("studio.fault_other")
