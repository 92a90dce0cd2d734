"""What the loop's own thread does for a crowd of a hundred and of ten thousand, in turns."""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from functools import partial
from types import FrameType
from typing import Any

from render.gpu.context import create_headless_context, prepare
from render.models.drawing import ModelPass
from render.models.figure import person
from render.models.gpu import GpuModel
from render.models.gpu_crowd import GpuCrowd, PlacedCrowd
from render.models.light import ModelLight, even_light
from render.models.placing import RasterView, raster_view, stage_from_crowd
from render.views.edges import Tangents
from render.views.view import View
from render.worlds.model.crowd import CrowdPlan
from tracking.records import Record

_COUNTS = (100, 10_000)
_AREA_M = ((-30.0, 3.0), (30.0, 3.0), (30.0, 150.0), (-30.0, 150.0))
_SIZE_PX = (640, 360)


class CrowdFigures(Record):
    """Median milliseconds of processor time that drawing a crowd takes Python, without the driver's work in its
    draws, of a hundred figures and of ten thousand in the same area; how many draws each has, and how many instructions
    Python carries out for a frame of each, which no cache and no clock changes.
    """

    crowd_100_python_ms: float
    crowd_10000_python_ms: float
    crowd_100_draws: int
    crowd_10000_draws: int
    crowd_100_instructions: int
    crowd_10000_instructions: int


def measure_crowds(frames: int) -> CrowdFigures:
    """Draws both in turns. Raises ConfigError without a driver."""
    context = create_headless_context()
    prepare(context)
    models, figure = ModelPass(context), GpuModel(context, person())
    crowds = [GpuCrowd(context, figure, CrowdPlan(count=count, area_m=_AREA_M), 0) for count in _COUNTS]
    target = context.framebuffer(context.texture(_SIZE_PX, 4, dtype="f2"), context.depth_renderbuffer(_SIZE_PX))
    light, ground = ModelLight(even_light((0.5, 0.5, 0.5))), stage_from_crowd((0.0, 0.0, 0.0), 0.0, 1.0, 0.0)
    for crowd in crowds:
        models.prepare_crowd(crowd, "low")
    took: list[list[float]] = [[], []]
    draws = [0, 0]
    for frame in range(frames + 1):
        for number in sorted(range(len(crowds)), reverse=bool(frame % 2)):
            crowd = crowds[number]
            placed = PlacedCrowd(crowd, ground, frame / 36_000.0)
            clock = _WithoutDraws()
            with clock:
                models.draw(target, _view(), [], light, "low", crowds=[placed])
            context.finish()
            if frame:
                took[number].append(clock.took_ms)
            draws[number] = clock.draws
    counts = []
    for crowd in crowds:
        placed = PlacedCrowd(crowd, ground, 0.5)
        counts.append(_instructions(partial(models.draw, target, _view(), [], light, "low", crowds=[placed])))
    context.finish()
    context.release()
    few, many = (statistics.median(times) for times in took)
    return CrowdFigures(
        crowd_100_python_ms=few,
        crowd_10000_python_ms=many,
        crowd_100_draws=draws[0],
        crowd_10000_draws=draws[1],
        crowd_100_instructions=counts[0],
        crowd_10000_instructions=counts[1],
    )


def _instructions(work: Callable[[], object]) -> int:
    """How many of Python's own instructions a piece of work takes."""
    count = 0

    def see(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal count
        frame.f_trace_opcodes = True
        count += event == "opcode"
        return see

    before = sys.gettrace()
    sys.settrace(see)
    try:
        work()
    finally:
        sys.settrace(before)
    return count


class _WithoutDraws:
    """Measures a block of code without what happens inside the driver's draws, where software shades vertices."""

    def __init__(self) -> None:
        self.draws = 0
        self.took_ms = 0.0
        self._inside_ns = self._since_ns = self._began_ns = 0

    def __enter__(self) -> None:
        sys.setprofile(self._see)
        self._began_ns = time.thread_time_ns()

    def __exit__(self, *_: object) -> None:
        ended_ns = time.thread_time_ns()
        sys.setprofile(None)
        self.took_ms = (ended_ns - self._began_ns - self._inside_ns) * 1e-6

    def _see(self, _frame: FrameType, event: str, called: object) -> None:
        if event == "c_call" and getattr(called, "__name__", "") == "render":
            self._since_ns, self.draws = time.thread_time_ns(), self.draws + 1
        elif event == "c_return" and getattr(called, "__name__", "") == "render":
            self._inside_ns += time.thread_time_ns() - self._since_ns


def _view() -> RasterView:
    edges = Tangents(left=-0.57, right=0.57, bottom=-0.32, top=0.32)
    ways = {"right": (1.0, 0.0, 0.0), "ahead": (0.0, 1.0, 0.0), "up": (0.0, 0.0, 1.0)}
    return raster_view(View(eye_m=(0.0, 0.0, 1.6), edges=edges, size_px=_SIZE_PX, **ways))
