"""The house keeps its shape: sizes, where SQL may stand, and what is never written."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("engine", "studio_app", "player_app")
FILES = sorted(path for name in PACKAGES for path in (ROOT / name).rglob("*.py") if "versions" not in path.parts)
MOST_LINES_IN_A_FILE = 400
MOST_LINES_IN_A_FUNCTION = 40
SQL_FILES = ("store.py", "tables.py", "invariants.py")
SQL_WORDS = re.compile(r"\bsa\.(?:select|text|exists|func)\b|\.(?:insert|update|delete)\(\)|\btx\.(?:execute|scalar)")


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", FILES, ids=_name)
def test_a_file_holds_one_subject_in_at_most_400_lines(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= MOST_LINES_IN_A_FILE


@pytest.mark.parametrize("path", FILES, ids=_name)
def test_a_function_fits_the_eye(path: Path) -> None:
    tree = ast.parse(path.read_text())
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    long = {node.name: (node.end_lineno or 0) - node.lineno + 1 for node in functions}
    assert {name: lines for name, lines in long.items() if lines > MOST_LINES_IN_A_FUNCTION} == {}


@pytest.mark.parametrize("path", FILES, ids=_name)
def test_a_file_says_in_one_line_what_it_is_about(path: Path) -> None:
    told = ast.get_docstring(ast.parse(path.read_text()))
    assert told is not None
    assert told.splitlines()[0].rstrip().endswith((".", ":"))


@pytest.mark.parametrize("path", FILES, ids=_name)
def test_sql_stands_only_in_stores_tables_invariants_and_the_database_room(path: Path) -> None:
    allowed = path.name in SQL_FILES or "db" in path.relative_to(ROOT).parts or path.parts[-2] == "bench"
    if not allowed:
        assert SQL_WORDS.search(path.read_text()) is None
