"""Measures what a large 3D scene costs the running valley while it is loaded: frames missed with it and without."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np

from render.models.made import made_model, made_sphere
from render.models.model import Map, Material, Model, Node, Picture
from render.models.write import glb_of
from stage.bench.running_valley import SCENE, running_valley
from stage.bench.worlds import PairFigures, lost
from tracking.records import Record

_PICTURE_PX = 2048
_COLUMNS = 560
_APART_M = 3.0


class SceneFigures(Record):
    """`file_mb` and `triangles` of the scene, the seconds until each run had it on the GPU, and what the runs lost."""

    file_mb: float
    triangles: int
    ready_s: tuple[float, ...]
    pairs: tuple[PairFigures, ...]


def measure_loaded_scene(parts: int, pairs: int, seconds: float, progress: Callable[[str], None]) -> SceneFigures:
    """Each pair is two runs of so many seconds: a scene comes after the start of one, and is drawn in neither.

    A scene has so many spheres, each with a picture of its own: 25 MB of a file. Raises ConfigError where the stage
    does not start, or does not load it.
    """
    with tempfile.TemporaryDirectory(prefix="openstage-bench-") as name:
        folder = Path(name)
        progress("making the scene")
        model = large_scene(parts)
        (folder / f"away.{SCENE}").write_bytes(glb_of(model))
        ready_s, found = [], []
        for pair in range(pairs):
            progress(f"pair {pair + 1} of {pairs}")
            with running_valley(folder, seconds) as valley:
                valley.bring(SCENE)
                ready_s.append(valley.wait_ready(SCENE))
                loading = lost(valley.summary())
            with running_valley(folder, seconds) as valley:
                valley.ask(ready_s[-1], as_often="wait_ready")
                found.append(PairFigures(loading=loading, alone=lost(valley.summary())))
        size = (folder / f"away.{SCENE}").stat().st_size
    triangles = sum(len(part.triangles) for mesh in model.meshes for part in mesh.parts)
    return SceneFigures(file_mb=size / 1e6, triangles=triangles, ready_s=tuple(ready_s), pairs=tuple(found))


def large_scene(parts: int) -> Model:
    """Spheres in a row, no two alike, with pictures of noise, which no packing makes smaller."""
    rng = np.random.default_rng(3)
    pictures = []
    for number in range(parts):
        codes = rng.integers(0, 256, (_PICTURE_PX, _PICTURE_PX, 4), dtype=np.uint8)
        codes[..., 3] = 255
        pictures.append(Picture(f"noise {number}", codes, is_srgb=True))
    spheres = [made_sphere(1.0 + 0.01 * number, number, columns=_COLUMNS) for number in range(parts)]
    materials = [Material(f"noise {number}", metallic=0.0, colour_map=Map(number)) for number in range(parts)]
    nodes = [Node(place_m=(_APART_M * number, 1.0, -20.0), mesh=number) for number in range(parts)]
    return made_model(spheres, materials, nodes, pictures)
