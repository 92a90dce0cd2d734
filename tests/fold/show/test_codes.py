"""Codes and their sentences: every code that the fold can produce has one, and every sentence has a producer."""

import ast
import re
import string
from pathlib import Path

import pytest

from render.images.faults import PICTURE_FAULTS
from render.models.faults import MODEL_FAULTS
from render.models.limits import ModelLimits
from stage.config.wording import WORLD_RULES
from stage.words.english import ENGLISH
from stage.words.english_refusals import HOLDS, REFUSALS
from stage.words.english_show import CUE_REFUSALS
from stage.words.languages import ENGLISH as EVERY_WORD
from stage.words.sentences import CODES, sentence
from tests.fold.show.eventful import EVENTFUL, FRAMES
from tests.fold.show.every_fault import codes_in, once_each, take_faults, walk

ROOT = Path(__file__).resolve().parents[3]
FOLD = (
    "stage/live",
    "stage/assets",
    "stage/supervision",
    "stage/show",
    "stage/values",
    "stage/config",
    "render/plan",
    "render/images",
    "render/assets",
    "render/media",
    "render/models",
    "render/worlds",
    "stage/control",
    "stage/panel",
    "calibration",
    "tracking",
)
PACKAGES = ("stage", "render", "calibration", "tracking")
WORDS = ROOT / "stage" / "words"
PAGE = ROOT / "stage" / "panel" / "page"
PAGE_SOURCES = sorted((*PAGE.glob("scripts/**/*.js"), *PAGE.glob("*.html")))
CODED_ARGUMENTS = {
    "Cause": (None, "code"),
    "Condition": (None, "code"),
    "Refusal": (None, "reason"),
    "Hold": (None, "reason"),
    "Fault": (0, "code"),
    "ViewError": (0, "reason"),
    "ModelError": (0, "code"),
    "PictureError": (0, "code"),
    "around": (1, "code"),
    "MediaError": (0, "code"),
    "_unaddable": (0, "code"),
    "Refused": (1, "reason"),
    "UnreadableTakeError": (1, "code"),
    "_fault": (1, "otherwise"),
    "_alarm": (0, "code"),
    "_wrong_type": (1, "reason"),
    "_left_out": (1, "why"),
    "BrokenRule": (None, "code"),
    "file_fault": (0, "code"),
    "_rule": (1, "code"),
}
"""Where the code is in a call: its position, its keyword."""


@pytest.fixture(scope="module")
def produced():
    """Every code of the walk and of the eventful frames, with its values."""
    show = EVENTFUL.show()
    return walk() + once_each(coded for inputs in FRAMES for coded in codes_in(show.step(inputs)))


def fields_of(template):
    return {name.partition(".")[0] for _, name, _, _ in string.Formatter().parse(template) if name}


def gaps(code, values):
    """What a sentence lacks: the code itself, or values that its template speaks of, in inner sentences too."""
    if code not in ENGLISH:
        return [f"no sentence for {code}"]
    found = [f"{code} lacks {name}" for name in sorted(fields_of(ENGLISH[code]) - values.keys())]
    for name in CODES:
        if name in values and name in fields_of(ENGLISH[code]):
            inner = {key: value for key, value in values.items() if key != name}
            found += [gap for part in str(values[name]).split(",") for gap in gaps(part, inner)]
    return found


def strings_in(node):
    """The string constants of an expression, without the pieces of f-strings."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif not isinstance(node, ast.JoinedStr):
        for child in ast.iter_child_nodes(node):
            yield from strings_in(child)


def coded_expressions(tree):
    """The expressions in which a source gives a code."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            position, keyword = CODED_ARGUMENTS.get(
                getattr(node.func, "id", getattr(node.func, "attr", "")), (None, "")
            )
            if position is not None and len(node.args) > position:
                yield node.args[position]
            yield from (one.value for one in node.keywords if keyword and one.arg == keyword)
        elif isinstance(node, ast.Assign) and any(getattr(target, "id", "") == "reason" for target in node.targets):
            yield node.value
        elif isinstance(node, ast.Dict):
            keys = [getattr(key, "value", None) for key in node.keys]
            yield from (value for key, value in zip(keys, node.values, strict=True) if key in CODES)


def sources_of(*folders):
    return [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py")) if path.parent != WORDS]


WRITTEN = sorted(
    {
        code
        for path in sources_of(*FOLD)
        for expression in coded_expressions(ast.parse(path.read_text()))
        for code in strings_in(expression)
        if code.isidentifier()
    }
)


@pytest.mark.parametrize("code", WRITTEN)
def test_every_code_that_the_fold_writes_has_a_sentence(code):
    assert code in EVERY_WORD


def test_the_sources_of_the_fold_are_read_for_codes():
    assert {
        "behind_wall",
        "not_a_choice",
        "no_parameter_near",
        "tracker_rate_wrong",
        "stage_grew",
        "model_lacks",
        "exr_deep",
        "media_file_broken",
        "file_ending",
        "library_busy",
    } <= set(WRITTEN)


def test_every_code_that_the_fold_produces_has_a_sentence_of_its_values(produced):
    found = [gap for code, values in produced for gap in gaps(code, values)]
    assert found == []


def test_what_happens_to_a_take_has_a_sentence_of_its_values():
    found = [gap for code, values in once_each(take_faults()) for gap in gaps(code, values)]
    assert found == []


def test_sentences_say_their_values_and_never_a_code_but_where_one_is_to_be_typed(produced):
    for code, values in produced:
        line = sentence(code, values)
        assert not line.startswith(code), line
        typed = set(str(values.get("codes", "")).split(", "))
        assert not {word for word in line.split() if word in ENGLISH} - typed, line


def test_every_sentence_has_a_producer(produced):
    walked = {code for code, _ in produced}
    walked |= {str(values[name]) for _, values in produced for name in CODES if name in values}
    sources = "".join(path.read_text() for path in sources_of(*PACKAGES))
    codes = {code for code in ENGLISH if not code.startswith("page.")}
    assert [code for code in sorted(codes - walked) if f'"{code}"' not in sources] == []


def test_every_fault_of_a_scene_is_found_by_its_reader_and_every_limit_has_one():
    sources = "".join(path.read_text() for path in sources_of("render/models"))
    limits = {f"model_most_{limit}" for limit in ModelLimits._fields}
    assert {code for code in MODEL_FAULTS if sources.count(f'"{code}"') < 2} == limits


def test_every_fault_of_a_picture_is_found_by_its_reader():
    sources = "".join(path.read_text() for path in sources_of("render") if path.name != "faults.py")
    within = {"picture_memory", "picture_unreadable", "picture_pixels_damaged", "film_reader_missing"}
    assert {code for code in PICTURE_FAULTS if f'"{code}"' not in sources} <= within


PLAIN = {"write_png", "write_exr", "read_exr", "PictureTextures.load", "content_of"}
"""They write files for whoever stands at a terminal, read trusted ones, or are called wrongly."""


def plain_errors(tree, named=""):
    """The functions of a source that raise an error without a code."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
            raised = getattr(node.exc.func, "id", "")
            yield from (named for plain in ("ValueError", "ConfigError") if plain == raised)
        inner = getattr(node, "name", "") if isinstance(node, ast.FunctionDef | ast.ClassDef) else ""
        yield from plain_errors(node, ".".join(filter(None, (named, inner))))


def test_whoever_reads_pictures_or_takes_files_in_says_what_is_wrong_with_them_by_code():
    sources = sources_of("render/images", "render/assets")
    sources += [ROOT / "stage" / path for path in ("assets/folder_add.py", "panel/arrivals.py", "takes/reader.py")]
    assert {name for path in sources for name in plain_errors(ast.parse(path.read_text()))} <= PLAIN


def test_every_word_of_the_page_is_said_there_or_begins_like_one_that_is_made_there():
    scripts = "".join(path.read_text() for path in (*sources_of("stage/panel"), *PAGE_SOURCES))
    made = tuple(re.findall(r"[`\"](page\.[a-z_.]*)\$?\{", scripts))
    words = {key for key in EVERY_WORD if key.startswith("page.")}
    assert [key for key in sorted(words) if f'"{key}"' not in scripts and not key.startswith(made)] == []


def test_the_walk_meets_nearly_every_refusal_and_hold(produced):
    """The others are second lines of defence: such a lens is refused when it is loaded, such a pose when it is decoded."""
    walked = {code for code, _ in produced}
    assert {*REFUSALS, *CUE_REFUSALS} - walked == set()
    assert set(WORLD_RULES) - {str(values.get("cause")) for _, values in produced} == set()
    assert set(HOLDS) - walked == {"lens_folds", "pose_not_finite", "pose_beyond_stage"}
