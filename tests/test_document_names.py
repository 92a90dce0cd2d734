"""The documents name only what exists: files, modules, classes, functions and fields of ours in backticks."""

import ast
import re
import tomllib
from pathlib import Path

import pytest

from tests.rooms import PACKAGES, ROOT, modules_of

DOCUMENTS = sorted([ROOT / "ARCHITECTURE.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")])
BLOCK = re.compile(r"^ *```.*?^ *```$", re.MULTILINE | re.DOTALL)
SPAN = re.compile(r"`([^`\n]+)`")
FOLDERS = (*PACKAGES, "tests", "shaders", "hw_configs", "docs")
FILE = re.compile(rf"(?:{'|'.join(FOLDERS)})(?:/[\w.*-]+)*/?")
MODULE = re.compile(rf"(?:{'|'.join((*PACKAGES, 'tests'))})(?:\.\w+)+")
NAME = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*(?:\(.*\))?")
FOREIGN_WORDS = {"SCHED_FIFO", "globalStage", "jsonpath"}
"""Names of others: of the operating system, of formats."""
PLACEHOLDER = "NAME"
"""Stands for a name of the reader's own."""


def sources():
    paths = (path for package in (*PACKAGES, "tests") for path in sorted((ROOT / package).rglob("*.py")))
    return [path for path in paths if path != Path(__file__)]


COMMENT = re.compile(r"(?:^ *|  )#.*$", re.MULTILINE)
"""As the formatter leaves them. What stands in a text after such a mark is lost, which no document names."""


def words_of(source):
    """Every word of a source but those of its comments. To parse all sources takes eight times as long."""
    return re.findall(r"\w+", COMMENT.sub("", source.read_text()))


def names_in(tree):
    """Every name that a source defines or uses, and every text in it, which keys and values of the wire are."""
    for node in ast.walk(tree):
        for field in ("name", "id", "attr", "arg", "module"):
            found = getattr(node, field, None)
            if isinstance(found, str):
                yield from found.split(".")
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from re.findall(r"\w+", node.value)


def keys_in(table):
    for key, value in table.items():
        yield key
        yield from keys_in(value) if isinstance(value, dict) else ()


@pytest.fixture(scope="module")
def known_words():
    """Every word that stands for something in the program, its shaders or its configurations."""
    words = {word for path in sources() for word in words_of(path)}
    words |= {word for path in (ROOT / "shaders").rglob("*.*") for word in re.findall(r"\w+", path.read_text())}
    words |= {key for path in (ROOT / "hw_configs").rglob("*.toml") for key in keys_in(tomllib.loads(path.read_text()))}
    return words | FOREIGN_WORDS


@pytest.fixture(scope="module")
def modules():
    return modules_of(ROOT)


def spans(document):
    """What stands in backticks outside blocks, with its line."""
    text = BLOCK.sub(lambda block: "\n" * block.group().count("\n"), document.read_text())
    return [(match[1], text[: match.start()].count("\n") + 1) for match in SPAN.finditer(text)]


def is_there(file):
    return any(ROOT.glob(file.rstrip("/")))


def is_defined(name, modules, known_words):
    """A module, or what a module defines: `stage.show.show.Show.step`. A configuration's key is no module."""
    parts = name.split(".")
    for count in range(len(parts), 1, -1):
        module = modules.get(".".join(parts[:count]))
        if module is not None:
            inside = set(names_in(ast.parse(module.read_text())))
            return all(part in inside for part in parts[count:])
    return len(parts) == 2 and name.startswith("stage.") and parts[1] in known_words


def looks_like_ours(word):
    """A class, or a name of several words: plain words may be anything."""
    return "_" in word.strip("_") or re.search(r"[a-z][A-Z]", word) is not None


def unknown(text, modules, known_words):
    """Whether a span speaks of something of ours that does not exist."""
    if PLACEHOLDER in text:
        return False
    if FILE.fullmatch(text) and "/" in text:
        return not is_there(text)
    if MODULE.fullmatch(text):
        return not is_defined(text, modules, known_words)
    if NAME.fullmatch(text):
        words = re.findall(r"[A-Za-z_]\w*", text.partition("(")[0])
        return any(word not in known_words for word in words if looks_like_ours(word) or text.endswith(")"))
    return False


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_name_in_a_document_exists(document, modules, known_words):
    missing = [
        f"{document.name}:{line}: {text}" for text, line in spans(document) if unknown(text, modules, known_words)
    ]
    assert missing == []


@pytest.mark.parametrize(
    ("text", "is_unknown"),
    [
        ("stage/show/show.py", False),
        ("stage/show/*.py", False),
        ("stage/show/shows.py", True),
        ("stage.show.show.Show.step", False),
        ("stage.show.shows", True),
        ("stage.show.show.Show.steps_back", True),
        ("stage.latency_budget_ms", False),
        ("FrameInputs", False),
        ("Show.step(inputs)", False),
        ("FrameOutputs", True),
        ("encode_state", False),
        ("encode_stage_of_state", True),
        ("nobody_calls_this()", True),
        ("any words at all", False),
        ("/camera/A/late_pose", False),
    ],
)
def test_names_are_recognised_among_words(text, is_unknown, modules, known_words):
    assert unknown(text, modules, known_words) == is_unknown
