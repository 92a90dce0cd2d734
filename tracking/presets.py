"""Presets: a maker's tracker settings under the user's own."""

from __future__ import annotations

from typing import Any


def apply_preset(tracker_table: dict[str, Any], preset_table: dict[str, Any]) -> dict[str, Any]:
    """A tracker's table with the preset's keys where the user gave none of their own; both stay as they are.

    Tables within tables merge in the same way; lists and values are taken whole from the user where given.
    """
    merged = dict(preset_table)
    for key, value in tracker_table.items():
        under = merged.get(key)
        merged[key] = apply_preset(value, under) if isinstance(value, dict) and isinstance(under, dict) else value
    return merged
