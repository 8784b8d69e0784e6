"""A conversation as its player sees it: action and speech told apart, every word written as text and never read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from streamlit.components.v2 import component

_HTML = '<ol class="talk"></ol>'
_CSS = """
.talk { list-style: none; margin: 0; padding: 0 .25rem; font-family: var(--st-heading-font); font-size: 1.08rem;
  line-height: 1.55; color: var(--st-text-color); overflow-wrap: anywhere; }
.talk li { margin: 0 0 1.1rem; }
.talk p { margin: 0; white-space: pre-wrap; }
.talk .line { font-family: var(--st-font); font-size: .95rem; margin: 0 0 .9rem 12%; padding: .55rem .85rem;
  background: color-mix(in srgb, var(--st-text-color) 8%, transparent); border-radius: 12px 12px 3px 12px; }
.talk .act { font-style: italic; opacity: .72; }
.talk .note { font-family: var(--st-font); font-size: .82rem; opacity: .8; margin-top: .35rem; }
.talk .note:empty, .talk .line:empty { display: none; }
.talk .speaking .reply::after { content: "\\258D"; color: var(--st-primary-color);
  animation: beat 1s steps(2) infinite; }
@keyframes beat { 50% { opacity: 0; } }
@media (prefers-reduced-motion: reduce) { .talk .speaking .reply::after { animation: none; } }
"""
_JS = """
export default function ({ data, parentElement }) {
  const list = parentElement.querySelector(".talk");
  const made = (tag, name, text) => {
    const node = document.createElement(tag);
    node.className = name;
    if (text) node.textContent = text;
    return node;
  };
  const written = (place, text, open) => {
    if (place.told === text + open) return;
    place.told = text + open;
    const parts = text.split("*");
    const unclosed = parts.length % 2 === 0 && !open ? parts.length - 1 : -1;
    const spans = parts.map((part, at) =>
      at === unclosed ? made("span", "say", "*" + part)
      : at % 2 ? made("em", "act", part) : made("span", "say", part));
    place.replaceChildren(...spans.filter((span) => span.textContent));
  };
  const fresh = (turn) => {
    const item = made("li", "");
    item.turn = turn.id;
    item.append(made("p", "line"), made("p", "reply"), made("p", "note"));
    return item;
  };
  data.turns.forEach((turn, at) => {
    let item = list.children[at];
    if (!item || item.turn !== turn.id) {
      const other = fresh(turn);
      if (item) item.replaceWith(other); else list.append(other);
      item = other;
    }
    const [line, reply, note] = item.children;
    item.className = turn.speaking ? "speaking" : "";
    if (line.textContent !== turn.line) line.textContent = turn.line;
    if (note.textContent !== turn.note) note.textContent = turn.note;
    written(reply, turn.reply, turn.speaking);
  });
  while (list.children.length > data.turns.length) list.lastChild.remove();
}
"""
READABLE = 820
"""Pixels that a line of prose may be wide."""
_TALK = component("coldopen_talk", html=_HTML, css=_CSS, js=_JS)


@dataclass(frozen=True, slots=True)
class Said:
    """One exchange: the player's line, the reply so far, whether more is coming, and a sentence about it."""

    id: str
    line: str
    reply: str
    speaking: bool = False
    note: str = ""


def talk(said: Sequence[Said], key: str) -> None:
    """Show exchanges in their order. What was typed or spoken is never read as markup."""
    _TALK(data={"turns": [asdict(one) for one in said]}, key=key)
