"""What a writer began and has not saved: each draft by a name, with the way back to its form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from engine.errors import NotFound
from studio_app.door import Visit, plain
from studio_app.parts import clock

if TYPE_CHECKING:
    from engine.studio.drafts.room import Draft

_MOST = 5


@dataclass(frozen=True, slots=True)
class _Way:
    called: str
    screen: str
    query: Mapping[str, str]


def drafts_panel(visit: Visit) -> None:
    """The writer's last drafts as links; a sentence where there are none."""
    drafts = visit.engine.drafts.all(visit.me.id)
    if not drafts:
        st.text(visit.say("desk.no_drafts"))
    for draft in drafts[:_MOST]:
        way = _way(visit, draft)
        label = visit.say("desk.draft", name=way.called or visit.say("desk.nameless"), kind=_kind(visit, draft.kind))
        with st.container(key=f"draft_{draft.id}", gap="xxsmall"):
            st.page_link(f"screens/{way.screen}.py", label=plain(label), query_params=dict(way.query))
            with st.container(key=f"soft_draft_{draft.id}"):
                st.text(clock.moment(visit, draft.updated_at))
    if len(drafts) > _MOST:
        st.text(visit.say("desk.more_drafts", count=str(len(drafts) - _MOST)))


def _way(visit: Visit, draft: Draft) -> _Way:
    typed = str(draft.fields.get("name") or draft.fields.get("title") or "").strip()
    new = {} if draft.base else {"new": "1"}
    try:
        if draft.kind == "world":
            called = typed or (visit.engine.worlds.get(draft.ref).name if draft.base else "")
            return _Way(called, "world", {"id": draft.ref, **new})
        if draft.kind == "character":
            called = typed or (visit.engine.characters.get(draft.ref).name if draft.base else "")
            return _Way(called, "character", {"id": draft.ref, **new})
        if draft.kind == "kit":
            return _Way(visit.engine.characters.get(draft.ref).name, "looks", {"id": draft.ref})
        episode = visit.engine.episodes.get(draft.ref)
        return _Way(typed or episode.title, "episodes", {"id": episode.character_id, "episode": draft.ref})
    except NotFound:
        return _Way(typed, "characters", {})


def _kind(visit: Visit, kind: str) -> str:
    kinds = {
        "world": visit.say("desk.kind_world"),
        "character": visit.say("desk.kind_character"),
        "kit": visit.say("desk.kind_kit"),
        "episode": visit.say("desk.kind_episode"),
    }
    return kinds[kind]
