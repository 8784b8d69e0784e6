"""The Studio's look, beyond what the theme says. One constant stylesheet of ours: nothing typed ever stands in it."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

_SHEET = Path(__file__).resolve().parent / "look.css"


def wear() -> None:
    """Put the look on, once for each run of the app."""
    st.html(_SHEET)
