"""The house rules that no single test would notice being broken."""

import ast
import configparser
import re
import subprocess
import sys

import pytest

from tests.rooms import PACKAGES, ROOT, arrows_of, circles, modules_of

SOURCES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))
LONGEST_FILE = 320
LONGEST_TEST_FILE = 350
LONGEST_FUNCTION = 60
LOOSE = {"stage": {"__init__", "__main__", "cli"}, "render": {"__init__", "renderer"}}
"""The only modules that a package has beside its rooms."""
DIFFERING = {"open", "hash", "id", "input", "eval", "exec", "print"}
"""Calls that touch the world outside, or differ between two runs."""
ORDERED_BY = {"list", "tuple", "iter", "next", "enumerate", "zip", "map", "join", "pop"}
"""Calls through which the order of a set would show."""
UNORDERED = {"set", "frozenset", "sorted", "any", "all", "min", "max"}
"""Calls whose result is the same in any order."""


def functions(path):
    tree = ast.parse(path.read_text())
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def named(path):
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", [*SOURCES, *TESTS], ids=named)
def test_files_and_functions_stay_readable(path):
    lines = path.read_text().count("\n")
    most = LONGEST_TEST_FILE if path in TESTS else LONGEST_FILE
    assert lines <= most, f"{lines} lines, at most {most}: split it"
    for function in functions(path):
        length = function.end_lineno - function.lineno + 1
        assert length <= LONGEST_FUNCTION, f"{function.name} has {length} lines, at most {LONGEST_FUNCTION}: split it"


def test_nothing_is_left_unfinished():
    found = [
        f"{named(path)}: {match.group(0)}"
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
                    found.append(f"{named(path)}:{node.lineno}")
    assert not found


def test_pickle_is_nowhere():
    pickling = re.compile(r"^\s*(import|from) (pickle|marshal|shelve)|pyobj|multiprocessing", re.MULTILINE)
    assert [named(path) for path in SOURCES if pickling.search(path.read_text())] == []


@pytest.mark.parametrize(("package", "loose"), LOOSE.items())
def test_a_package_has_no_module_beside_its_rooms(package, loose):
    assert {path.stem for path in (ROOT / package).glob("*.py")} <= loose


def test_no_rooms_import_each_other_in_a_circle():
    assert circles(arrows_of(ROOT)) == []


def pure_modules():
    """The modules that the contract `pure` names: `a.*` is what is loose in a folder, `a.**` all below it."""
    contracts = configparser.ConfigParser()
    contracts.read(ROOT / ".importlinter")
    patterns = contracts["importlinter:contract:pure"]["source_modules"].split()
    known = modules_of(ROOT)
    found = {}
    for pattern in patterns:
        shape = re.escape(pattern).replace(r"\*\*", ".+").replace(r"\*", "[^.]+")
        matched = {name: path for name, path in known.items() if re.fullmatch(shape, name)}
        assert matched, f".importlinter: {pattern} names no module"
        found |= matched
    return found


PURE = pure_modules()


def test_every_folder_of_the_fold_is_pure():
    fold = {name for name in modules_of(ROOT) if name.startswith(("stage.show.", "stage.values.", "stage.words."))}
    assert fold <= PURE.keys()
    assert {"tracking.rotation", "calibration.walls", "render.plan.frame", "stage.config.reader"} <= PURE.keys()
    assert not {"tracking.sources.udp", "stage.live.loop", "calibration.files.predictors"} & PURE.keys()


@pytest.mark.parametrize("name", sorted(PURE))
def test_pure_modules_do_nothing_that_differs_between_runs(name):
    tree = ast.parse(PURE[name].read_text())
    plain = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)]
    assert [f"{name}:{call.lineno} calls {call.func.id}" for call in plain if call.func.id in DIFFERING] == []
    assert [f"{name}:{line} shows the order of a set" for line in ordered_sets(tree)] == []


def called_name(node):
    return getattr(node.func, "id", getattr(node.func, "attr", ""))


def ordered_sets(tree):
    """The lines on which a set is iterated over, spread, or made into a sequence; `sorted` is what to do instead."""
    sets = set_names(tree)
    harmless = {id(generator) for node in ast.walk(tree) for generator in unordered_generators(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.For) or (isinstance(node, ast.comprehension) and id(node) not in harmless):
            iterated = [node.iter]
        elif isinstance(node, ast.Call) and called_name(node) in ORDERED_BY:
            owner = [node.func.value] if called_name(node) == "pop" and isinstance(node.func, ast.Attribute) else []
            iterated = [*node.args, *owner]
        elif isinstance(node, ast.Starred):
            iterated = [node.value]
        else:
            continue
        yield from (one.lineno for one in iterated if is_set(one, sets))


def unordered_generators(node):
    """The loops of an expression whose result is the same in any order."""
    if isinstance(node, ast.SetComp):
        return node.generators
    if isinstance(node, ast.Call) and called_name(node) in UNORDERED:
        return [one for arg in node.args if isinstance(arg, ast.GeneratorExp) for one in arg.generators]
    return []


def set_names(tree):
    """The names of variables, arguments and attributes that hold a set somewhere in a file."""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and is_set(node.value, names):
            names |= {name for target in node.targets for name in [name_of(target)] if name}
        elif isinstance(node, ast.AnnAssign | ast.arg) and is_set_type(node.annotation):
            names.add(node.arg if isinstance(node, ast.arg) else name_of(node.target))
    return names


def name_of(node):
    return getattr(node, "id", getattr(node, "attr", ""))


def is_set_type(annotation):
    return name_of(getattr(annotation, "value", annotation)) in {"set", "frozenset"}


def is_set(node, sets):
    if isinstance(node, ast.Set | ast.SetComp):
        return True
    if isinstance(node, ast.Call):
        return name_of(node.func) in {"set", "frozenset", "union", "intersection", "difference"}
    if isinstance(node, ast.BinOp):
        return is_set(node.left, sets) or is_set(node.right, sets)
    return name_of(node) in sets


@pytest.mark.parametrize(
    "source",
    [
        "for x in {1, 2}: pass",
        "y = [x for x in set(z)]",
        "def f(s: frozenset[str]):\n    return tuple(s)",
        "a = {x for x in z}\nb = ','.join(a)",
        "self.a = set()\nc = [*self.a]",
        "for x in a | {1}: pass",
        "s = {1}\nx = s.pop()",
    ],
)
def test_the_order_of_a_set_is_noticed(source):
    assert list(ordered_sets(ast.parse(source)))


@pytest.mark.parametrize(
    "source",
    [
        "for x in sorted({1, 2}): pass",
        "a = {x for x in b}\nc = 1 in a",
        "s = {1}\nt = {x for x in s}",
        "s = {1}\nt = frozenset(str(x) for x in s)",
        "d = {}\nd.pop(1)",
    ],
)
def test_a_set_whose_order_does_not_show_is_allowed(source):
    assert not list(ordered_sets(ast.parse(source)))


def test_the_loop_and_the_step_fit_on_a_screen():
    for module, function in (("stage/live/loop.py", "step"), ("stage/show/show.py", "step")):
        (found,) = [node for node in functions(ROOT / module) if node.name == function]
        assert found.end_lineno - found.lineno < 40


@pytest.mark.parametrize(
    ("process", "unneeded"),
    [
        ("stage.osc.service", ["numpy", "PIL", "render.media"]),
        ("stage.gate.gate", ["numpy", "stage.show"]),
        ("stage.supervision.launch", ["numpy", "pygdtf"]),
        ("stage.panel.web", ["OpenEXR", "mcap", "pygdtf"]),
        ("stage.live.core", ["PyOpenColorIO", "mcap", "pygdtf"]),
    ],
)
def test_a_start_loads_nothing_that_only_some_runs_need(process, unneeded):
    program = f"import {process}, sys; print([name for name in {unneeded} if name in sys.modules])"
    ended = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ended.stdout.strip() == "[]"
