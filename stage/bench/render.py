"""Times the parts of a picture, and compares the full compose with the least work that a compose must do."""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Callable, Mapping

import moderngl
import msgspec
import numpy as np
from numpy.typing import NDArray

from calibration.rasters.positions import wall_positions
from render.assets.plate_textures import PlateTextures
from render.assets.upload import PictureTextures
from render.colour.matrices import column_major
from render.compose.air import aired
from render.compose.raster_views import OuterCube, ViewPasses, Worlds
from render.compose.scene import Scene
from render.compose.variants import WallPasses
from render.compose.views import InnerPicture, PictureBlock
from render.compose.wall_pass import WallPicture
from render.gpu.context import Target, create_headless_context, prepare, renderer_name
from render.gpu.passes import Pass, Textures
from render.plan.cards import CardKind, CardPlan, CardShape
from render.plan.frame import GradePlan
from render.plan.inner import inner_view
from render.renderer import PICTURE_KIND
from render.worlds.drawings import WorldDrawings
from render.worlds.on_air import AirPlan, LayerPlan, WorldPlan
from render.worlds.panorama.record import PanoramaPlan
from stage.bench.demo_view import OUTER, demo_inner, demo_wall
from tracking.records import Record

_ASSET = "bench"
_WALL = demo_wall(1000.0)
_AIR = AirPlan(world=WorldPlan(key="bench", layers=(LayerPlan(light=PanoramaPlan(asset=_ASSET)),)))
_INNER = demo_inner((0.3, 0.0, 1.5), (960, 540))
_KINDS: tuple[tuple[CardKind, CardShape, float], ...] = (
    ("card", "rectangle", 50.0),
    ("flag", "rectangle", -50.0),
    ("window", "ellipse", 20.0),
    ("card", "ellipse", -20.0),
)
_CARDS = tuple(
    CardPlan(
        name=f"card {azimuth_deg:g}",
        eye_m=(0.0, 0.0, 1.5),
        kind=kind,
        shape=shape,
        azimuth_deg=azimuth_deg,
        elevation_deg=5.0,
        roll_deg=10.0,
        width_deg=15.0,
        height_deg=10.0,
        feather_deg=3.0,
        red=1.0,
        green=0.9,
        blue=0.8,
        exposure_stops=1.0,
        temperature_k=5000.0,
        opacity=0.8,
    )
    for kind, shape, azimuth_deg in _KINDS
)
_GRADE = GradePlan(exposure_stops=0.5, temperature_k=5600.0, tint=0.1)


class RenderFigures(Record):
    """Medians in milliseconds for a megapixel drawn or read, and ratios of medians.

    `ray` is a wall by ray, `compose` one by raster from its `outer` and `inner` pictures. `compose_over_bare` is that
    over the bare one. `tools_over_plain` is a wall by ray with two cameras and four cards over one with a camera and
    no card; for `moving_tools_over_plain` all cards move in every frame.
    """

    ray: float
    outer: float
    inner: float
    compose: float
    read_back: float
    compose_over_bare: float
    tools_over_plain: float
    moving_tools_over_plain: float
    renderer: str


def measure(rounds: int = 40) -> RenderFigures:
    """Draws a 1024x320 arc wall, a 960x540 inner picture and six 512 px cube faces, `rounds` times each in turn.

    The clock stops when the GPU has finished a part. The bare compose (`shaders/bench/bare_compose.frag`) fetches the
    same position, inner and outer textures, and writes linear light into the same target. Tools are drawn on another
    wall of the same size. Raises ConfigError without a graphics driver.
    """
    context = create_headless_context()
    try:
        prepare(context)
        parts = _parts(context)
        milliseconds = _timed(context, {name: draw for name, (draw, _) in parts.items()}, rounds)
        per_megapixel = {name: milliseconds[name] / megapixels for name, (_, megapixels) in parts.items()}
        return RenderFigures(
            ray=per_megapixel["ray"],
            outer=per_megapixel["outer"],
            inner=per_megapixel["inner"],
            compose=per_megapixel["compose"],
            read_back=per_megapixel["read_back"],
            compose_over_bare=milliseconds["compose"] / milliseconds["bare"],
            tools_over_plain=milliseconds["tools"] / milliseconds["ray"],
            moving_tools_over_plain=milliseconds["moving_tools"] / milliseconds["ray"],
            renderer=renderer_name(context),
        )
    finally:
        context.release()


def _parts(context: moderngl.Context) -> dict[str, tuple[Callable[[], object], float]]:
    """The parts that are timed, by name: a function that draws the part, and how many megapixels it has."""
    loaded = PictureTextures(context)
    loaded.load(_ASSET, _street())
    on_air = aired(_AIR, WorldDrawings(context, loaded.use, PlateTextures(context)).source)
    views, cube = ViewPasses(context), OuterCube(context, OUTER.face_px, PICTURE_KIND)
    wall = WallPicture(context, _WALL, wall_positions(_WALL), WallPasses(context), PICTURE_KIND)
    inner = Target(context, _INNER.size_px, PICTURE_KIND)
    cube.draw(views, OUTER.eye_m, on_air)
    wall.draw_outer(cube, OUTER.eye_m)
    bare = BareCompose(context, wall, inner)
    by_ray = Scene((_INNER,), OUTER.eye_m, on_air)
    by_raster = Scene((_INNER,), OUTER.eye_m, pictures=[PictureBlock(None, (InnerPicture(_INNER, inner.texture),))])
    tooled = ToolsBench(context, on_air)
    wall_size = math.prod(_WALL.resolution_px) / 1e6
    return {
        "outer": (lambda: cube.draw(views, OUTER.eye_m, on_air), 6 * OUTER.face_px**2 / 1e6),
        "inner": (
            lambda: views.draw(inner.framebuffer, inner_view(_INNER), on_air),
            math.prod(_INNER.size_px) / 1e6,
        ),
        "bare": (bare.draw, wall_size),
        "compose": (lambda: wall.draw_code(by_raster, _GRADE), wall_size),
        "ray": (lambda: wall.draw_code(by_ray, _GRADE), wall_size),
        "tools": (lambda: tooled.draw(cards_move=False), wall_size),
        "moving_tools": (lambda: tooled.draw(cards_move=True), wall_size),
        "read_back": (wall.sent.read, wall_size),
    }


class BareCompose:
    """The least that composing a wall from pictures can be."""

    def __init__(self, context: moderngl.Context, wall: WallPicture, inner: Target) -> None:
        drawn = _INNER.drawn
        scale = (1.0 / (drawn.right - drawn.left), -1.0 / (drawn.top - drawn.bottom))
        self._values = {
            "eye": _INNER.eye_m,
            "camera_from_stage": column_major((_INNER.right, _INNER.up, _INNER.ahead)),
            "place_from_tangents": (*scale, -drawn.left * scale[0], -drawn.top * scale[1]),
        }
        self._textures: Textures = {
            "positions": wall.positions,
            "behind": wall.target("outer").texture,
            "inner": inner.texture,
        }
        self._target = wall.sent.framebuffer
        self._pass = Pass(
            context, "bench/bare_compose.frag", uniforms=tuple(self._values), textures=tuple(self._textures)
        )

    def draw(self) -> None:
        """Composes the wall."""
        self._pass.draw(self._target, self._values, self._textures)


class ToolsBench:
    """A wall with two cameras and four cards of all kinds and shapes."""

    def __init__(self, context: moderngl.Context, on_air: Worlds) -> None:
        self._wall = WallPicture(context, _WALL, wall_positions(_WALL), WallPasses(context), PICTURE_KIND)
        second = msgspec.structs.replace(_INNER, camera="B", eye_m=(-0.5, 0.2, 1.4))
        self._scene = Scene((_INNER, second), OUTER.eye_m, on_air)

    def draw(self, *, cards_move: bool) -> None:
        """Composes the wall; draws its cards again if they move."""
        if cards_move:
            self._wall.cards.update(())
        self._wall.cards.update(_CARDS)
        self._wall.draw_code(self._scene, _GRADE)


def _timed(context: moderngl.Context, draws: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """Median milliseconds of each draw. Every round has one of each, so that a slow machine slows all of them."""
    for draw in draws.values():
        draw()
    context.finish()
    durations_ms: dict[str, list[float]] = {name: [] for name in draws}
    for _ in range(rounds):
        for name, draw in draws.items():
            begun = time.perf_counter()
            draw()
            context.finish()
            durations_ms[name].append((time.perf_counter() - begun) * 1e3)
    return {name: statistics.median(times) for name, times in durations_ms.items()}


def _street() -> NDArray[np.float32]:
    """A panorama of 2048x1024 pixels with coarse and fine detail."""
    rows, columns = np.mgrid[0:1024, 0:2048].astype(np.float32)
    coarse = 1.0 + np.sin(columns * 0.02) * np.cos(rows * 0.03)
    fine = 0.5 + 0.5 * np.sin(columns * 1.1) * np.sin(rows * 0.9)
    return np.stack([coarse, coarse * fine, fine], axis=2)
