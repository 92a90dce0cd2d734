"""How large a configuration can be: checked before anything is done for each part of it. Pure.

Everything here is far beyond any stage. Without it, a file of a few megabytes keeps the parser and the rules, which
compare keys with keys and rows with rows, busy for hours.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from stage.config.file_faults import FileFault, file_fault
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


def excess_of_text(text: str, most: Bounds = OF_CONFIGURATION) -> FileFault | None:
    """What makes a text too large to be parsed: what was found, what was expected. None if nothing does."""
    if len(text) > most.characters:
        return file_fault("file_characters", found=len(text), most=most.characters)
    lines = text.count("\n")
    if lines > most.lines:
        return file_fault("file_lines", found=lines, most=most.lines)
    deep = _DEEP_KEY.search(text)  # the parser's time grows with the square of a key's parts
    if deep is not None:
        line = text.count("\n", 0, deep.start()) + 1
        return file_fault("file_key_parts", line=line, most=DEEPEST)
    return None


def excess_of_tables(tables: Table, most: Bounds = OF_CONFIGURATION) -> tuple[str, FileFault] | None:
    """What makes parsed tables too large to be examined, as a key and a finding on it. None if nothing does."""
    for section, value in tables.items():
        if isinstance(value, list) and len(value) > most.rows:
            cut = section[:LONGEST_KEY]
            return cut, file_fault("file_rows", found=len(value), section=cut, most=most.rows)
    keys = values = 0
    level: list[Any] = [tables]
    for _ in range(DEEPEST):
        inner: list[Any] = []
        for value in level:
            if isinstance(value, dict):
                keys += len(value)
                long = next((key for key in value if len(key) > LONGEST_KEY), None)
                if long is not None:
                    return "", file_fault("file_key_long", found=quoted(long), length=len(long), most=LONGEST_KEY)
            inner += value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
        values += len(inner)
        if keys > most.keys or values > most.values:
            code, found = ("file_keys", keys) if keys > most.keys else ("file_values", values)
            return "", file_fault(code, found=found, most=most.keys, most_values=most.values)
        level = inner
    is_deeper = any(isinstance(value, dict | list) for value in level)
    return ("", file_fault("file_depth", most=DEEPEST)) if is_deeper else None
