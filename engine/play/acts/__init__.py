"""What a person does by hand to a conversation: other takes, other lines, turning back, undoing, forking, staying."""

from engine.play.acts.closing import end_sessions_of, stay, want_stop
from engine.play.acts.forking import fork
from engine.play.acts.lines import edit, rewind
from engine.play.acts.takes import choose, continue_reply, regenerate
from engine.play.acts.undoing import redo, undo

__all__ = [
    "choose",
    "continue_reply",
    "edit",
    "end_sessions_of",
    "fork",
    "redo",
    "regenerate",
    "rewind",
    "stay",
    "undo",
    "want_stop",
]
