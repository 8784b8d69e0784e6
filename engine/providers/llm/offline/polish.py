"""Small grammar care: articles, capitals, spaces and marks of a composed reply."""

from __future__ import annotations

import re

_ARTICLE = re.compile(r"\b([Aa]) (?=[aeiou](?!ne\b|nce\b|ni|se\b|sual|ur))")
_DOUBLED = re.compile(r"([.?!…])\.(?!\.)|\.([?!…])")
_SPACED = re.compile(r" +([,.;:?!…])")
_ACTION = re.compile(r"(\*[^*]*\*)")
SENTENCE = re.compile(r"[^.?!…—]+[.?!…—]+[”\"']?")


def polish(text: str) -> str:
    """The reply as it is shown; actions in asterisks keep their small letters, speech begins with a capital."""
    pieces = [piece if piece.startswith("*") else _speech(piece) for piece in _ACTION.split(text)]
    return re.sub(r"\s+", " ", " ".join(piece.strip() for piece in pieces if piece.strip())).strip()


def action(text: str) -> str:
    """A stage action between asterisks, without a full stop at its end."""
    return f"*{_grammar(text.strip(' *.'))}*" if text.strip(" *.") else ""


def sentences(text: str) -> list[str]:
    """The spoken sentences of a reply, without its actions."""
    speech = _ACTION.sub(" ", text)
    return [found.strip() for found in SENTENCE.findall(speech) if any(letter.isalpha() for letter in found)]


def invites(text: str) -> bool:
    """Whether speech ends openly: a question, or a sentence left unfinished."""
    return text.rstrip(" ”\"'").endswith(("?", "…", "—"))


def _grammar(text: str) -> str:
    text = text.replace("...", "…")
    joined = _DOUBLED.sub(lambda match: match[1] or match[2], _SPACED.sub(r"\1", " ".join(text.split())))
    return _ARTICLE.sub(r"\1n ", joined)


def _speech(text: str) -> str:
    lifted = re.sub(r"([.?!] )([“\"']?)([a-z])", lambda match: match[1] + match[2] + match[3].upper(), _grammar(text))
    return re.sub(r"^([“\"']?)([a-z])", lambda match: match[1] + match[2].upper(), lifted)
