"""The shape of the code, kept by a test: short functions, one subject a module, no drawers."""

import ast
import statistics
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FILES = sorted([*(ROOT / "korean_rlhf").rglob("*.py"), *(ROOT / "crawlers").rglob("*.py")])
DRAWERS = {"utils", "helpers", "common", "misc", "manager", "core"}


def functions():
    for file in FILES:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield file, node, node.end_lineno - node.lineno + 1


def test_the_median_function_is_short_and_none_is_long():
    lengths = [length for _, _, length in functions()]

    assert statistics.median(lengths) <= 18
    assert [f"{file.name}:{node.name}" for file, node, length in functions() if length > 60] == []


def test_every_function_says_what_it_returns():
    untyped = [f"{file.name}:{node.name}" for file, node, _ in functions() if node.returns is None]

    assert untyped == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_a_module_has_one_subject_and_a_name_that_says_it(file):
    assert len(file.read_text(encoding="utf-8").splitlines()) <= 400
    assert file.stem not in DRAWERS
    assert ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) is not None or (
        file.stem == "__init__"
    )
