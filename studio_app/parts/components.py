"""The Studio's own components: small trusted scripts. They write `textContent` only, and get typed text as data."""

from __future__ import annotations

import re

import streamlit as st
from streamlit.components.v2 import component

_KEYS = """
const WAIT = 60, TRIES = 80;
export default function ({ data, parentElement }) {
  let timer;
  const area = (t) => t && t.tagName === "TEXTAREA" && t.closest("[data-testid=stTextArea]");
  const press = (t, ctrl) => t.dispatchEvent(
    new KeyboardEvent("keydown", { key: "Enter", code: "Enter", ctrlKey: ctrl, bubbles: true, cancelable: true }));
  const typed = (e) => {
    if (area(e.target)) { clearTimeout(timer); timer = setTimeout(() => press(e.target, true), 250); }
  };
  const pressed = (e) => {
    if (!((e.ctrlKey || e.metaKey) && e.key.toLowerCase() === "s")) return;
    e.preventDefault(); e.stopImmediatePropagation(); clearTimeout(timer);
    const t = document.activeElement;
    if (area(t)) press(t, true); else if (t && t.tagName === "INPUT") press(t, false);
    setTimeout(() => save(TRIES), WAIT);
  };
  const save = (left) => {
    const buttons = document.querySelectorAll(".st-key-save button");
    const drawing = document.querySelector("[data-testid=stApp]")?.dataset.testScriptState !== "notRunning";
    if (left && (drawing || buttons.length !== 1)) setTimeout(() => save(left - 1), WAIT);
    else buttons[buttons.length - 1]?.click();
  };
  if (data?.to && parentElement.wentTo !== data.to) {
    parentElement.wentTo = data.to;
    setTimeout(() => {
      const box = document.querySelector(`[class*="st-key-${CSS.escape(data.to)}"]`);
      box?.scrollIntoView({ block: "center" });
      box?.querySelector("input, textarea")?.focus({ preventScroll: true });
    }, 400);
  }
  document.addEventListener("input", typed, true);
  window.addEventListener("keydown", pressed, true);
  return () => {
    clearTimeout(timer);
    document.removeEventListener("input", typed, true); window.removeEventListener("keydown", pressed, true);
  };
}
"""
"""Makes every text area live (250 ms after the last key), and Ctrl+S press Save with the words being typed in, once
the screen is not being drawn anew: a button of the screen before it would save nothing."""

_NO_CLASS = re.compile(r"[^A-Za-z0-9_-]")
_live_keys = component("coldopen_keys", js=_KEYS)


def keys(to: str = "") -> None:
    """Live text areas and Ctrl+S, for the screen that this is drawn on; once, outside of fragments.

    `to` is the key of a field that is gone to when the screen opens.
    """
    with st.container(key="keys"):
        _live_keys(key="keys_component", data={"to": _NO_CLASS.sub("-", to)})
