"""What a character remembers: raw lines as an index of the transcript, and memories extracted from them."""

from engine.play.memory.meaning import Meaning
from engine.play.memory.notes import MemoryNote, notes_from
from engine.play.memory.nouns import Made, Recalled
from engine.play.memory.postings.store import let_go, warm
from engine.play.memory.store import about, add_line, correct, current, for_prompt, remember, restand, search
from engine.play.memory.wording import render

__all__ = [
    "Made",
    "Meaning",
    "MemoryNote",
    "Recalled",
    "about",
    "add_line",
    "correct",
    "current",
    "for_prompt",
    "let_go",
    "notes_from",
    "remember",
    "render",
    "restand",
    "search",
    "warm",
]
