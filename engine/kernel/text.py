"""Text safety: what a person or a model typed, made safe to store, prompt and show.

Stripped: NUL and control characters (new line and tab stay), lone surrogates, bidirectional overrides, tag
characters, zero-width characters other than the joiners of real scripts, and runs of combining marks over eight.
Both databases then store the same string.
"""

from __future__ import annotations

import re
import unicodedata

from engine.errors import BadInput

LINE_LIMIT = 4_000
NAME_LIMIT = 40
_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2060-\u206f"
    "\ufeff\ufff0-\ufffc\ufffe\uffff\ud800-\udfff\U000e0000-\U000e0fff]"
)
_MARK = "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]"
_MARKS = re.compile(f"({_MARK}{{8}}){_MARK}+")
_SPACES = re.compile(r"\s+")


def clean(text: str) -> str:
    """`text` without characters that hide, reorder or break; CRLF becomes a new line; outer blanks go."""
    unified = text.replace("\r\n", "\n").replace("\r", "\n")
    safe = unicodedata.normalize("NFC", _FORBIDDEN.sub("", unified))
    return _MARKS.sub(r"\1", safe).strip()


def one_line(text: str, limit: int = NAME_LIMIT) -> str:
    """Cleaned text on one line of at most `limit` characters: for names, captions and labels."""
    return _SPACES.sub(" ", clean(text))[:limit].strip()


def player_line(text: str) -> str:
    """A player's line, cleaned.

    Raises BadInput when nothing is left or more than 4,000 characters are (checked before anything is spent).
    """
    if len(text) > 4 * LINE_LIMIT:
        raise BadInput(f"That line is too long: at most {LINE_LIMIT:,} characters, please.")
    safe = clean(text)
    if not any(not unicodedata.category(letter).startswith(("Z", "C", "M")) for letter in safe):
        raise BadInput("Write a line first: it was blank.")
    if len(safe) > LINE_LIMIT:
        raise BadInput(f"That line has {len(safe):,} characters; at most {LINE_LIMIT:,}, please.")
    return safe


def quoted(text: str, limit: int = 300) -> str:
    """Remembered words as quoted data on one line, so that they never read as an instruction of ours."""
    return "“" + one_line(text, limit).replace("“", "'").replace("”", "'") + "”"
