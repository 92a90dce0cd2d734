"""The light at the probes of plans: drawn when something changed, read back frames later, never waited for."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import NamedTuple

import moderngl
import msgspec
import numpy as np
from numpy.typing import NDArray

from calibration.walls import Wall
from render.compose.wall_pass import WallPasses
from render.gpu.context import Target, draws_in_software
from render.plan.frame import FramePlan
from render.plan.probes import ProbesPlan
from render.probes.brightest import brightest_of
from render.probes.directions import directions_around
from render.probes.field import LightField, Tiles, Wanted
from render.probes.kept_weights import KeptWeights
from render.probes.scenes import LitScenes
from render.probes.wall_grid import wall_grid
from render.probes.weights import AROUND_TILES, Surroundings
from render.readback.ring import ReadBack

Array = NDArray[np.float64]


class Fineness(NamedTuple):
    """How many LEDs of all walls together are asked, the side of the square of directions around, and of how many
    frames one is drawn where light changes in every one.
    """

    leds: int
    around_px: int
    frames: int


FINE = Fineness(1 << 20, 1024, 1)
"""What a GPU does in a fraction of a millisecond: a sun is as bright as it is, within 2 %."""
COARSE = Fineness(1 << 14, 128, 2)
"""For software: small lights on walls may be missed or count too much, and a high sun beside them errs by a tenth."""
_SLOTS = 3


class ReachedLight(NamedTuple):
    """The light at the probes of the plan of `frame`, one after the other: mean radiance over the lobe, ACEScg.

    `brightest` is azimuth and elevation (degrees, + left and + up) of the brightest source, and its irradiance.
    """

    frame: int
    light: tuple[float, ...]
    brightest: tuple[float, float, float, float, float] | None


class _Label(NamedTuple):
    frame: int
    probes: ProbesPlan
    wanted: Wanted


class ProbeLight:
    """Measures the light of a stage's walls and of the world around."""

    def __init__(
        self,
        context: moderngl.Context,
        walls: Mapping[str, Wall],
        positions: Mapping[str, NDArray[np.float64]],
        passes: WallPasses,
        fineness: Fineness | None = None,
    ) -> None:
        """Where `fineness` is None, the driver's kind decides it."""
        wanted = fineness or (COARSE if draws_in_software(context) else FINE)
        leds = sum(math.prod(positions[name].shape[:2]) for name in walls)
        grids = {}
        for name, wall in walls.items():
            places = positions[name]
            grids[name] = (wall, wall_grid(places, math.ceil(wanted.leds * math.prod(places.shape[:2]) / leds)))
        self._weights = KeptWeights(Surroundings(grids))
        self._field = LightField(context, grids, passes, wanted.around_px)
        self._ring: ReadBack[_Label] = ReadBack(context, _SLOTS, kind="f4")
        self._context = context
        self._frames, self._frame = wanted.frames, 0
        self._unread: Target | None = None
        self._waiting: tuple[_Label, Tiles] | None = None
        self._measured: FramePlan | None = None
        self._drawn: dict[str | None, FramePlan] = {}
        coarse = directions_around(AROUND_TILES)
        self._middles = coarse.reshape(-1, 3)
        self.draws = 0
        """How often light was drawn: the measure of what it costs."""

    def forget(self) -> None:
        """Draws again from now on, because a picture has changed."""
        self._measured = None
        self._drawn = {}

    def is_due(self, plan: FramePlan) -> bool:
        """Whether the light of this plan is not the one that was drawn last, and nothing earlier keeps it waiting."""
        if self._measured is not None and 0 < plan.frame - self._frame < self._frames:
            return False
        return self._ring.has_room and self._waiting is None and _light_of(plan) != self._measured

    def draw(self, plan: FramePlan, lit: LitScenes) -> None:
        """Draws the light at the probes of a plan that has some."""
        assert plan.probes is not msgspec.UNSET
        probes = plan.probes
        wanted = Wanted(any(probe.clipped for probe in probes.probes), probes.brightest)
        light = _light_of(plan)
        changed = [name for name in lit.walls if self._is_news(name, _seen_on(light, name))]
        self._field.draw_light(lit, changed, around=self._is_news(None, _seen_on(light, None)))
        with self._ring.drawing(self._field.size_px(wanted), _Label(plan.frame, probes, wanted), timed=False) as target:
            self._field.draw_tiles(target.framebuffer, wanted)
        self._measured, self._frame = light, plan.frame
        self.draws += 1

    def arrived(self) -> Iterator[ReachedLight]:
        """The light that has come, in the order of frames. Never waits."""
        for come in self._ring.arrived(_SLOTS):
            if self._waiting is None:
                self._waiting = (come.label, self._field.tiles(come.pixels, come.label.wanted))
                yield from self._weighed()
            else:
                self._measured = None  # it comes too early for the weights: drawn again, it is the newest
        yield from self._weighed()

    def warm_up(self, lit: LitScenes) -> None:
        """Has the driver build what the light of these scenes needs."""
        everything = Wanted(above=True, brightest=True)
        self._field.warm_up(lit)
        if self._unread is None:
            self._unread = Target(self._context, self._field.size_px(everything), "f4")
        self._field.draw_tiles(self._unread.framebuffer, everything)

    def prepare(self, probes: ProbesPlan) -> None:
        """Works out what the surroundings of these probes count for them, which takes milliseconds for each."""
        self._weights.work_out(probes.probes)

    def _is_news(self, wall: str | None, light: FramePlan) -> bool:
        """Whether a wall, or for None what is around, was last drawn from another light."""
        news = self._drawn.get(wall) != light
        self._drawn[wall] = light
        return news

    def _weighed(self) -> Iterator[ReachedLight]:
        """The light that waits for its weights, if they are there."""
        if self._waiting is None:
            return
        (frame, probes, _), tiles = self._waiting
        weights = self._weights.of(probes.probes)
        if weights is None:
            return
        self._waiting = None
        light = weights @ tiles.shown.astype(np.float32)
        clipped = [index for index, probe in enumerate(probes.probes) if probe.clipped]
        if clipped and tiles.above is not None:
            light[clipped] = weights[clipped] @ tiles.above.astype(np.float32)
        light = np.maximum(np.nan_to_num(light, nan=0.0, posinf=0.0), 0.0)
        yield ReachedLight(frame, tuple(light.ravel().tolist()), self._brightest(tiles))

    def _brightest(self, tiles: Tiles) -> tuple[float, float, float, float, float] | None:
        if tiles.moments is None:
            return None
        found = brightest_of(tiles.shown[-len(tiles.moments) :], tiles.moments, self._middles)
        if found is None:
            return None
        x, y, z = found.towards.tolist()
        red, green, blue = found.irradiance.tolist()
        azimuth, elevation = math.degrees(math.atan2(-x, y)), math.degrees(math.asin(max(-1.0, min(1.0, z))))
        return azimuth, elevation, red, green, blue


def _seen_on(light: FramePlan, name: str | None) -> FramePlan:
    """The plan with only what the light on one wall depends on, or for None what is around."""
    indices = next((wall.inners for wall in light.walls if wall.name == name), ())
    inners = tuple(light.inners[index] for index in indices)
    return msgspec.structs.replace(light, walls=(), inners=inners, probes=msgspec.UNSET)


def _light_of(plan: FramePlan) -> FramePlan:
    """The plan with only what its light depends on, so that equal ones have equal light."""
    walls = tuple(msgspec.structs.replace(wall, light_ns=0, pattern="off", holds=()) for wall in plan.walls)
    inners = tuple(msgspec.structs.replace(inner, light_ns=0) for inner in plan.inners)
    return msgspec.structs.replace(
        plan, epoch=0, frame=0, present_ns=0, walls=walls, inners=inners, blackout=False, guide="off"
    )
