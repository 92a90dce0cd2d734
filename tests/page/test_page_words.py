"""The words of the page: what scripts ask for is in the table, and every value that a director sets has a name."""

import re
from typing import get_args, get_type_hints

import pytest

from stage.control.edge_commands import EDGE_COMMANDS
from stage.panel.page_files import FOLDER
from stage.show.commands.table import COMMANDS, name_of
from stage.words.languages import ENGLISH, LANGUAGES
from tests.fold.small_show import TREE

ASKED = re.compile(r"""\bt\(\s*(?:[^()`"]*\? *)?(["`])([a-zA-Z_.0-9${}]+)\1(?: *: *(["`])([a-zA-Z_.0-9${}]+)\3)?""")
SCRIPTS = sorted(path for path in FOLDER.rglob("*.js") if "vendor" not in path.parts)


def asked(text):
    for _, first, _, second in ASKED.findall(text):
        yield from (key for key in (first, second) if key.startswith("page."))


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.relative_to(FOLDER).as_posix())
def test_every_word_that_a_script_asks_for_is_in_the_table(path):
    for key in asked(path.read_text(encoding="utf-8")):
        begin = key.partition("$")[0]
        assert key in ENGLISH or (begin != key and any(one.startswith(begin) for one in ENGLISH)), key


def test_the_scripts_ask_for_words():
    assert sum(1 for path in SCRIPTS for _ in asked(path.read_text(encoding="utf-8"))) > 150


def test_every_value_that_a_director_sets_has_a_name():
    def has_name(path):
        parts = path.split("/")
        return any(f"page.parameter.{end}" in ENGLISH for end in (".".join(parts[-2:]), parts[-1]))

    assert [one.path for one in TREE if one.role == "director" and not has_name(one.path)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_log_has_words_for_whatever_is_asked(language):
    def keys(request):
        yield f"page.log.{name_of(request)}"
        for action in get_args(get_type_hints(request).get("action")):
            yield f"page.log.{name_of(request)}.{action}"

    asked = {key for one in (*EDGE_COMMANDS, *COMMANDS) for key in keys(one.request)}
    assert "page.log.take.stop" in asked
    assert asked - set(LANGUAGES[language]) == set()
