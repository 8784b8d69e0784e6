"use strict";
// The browser knows its time zone; "tomorrow" in a story is counted there.
document.getElementById("zone").value = Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";
// One name, one person: a second click while the first is under way asks for nothing. Coming back, one may go again.
const go = document.querySelector(".hello button");
document.querySelector(".hello").addEventListener("submit", () => { go.disabled = true; });
window.addEventListener("pageshow", () => { go.disabled = false; });
