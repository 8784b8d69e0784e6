"""The sessions behind a figure, page by page, and the way to the transcript of one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING
from zlib import crc32

import streamlit as st

from engine.analytics.table import as_csv
from studio_app.door import Visit, plain
from studio_app.parts import clock
from studio_app.parts.filters import audience_names

if TYPE_CHECKING:
    from engine.analytics.nouns import SessionPage, SessionRow

A_PAGE = 50
MOST_IN_A_FILE = 10_000
DASH = "–"
Find = Callable[[int, int], "SessionPage"]
_COLUMNS = ("id", "player", "character", "episode", "release", "started_at", "turns", "ending", "audience")


def behind(visit: Visit, of: str, find: Find, *, key: str, mark: str) -> None:
    """A page of the sessions that `find` finds by limit and offset; `mark` begins the name of the file."""
    page = st.session_state.get(f"{key}_page", 1)
    found = find(A_PAGE, (page - 1) * A_PAGE)
    if not found.rows and page > 1:
        page, found = 1, find(A_PAGE, 0)
    st.text(visit.say("engagement.behind", of=of, sessions=f"{found.whole:,}"))
    if not found.rows:
        return
    row = chosen_row(_table(visit, found.rows), key)
    pages = -(-found.whole // A_PAGE)
    if pages > 1:
        st.pagination(pages, key=f"{key}_page")
    one = found.rows[row] if row is not None and row < len(found.rows) else found.rows[0]
    called = {"player": plain(one.player), "episode": plain(one.episode)}
    label = visit.say("engagement.open_transcript", **called)
    st.page_link("screens/transcript.py", label=label, query_params={"session": one.id})
    if found.whole > MOST_IN_A_FILE:
        st.text(visit.say("engagement.most_in_a_file", most=f"{MOST_IN_A_FILE:,}"))
    download(visit, f"{mark}sessions.csv", lambda: _csv(find(MOST_IN_A_FILE, 0).rows), key)


def chosen_row(rows: Sequence[Mapping[str, object]], key: str, about: Mapping[str, str] | None = None) -> int | None:
    """Show a table, its columns explained by `about`; the number of the row that is chosen in it, or None."""
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    known = f"{key}_{crc32(repr(rows).encode())}"  # other rows are another table, in which nothing is chosen yet
    told = {name: st.column_config.Column(help=words) for name, words in (about or {}).items()}
    event = st.dataframe(
        columns, hide_index=True, key=known, on_select="rerun", selection_mode="single-row", column_config=told
    )
    chosen = event["selection"]["rows"]
    return chosen[0] if chosen else None


def download(visit: Visit, name: str, made: Callable[[], str], key: str) -> None:
    """A button that makes its file only when it is pressed; a spreadsheet sees that it is UTF-8."""
    label = visit.say("engagement.csv", file=name)

    def data() -> bytes:
        return made().encode("utf-8-sig")

    st.download_button(label, data, name, "text/csv", key=f"csv_{key}", on_click="ignore", type="tertiary")


def _table(visit: Visit, found: Sequence[SessionRow]) -> list[dict[str, object]]:
    audiences = audience_names(visit)
    return [
        {
            visit.say("engagement.started"): clock.moment(visit, one.started_at),
            visit.say("engagement.player"): one.player,
            visit.say("engagement.character"): one.character,
            visit.say("engagement.episode"): one.episode,
            visit.say("engagement.release"): one.release,
            visit.say("engagement.turns"): one.turns,
            visit.say("engagement.ending"): one.ending or DASH,
            visit.say("engagement.audience"): audiences.get(one.audience, one.audience),
        }
        for one in found
    ]


def _csv(found: Sequence[SessionRow]) -> str:
    return as_csv(_COLUMNS, ([getattr(one, name) for name in _COLUMNS] for one in found))
