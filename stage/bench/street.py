"""Times whole frames of the built-in street on the demo's arc wall, while eye, sun and people move."""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Callable

import numpy as np

from calibration.rasters.positions import wall_positions
from render.gpu.context import create_headless_context, renderer_name
from render.plan.frame import FramePlan, GradePlan, WallPlan
from render.renderer import Renderer
from render.worlds.model.crowd import CrowdPlan
from render.worlds.model.record import ModelPlan
from render.worlds.on_air import AirPlan, LayerPlan, WorldPlan
from render.worlds.sky.plan import SkyPlan
from render.worlds.sky.record import SkyLight
from stage.bench.demo_view import OUTER, demo_inner, demo_wall
from tracking.records import Record

_FIGURES = 300
_PAVEMENTS_M = (
    *((-6.2, 3.0), (-4.1, 3.0), (-4.1, 170.0), (4.1, 170.0)),
    *((4.1, 3.0), (6.2, 3.0), (6.2, 171.0), (-6.2, 171.0)),
)
_WALL = demo_wall(100.0)
_SIZES_PX = {"small": (640, 360), "large": (960, 540)}
_SLOT_US = 16_667
_BEFORE = 3
_SUN_A_FRAME = math.radians(0.05)
"""As in the demo, where a day passes in two minutes."""


class StreetFigures(Record):
    """Median milliseconds of a whole frame, with an inner picture of 640x360 (`small`) and of 960x540 (`large`), and of
    the processor time of all threads in it; the mean of frames, which is what frames a second follow from, and what one
    in ten takes at least. `alone` is the same stage before the sky without the street. `primitives` are the triangles
    and lines of a frame of the small picture that draws everything anew, shadows and faces too.
    """

    small_ms: float
    small_mean_ms: float
    small_tenth_ms: float
    small_processor_ms: float
    large_ms: float
    large_mean_ms: float
    large_tenth_ms: float
    large_processor_ms: float
    alone_ms: float
    alone_processor_ms: float
    primitives: int
    renderer: str


def measure_street(frames: int) -> StreetFigures:
    """Draws all three, one after the other. Raises ConfigError without a driver."""
    context = create_headless_context()
    renderer = Renderer(context, (_WALL,), {_WALL.name: wall_positions(_WALL, None)}, quality="low")
    draws: dict[str, Callable[[int], FramePlan]] = {
        **{name: _planner(size, has_street=True) for name, size in _SIZES_PX.items()},
        "alone": _planner(_SIZES_PX["small"], has_street=False),
    }
    counted = context.query(primitives=True)
    took: dict[str, list[tuple[float, float]]] = {name: [] for name in draws}
    for name, planned in draws.items():  # not in turns: each has pictures that are kept from frame to frame
        for frame in range(frames + _BEFORE):
            plan = planned(frame)
            began, used = time.perf_counter(), time.process_time()
            renderer.draw(plan)
            renderer.finish()
            if frame >= _BEFORE:
                took[name].append((time.perf_counter() - began, time.process_time() - used))
    with counted:
        renderer.draw(draws["small"](frames + _BEFORE))
    name = renderer_name(context)
    context.release()
    ms = {key: [[1000.0 * one for one in column] for column in zip(*rows, strict=True)] for key, rows in took.items()}
    return StreetFigures(
        small_ms=statistics.median(ms["small"][0]),
        small_mean_ms=statistics.fmean(ms["small"][0]),
        small_tenth_ms=float(np.percentile(ms["small"][0], 90.0)),
        small_processor_ms=statistics.median(ms["small"][1]),
        large_ms=statistics.median(ms["large"][0]),
        large_mean_ms=statistics.fmean(ms["large"][0]),
        large_tenth_ms=float(np.percentile(ms["large"][0], 90.0)),
        large_processor_ms=statistics.median(ms["large"][1]),
        alone_ms=statistics.median(ms["alone"][0]),
        alone_processor_ms=statistics.median(ms["alone"][1]),
        primitives=counted.primitives,
        renderer=name,
    )


def _planner(size_px: tuple[int, int], *, has_street: bool) -> Callable[[int], FramePlan]:
    crowd = CrowdPlan(count=_FIGURES, area_m=_PAVEMENTS_M, floor_m=0.12)

    def planned(frame: int) -> FramePlan:
        elevation = math.radians(35.0) + _SUN_A_FRAME * frame
        sun = (0.5 * math.cos(elevation), -math.sqrt(0.75) * math.cos(elevation), math.sin(elevation))
        sky = LayerPlan(light=SkyLight(sky=SkyPlan(sun=sun)))
        street = LayerPlan(light=ModelPlan(scene="street", crowd=crowd, time_us=_SLOT_US * (frame + 60)))
        world = WorldPlan(key="street", layers=(sky, street) if has_street else (sky,))
        return FramePlan(
            epoch=0,
            frame=frame,
            present_ns=0,
            outer=OUTER,
            inners=(demo_inner((0.3 * math.sin(0.03 * frame), -0.5, 1.5), size_px),),
            walls=(WallPlan(name=_WALL.name, light_ns=0, inners=(0,)),),
            air=AirPlan(world=world),
            grade=GradePlan(),
            blackout=False,
        )

    return planned
