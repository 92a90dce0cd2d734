"""What a 3D scene is, for people: how much of it there is, how large, how it moves, and what of it is passed over."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from render.models.describe import ModelFacts, describe_model
from render.models.read import read_model
from stage.control.world_findings import WorldFinding, finding_of
from stage.show.air.remark import Remark


def model_file(path: Path) -> tuple[ModelFacts, tuple[WorldFinding, ...]]:
    """Reads a scene: its facts, and what of it is ignored. Raises ConfigError for what cannot be shown."""
    model = read_model(path)
    notes = (finding_of(Remark(note.code, {"file": path.name, **note.values})) for note in model.notes)
    return describe_model(model), tuple(notes)


def model_lines(facts: ModelFacts) -> Iterator[str]:
    """The facts in a few lines, for a terminal."""
    wide, high, deep = facts.size_m
    yield (
        f"  {facts.drawn_triangles} triangles of {facts.parts} meshes and {facts.materials} materials, "
        f"{facts.pictures} pictures of {facts.pictures_mib:g} MiB"
    )
    lowest = round(facts.low_m[1], 3) + 0.0
    yield f"  {wide:g} m wide, {deep:g} m deep, {high:g} m high; its lowest point is at {lowest:g} m"
    for movement in facts.movements:
        yield f'  movement "{movement.name}": {movement.duration_s:g} s'
