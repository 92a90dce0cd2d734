"""`stage world make-test-model`: makes a 3D scene to try a stage with, as a binary glTF file."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Annotated, Literal

import typer

from stage.command_line.options import JsonOption, print_json
from tracking.records import ConfigError, Record

SceneName = Literal["room", "boxes"]


class MadeModel(Record):
    """What was made."""

    path: str
    scene: SceneName
    triangles: int
    bytes: int


def make_test_model(
    *,
    out: Annotated[Path, typer.Option("--out", help="The file, which ends in .glb.", metavar="FILE")] = Path(
        "test_model.glb"
    ),
    scene: Annotated[SceneName, typer.Option("--scene", help="A chequered room, or boxes along a street.")] = "boxes",
    as_json: JsonOption = False,
) -> None:
    """Make a 3D scene to try a stage with: a chequered room of 8 x 6 x 4 m, or boxes from 4 m to 60 m away.

    Example: stage world make-test-model --scene room --out room.glb
    """
    if out.suffix.lower() != ".glb":
        raise ConfigError(f"--out: found {str(out)!r}, expected a name that ends in .glb")
    # Loaded here: other commands need no arrays.
    scenes = importlib.import_module("render.models.trial_scenes")
    model = scenes.room() if scene == "room" else scenes.street_of_boxes()
    content: bytes = importlib.import_module("render.models.write").glb_of(model)
    try:
        out.write_bytes(content)
    except OSError as error:
        raise ConfigError(f"--out: {out} cannot be written: {error.strerror or error}") from error
    triangles = sum(
        len(part.triangles) for node in model.nodes if node.mesh is not None for part in model.meshes[node.mesh].parts
    )
    made = MadeModel(path=str(out), scene=scene, triangles=triangles, bytes=len(content))
    if as_json:
        print_json(made)
    else:
        print(f"wrote {made.path}: {made.triangles} triangles, {made.bytes / 1024:.0f} KiB")
