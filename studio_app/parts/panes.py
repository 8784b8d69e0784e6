"""Two panes: beside one another on a desk; in the hand one at a time, by a switch. Nothing typed is lost by it.

The address keeps which one is shown, so that a reload comes back to it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator


def panes(write: str, read: str, *, wide: float = 1.1) -> tuple[DeltaGenerator, DeltaGenerator]:
    """The left and the right pane; `write` and `read` are their names on the switch, which only narrow screens show."""
    with st.container(key="pane_switch"):
        names = {"write": write, "read": read}
        shown = st.segmented_control(
            write, list(names), format_func=names.__getitem__, default="write", required=True, key="pane",
            label_visibility="collapsed", width="stretch", bind="query-params",
        )  # fmt: skip
    left, right = st.columns([wide, 1], gap="large")
    with left:
        first = st.container(key="pane_write" if shown == "write" else "away_write")
    with right:
        second = st.container(key="pane_read" if shown == "read" else "away_read")
    return first, second
