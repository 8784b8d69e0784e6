"""Times on the screens: told in the zone of who reads."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import streamlit as st

from studio_app.door import Visit


def time(visit: Visit, at: datetime) -> str:
    """The time of day: `14:05`."""
    return f"{at.astimezone(zone(visit)):%H:%M}"


def moment(visit: Visit, at: datetime) -> str:
    """Day and time: `21 Nov 2026, 14:05`."""
    return f"{at.astimezone(zone(visit)):%-d %b %Y, %H:%M}"


def zone(visit: Visit) -> ZoneInfo:
    """The browser's zone where it tells one, else the person's."""
    told = st.context.timezone
    try:
        return ZoneInfo(told if isinstance(told, str) and told else visit.me.time_zone)
    except (KeyError, ValueError, OSError):
        return ZoneInfo("UTC")
