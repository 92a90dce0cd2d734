"""How benchmarks print their figures."""

from __future__ import annotations

import msgspec

from stage.command_line.options import print_json
from tracking.records import Record


def print_figures(figures: Record | dict[str, Record], *, as_json: bool) -> None:
    """Prints figures as JSON, or one a line under their dotted names."""
    if as_json:
        print_json(figures)
        return
    for name, value in _flat("", msgspec.to_builtins(figures)):
        print(f"{name:40s} {value:.4g}" if isinstance(value, float) else f"{name:40s} {value}")


def _flat(prefix: str, value: object) -> list[tuple[str, object]]:
    """Nested figures as pairs of dotted name and value."""
    if not isinstance(value, dict):
        return [(prefix, value)]
    return [row for key, inner in value.items() for row in _flat(f"{prefix}.{key}" if prefix else key, inner)]
