"""The files of Play keep the rules that keep it safe: constant templates, text as text, words from the catalogue."""

from __future__ import annotations

import re
from pathlib import Path

from player_app import lobby, stage
from player_app.page import dressed
from player_app.parts import WEB, text_of

SCRIPTS = sorted(WEB.glob("*.js"))
TEMPLATES = sorted(WEB.glob("*.html"))
BANNED = re.compile(
    r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|createContextualFragment|DOMParser|srcdoc|\beval\b"
    r"|new Function|setHTML|importScripts|https?://(?!www\.w3\.org/2000/svg)"
)
SAID = re.compile(r"""["']((?:play|lobby|stage|front|turning|remembered)\.[a-z_]+)["']""")


def _lines_with(pattern: str, *, besides: str = "") -> list[str]:
    found = [f"{path.name}: {line.strip()}" for path in SCRIPTS for line in path.read_text().splitlines()]
    return [line for line in found if re.search(pattern, line) and not (besides and re.search(besides, line))]


def test_there_are_files_to_check() -> None:
    assert len(SCRIPTS) > 8
    assert len(TEMPLATES) == 2


def test_a_template_is_constant() -> None:
    for path in TEMPLATES:
        assert not re.search(r"\{\{|\$\{|<script|\son\w+=|style=", path.read_text()), path.name


def test_a_script_makes_no_markup_and_names_no_other_machine() -> None:
    assert _lines_with(BANNED.pattern) == []


def test_an_address_reaches_an_attribute_only_through_the_check() -> None:
    assert _lines_with(r"\.(src|href|action)\s*=[^=]", besides=r"own\(") == []
    assert _lines_with(r"setAttribute\(", besides=r"own\(|'(aria-[a-z]+|d)'|svg\.setAttribute\(key") == []


def test_the_words_of_a_part_are_those_that_its_scripts_say() -> None:
    scripts = {lobby.KEYS: ("common.js", "lobby.js", "lobby_cards.js"), stage.KEYS: stage.SCRIPTS}
    for keys, names in scripts.items():
        text = "\n".join(text_of(name) for name in names)
        said = set(SAID.findall(text)) | ({"stage.send", "stage.stop"} if keys is stage.KEYS else set())
        assert said == set(keys)


def test_every_file_of_the_web_folder_is_used() -> None:
    code = "".join(path.read_text() for path in Path(lobby.__file__).parent.glob("*.py"))
    assert [path.name for path in WEB.iterdir() if f'"{path.name}"' not in code] == []


def test_a_dressed_page_carries_our_look_and_nothing_about_its_shell() -> None:
    page = b'<head><meta property="og:title" content="Gradio" />\n<meta name="viewport"\n content="x" /></head><body>'
    made = dressed(page, "A <b>title</b>", "No <i>script</i>.").decode()
    assert "Gradio" not in made
    assert made.count("viewport") == 1
    assert "<title>A &lt;b&gt;title&lt;/b&gt;</title>" in made
    assert '<link rel="stylesheet" href="/house.css">' in made
    assert made.endswith('<noscript><p class="no-script">No &lt;i&gt;script&lt;/i&gt;.</p></noscript>')
