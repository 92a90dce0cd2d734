"""How large a configuration can be: checked before anything is done for each part of it. Pure.

Everything here is far beyond any stage. Without it, a file of a few megabytes keeps the parser and the rules, which
compare keys with keys and rows with rows, busy for hours.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from stage.config.table_paths import Table
from stage.config.wording import quoted


class Bounds(NamedTuple):
    """How much of everything a file may have."""

    characters: int = 1 << 20
    lines: int = 20_000
    keys: int = 5_000
    values: int = 50_000
    rows: int = 256


OF_CONFIGURATION = Bounds()
LONGEST_KEY = 200
DEEPEST = 16
_PART = r"""(?:[A-Za-z0-9_-]+|"[^"\n]*"|'[^'\n]*')[ \t]*"""
_DEEP_KEY = re.compile(rf"""(?<![A-Za-z0-9_"'.-])(?:{_PART}\.[ \t]*){{{DEEPEST}}}""")
_TOO_DEEP = f"found tables or lists nested more than {DEEPEST} deep, expected at most {DEEPEST} levels"


def excess_of_text(text: str, most: Bounds = OF_CONFIGURATION) -> str | None:
    """What makes a text too large to be parsed: what was found, what was expected. None if nothing does."""
    if len(text) > most.characters:
        return f"found {len(text)} characters, expected a TOML file of at most {most.characters}"
    lines = text.count("\n")
    if lines > most.lines:
        return f"found {lines} lines, expected a TOML file of at most {most.lines}"
    deep = _DEEP_KEY.search(text)  # the parser's time grows with the square of a key's parts
    if deep is not None:
        line = text.count("\n", 0, deep.start()) + 1
        return f"found a key of more than {DEEPEST} parts in line {line}, expected at most {DEEPEST}"
    return None


def excess_of_tables(tables: Table, most: Bounds = OF_CONFIGURATION) -> tuple[str, str] | None:
    """What makes parsed tables too large to be examined, as a key and a finding on it. None if nothing does."""
    for section, value in tables.items():
        if isinstance(value, list) and len(value) > most.rows:
            return section[
                :LONGEST_KEY
            ], f"found {len(value)} [[{section[:LONGEST_KEY]}]], expected at most {most.rows}"
    keys = values = 0
    level: list[Any] = [tables]
    for _ in range(DEEPEST):
        inner: list[Any] = []
        for value in level:
            if isinstance(value, dict):
                keys += len(value)
                long = next((key for key in value if len(key) > LONGEST_KEY), None)
                if long is not None:
                    return "", f"found the key {quoted(long)} of {len(long)} characters, expected {LONGEST_KEY} at most"
            inner += value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
        values += len(inner)
        if keys > most.keys or values > most.values:
            found = f"{keys} keys" if keys > most.keys else f"{values} values"
            return "", f"found {found} and more, expected at most {most.keys} keys and {most.values} values"
        level = inner
    return ("", _TOO_DEEP) if any(isinstance(value, dict | list) for value in level) else None
