"""Times whole frames of three walls before a panorama beside a bare pass that only looks the panorama up.

And before other worlds, each beside the plain panorama in the same turn.
"""

from __future__ import annotations

import itertools
import math
import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import moderngl
import msgspec
import numpy as np
from numpy.typing import NDArray

from calibration.walls import PlaneShape, Wall
from render.gpu.context import Target
from render.gpu.passes import SHADERS
from render.plan.frame import FramePlan
from stage.config.reader import parse_config
from stage.loading.files import LoadedConfig, read_preset
from stage.show.frame.inputs import AssetReady, FrameInputs
from stage.show.frame.requests import Target as SetTarget
from stage.show.frame.requests import setting_command
from stage.verify.studio import Studio, open_studio
from stage.words.sentences import refuse_if_refused
from tracking.records import Record, Vec3
from tracking.settable import Value

PANORAMA_PX = (4096, 2048)
ASSET = "0" * 64
_CIRCLE_M = 0.3
_EYE_M = (0.0, 0.0, 1.4)
_WARM_UP = 5
_ANGLE_DEG = 40.0
_WIDTH_M, _HEIGHT_M, _AHEAD_M, _BASE_M = 4.0, 2.25, 3.5, 0.3
_PANORAMA = 'kind = "panorama"\nfile = "bench.exr"'
_SCENE = """
[stage]
name = "Bench"
frame_rate_hz = 60
outer = "{outer}"
draw = "{draw}"

[[cameras]]
name = "A"
focal_length_mm = {focal_length_mm}

[world]
{world}
{placed}
"""
_WALL = """
[[walls]]
name = "{name}"
resolution_px = [640, 360]
shape = {{ kind = "plane", lower_left_m = {lower_left}, lower_right_m = {lower_right}, upper_left_m = {upper_left} }}
"""
_FLAT = 'projection = "flat"\nwidth_deg = 120.0'
PANORAMA = 'kind = "panorama"\nfile = "bench.exr"'
Way = tuple[str, Mapping[str, Value]]
"""A world as a configuration gives it, and the values that are set in its first frame."""


class BareFigures(Record):
    """Median milliseconds of a frame with every wall read back, in turns, and ratios of medians.

    `bare` is the bare pass; the others are whole frames, from a new pose to the walls: with a 35 mm lens, with a 10 mm
    lens, with a 35 mm lens and an outer eye that follows the camera, and in a dissolve, whose cost is compared with
    that of both its worlds; the last the same way for pictures on a plane, which have shaders of their own.
    """

    bare_ms: float
    frame_ms: float
    wide_ms: float
    moving_outer_ms: float
    dissolve_ms: float
    flat_ms: float
    flat_dissolve_ms: float
    over_bare: float
    wide_over_frame: float
    moving_outer_over_frame: float
    dissolve_over_both: float
    flat_dissolve_over_both: float
    renderer: str


def measure_against_bare(frames: int, draw: str) -> BareFigures:
    """Draws the bench's own scene: three flat walls of 640x360 LEDs, 4 m x 2.25 m, at 40 degrees to each other.

    The camera goes round a circle of 0.3 m; there is one layer, a panorama of 4096x2048 pixels, and no card. `draw` is
    the configuration's. Raises ConfigError without a graphics driver.
    """
    pixels = panorama()
    with open_studio(scene(draw)) as studio:
        studio.renderer.load_world(ASSET, pixels)
        bare = BarePass(studio, pixels)
        draws = {
            "bare": bare.draw,
            "frame": drawer(studio, scene(draw)),
            "wide": drawer(studio, scene(draw, focal_length_mm=10.0)),
            "moving_outer": drawer(studio, scene(draw, outer="follow")),
            "dissolve": drawer(studio, scene(draw), change=_in_dissolve),
            "flat": drawer(studio, scene(draw, placed=_FLAT)),
            "flat_dissolve": drawer(studio, scene(draw, placed=_FLAT), change=_in_dissolve),
        }
        turns = turns_ms(draws, frames, before=int(draw == "raster"))
        ms = {name: statistics.median(times) for name, times in turns.items()}
        return BareFigures(
            bare_ms=ms["bare"],
            frame_ms=ms["frame"],
            wide_ms=ms["wide"],
            moving_outer_ms=ms["moving_outer"],
            dissolve_ms=ms["dissolve"],
            flat_ms=ms["flat"],
            flat_dissolve_ms=ms["flat_dissolve"],
            over_bare=ms["frame"] / ms["bare"],
            wide_over_frame=ms["wide"] / ms["frame"],
            moving_outer_over_frame=ms["moving_outer"] / ms["frame"],
            dissolve_over_both=ms["dissolve"] / (2.0 * ms["frame"]),
            flat_dissolve_over_both=ms["flat_dissolve"] / (2.0 * ms["flat"]),
            renderer=studio.renderer.name,
        )


class BarePass:
    """The panorama on the walls of a studio, as flat quads, seen from one eye."""

    def __init__(self, studio: Studio, pixels: NDArray[np.float16]) -> None:
        context = studio.renderer.context
        vertex, fragment = (
            (SHADERS / "bench" / name).read_text("utf-8") for name in ("quad.vert", "bare_panorama.frag")
        )
        self._program = context.program(vertex_shader=vertex, fragment_shader=fragment)
        self._quad = context.vertex_array(self._program, [])
        self._panorama = context.texture(PANORAMA_PX, 3, pixels.tobytes(), dtype="f2", alignment=1)
        self._panorama.filter = (moderngl.LINEAR, moderngl.LINEAR)
        walls = studio.loaded.config.walls
        self._walls = [(_quad_of(wall), Target(context, wall.resolution_px, "f1")) for wall in walls]

    def draw(self, frame: int) -> None:
        """Draws and reads every wall, seen from where the camera of this frame is."""
        self._panorama.use(0)
        self._program["eye"].value = _eye(frame)  # type: ignore[union-attr]
        for quad, target in self._walls:
            for name, value in quad.items():
                self._program[name].value = value  # type: ignore[union-attr]
            target.framebuffer.viewport = (0, 0, *target.size)
            target.framebuffer.use()
            self._quad.render(moderngl.TRIANGLE_STRIP, vertices=4)
        for _, target in self._walls:
            target.read()


def _unchanged(plan: FramePlan) -> FramePlan:
    return plan


def drawer(
    studio: Studio,
    loaded: LoadedConfig,
    asset: str = ASSET,
    *,
    change: Callable[[FramePlan], FramePlan] = _unchanged,
    settings: Mapping[str, Value] | None = None,
    others: tuple[AssetReady, ...] = (),
) -> Callable[[int], None]:
    """Steps, draws and reads back one frame of this configuration after another; its picture is known by `asset`.

    `settings` are values that are set in the first frame, `others` what else is on the GPU; `change` is done to each
    plan.
    """
    show = studio.new_show(loaded.config)
    period_ns = round(1_000_000_000 / show.rate)
    ready = (AssetReady(file="bench.exr", sha256=asset), *others)
    started = tuple(SetTarget(path=path, value=value) for path, value in (settings or {}).items())
    first = True

    def draw(frame: int) -> None:
        nonlocal first
        inputs = FrameInputs(
            epoch=1,
            frame=frame,
            present_ns=frame * period_ns,
            commands=(setting_command(f"bench {frame}", (*_pose(frame, starts=first), *(started if first else ()))),),
            observations=ready if first else (),
        )
        first = False
        outcome = show.step(inputs)
        refuse_if_refused(outcome)
        studio.renderer.draw(change(outcome.plan))
        for wall in loaded.config.walls:
            studio.renderer.read_wall(wall.name)

    return draw


def _in_dissolve(plan: FramePlan) -> FramePlan:
    """The plan with its world in a dissolve to the same one, brighter."""
    coming = msgspec.structs.replace(plan.air.world, exposure_stops=1.0)
    return msgspec.structs.replace(plan, air=msgspec.structs.replace(plan.air, coming=coming, share=0.4))


def _pose(frame: int, *, starts: bool) -> Iterator[SetTarget]:
    if starts:
        yield SetTarget(path="/camera/A/source", value="manual")
    for name, value in zip("xyz", _eye(frame), strict=True):
        yield SetTarget(path=f"/camera/A/manual/{name}_m", value=value)


def _eye(frame: int) -> Vec3:
    turn = 0.05 * frame
    return (_EYE_M[0] + _CIRCLE_M * math.cos(turn), _EYE_M[1] + _CIRCLE_M * math.sin(turn), _EYE_M[2])


def turns_ms(draws: Mapping[str, Callable[[int], None]], frames: int, *, before: int) -> dict[str, list[float]]:
    """The milliseconds of each in every turn, so that a slow machine slows all of them.

    Each draws so many frames `before` the one of a turn that is timed. By raster they draw the outer picture anew, of
    which another turn has left one of another eye or light; by ray they fetch pictures of its own into the caches.
    """
    durations_ms: dict[str, list[float]] = {name: [] for name in draws}
    for turn, (name, draw) in itertools.product(range(_WARM_UP + frames), draws.items()):
        *untimed, timed = range((before + 1) * turn, (before + 1) * (turn + 1))
        for frame in untimed:
            draw(frame)
        begun = time.perf_counter()
        draw(timed)
        durations_ms[name].append((time.perf_counter() - begun) * 1e3)
    return {name: times[_WARM_UP:] for name, times in durations_ms.items()}


def scene(
    draw: str, *, focal_length_mm: float = 35.0, outer: str = "fixed", placed: str = "", world: str = _PANORAMA
) -> LoadedConfig:
    """The bench's scene; `world` and `placed` are lines of its world's table."""
    values = {"focal_length_mm": focal_length_mm, "outer": outer, "draw": draw, "placed": placed, "world": world}
    text = _SCENE.format(**values) + "".join(_walls())
    return LoadedConfig(parse_config(text, "bench", read_preset), text, Path.cwd())


def _walls() -> Iterator[str]:
    """The front wall, and the wings hinged on its sides."""
    half, turn = 0.5 * _WIDTH_M, math.radians(_ANGLE_DEG)
    reach = (half + _WIDTH_M * math.cos(turn), _AHEAD_M - _WIDTH_M * math.sin(turn))
    edges = {
        "left": ((-reach[0], reach[1]), (-half, _AHEAD_M)),
        "front": ((-half, _AHEAD_M), (half, _AHEAD_M)),
        "right": ((half, _AHEAD_M), reach),
    }
    for name, (left, right) in edges.items():
        yield _WALL.format(
            name=name,
            lower_left=[*left, _BASE_M],
            lower_right=[*right, _BASE_M],
            upper_left=[*left, _BASE_M + _HEIGHT_M],
        )


def _quad_of(wall: Wall) -> dict[str, Vec3]:
    shape = wall.shape
    assert isinstance(shape, PlaneShape)
    lower_left = np.array(shape.lower_left_m)
    return {
        "lower_left": tuple(lower_left),
        "along": tuple(np.array(shape.lower_right_m) - lower_left),
        "upward": tuple(np.array(shape.upper_left_m) - lower_left),
    }


def panorama() -> NDArray[np.float16]:
    """A panorama with coarse and fine detail."""
    columns, rows = PANORAMA_PX
    grid_rows, grid_columns = np.mgrid[0:rows, 0:columns].astype(np.float32)
    coarse = 1.0 + np.sin(grid_columns * 0.01) * np.cos(grid_rows * 0.015)
    fine = 0.5 + 0.5 * np.sin(grid_columns * 1.1) * np.sin(grid_rows * 0.9)
    return np.stack([coarse, coarse * fine, fine], axis=2).astype(np.float16)


def beside_plain(studio: Studio, ways: Mapping[str, Way], frames: int, draw: str) -> dict[str, float]:
    """Draws the walls of `measure_against_bare` once in every way and before a plain panorama, turn by turn.

    Gives the median milliseconds of each as `NAME_ms`, `plain_ms` among them, and as `NAME_over_plain` the median over
    all turns of how many times as long as plain it took.
    """
    studio.renderer.load_world(ASSET, panorama())
    everything: dict[str, Way] = {"plain": (PANORAMA, {}), **ways}
    draws = {
        name: drawer(studio, scene(draw, world=world), settings=settings)
        for name, (world, settings) in everything.items()
    }
    turns = turns_ms(draws, frames, before=int(draw == "raster"))
    ms = {f"{name}_ms": statistics.median(times) for name, times in turns.items()}
    return ms | {f"{name}_over_plain": _over(turns[name], turns["plain"]) for name in ways}


def _over(times_ms: list[float], plain_ms: list[float]) -> float:
    return statistics.median(took / plain for took, plain in zip(times_ms, plain_ms, strict=True))
