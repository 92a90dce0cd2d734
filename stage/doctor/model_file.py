"""What a 3D scene is, for people: how much of it there is, how large, how it moves, and what of it is passed over."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from render.models.describe import ModelFacts, describe_model
from render.models.read import read_model
from stage.control.world_findings import WorldFinding, finding_of
from stage.show.air.remark import Remark

_ON_FLOOR_M, _ON_FLOOR_SHARE = 0.02, 0.01
_TALLEST_M = 10.0
"""Figures that are taller are rarely meant."""


def model_file(path: Path) -> tuple[ModelFacts, tuple[WorldFinding, ...]]:
    """Reads a scene: its facts, and what of it is ignored. Raises ConfigError for what cannot be shown."""
    model = read_model(path)
    notes = (finding_of(Remark(note.code, {"file": path.name, **note.values})) for note in model.notes)
    return describe_model(model), tuple(notes)


def model_lines(facts: ModelFacts) -> Iterator[str]:
    """The facts in a few lines, for a terminal."""
    wide, high, deep = facts.size_m
    yield (
        f"  {facts.drawn_triangles} triangles of {_count(facts.parts, 'mesh', 'meshes')} and "
        f"{_count(facts.materials, 'material', 'materials')}, "
        f"{_count(facts.pictures, 'picture', 'pictures')} of {facts.pictures_mib:g} MiB"
    )
    yield f"  {_short(wide)} m wide, {_short(deep)} m deep, {_short(high)} m high; {_lowest(facts.low_m[1], high)}"
    if facts.joints and high > _TALLEST_M:
        yield f"  a figure with joints, {_short(high)} m high: if that is in centimetres, its layer needs scale = 0.01"
    for movement in facts.movements:
        yield f'  movement "{movement.name}": {movement.duration_s:g} s'


def _count(count: int, one: str, more: str) -> str:
    return f"{count} {one if count == 1 else more}"


def _short(metres: float) -> str:
    return f"{float(f'{metres:.3g}'):g}"


def _lowest(low_m: float, high_m: float) -> str:
    if abs(low_m) < max(_ON_FLOOR_M, _ON_FLOOR_SHARE * high_m):
        return "it stands on its floor"
    side = "below" if low_m < 0.0 else "above"
    to_floor = f"with floor_m = {_short(-low_m)} it is on the stage's"
    return f"its lowest point is {_short(abs(low_m))} m {side} its floor: {to_floor}"
