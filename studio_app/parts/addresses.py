"""What a screen's address says: which thing it is about, and whether that is still to be written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:
    from studio_app.door import Visit

_LONGEST = 40


@dataclass(frozen=True, slots=True)
class Address:
    """The id of the thing that a screen is about; `is_new` where it was never saved."""

    ref: str
    is_new: bool


def address(visit: Visit, name: str = "id") -> Address:
    """What the address names. Where it names nothing, a new thing gets its id at once, so that a reload keeps place."""
    ref, is_new = st.query_params.get(name, ""), "new" in st.query_params
    if not ref or (is_new and not (ref.isascii() and ref.isalnum() and len(ref) <= _LONGEST)):
        ref, is_new = visit.engine.drafts.new_ref(), True
        st.query_params.update({name: ref, "new": "1"})
    return Address(ref, is_new)
