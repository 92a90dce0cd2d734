"""Times whole frames: step a new pose, draw it, read every wall back."""

from __future__ import annotations

import time
from pathlib import Path

from stage.assets.worlds import load_worlds
from stage.loading.files import load_config
from stage.show.frame.inputs import FrameInputs
from stage.show.frame.requests import Command, Target, setting_command
from stage.show.show import Show
from stage.verify.studio import open_studio
from stage.words.sentences import refuse_if_refused
from tracking.records import Record

WARM_UP = 10


class FrameFigures(Record):
    """Milliseconds for a frame, read-back included, and the OpenGL renderer that drew it."""

    median_ms: float
    p95_ms: float
    renderer: str


def measure_frames(config: Path, frames: int) -> FrameFigures:
    """Draws `frames` frames of a configuration with its cameras on an orbit, off screen, as fast as possible.

    Raises ConfigError for a configuration that cannot be loaded, or without a graphics driver.
    """
    loaded = load_config(config)
    with open_studio(loaded) as studio:
        show = studio.new_show(loaded.config)
        assets = load_worlds(loaded, studio.renderer)
        period_ns = round(1_000_000_000 / show.rate)
        durations_ms = []
        for frame in range(WARM_UP + frames):
            begun = time.perf_counter()
            inputs = FrameInputs(
                epoch=1,
                frame=frame,
                present_ns=frame * period_ns,
                commands=(_orbit(show),) if frame == 0 else (),
                observations=assets if frame == 0 else (),
            )
            outcome = show.step(inputs)
            refuse_if_refused(outcome)
            studio.renderer.draw(outcome.plan)
            for wall in loaded.config.walls:
                studio.renderer.read_wall(wall.name)
            durations_ms.append((time.perf_counter() - begun) * 1e3)
        ordered = sorted(durations_ms[WARM_UP:])
        return FrameFigures(
            median_ms=ordered[len(ordered) // 2],
            p95_ms=ordered[int(len(ordered) * 0.95)],
            renderer=studio.renderer.name,
        )


def _orbit(show: Show) -> Command:
    """Puts every camera on the built-in orbit, so that each frame has a new pose."""
    targets = tuple(Target(path=f"/camera/{camera.name}/source", value="orbit") for camera in show.config.cameras)
    return setting_command("bench", targets)
