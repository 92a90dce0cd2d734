"""What the parser says of text that is no TOML, as codes with values, so that pages tell it in their language. Pure."""

from __future__ import annotations

import re

from tracking.records import Scalar

TOML_FAULTS = {
    "toml_statement": "Invalid statement",
    "toml_line_goes_on": "Expected newline or end of document after a statement",
    "toml_table_open": "Expected ']' at the end of a table declaration",
    "toml_rows_open": "Expected ']]' at the end of an array declaration",
    "toml_no_equals": "Expected '=' after a key in a key/value pair",
    "toml_key": "Invalid initial character for a key part",
    "toml_declared_twice": "Cannot declare {named} twice",
    "toml_value_twice": "Cannot overwrite a value",
    "toml_table_closed": "Cannot mutate immutable namespace {named}",
    "toml_table_again": "Cannot redefine namespace {named}",
    "toml_list_open": "Unclosed array",
    "toml_inline_open": "Unclosed inline table",
    "toml_inline_twice": "Duplicate inline table key {named}",
    "toml_text_open": "Unterminated string",
    "toml_backslash": "Unescaped '\\' in a string",
    "toml_hex": "Invalid hex value",
    "toml_no_character": "Escaped character is not a Unicode scalar value",
    "toml_control": "Illegal character {sign}",
    "toml_character": "Found invalid character {sign}",
    "toml_date": "Invalid date or datetime",
    "toml_value": "Invalid value",
    "toml_expected": "Expected {sign}",
    "toml_said": "{found}",
}
"""By code, in the words of Python's parser, by which they are known again. What it may say besides is told as it is."""
_MOST_SAID = 300


def _pattern(template: str) -> re.Pattern[str]:
    escaped = re.escape(template).replace(r"\{", "{").replace(r"\}", "}")
    return re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>.+)", escaped), re.DOTALL)


_PATTERNS = {code: _pattern(template) for code, template in TOML_FAULTS.items()}


def said_by_parser(said: str) -> dict[str, Scalar]:
    """The values of what the parser said, without the place: its code as `parser`, and what that speaks of."""
    said = said[:_MOST_SAID]
    for code, pattern in _PATTERNS.items():
        match = pattern.fullmatch(said)
        if match is not None:
            return {"parser": code, **match.groupdict()}
    return {"parser": "toml_said", "found": said}
