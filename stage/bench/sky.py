"""Times what a sky costs the loop: a step, its plan's bytes and the drawing's own work, over those without a sky."""

from __future__ import annotations

import time
from statistics import median

import msgspec

from calibration.records import Calibration
from render.assets.plate_textures import PlateTextures
from render.gpu.context import create_headless_context, prepare, renderer_name
from render.plan.frame import FramePlan
from render.worlds.drawings import WorldDrawings
from render.worlds.kinds import Layer
from render.worlds.sky.record import SkyLayer
from stage.bench.stages import FRAME_RATE_HZ, START_NS, benchmark_stage
from stage.config.records import StageConfig
from stage.loading.geometry import load_geometry
from stage.run.realtime import without_collector
from stage.show.frame.inputs import FrameInputs
from stage.show.frame.outcome import encode_plan
from stage.show.frame.requests import Target, setting_command
from stage.show.show import Show
from stage.show.sky.clock import DRIFT, HOUR
from stage.show.state import new_state
from tracking.records import Record

WARM_UP = 100
_FADES = (
    Target(path=HOUR, value=18.0, fade_s=3600.0, way="forward"),
    Target(path=DRIFT, value=1e5, fade_s=3600.0),
    Target(path="/sky/clouds/coverage", value=0.5),
    Target(path="/grade/adapt", value=1.0),
)


class SkyFigures(Record):
    """Medians in milliseconds. `sky_ms` is what a sky costs the loop whose hour and clouds fade.

    That is `fading_ms`, a step and its plan's bytes, less `bare_ms`, and `drawing_ms`, processor time of the loop's
    thread for what the drawing prepares. `standing_ms` is a step with a sky in which nothing moves.
    """

    sky_ms: float
    bare_ms: float
    standing_ms: float
    fading_ms: float
    drawing_ms: float
    renderer: str


def measure_sky(steps: int) -> SkyFigures:
    """Times `steps` steps of three shows in turn, with the garbage collector off: no sky, a standing, a fading one."""
    loaded = benchmark_stage("freed")
    _, calibration = load_geometry(loaded)
    bare = _show(loaded.config, calibration, None)
    standing, fading = (_show(loaded.config, calibration, SkyLayer()) for _ in range(2))
    durations_s: tuple[list[float], ...] = ([], [], [])
    plans: list[FramePlan] = []
    with without_collector():
        for frame in range(WARM_UP + steps):
            for show, kept in zip((bare, standing, fading), durations_s, strict=True):
                asked = (setting_command("bench", _FADES),) if show is fading and frame == 0 else ()
                present_ns = START_NS + (frame + 2) * 1_000_000_000 // FRAME_RATE_HZ
                inputs = FrameInputs(epoch=1, frame=frame, present_ns=present_ns, commands=asked)
                begun = time.perf_counter()
                plan = show.step(inputs).plan
                encode_plan(plan)
                if frame >= WARM_UP:
                    kept.append(time.perf_counter() - begun)
            plans.append(plan)
        drawing_ms, renderer = _drawing_ms(plans[WARM_UP:])
    bare_ms, standing_ms, fading_ms = (1e3 * median(kept) for kept in durations_s)
    return SkyFigures(
        sky_ms=fading_ms - bare_ms + drawing_ms,
        bare_ms=bare_ms,
        standing_ms=standing_ms,
        fading_ms=fading_ms,
        drawing_ms=drawing_ms,
        renderer=renderer,
    )


def _drawing_ms(plans: list[FramePlan]) -> tuple[float, str]:
    """What preparing the drawing of each plan's sky takes of the loop's thread, and who draws."""
    context = create_headless_context()
    try:
        prepare(context)
        drawings = WorldDrawings(context, lambda _asset, _space: None, PlateTextures(context))
        durations_s = []
        for plan in plans:
            begun = time.thread_time()
            drawings.source(plan.air.world.layers[0])
            durations_s.append(time.thread_time() - begun)
            context.finish()
        return 1e3 * median(durations_s), renderer_name(context)
    finally:
        context.release()


def _show(config: StageConfig, calibration: Calibration, world: Layer | None) -> Show:
    given = config if world is None else msgspec.structs.replace(config, world=world)
    return Show(given, calibration, new_state(given))
