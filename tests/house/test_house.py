"""The house keeps its shape: sizes, where SQL may stand, what lies at the top, and a README that tells the truth."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

from engine.settings import PREFIX, Settings

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("engine", "studio_app", "player_app")
FILES = sorted(path for name in PACKAGES for path in (ROOT / name).rglob("*.py") if "versions" not in path.parts)
TOP = {"studio_app", "player_app", "engine", "data", "tests", "pyproject.toml", "README.md"}
MOST_LINES_IN_A_FILE = 400
MOST_LINES_IN_A_FUNCTION = 40
VENDORS = {
    "anthropic": "engine/providers/llm/claude.py",
    "google": "engine/providers/llm/gemini.py",
    "replicate": "engine/providers/images/replicate.py",
}
BARE = "engine/bench/bare.py"
"""The bare SDKs, to be measured beside the adapters."""
SQL_FILES = ("store.py", "tables.py", "invariants.py")
SQL_WORDS = re.compile(r"\bsa\.(?:select|text|exists|func)\b|\.(?:insert|update|delete)\(\)|\btx\.(?:execute|scalar)")


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _functions(path: Path) -> Iterator[tuple[str, int]]:
    """Each function of a file with its lines."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{_name(path)}: {node.name}", (node.end_lineno or 0) - node.lineno + 1


def test_the_search_for_files_finds_the_house() -> None:
    assert len(FILES) > 100


def test_a_file_holds_one_subject_in_at_most_400_lines() -> None:
    tested = [*FILES, *(ROOT / "tests").rglob("*.py")]
    sizes = {_name(path): len(path.read_text().splitlines()) for path in tested}
    assert {name: lines for name, lines in sizes.items() if lines > MOST_LINES_IN_A_FILE} == {}


def test_a_function_fits_the_eye() -> None:
    sizes = dict(function for path in FILES for function in _functions(path))
    assert {name: lines for name, lines in sizes.items() if lines > MOST_LINES_IN_A_FUNCTION} == {}


def test_a_file_says_in_its_first_sentence_what_it_is_about() -> None:
    told = {_name(path): ast.get_docstring(ast.parse(path.read_text())) or "" for path in FILES}
    assert [name for name, words in told.items() if not re.search(r"[.:](\s|$)", words)] == []


def test_sql_stands_only_in_stores_tables_invariants_and_the_database_room() -> None:
    elsewhere = [path for path in FILES if path.name not in SQL_FILES and "db" not in path.relative_to(ROOT).parts]
    assert [_name(path) for path in elsewhere if SQL_WORDS.search(path.read_text())] == []


def test_only_its_adapter_imports_a_vendors_package() -> None:
    found = {(vendor, _name(path)) for path in FILES for vendor in _imported(path) & set(VENDORS)}
    bench = {("anthropic", BARE), ("google", BARE)}
    assert found - bench == set(VENDORS.items())


def _imported(path: Path) -> set[str]:
    """The packages that a file imports anywhere, by their first names."""
    nodes = list(ast.walk(ast.parse(path.read_text())))
    plain = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    return {name.partition(".")[0] for name in plain | {n.module or "" for n in nodes if isinstance(n, ast.ImportFrom)}}


def test_nothing_else_stands_at_the_top() -> None:
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S607
    tops = {line.split("/")[0] for line in tracked.stdout.splitlines()}
    assert {name for name in tops if not name.startswith(".")} <= TOP


def test_the_readme_leads_with_the_two_commands_and_names_every_setting() -> None:
    readme = (ROOT / "README.md").read_text()
    head = readme[:900]
    assert "pip install uv && uv run coldopen" in head
    assert "pip install uv && uv run pytest" in head
    assert [name for name in Settings.model_fields if f"{PREFIX}{name.upper()}" not in readme] == []


def test_every_place_that_the_readme_names_is_there() -> None:
    named = re.findall(r"`((?:engine|data|tests)/[\w/.*-]+)`", (ROOT / "README.md").read_text())
    assert len(named) > 8
    assert [name for name in named if not list(ROOT.glob(name.rstrip("/"))) and name != "data/local"] == []
