"""What the parser says of broken files is told in both languages, whatever is wrong with them."""

import re
import tomllib

import pytest

from stage.config.wording import fault_of_toml
from stage.words.languages import LANGUAGES
from stage.words.sentences import sentence

BROKEN = (
    "= 1", "a = 1 b = 2", "[a", "[[a]", "a", "a 1", "[a]\n[a]", "a = 1\na = 2", "[a.b]\n[a]\n[a.b]", "a = {}\na.b = 1",
    "[[a]]\n[a]", "a = [1, 2", "a = {b = 1", "a = {b = 1, b = 2}", 'a = "b', 'a = "\\q"', 'a = "\\uzzzz"', 'a = "\\ud800"',
    'a = "\x01"', "a = 2026-13-45", "a = 1\n[c]\na", "a = ", "a = street", "a = 1\r2", "[]", "a.b = 1\n[a]", "\x00 = 1",
    "a = {b = 1\n}", "a = 1,5", 'a = """b', "[a]\nb = 1\n[a.b]", "a = [{b = 1}]\n[[a]]", "a = {b = 1,}", "a = [,]",
)  # fmt: skip


@pytest.mark.parametrize("text", BROKEN)
def test_broken_text_is_told_in_the_parsers_words_and_in_chinese(text):
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        said = str(error)
    else:
        pytest.skip("later versions of TOML allow it")
    fault = fault_of_toml(text, said)
    assert fault.text == sentence(fault.code, fault.values)
    assert re.sub(r" \(at .*\)$", "", said) in fault.text
    assert fault.values["parser"] != "toml_said"
    chinese = sentence(fault.code, fault.values, LANGUAGES["zh"])
    quoted = str(fault.values.get("named", fault.values.get("sign", "")))
    left = re.sub("TOML|Unicode", "", chinese.replace(quoted, "") if quoted else chinese)
    assert re.findall("[A-Za-z]{2,}", left) == [], chinese


def test_what_a_later_parser_says_is_told_as_it_is():
    fault = fault_of_toml("x", "Something new (at line 1, column 1)")
    assert fault.text == "not valid TOML in line 1, column 1: Something new"
    assert "Something new" in sentence(fault.code, fault.values, LANGUAGES["zh"])
    assert fault_of_toml("x", "Something new").text == "not valid TOML: Something new"
