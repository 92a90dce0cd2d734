"""Times whole frames of three walls before a panorama with a depth map, beside the same one without."""

from __future__ import annotations

import math
import statistics

import numpy as np
from numpy.typing import NDArray

from render.worlds.shared.depth import depth_space
from render.worlds.shared.facts import DepthFacts, PictureFacts
from stage.bench.against_bare import ASSET, drawer, panorama, scene, turns_ms
from stage.show.frame.inputs import AssetReady
from stage.verify.studio import open_studio
from tracking.records import Record

_PX = (2048, 1024)
_HALF_M = (3.0, 4.0, 2.0)
"""Of a room of 6 m by 8 m by 4 m, in whose middle the picture was taken."""
_PILLAR_M = ((-0.3, 1.6, -1.5), (0.3, 2.2, 1.0))
_PLACED = 'depth = "{file}"\nprojection = "sphere"\nground_m = 1.0'
"""The cameras of the scene go round a circle of 0.3 m at 1.4 m: 0.5 m off where the picture was taken."""
_BEFORE = 1


class ReliefFigures(Record):
    """Median milliseconds of a frame with every wall read back, and how many times as long as plain in the same turn.

    `plain` is a panorama; `relief` the same with the depth map of a room, seen from 0.5 m off its middle, and `jumps`
    with that of a room with a pillar, whose map jumps.
    """

    plain_ms: float
    relief_ms: float
    jumps_ms: float
    relief_over_plain: float
    jumps_over_plain: float
    renderer: str


def measure_relief(frames: int, draw: str) -> ReliefFigures:
    """Draws the walls of `measure_against_bare` with both maps and without. Raises ConfigError without a driver."""
    with open_studio(scene(draw)) as studio:
        studio.renderer.load_world(ASSET, panorama())
        draws = {"plain": drawer(studio, scene(draw))}
        for name, jumps in (("relief", False), ("jumps", True)):
            held = room(jumps=jumps)
            studio.renderer.load_world(name, np.repeat(held[..., None], 3, axis=2), depth_space("metres"))
            depth = DepthFacts(kind="metres", most=float(held.max()), least=float(held.min()), jumps=jumps)
            ready = AssetReady(
                file=f"{name}.exr",
                sha256=name,
                colour_space=depth_space("metres"),
                facts=PictureFacts(columns=_PX[0], rows=_PX[1], depth=depth),
            )
            loaded = scene(draw, placed=_PLACED.format(file=ready.file))
            draws[name] = drawer(studio, loaded, others=(ready,))
        turns = turns_ms(draws, frames, before=_BEFORE)
        ms = {f"{name}_ms": statistics.median(times) for name, times in turns.items()}
        over = {f"{name}_over_plain": _over(turns[name], turns["plain"]) for name in ("relief", "jumps")}
        return ReliefFigures(**ms, **over, renderer=studio.renderer.name)


def room(*, jumps: bool) -> NDArray[np.float32]:
    """One over the metres to what is seen from a room's middle, (rows, columns); with a pillar where it `jumps`."""
    columns, rows = _PX
    turn = ((np.arange(columns) + 0.5) / columns - 0.5) * 2.0 * math.pi
    rise = (0.5 - (np.arange(rows)[:, None] + 0.5) / rows) * math.pi
    ways = np.stack([np.sin(turn) * np.cos(rise), np.cos(turn) * np.cos(rise), np.sin(rise) + 0.0 * turn])
    nearness = np.max([np.abs(way) / half for way, half in zip(ways, _HALF_M, strict=True)], axis=0)
    if jumps:
        low, high = (np.array(corner)[:, None, None] * nearness for corner in _PILLAR_M)
        ends = np.stack([low, high]) / np.where(np.abs(ways) < 1e-9, 1e-9, ways)
        enters, leaves = ends.min(axis=0).max(axis=0), ends.max(axis=0).min(axis=0)
        is_met = (enters <= leaves) & (enters > 0.0) & (enters < 1.0)
        nearness = np.where(is_met, nearness / np.where(is_met, enters, 1.0), nearness)
    return np.asarray(nearness, dtype=np.float32)


def _over(times_ms: list[float], plain_ms: list[float]) -> float:
    return statistics.median(took / plain for took, plain in zip(times_ms, plain_ms, strict=True))
