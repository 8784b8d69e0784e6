"""Charts as Vega-Lite in plain dicts. They name no colours: the theme does, in light and in dark."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

PICK = "pick"
Spec = dict[str, Any]
_BAR = 32
_AXIS = 70
MOST_BARS = 40
WHOLE = {"tickMinStep": 1, "format": ",d"}


def _from_zero(rows: Sequence[Mapping[str, object]]) -> dict[str, object]:
    """An axis that begins at nothing, also where nothing is all there was."""
    most = max((float(str(row["value"])) for row in rows), default=0.0)
    return {"domain": [0, max(1.0, most)], "nice": True}


def line(rows: Sequence[Mapping[str, Any]], title: str) -> Spec:
    """A line by day over rows of `day`, `value`, `told` and `running`; a day that is not over is drawn pale."""
    shown = {
        "x": {"field": "day", "type": "temporal", "timeUnit": "utcyearmonthdate", "title": None, "axis": _DAYS},
        "y": {"field": "value", "type": "quantitative", "title": title, "axis": WHOLE, "scale": _from_zero(rows)},
    }
    point = {
        "params": [{"name": PICK, "select": {"type": "point", "fields": ["day"], "nearest": True}}],
        "mark": {"type": "point", "filled": True, "size": 80, "cursor": "pointer"},
        "encoding": shown
        | {
            "opacity": {"condition": {"test": "datum.running", "value": 0.4}, "value": 1},
            "tooltip": [{"field": "told", "type": "nominal", "title": title}],
        },
    }
    return {
        "data": {"values": [dict(row) for row in rows]},
        "height": 260,
        "layer": [{"mark": {"type": "line"}, "encoding": shown}, point],
    }


def bars(rows: Sequence[Mapping[str, Any]], title: str) -> Spec:
    """Lying bars over rows of `key`, `label`, `value`, `told` and `unsure`; the unsure ones are pale, never hidden."""
    shown = [dict(row) for row in rows[:MOST_BARS]]
    return {
        "data": {"values": shown},
        "height": _BAR * len(shown) + _AXIS,
        "params": [{"name": PICK, "select": {"type": "point", "fields": ["key"]}}],
        "mark": {"type": "bar", "cornerRadiusEnd": 3, "cursor": "pointer"},
        "encoding": {
            "x": {"field": "value", "type": "quantitative", "title": title, "axis": {"tickMinStep": 1}},
            "y": {
                "field": "label",
                "type": "nominal",
                "title": None,
                "sort": None,
                "axis": {"labelLimit": 220, "labelOverlap": False},
            },
            "opacity": {"condition": {"test": "datum.unsure", "value": 0.4}, "value": 1},
            "tooltip": [{"field": "label", "title": title}, {"field": "told", "title": " "}],
        },
    }


def picked(spec: Spec, field: str, *, key: str, alt: str) -> str | None:
    """Draw a chart; what was clicked in it, by that field, or None."""
    event = st.vega_lite_chart(spec=spec, key=key, on_select="rerun", selection_mode=PICK, alt=alt)
    found: Any = event.get("selection", {}).get(PICK)
    first: Any = found[0] if isinstance(found, list) and found else None
    return str(first[field]) if isinstance(first, dict) and field in first else None


_DAYS = {"format": "%-d %b", "grid": False, "labelOverlap": True}
