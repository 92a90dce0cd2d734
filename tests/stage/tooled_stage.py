"""A stage with two cameras, an arc and three cards for the tests of on-wall tools: the real fold, no port, no clock."""

from __future__ import annotations

from calibration.rasters.positions import wall_positions, wall_surface
from calibration.records import Calibration
from render.plan.frame import FramePlan
from render.plan.inner import InnerPlan
from stage.config.reader import parse_config
from stage.loading.files import read_preset
from stage.show.frame.inputs import AssetReady, Command, FrameInputs, Observation, SetRequest, Value
from stage.show.show import Show
from stage.show.state import new_state

RATE = 60
PERIOD_NS = 1_000_000_000 // RATE
START_NS = 5_000_000_000
TOML = """
[stage]
frame_rate_hz = 60
outer_eye_m = [0.0, 0.0, 1.4]
[[walls]]
name = "main"
resolution_px = [64, 20]
latency_ms = 16.0
shape = { kind = "arc", radius_m = 4.0, sweep_deg = 120.0, height_m = 2.6 }
[[walls]]
name = "side"
resolution_px = [32, 32]
shape = { kind = "plane", lower_left_m = [-4, -2, 0], lower_right_m = [-4, 0, 0], upper_left_m = [-4, -2, 2] }
[[cameras]]
name = "A"
focal_length_mm = 35.0
[[cameras]]
name = "B"
focal_length_mm = 50.0
late_pose = "4"
[[cards]]
name = "key"
enabled = true
azimuth_deg = 40.0
temperature_k = 4000.0
[[cards]]
name = "flag"
kind = "flag"
shape = "ellipse"
[[cards]]
name = "window"
kind = "window"
red = 2.0
in_view = true
[world]
kind = "panorama"
file = "x.png"
"""
CONFIG = parse_config(TOML, "test", read_preset)
CALIBRATION = Calibration(surfaces=tuple(wall_surface(wall, wall_positions(wall, None)) for wall in CONFIG.walls))


def new_show() -> Show:
    return Show(CONFIG, CALIBRATION, new_state(CONFIG, Show.tree_of(CONFIG)))


def inputs_at(frame: int, observations: tuple[Observation, ...] = (), **settings: Value) -> FrameInputs:
    """One frame's inputs; `settings` are values by path, with two underscores where the path has a slash."""
    commands = tuple(
        Command(
            id=f"{frame} {path}",
            client="test",
            role="admin",
            order=frame,
            request=SetRequest(path="/" + path.replace("__", "/"), value=value),
        )
        for path, value in settings.items()
    )
    return FrameInputs(
        epoch=3,
        frame=frame,
        present_ns=START_NS + (frame + 1) * PERIOD_NS,
        commands=commands,
        observations=observations,
    )


def step(show: Show, frame: int, observations: tuple[Observation, ...] = (), **settings: Value) -> FramePlan:
    plan = show.step(inputs_at(frame, observations, **settings))
    assert not [answer for answer in plan.acknowledgements if answer.error], plan.acknowledgements
    return plan


def ready(sha256: str = "ab" * 32) -> tuple[AssetReady, ...]:
    return (AssetReady(file="x.png", sha256=sha256),)


def view_of(plan: FramePlan, camera: str = "A", wall: int = 0) -> InnerPlan:
    return next(plan.inners[index] for index in plan.walls[wall].inners if plan.inners[index].camera == camera)
