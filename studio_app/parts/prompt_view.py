"""The prompt viewer: a system prompt section by section, each in its colour, naming its source and its tokens."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from streamlit.components.v2 import component

from engine.kernel.tokens import estimate_tokens
from engine.studio.prompt import PromptSection

if TYPE_CHECKING:
    from engine.providers.llm import Prompt
    from studio_app.door import Visit

_STYLE = """
.prompt { font-family: var(--st-font); color: var(--st-text-color); line-height: 1.5; --hue: #7a6f63; }
.sum { display: flex; gap: .5rem; align-items: baseline; justify-content: space-between; margin: 0 0 .75rem;
  font-size: .875rem; opacity: .85; font-variant-numeric: tabular-nums; }
section { border-left: 4px solid var(--hue); background: color-mix(in srgb, var(--hue) 9%, transparent);
  border-radius: 4px 10px 10px 4px; padding: .6rem .9rem .8rem; margin: 0 0 .6rem; transition: background .9s; }
section.fresh { background: color-mix(in srgb, var(--hue) 26%, transparent); transition: none; }
header { display: flex; flex-wrap: wrap; gap: .1rem .7rem; align-items: baseline; font-size: .8125rem; }
header b { font-weight: 650; color: color-mix(in srgb, var(--hue) 70%, var(--st-text-color)); }
header .source { opacity: .8; }
header .tokens { margin-left: auto; opacity: .8; font-variant-numeric: tabular-nums; }
.text { white-space: pre-wrap; overflow-wrap: anywhere; font-size: .9375rem; margin: .35rem 0 0; }
mark { background: color-mix(in srgb, var(--st-primary-color) 28%, transparent); color: inherit; font-weight: 600;
  border-radius: 4px; padding: .05em .3em; }
.persona { --hue: #b4542c; } .doctrine { --hue: #8a4b9c; } .craft { --hue: #7a6f63; } .voice { --hue: #2f7f9e; }
.backstory { --hue: #a97b12; } .stressor { --hue: #b83a4b; } .tastes { --hue: #4f8a3c; } .boundaries { --hue: #2f5fae; }
.care { --hue: #5b7f86; } .notes { --hue: #6d6aa8; } .slots { --hue: #c9891f; } .own { --hue: #b4542c; }
@media (prefers-reduced-motion: reduce) { section { transition: none; } }
"""

_SCRIPT = """
const SLOT = /(\\{[a-z_]{1,40}\\})/;
function made(tag, name, into) {
  const one = document.createElement(tag); if (name) one.className = name; into.append(one); return one;
}
function fill(box, text) {
  box.replaceChildren();
  for (const piece of text.split(SLOT)) {
    if (piece) made(SLOT.test(piece) ? "mark" : "span", "", box).textContent = piece;
  }
}
function drawn(into, told) {
  const one = made("section", told.name, into), head = made("header", "", one);
  made("b", "", head); made("span", "source", head); made("span", "tokens", head); made("div", "text", one);
  return one;
}
export default function ({ parentElement, data }) {
  let root = parentElement.querySelector(".prompt");
  const first = !root;
  if (first) { root = made("div", "prompt", parentElement); made("p", "sum", root); }
  root.tabIndex = 0; root.setAttribute("role", "group"); root.setAttribute("aria-label", data.label);
  root.querySelector(".sum").textContent = data.sum;
  const names = data.sections.map((one) => one.name);
  for (const old of [...root.querySelectorAll("section")]) {
    if (!names.includes(old.className.split(" ")[0])) old.remove();
  }
  data.sections.forEach((told, place) => {
    let one = [...root.querySelectorAll("section")].find((each) => each.classList.contains(told.name));
    const fresh = !one;
    one = one || drawn(root, told);
    if (root.children[place + 1] !== one) root.insertBefore(one, root.children[place + 1] || null);
    const [title, source, tokens] = one.querySelector("header").children;
    title.textContent = told.title; source.textContent = told.source; tokens.textContent = told.tokens;
    const text = one.querySelector(".text");
    if (text.textContent !== told.text) {
      fill(text, told.text);
      if (!first) { one.classList.add("fresh"); setTimeout(() => one.classList.remove("fresh"), fresh ? 900 : 350); }
    }
  });
}
"""

_viewer = component("coldopen_prompt", css=_STYLE, js=_SCRIPT)


def prompt_view(visit: Visit, sections: Sequence[PromptSection], *, key: str = "prompt_view") -> None:
    """Draw a prompt. Tokens are estimates, and say so."""
    shown = [
        {
            "name": section.name,
            "title": _title(visit, section.name),
            "source": section.source,
            "text": section.text,
            "tokens": visit.say("prompt.tokens", count=f"{estimate_tokens(section.text):,}"),
        }
        for section in sections
    ]
    whole = "\n\n".join(section.text for section in sections)
    told = visit.say("prompt.sum", count=f"{estimate_tokens(whole):,}", letters=f"{len(whole):,}")
    _viewer(key=key, data={"sections": shown, "sum": told, "label": visit.say("prompt.label")})


def exact_prompt(visit: Visit, prompt: Prompt, *, key: str) -> None:
    """Draw what an actor was told: the sections, and the lines of the conversation after them."""
    sections = [PromptSection(one.name, one.source, one.text) for one in prompt.sections]
    lines = "\n".join(f"{line.role}: {line.content}" for line in prompt.lines)
    sections.append(PromptSection("lines", visit.say("rehearsal.lines"), lines))
    prompt_view(visit, sections, key=key)


def _title(visit: Visit, name: str) -> str:
    """The heading of a section; one that we have no word for keeps its own name."""
    titles = {
        "persona": "prompt.persona",
        "doctrine": "prompt.doctrine",
        "craft": "prompt.craft",
        "voice": "prompt.voice",
        "backstory": "prompt.backstory",
        "stressor": "prompt.stressor",
        "tastes": "prompt.tastes",
        "boundaries": "prompt.boundaries",
        "care": "prompt.care",
        "notes": "prompt.notes",
        "slots": "prompt.slots",
        "own": "prompt.own",
    }
    return visit.say(titles[name]) if name in titles else name
