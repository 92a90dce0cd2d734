"""Times whole frames of three walls before worlds, each beside a plain panorama in the same turn."""

from __future__ import annotations

import statistics
from collections.abc import Mapping

from stage.bench.against_bare import ASSET, drawer, panorama, scene, turns_ms
from stage.verify.studio import Studio
from tracking.settable import Value

PANORAMA = 'kind = "panorama"\nfile = "bench.exr"'
Way = tuple[str, Mapping[str, Value]]
"""A world as a configuration gives it, and the values that are set in its first frame."""


def beside_plain(studio: Studio, ways: Mapping[str, Way], frames: int, draw: str) -> dict[str, float]:
    """Draws the walls of `measure_against_bare` once in every way and before a plain panorama, turn by turn.

    Gives the median milliseconds of each as `NAME_ms`, `plain_ms` among them, and as `NAME_over_plain` the median over
    all turns of how many times as long as plain it took.
    """
    studio.renderer.load_world(ASSET, panorama())
    everything: dict[str, Way] = {"plain": (PANORAMA, {}), **ways}
    draws = {
        name: drawer(studio, scene(draw, world=world), settings=settings)
        for name, (world, settings) in everything.items()
    }
    turns = turns_ms(draws, frames, before=int(draw == "raster"))
    ms = {f"{name}_ms": statistics.median(times) for name, times in turns.items()}
    return ms | {f"{name}_over_plain": _over(turns[name], turns["plain"]) for name in ways}


def _over(times_ms: list[float], plain_ms: list[float]) -> float:
    return statistics.median(took / plain for took, plain in zip(times_ms, plain_ms, strict=True))
