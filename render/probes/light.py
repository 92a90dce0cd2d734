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
from render.compose.variants import WallPasses
from render.gpu.context import Target, draws_in_software
from render.gpu.fence import Finishing
from render.plan.frame import FramePlan
from render.plan.probes import ProbesPlan
from render.probes.brightest import LUMINANCE, brightest_of
from render.probes.centred import centred
from render.probes.closer import Closer, as_indices
from render.probes.field import LightField, LitTiles, Wanted
from render.probes.kept_weights import KeptWeights, Weighed
from render.probes.sources import AroundSize, LitScenes
from render.probes.wall_grid import wall_grid
from render.probes.weights import Surroundings
from render.readback.ring import LIGHT, ReadBack

Array = NDArray[np.float64]


class Fineness(NamedTuple):
    """How many LEDs of all walls together are asked, how many directions around, and of how many frames one is drawn
    where light changes in every one.
    """

    leds: int
    around: AroundSize
    frames: int


FINE = Fineness(1 << 20, AroundSize(8, 32, 64), 1)
"""What a GPU does in a fraction of a millisecond."""
COARSE = Fineness(1 << 14, AroundSize(1, 8, 64), 2)
"""For software: small lights on walls may be missed or count too much."""
_SLOTS = 3
_MOST_LOOKS = 3
"""So often the same light is drawn again at most because it was not yet looked at closely where it should be."""


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
        finishing: Finishing,
        *,
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
        self._field = LightField(context, grids, passes, wanted.around)
        self._closer = Closer(wanted.around.most)
        self._ring: ReadBack[_Label] = ReadBack(context, finishing, _SLOTS)
        self._context = context
        self._frames, self._frame = wanted.frames, 0
        self._unread: Target | None = None
        self._waiting: tuple[_Label, LitTiles] | None = None
        self._measured: FramePlan | None = None
        self._drawn: dict[str | None, tuple[FramePlan, bool]] = {}
        self._looked: FramePlan | None = None
        self._has_skies = False
        self._looks = 0
        self.draws = 0
        """How often light was drawn: the measure of what it costs."""

    def forget(self) -> None:
        """Draws again from now on, because a picture has changed."""
        self._measured = self._looked = None
        self._drawn = {}

    def is_due(self, plan: FramePlan) -> bool:
        """Whether the light of this plan is not the one that was drawn last, and nothing earlier keeps it waiting."""
        if self._measured is not None and 0 < plan.frame - self._frame < self._frames:
            return False
        return self._ring.has_room and self._waiting is None and _light_of(plan) != self._measured

    def is_settled(self, plan: FramePlan) -> bool:
        """Whether the light of this plan has come as exactly as it can be had, and nothing is under way."""
        return self._ring.is_empty and self._waiting is None and _light_of(plan) == self._measured

    def draw(self, plan: FramePlan, lit: LitScenes) -> None:
        """Draws the light at the probes of a plan that has some."""
        assert plan.probes is not msgspec.UNSET
        probes = plan.probes
        bare = probes.brightest and bool(lit.cards)
        wanted = Wanted(any(probe.clipped for probe in probes.probes), bare, self._field.closely)
        light = _light_of(plan)
        changed = [name for name in lit.walls if self._is_news(name, _seen_on(light, name))]
        around = self._is_news(None, _seen_on(light, None), bare=bare)
        self._field.draw_light(lit, changed, around=around, bare=bare)
        size, label = self._field.size_px(wanted), _Label(plan.frame, probes, wanted)
        with self._ring.drawing(size, label, form=LIGHT, timed=False) as target:
            self._field.draw_tiles(target.framebuffer, wanted)
        if light != self._looked:
            self._looked, self._looks = light, 0
        self._has_skies = lit.has_skies
        self._measured, self._frame = light, plan.frame
        self.draws += 1

    def arrived(self) -> Iterator[ReachedLight]:
        """The light that has come, in the order of frames. Never waits."""
        while (come := self._ring.arrived()) is not None:
            if self._waiting is None:
                tiles = self._field.tiles(come.pixels(), come.label.wanted)
                self._waiting = (come.label, tiles)
                self._look_closer(come.label.wanted, tiles)
                yield from self._weighed()
            else:
                self._measured = None  # it comes too early for the weights: drawn again, it is the newest
        yield from self._weighed()

    def warm_up(self, lit: LitScenes) -> None:
        """Has the driver build what the light of these scenes needs."""
        everything = Wanted(above=True, bare=True, closely=(0,))
        self._field.warm_up(lit)
        if self._unread is None:
            self._unread = Target(self._context, self._field.size_px(everything), "f4")
        self._field.draw_tiles(self._unread.framebuffer, everything)

    def prepare(self, probes: ProbesPlan) -> None:
        """Works out what the surroundings of these probes count for them, which takes milliseconds for each."""
        self._weights.work_out(probes.probes)

    def _look_closer(self, wanted: Wanted, tiles: LitTiles) -> None:
        """Has the light drawn again where the world has sources elsewhere than where it was looked at closely."""
        if wanted.closely != self._field.closely or self._looks >= _MOST_LOOKS:
            return
        luminance = tiles.bare @ LUMINANCE
        chosen = self._closer.chosen(luminance, self._field.middles, wanted.closely, spread=self._has_skies)
        if chosen != wanted.closely:
            self._field.look_at(chosen)
            self._looks += 1
            self._measured = None
            self._drawn.pop(None, None)

    def _is_news(self, wall: str | None, light: FramePlan, *, bare: bool = False) -> bool:
        """Whether a wall, or for None what is around, was last drawn from another light."""
        news = self._drawn.get(wall) != (light, bare)
        self._drawn[wall] = (light, bare)
        return news

    def _weighed(self) -> Iterator[ReachedLight]:
        """The light that waits for its weights, if they are there."""
        if self._waiting is None:
            return
        (frame, probes, wanted), tiles = self._waiting
        weighed = self._weights.of(probes.probes)
        if weighed is None:
            return
        self._waiting = None
        light = self._sum(weighed, wanted, tiles, tiles.shown)
        clipped = [index for index, probe in enumerate(probes.probes) if probe.clipped]
        if clipped and tiles.above is not None:
            light[clipped] = self._sum(weighed, wanted, tiles, tiles.above)[clipped]
        light = np.maximum(np.nan_to_num(light, nan=0.0, posinf=0.0), 0.0)
        brightest = self._brightest(tiles) if probes.brightest else None
        yield ReachedLight(frame, tuple(light.ravel().tolist()), brightest)

    def _sum(self, weighed: Weighed, wanted: Wanted, tiles: LitTiles, light: Array) -> Array:
        """The light of tiles at the probes: of those that were looked at closely, from where it comes in each."""
        parts = light.astype(np.float32)
        found = weighed.weights @ parts
        if wanted.closely and len(found):
            closely = as_indices(wanted.closely)
            first = len(light) - len(tiles.centres)
            even = weighed.weights[:, first + closely]
            other = centred(even, weighed.lobes, closely, self._field.middles[closely], tiles.centres[closely])
            found += (other - even) @ parts[first + closely]
        return np.asarray(found, np.float64)

    def _brightest(self, tiles: LitTiles) -> tuple[float, float, float, float, float] | None:
        found = brightest_of(tiles.bare, self._field.middles, tiles.centres)
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
