"""The head of Engagement: as of when its figures are, the way to newer ones, and how far a long export is."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING

import streamlit as st

from studio_app.parts import clock

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

    from engine.analytics.nouns import Exported, Progress
    from studio_app.door import Visit

FRESH = 60.0
"""Seconds after which opening the screen exports anew."""
_PATIENCE = 0.6
_PAUSE = 0.25
_WANTED = "engagement_refresh"


def as_of(visit: Visit) -> Exported:
    """The present export, made now where there is none or only an old one.

    While it is made its progress is shown. Leaving for another screen ends it: whoever comes again begins it anew.
    """
    place = st.empty()
    again, listener = st.session_state.pop(_WANTED, False), _Bar(visit, place)
    analytics = visit.engine.analytics
    exported = analytics.export(listener.hear) if again else analytics.fresh(FRESH, listener.hear)
    told = {"time": clock.moment(visit, exported.at), "events": f"{exported.events:,}"}
    with place.container(horizontal=True, vertical_alignment="center", key="as_of"):
        st.text(visit.say("engagement.as_of", **told))
        st.button(visit.say("engagement.refresh"), key="refresh", on_click=_refresh)
    return exported


class _Bar:
    """Shows how far an export is, a few times a second; of one that is soon done, nothing."""

    def __init__(self, visit: Visit, place: DeltaGenerator) -> None:
        self._visit, self._place, self._next = visit, place, monotonic() + _PATIENCE

    def hear(self, progress: Progress) -> None:
        """Draw it. Streamlit ends the run here when its person has gone to another screen."""
        if monotonic() < self._next:
            return
        self._next = monotonic() + _PAUSE
        told = {"done": f"{progress.done:,}", "total": f"{progress.total:,}"}
        self._place.progress(progress.share, self._visit.say("engagement.exporting", **told))


def _refresh() -> None:
    st.session_state[_WANTED] = True
