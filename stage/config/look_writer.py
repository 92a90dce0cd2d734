"""Turns a look into TOML that reads back as the same. Pure."""

from __future__ import annotations

from stage.config.world_writer import written
from stage.values.looks import Look


def look_text(look: Look) -> str:
    """The content of a look's file: its name, and a line for each value."""
    lines = (f"{written(path)} = {written(value)}\n" for path, value in look.values.items())
    return f"name = {written(look.name)}\n\n[values]\n{''.join(lines)}"
