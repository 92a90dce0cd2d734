"""Whole GLSL files joined by `#include "path"`: text in, text out."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

_INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]+"([^"\n]+)"[ \t]*(?://.*)?$')


def expand(name: str, read: Callable[[str], str], defines: Sequence[str] = ()) -> tuple[str, tuple[str, ...]]:
    """The text of shader `name` with every include put in its place once, and the names of the files it came from.

    `read` gives the text of a file by its name; includes are named from the same root. `#line` directives make the
    driver's messages speak of a file by its number in the returned names (GLSL 4.10, section 3.3), which start at 0.
    A file included a second time adds nothing, so shared files may include what they need. `defines` are defined right
    after the first line, which must be the version.
    """
    names: list[str] = []
    lines = _expanded(name, read, names)
    if defines:
        lines[1:1] = [*(f"#define {word}" for word in defines), "#line 2 0"]
    return "\n".join(lines) + "\n", tuple(names)


def _expanded(name: str, read: Callable[[str], str], names: list[str]) -> list[str]:
    number = len(names)
    names.append(name)
    lines: list[str] = []
    for line_number, line in enumerate(read(name).splitlines(), start=1):
        include = _INCLUDE.match(line)
        if include is None:
            lines.append(line)
            continue
        if include[1] not in names:
            lines.append(f"#line 1 {len(names)}")
            lines.extend(_expanded(include[1], read, names))
        lines.append(f"#line {line_number + 1} {number}")
    return lines
