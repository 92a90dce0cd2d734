"""Times whole frames: step a new pose, draw it, read every wall back."""

from __future__ import annotations

import time
from pathlib import Path

from render.outputs.opened import open_outputs
from render.renderer import Renderer
from stage.assets.worlds import load_world
from stage.loading.files import load_config, load_geometry
from stage.show.frame.inputs import FrameInputs
from stage.show.frame.requests import Command, Target, setting_command
from stage.show.show import Show
from stage.show.state import new_state
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
    positions, calibration = load_geometry(loaded)
    outputs = open_outputs((), loaded.config.walls, headless=True)
    try:
        renderer = Renderer(outputs.context, loaded.config.walls, positions, loaded.config.stage.name)
        show = Show(loaded.config, calibration, new_state(loaded.config))
        assets = load_world(loaded, renderer)
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
            renderer.draw(show.step(inputs).plan)
            for wall in loaded.config.walls:
                renderer.read_wall(wall.name)
            durations_ms.append((time.perf_counter() - begun) * 1e3)
        name = renderer.name
    finally:
        outputs.close()
    ordered = sorted(durations_ms[WARM_UP:])
    return FrameFigures(median_ms=ordered[len(ordered) // 2], p95_ms=ordered[int(len(ordered) * 0.95)], renderer=name)


def _orbit(show: Show) -> Command:
    """Puts every camera on the built-in orbit, so that each frame has a new pose."""
    targets = tuple(Target(path=f"/camera/{camera.name}/source", value="orbit") for camera in show.config.cameras)
    return setting_command("bench", targets)
