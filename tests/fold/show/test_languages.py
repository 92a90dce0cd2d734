"""The languages: each has every sentence and word, of the same values, written as its readers write."""

import importlib
import pkgutil
import re
import string
from typing import get_args, get_type_hints

import pytest

import stage.words
from stage.values.parameters import parameters_of
from stage.values.stage_wide import ShowValues, folder_of
from stage.words.languages import ENGLISH, HELP, LANGUAGES
from stage.words.sentences import sentence

OTHERS = sorted(LANGUAGES.keys() - {"en"})


def values_of(template):
    return {(name, kind, form) for _, name, form, kind in string.Formatter().parse(template) if name}


@pytest.mark.parametrize("language", OTHERS)
def test_a_language_has_every_sentence_and_no_other(language):
    assert LANGUAGES[language].keys() ^ ENGLISH.keys() == set()


@pytest.mark.parametrize("language", OTHERS)
def test_a_sentence_says_the_same_values_in_the_same_form_in_every_language(language):
    words = LANGUAGES[language]
    assert [code for code in sorted(ENGLISH) if values_of(words[code]) != values_of(ENGLISH[code])] == []


def test_no_code_is_said_in_two_ways():
    """The tables of a language become one: the later of two sentences would be said for both."""
    for name in ("english", "chinese"):
        modules = [one.name for one in pkgutil.iter_modules(stage.words.__path__) if one.name.startswith(name)]
        said: dict[str, set[str]] = {}
        for module in modules:
            for table in vars(importlib.import_module(f"stage.words.{module}")).values():
                for code, template in table.items() if isinstance(table, dict) else ():
                    if not code.startswith("__"):
                        said.setdefault(code, set()).add(str(template))
        assert len(said) > 300
        assert [code for code, templates in said.items() if len(templates) > 1] == []


def patterns():
    """The path of every value that a stage may have, `*` for the names of worlds, cards and the like."""
    values = ShowValues()
    for family, hint in get_type_hints(ShowValues).items():
        named = get_args(hint)[1:]
        folder = folder_of(family)
        prefix, group = (f"{folder}/*", named[0]()) if named else (folder, getattr(values, family))
        yield from (parameter.path for parameter in parameters_of(prefix, group))


@pytest.mark.parametrize("language", OTHERS)
def test_what_each_value_is_for_is_said_in_every_language(language):
    wanted = set(patterns())
    assert len(wanted) > 100
    assert sorted(wanted - HELP[language].keys()) == []
    assert sorted(HELP[language].keys() - wanted) == []
    assert [path for path, text in HELP[language].items() if not text.endswith("\u3002")] == []


def test_a_text_with_commas_is_no_list_of_codes():
    line = sentence("library_newer_unreadable", {"why": "a.png: found 3 bytes (cut off), expected a picture"})
    assert line == "its newer version cannot be shown: a.png: found 3 bytes (cut off), expected a picture"


def test_counts_read_right_when_they_are_one():
    """A template is not told whether something is one or many. Of these two there are always many."""
    many = {"tracker_refused", "library_too_many"}
    counted = {code: text for code, text in ENGLISH.items() if "{count}" in text and not code.startswith("page.")}
    assert len(counted) > 10
    assert [
        code for code, text in counted.items() if re.search(r"\{count\} \w*s\b|\(s\)", text) and code not in many
    ] == []


def test_codes_within_a_sentence_are_said_in_its_language():
    values = {"rate_hz": 60.0, "true_rate_hz": 41.0, "why": "drawing_takes", "took_ms": 24.0, "period_ms": 17.0}
    line = sentence("frames_lacking", values, LANGUAGES["zh"])
    assert line == "绘制一帧用 24 毫秒，限度 17 毫秒：每秒 60 帧中只有 41 帧到达屏幕"
    both = sentence(
        "source_reopened",
        {"source": "gate", "count": 2, "why": "reopened_for_memory,reopened_for_connections"},
        LANGUAGES["zh"],
    )
    assert "，然后是" in both
