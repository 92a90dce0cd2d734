"""Times what lights that follow cost a step of the fold, beside the same stage without lights."""

from __future__ import annotations

import math
import time
from statistics import median, quantiles

from stage.bench.stages import FRAME_RATE_HZ, START_NS, benchmark_stage
from stage.loading.geometry import load_geometry
from stage.run.realtime import without_collector
from stage.show.frame.inputs import FrameInputs
from stage.show.frame.lights import LightReached
from stage.show.frame.outcome import encode_report
from stage.show.show import Show
from stage.show.state import new_state
from tracking.records import Record

WARM_UP = 100
_LATE_FRAMES = 3
_LIGHT = """
[[lights]]
name = "lamp {place}"
fixture = "generic_rgbw_16bit"
universe = {universe}
address = {address}
position_m = [{x}, 2.0, 3.0]
aim_m = [0.0, 0.0, 1.5]
follow = "world"
"""
_A_UNIVERSE = 51


class LightsStepFigures(Record):
    """Medians and 99th percentiles in milliseconds, of steps in which the light of every follower is new.

    `lights_ms` is what followers add to a step, `standing_ms` what they add while no light changes. `encoding_ms` is
    what they add to the bytes of the report.
    """

    followers: int
    lights_ms: float
    lights_p99_ms: float
    standing_ms: float
    encoding_ms: float


def measure_lights_step(steps: int, followers: int) -> LightsStepFigures:
    """Times `steps` steps of a stage without lights, one whose light stands, and one whose light changes, in turn."""
    lights = "".join(
        _LIGHT.format(place=place, universe=1 + place // _A_UNIVERSE, address=1 + 10 * (place % _A_UNIVERSE), x=place)
        for place in range(followers)
    )
    bare, standing, changing = (_show(more) for more in ("", lights, lights))
    light = [tuple(0.5 + 0.4 * math.sin(7 * frame + part) for part in range(3 * followers)) for frame in range(64)]
    durations_ms: tuple[list[float], ...] = ([], [], [])
    encoding_ms: tuple[list[float], ...] = ([], [], [])
    with without_collector():
        for frame in range(WARM_UP + steps):
            present_ns = START_NS + (frame + 2) * 1_000_000_000 // FRAME_RATE_HZ
            new = LightReached(frame=max(frame - _LATE_FRAMES, 0), light=light[frame % len(light)])
            for place, show in enumerate((bare, standing, changing)):
                reached = (new,) if show is changing or (show is standing and frame == 1) else ()
                inputs = FrameInputs(epoch=1, frame=frame, present_ns=present_ns, observations=reached)
                begun = time.perf_counter()
                outcome = show.step(inputs)
                stepped = time.perf_counter()
                encode_report(outcome)
                if frame >= WARM_UP:
                    durations_ms[place].append((stepped - begun) * 1e3)
                    encoding_ms[place].append((time.perf_counter() - stepped) * 1e3)
    plain = median(durations_ms[0])
    return LightsStepFigures(
        followers=followers,
        lights_ms=median(durations_ms[2]) - plain,
        lights_p99_ms=quantiles(durations_ms[2], n=100)[-1] - quantiles(durations_ms[0], n=100)[-1],
        standing_ms=median(durations_ms[1]) - plain,
        encoding_ms=median(encoding_ms[2]) - median(encoding_ms[0]),
    )


def _show(more: str) -> Show:
    loaded = benchmark_stage("freed", more=more)
    _, calibration = load_geometry(loaded)
    return Show(loaded.config, calibration, new_state(loaded.config))
