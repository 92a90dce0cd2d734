"""The house rules that no single test would notice being broken."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("tracking", "calibration", "render", "stage")
SOURCES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
LONGEST_FILE = 320
LONGEST_FUNCTION = 60


def functions(path):
    tree = ast.parse(path.read_text())
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_files_and_functions_stay_readable(path):
    lines = path.read_text().count("\n")
    assert lines <= LONGEST_FILE, f"{lines} lines: split it"
    for function in functions(path):
        length = function.end_lineno - function.lineno + 1
        assert length <= LONGEST_FUNCTION, f"{function.name} has {length} lines: split it"


def test_nothing_is_left_unfinished():
    found = [
        f"{path.relative_to(ROOT)}: {match.group(0)}"
        for path in SOURCES
        for match in re.finditer(r"\b(TODO|FIXME|XXX|HACK|NotImplementedError)\b", path.read_text())
    ]
    assert not found


def test_no_exception_is_swallowed_whole():
    found = []
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ExceptHandler):
                name = getattr(node.type, "id", "")
                ends_in_raise = isinstance(node.body[-1], ast.Raise)
                if (node.type is None or name in {"Exception", "BaseException"}) and not ends_in_raise:
                    found.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert not found


def test_pickle_is_nowhere():
    found = [
        str(path.relative_to(ROOT))
        for path in SOURCES
        if re.search(r"^\s*(import|from) (pickle|marshal|shelve)|pyobj|multiprocessing", path.read_text(), re.MULTILINE)
    ]
    assert not found


def pure_modules():
    text = (ROOT / ".importlinter").read_text()
    block = text.split("source_modules =")[1].split("forbidden_modules")[0]
    return [name.strip() for name in block.splitlines() if name.strip()]


@pytest.mark.parametrize("name", pure_modules())
def test_pure_modules_use_nothing_that_differs_between_runs(name):
    path = ROOT / (name.replace(".", "/") + ".py")
    banned = {"open", "hash", "id", "input", "eval", "exec", "print"}
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id not in banned, f"{name}:{node.lineno} calls {node.func.id}"
        if isinstance(node, ast.For | ast.comprehension):
            iterated = node.iter
            is_set = isinstance(iterated, ast.Set) or (
                isinstance(iterated, ast.Call) and getattr(iterated.func, "id", "") in {"set", "frozenset"}
            )
            assert not is_set, f"{name} iterates over a set"


def test_the_loop_and_the_step_fit_on_a_screen():
    for module, function in (("stage/live/loop.py", "step"), ("stage/show/show.py", "step")):
        (found,) = [node for node in functions(ROOT / module) if node.name == function]
        assert found.end_lineno - found.lineno < 40
