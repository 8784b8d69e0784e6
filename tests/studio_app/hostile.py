"""Names that would do something if they were read as anything but text."""

from __future__ import annotations

import re

HOSTILE = (
    "![x](https://example.com/a.png)",
    "<img src=x onerror=alert(1)>",
    "<style>body{display:none}</style>",
    "[click](javascript:alert(1)) :smile: $x^2$",
    "# Heading **bold** `code` :red[x]",
)
_LIVE = re.compile(r"(?<!\\)(!\\?\[|\]\\?\(|<img|<style|:smile|:red\\?\[x|\*\*bold|`code|\$x)")


def read_as_markdown(text: str) -> list[str]:
    """What of the hostile names stands in Markdown without the sign that keeps it text."""
    return _LIVE.findall(text)
