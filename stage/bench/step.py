"""Times one `Show.step`, and counts whether memory grows."""

from __future__ import annotations

import sys
import time

from stage.bench.stages import FRAME_RATE_HZ, START_NS, benchmark_stage, datagrams_of_frames
from stage.loading.geometry import load_geometry
from stage.run.realtime import without_collector
from stage.show.frame.inputs import FrameInputs
from stage.show.show import Show
from stage.show.state import new_state
from tracking.records import Record

WARM_UP = 4000
BAD_EVERY = 50


class StepFigures(Record):
    """Milliseconds for a step, and the growth of allocated memory blocks over all measured steps."""

    median_ms: float
    p99_ms: float
    block_growth: int


def measure_step(protocol: str, steps: int) -> StepFigures:
    """Times `steps` steps after a warm-up, with the garbage collector off and one packet in fifty damaged."""
    loaded = benchmark_stage(protocol)
    _, calibration = load_geometry(loaded)
    sources = tuple(tracker.source for tracker in loaded.config.trackers)
    inputs = [
        FrameInputs(
            epoch=1,
            frame=frame,
            present_ns=START_NS + (frame + 2) * 1_000_000_000 // FRAME_RATE_HZ,
            datagrams=datagrams,
        )
        for frame, datagrams in enumerate(datagrams_of_frames(protocol, sources, WARM_UP + steps, bad_every=BAD_EVERY))
    ]
    show = Show(loaded.config, calibration, new_state(loaded.config))
    durations_s = [0.0] * steps
    with without_collector():
        for early in inputs[:WARM_UP]:
            show.step(early)
        before = sys.getallocatedblocks()
        for index in range(steps):
            begun = time.perf_counter()
            show.step(inputs[WARM_UP + index])
            durations_s[index] = time.perf_counter() - begun
        # The benchmark itself keeps one float for each step.
        growth = sys.getallocatedblocks() - before - steps
    durations_s.sort()
    return StepFigures(
        median_ms=durations_s[steps // 2] * 1e3, p99_ms=durations_s[int(steps * 0.99)] * 1e3, block_growth=growth
    )
