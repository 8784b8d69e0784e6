"use strict";
// The browser knows its time zone; "tomorrow" in a story is counted there.
document.getElementById("zone").value = Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";
