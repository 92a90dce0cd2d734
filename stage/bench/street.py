"""Times whole frames of the built-in street on the demo's arc wall, while eye, sun and people move as they do there."""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

import msgspec
import numpy as np

from calibration.rasters.positions import wall_positions
from render.gpu.context import create_headless_context, renderer_name
from render.plan.frame import FramePlan, GradePlan, WallPlan
from render.renderer import Renderer
from render.worlds.model.record import ModelLayer
from render.worlds.on_air import AirPlan, LayerPlan, WorldPlan
from render.worlds.sky.plan import SkyPlan
from render.worlds.sky.record import SkyLight
from stage.bench.demo_view import OUTER, demo_inner, demo_wall
from stage.config.records import StageConfig
from stage.loading.demo import DEMO
from stage.loading.files import load_config
from stage.run.realtime import drawing_threads, set_drawing_priority, take_priority
from tracking.records import Record

_WALL = demo_wall(100.0)
_BEFORE = 6
_DAY_S = 86_400.0


class _Turn(NamedTuple):
    """What is drawn: an inner picture of this size, so often, under a sun of this elevation."""

    size_px: tuple[int, int]
    rate_hz: float
    elevation_deg: float
    has_street: bool = True


_TURNS = {
    "small": _Turn((640, 360), 45.0, 35.0),
    "dusk": _Turn((640, 360), 45.0, 1.0),
    "night": _Turn((640, 360), 45.0, -9.0),
    "large": _Turn((960, 540), 30.0, 35.0),
    "alone": _Turn((640, 360), 45.0, 35.0, has_street=False),
}


class FrameFigures(Record):
    """Milliseconds of whole frames: the median, the mean, from which frames a second follow, what one in ten takes at
    least, and the mean processor time of all threads.
    """

    median_ms: float
    mean_ms: float
    tenth_ms: float
    processor_ms: float
    frames_per_s: float


class StreetFigures(Record):
    """Frames by day with an inner picture of 640x360 (`small`) and of 960x540 (`large`), and those of 640x360 at `dusk`
    and `night`; `alone` is the same stage before the sky without the street. Time goes on from frame to frame as where
    45 are shown a second, with 960x540 30.

    `primitives` are the triangles and lines of a small frame that draws everything anew, shadows and faces too.
    `realtime` tells whether loop and drawing had the priority that a stage asks for.
    """

    small: FrameFigures
    large: FrameFigures
    dusk: FrameFigures
    night: FrameFigures
    alone: FrameFigures
    primitives: int
    realtime: bool
    renderer: str


def measure_street(frames: int) -> StreetFigures:
    """Draws all of them, one after the other. Raises ConfigError without a driver."""
    context = create_headless_context()
    renderer = Renderer(context, (_WALL,), {_WALL.name: wall_positions(_WALL, None)}, quality="low")
    demo = load_config(DEMO).config
    realtime = take_priority() and set_drawing_priority(drawing_threads(), realtime=True)
    took = {name: _drawn(renderer, _planner(demo, turn), frames) for name, turn in _TURNS.items()}
    counted = context.query(primitives=True)
    renderer.load_model("", None)
    with counted:
        renderer.draw(_planner(demo, _TURNS["small"])(0))
    name = renderer_name(context)
    context.release()
    return StreetFigures(**took, primitives=counted.primitives, realtime=realtime, renderer=name)


def _drawn(renderer: Renderer, planned: Callable[[int], FramePlan], frames: int) -> FrameFigures:
    """Not in turns with others: each has pictures that are kept from frame to frame."""
    wall_ms, processor_ms = [], []
    for frame in range(frames + _BEFORE):
        plan = planned(frame)
        began, used = time.perf_counter(), time.process_time()
        renderer.draw(plan)
        renderer.finish()
        if frame >= _BEFORE:
            wall_ms.append(1e3 * (time.perf_counter() - began))
            processor_ms.append(1e3 * (time.process_time() - used))
    return _figures(wall_ms, processor_ms)


def _figures(wall_ms: Sequence[float], processor_ms: Sequence[float]) -> FrameFigures:
    return FrameFigures(
        median_ms=statistics.median(wall_ms),
        mean_ms=statistics.fmean(wall_ms),
        tenth_ms=float(np.percentile(wall_ms, 90.0)),
        processor_ms=statistics.fmean(processor_ms),
        frames_per_s=1e3 / statistics.fmean(wall_ms),
    )


def _planner(demo: StageConfig, turn: _Turn) -> Callable[[int], FramePlan]:
    """Plans of the demo's street, with its people, under a sun as fast as that of its day."""
    houses = next(layer for layer in demo.first_world().layers if isinstance(layer, ModelLayer))
    still, sun_a_second = houses.light({}), demo.time.speed * 2.0 * math.pi / _DAY_S

    def planned(frame: int) -> FramePlan:
        seconds = frame / turn.rate_hz
        elevation = math.radians(turn.elevation_deg) + sun_a_second * seconds
        sun = (0.5 * math.cos(elevation), -math.sqrt(0.75) * math.cos(elevation), math.sin(elevation))
        sky = LayerPlan(light=SkyLight(sky=SkyPlan(sun=sun)))
        street = LayerPlan(light=msgspec.structs.replace(still, time_us=1_000_000 + round(1e6 * seconds)))
        layers = (sky, street) if turn.has_street else (sky,)
        eye_m = (0.3 * math.sin(1.5 * seconds), -0.5, 1.5)
        return FramePlan(
            epoch=0,
            frame=frame,
            present_ns=0,
            outer=OUTER,
            inners=(demo_inner(eye_m, turn.size_px),),
            walls=(WallPlan(name=_WALL.name, light_ns=0, inners=(0,)),),
            air=AirPlan(world=WorldPlan(key="street", layers=layers)),
            grade=GradePlan(),
            blackout=False,
        )

    return planned
