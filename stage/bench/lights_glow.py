"""Times what the light at followers costs a frame, beside the frame without."""

from __future__ import annotations

import math
import time
from pathlib import Path
from statistics import median

import msgspec

from render.outputs.opened import open_outputs
from render.plan.frame import FramePlan
from render.plan.probes import ProbePlan, ProbesPlan
from render.renderer import Renderer
from stage.assets.worlds import load_worlds
from stage.loading.files import load_config
from stage.loading.geometry import load_geometry
from stage.show.frame.inputs import FrameInputs
from stage.show.show import Show
from stage.show.state import new_state
from tracking.records import Record

FOLLOWERS = (4, 50, 200)
WARM_UP = 5
_STEP_STOPS = 0.001


class GlowCost(Record):
    """Milliseconds: what measuring adds to a frame whose light has changed, and to one whose has not; the median of
    the first and its 95th percentile. `weights_ms` is how long one probe that moved takes, on a thread of its own.
    """

    changed_ms: float
    changed_p95_ms: float
    unchanged_ms: float
    weights_ms: float


class GlowFigures(Record):
    """`frame_ms` is a frame without followers; `followers` has the costs by their number."""

    frame_ms: float
    followers: dict[str, GlowCost]
    renderer: str


def measure_glow(config: Path, frames: int) -> GlowFigures:
    """Draws a configuration's first frame over and over, a little brighter each time, with followers and without.

    Raises ConfigError for a configuration that cannot be loaded, or without a graphics driver.
    """
    loaded = load_config(config)
    positions, calibration = load_geometry(loaded)
    outputs = open_outputs((), loaded.config.walls, headless=True)
    try:
        renderer = Renderer(
            outputs.context,
            loaded.config.walls,
            positions,
            draw=loaded.config.stage.draw,
            quality=loaded.config.stage.quality,
        )
        renderer.measure_at_probes(positions)
        show = Show(loaded.config, calibration, new_state(loaded.config))
        observed = load_worlds(loaded, renderer)
        plan = show.step(FrameInputs(epoch=0, frame=0, present_ns=0, observations=observed)).plan
        costs = {str(count): _cost(renderer, _followed(plan, count), frames) for count in FOLLOWERS}
        durations_s = [_timed(renderer, _brighter(plan, frame))[0] for frame in range(WARM_UP + frames)]
        return GlowFigures(frame_ms=1e3 * median(durations_s[WARM_UP:]), followers=costs, renderer=renderer.name)
    finally:
        outputs.close()


def _cost(renderer: Renderer, plan: FramePlan, frames: int) -> GlowCost:
    assert renderer.probes is not None
    assert not isinstance(plan.probes, msgspec.UnsetType)
    begun = time.perf_counter()
    renderer.probes.prepare(plan.probes)
    weights_ms = 1e3 * (time.perf_counter() - begun) / len(plan.probes.probes)
    changed_s = [_timed(renderer, _brighter(plan, frame))[1] for frame in range(WARM_UP + frames)][WARM_UP:]
    last = _brighter(plan, WARM_UP + frames)
    unchanged_s = [_timed(renderer, last)[1] for _ in range(WARM_UP + frames)][WARM_UP:]
    changed_s.sort()
    return GlowCost(
        changed_ms=1e3 * median(changed_s),
        changed_p95_ms=1e3 * changed_s[int(0.95 * len(changed_s))],
        unchanged_ms=1e3 * median(unchanged_s),
        weights_ms=weights_ms,
    )


def _timed(renderer: Renderer, plan: FramePlan) -> tuple[float, float]:
    """Seconds for the walls of a plan, and for the light at its probes until it has come."""
    begun = time.perf_counter()
    renderer.draw(plan)
    renderer.finish()
    drawn = time.perf_counter()
    renderer.draw_light_at_probes(plan)
    renderer.finish()
    for _ in renderer.light_reached():
        pass
    return drawn - begun, time.perf_counter() - drawn


def _followed(plan: FramePlan, count: int) -> FramePlan:
    """The plan with followers on a ring above the stage that look away from it, a third of them in cones."""
    probes = []
    for number in range(count):
        turn = 2.0 * math.pi * number / count
        level = math.sqrt(0.5)
        axis = (level * math.sin(turn), level * math.cos(turn), level)
        place = (2.0 * math.sin(turn), 2.0 * math.cos(turn), 3.0)
        cone = number % 3 == 0
        probe = ProbePlan(
            place_m=place, axis=axis, lobe="cone" if cone else "cosine", half_angle_deg=25.0 if cone else 90.0
        )
        probes.append(probe)
    return msgspec.structs.replace(plan, probes=ProbesPlan(probes=tuple(probes), brightest=True))


def _brighter(plan: FramePlan, count: int) -> FramePlan:
    """The frame after so many others that were drawn, two apart: so often light is drawn by whatever driver."""
    frame = 2 * count
    grade = msgspec.structs.replace(plan.grade, exposure_stops=_STEP_STOPS * frame)
    return msgspec.structs.replace(plan, frame=frame, grade=grade)
