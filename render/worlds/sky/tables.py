"""The tables of the sky on the GPU: what is in the air, and what each light outside it makes of that.

What depends on haze, ground and the eye's height is kept apart from what depends on a light's elevation, so that a sun
that moves redraws nothing but its own small table; and that is worked out four times a degree, and mixed between: in
software it takes 3 ms. Every table is a function of the plan alone.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import moderngl
import numpy as np
from numpy.typing import NDArray

from render.gpu.context import Target, float_texture
from render.gpu.passes import Pass, Textures, Uniform
from render.worlds.shared.kept import Kept
from render.worlds.sky import columns
from render.worlds.sky.air import WORLD_FROM_AIR, Air, air_of, horizon_dip_rad
from render.worlds.sky.plan import SkyPlan
from render.worlds.sky.stars import star_table, with_edges
from tracking.records import Notebook

TURNS = 32
"""Columns of a light's table: turns from the light's own, 0 to 180 degrees."""
_MULTIPLE_SIZE = (72, 32)
_STEPS = 16
_UP, _DOWN, _TURNS = 12, 4, 8
"""Directions that light which was scattered before comes from: above and below the horizon, and turns of a half."""
_ABOVE = np.array([[-1.0, -1.0, 1.0, 2.0 * columns.ROWS_ABOVE / columns.ROWS - 1.0]], np.float32)
_BELOW = np.array([[-1.0, 2.0 * columns.ROWS_ABOVE / columns.ROWS - 1.0, 1.0, 1.0]], np.float32)


_STEPS_DEG = (1.0 / 8.0, 1.0 / 4.0)
"""Elevations for which tables are worked out, for a low light and for others. What is mixed between them errs by less
than 0.1 % of the air's light, by twilight by up to 1 % where the earth's shadow ends; of the haze's by 0.3 % in the
median then, and by up to 30 % where it is dimmest."""
_LOW_DEG = 2.0
_AT_STEP = 1e-6
_LightKey = tuple[float, float, float, float]
"""Haze, the eye's altitude, the ground's albedo, and the sine of a light's elevation."""


class LightTable(NamedTuple):
    """The sky by one light of strength 1 outside the air: scattered by air, and by haze without its phase function.

    `from_sky` is a single texel: what level ground gets from it, without the light itself.
    """

    by_air: moderngl.Texture
    by_haze: moderngl.Texture
    from_sky: moderngl.Texture


class AirTable(NamedTuple):
    """What an eye's rays go through: optical depths, and in the last texel's row its direction, row by row."""

    rows: moderngl.Texture
    gains_by_air: moderngl.Texture
    gains_by_haze: moderngl.Texture


class Draws(Notebook):
    """How often each kind of table was filled: the measure of what a moving sun costs."""

    columns: int = 0
    multiple: int = 0
    air: int = 0
    light: int = 0
    between: int = 0


class SkyTables:
    """All tables of one context; each is made when it is first asked for, and the least recently used makes room."""

    def __init__(self, context: moderngl.Context) -> None:
        self._context = context
        self.draws = Draws()
        self._passes: _SkyPasses | None = None
        self._columns: moderngl.Texture | None = None
        self._stars: moderngl.Texture | None = None
        self._marches: Kept[float, columns.March] = Kept()
        self._multiple: Kept[tuple[float, float], Target] = Kept()
        self._airs: Kept[tuple[float, float], AirTable] = Kept()
        self._lights: Kept[_LightKey, _LightTargets] = Kept()
        self._between: Kept[_LightKey, _LightTargets] = Kept()

    def air(self, sky: SkyPlan) -> AirTable:
        """What the rays of the sky's eye go through."""
        key = (sky.haze, sky.eye_altitude_m)
        return self._airs.get(key, lambda spare: self._fill_air(sky, spare))

    def light(self, sky: SkyPlan, rise: float) -> LightTable:
        """The sky by a light at an elevation with this sine."""
        elevation = math.degrees(math.asin(min(max(rise, -1.0), 1.0)))
        step = _STEPS_DEG[elevation >= _LOW_DEG]
        low = math.floor(elevation / step + _AT_STEP)
        share = elevation / step - low
        if share <= _AT_STEP:
            return self._at(sky, step * low).table
        ends = (step * low, step * (low + 1))
        key = (sky.haze, sky.eye_altitude_m, sky.ground_albedo, rise)
        return self._between.get(key, lambda spare: self._mix(sky, ends, share, spare)).table

    def stars(self) -> moderngl.Texture:
        """The fixed stars by cell."""
        if self._stars is None:
            self._stars = float_texture(self._context, with_edges(star_table()))
        return self._stars

    def _fill_air(self, sky: SkyPlan, spare: AirTable | None) -> AirTable:
        self.draws.air += 1
        march = self._marches.get(sky.eye_altitude_m, lambda _: columns.march(sky.eye_altitude_m))
        air = air_of(sky.haze)
        by_air, by_haze = march.gains(air)
        pictures = (march.rows(air), by_air, by_haze)
        if spare is None:
            rows, *gains = (float_texture(self._context, picture) for picture in pictures)
            rows.filter = (moderngl.LINEAR, moderngl.LINEAR)
            return AirTable(rows, *gains)
        for texture, picture in zip(spare, pictures, strict=True):
            texture.write(picture.tobytes())
        return spare

    def _at(self, sky: SkyPlan, elevation_deg: float) -> _LightTargets:
        rise = math.sin(math.radians(elevation_deg))
        key = (sky.haze, sky.eye_altitude_m, sky.ground_albedo, rise)
        return self._lights.get(key, lambda spare: self._fill_light(sky, rise, spare))

    def _mix(
        self, sky: SkyPlan, ends_deg: tuple[float, float], share: float, spare: _LightTargets | None
    ) -> _LightTargets:
        """The tables of two elevations, mixed: `share` is how much of the way to the second one it is."""
        targets = spare or _LightTargets.made(self._context)
        before, after = (self._at(sky, one) for one in ends_deg)
        values: dict[str, Uniform] = {"share": share}
        for framebuffer, one, other in (
            (targets.framebuffer, before.pair, after.pair),
            (targets.from_sky.framebuffer, (before.from_sky.texture,) * 2, (after.from_sky.texture,) * 2),
        ):
            textures = dict(zip(_SkyPasses.BETWEEN, (*one, *other), strict=True))
            self._ready_passes().between.draw(framebuffer, values, textures)
        self.draws.between += 1
        return targets

    def _fill_light(self, sky: SkyPlan, rise: float, spare: _LightTargets | None) -> _LightTargets:
        targets = spare or _LightTargets.made(self._context)
        air = self.air(sky)
        passes = self._ready_passes()
        common = self._common(air_of(sky.haze))
        towards = (math.sqrt(max(1.0 - rise * rise, 0.0)), rise)
        values: dict[str, Uniform] = {
            **common,
            "towards": towards,
            "albedo": sky.ground_albedo,
            "world_from_air": WORLD_FROM_AIR,
        }
        textures: Textures = {
            "columns": self._column_texture(),
            "multiple": self._multiple_table(sky).texture,
            "gains_by_air": air.gains_by_air,
            "gains_by_haze": air.gains_by_haze,
            "rows": air.rows,
            "from_sky": targets.from_sky.texture,
        }
        passes.above.draw(targets.framebuffer, values, textures, _ABOVE)
        places: Textures = {"by_air": targets.by_air, "by_haze": targets.by_haze}
        around: dict[str, Uniform] = {"horizon": horizon_values(sky.eye_altitude_m), "towards": towards}
        passes.irradiance.draw(targets.from_sky.framebuffer, around, places)
        passes.below.draw(targets.framebuffer, values, textures, _BELOW)
        self.draws.light += 1
        return targets

    def _multiple_table(self, sky: SkyPlan) -> Target:
        return self._multiple.get((sky.haze, sky.ground_albedo), lambda spare: self._fill_multiple(sky, spare))

    def _fill_multiple(self, sky: SkyPlan, spare: Target | None) -> Target:
        target = spare or Target(self._context, _MULTIPLE_SIZE, "f4")
        air = air_of(sky.haze)
        values: dict[str, Uniform] = {
            **self._common(air),
            "rayleigh": air.rayleigh,
            "mie": air.mie_scattering,
            "albedo": sky.ground_albedo,
            "directions": _directions(),
            "steps": _steps(),
        }
        self._ready_passes().multiple.draw(target.framebuffer, values, {"columns": self._column_texture()})
        self.draws.multiple += 1
        return target

    def _ready_passes(self) -> _SkyPasses:
        if self._passes is None:
            self._passes = _SkyPasses(self._context)
        return self._passes

    def _column_texture(self) -> moderngl.Texture:
        """The columns, which nothing changes: they are counted once."""
        if self._columns is None:
            table = columns.column_table()
            whole = np.concatenate([table, np.zeros_like(table[..., :1])], axis=2)
            self._columns = float_texture(self._context, whole)
            self._columns.filter = (moderngl.LINEAR, moderngl.LINEAR)
            self.draws.columns += 1
        return self._columns

    @staticmethod
    def _common(air: Air) -> dict[str, Uniform]:
        return {"depth_from_columns": (*air.rayleigh, *air.mie, *air.ozone)}


def horizon_values(eye_altitude_m: float) -> tuple[float, float, float, float]:
    """The uniform `horizon` of `shaders/sky/table_places.glsl`."""
    dip = horizon_dip_rad(eye_altitude_m)
    above, below = columns.row_scales(dip)
    return (math.cos(dip), math.sin(dip), 1.0 / above, 1.0 / below)


@dataclass(slots=True)
class _LightTargets:
    by_air: moderngl.Texture
    by_haze: moderngl.Texture
    framebuffer: moderngl.Framebuffer
    from_sky: Target

    @classmethod
    def made(cls, context: moderngl.Context) -> _LightTargets:
        pictures = []
        for _ in range(2):
            texture = context.texture((TURNS, columns.ROWS), 4, dtype="f4")
            texture.repeat_x = texture.repeat_y = False
            texture.filter = (moderngl.LINEAR, moderngl.LINEAR)
            pictures.append(texture)
        framebuffer = context.framebuffer(color_attachments=pictures)
        framebuffer.use()
        by_air, by_haze = pictures
        return cls(by_air, by_haze, framebuffer, Target(context, (1, 1), "f4"))

    @property
    def pair(self) -> tuple[moderngl.Texture, moderngl.Texture]:
        return (self.by_air, self.by_haze)

    @property
    def table(self) -> LightTable:
        return LightTable(self.by_air, self.by_haze, self.from_sky.texture)


class _SkyPasses:
    """The shaders that fill the tables."""

    BETWEEN = ("by_air", "by_haze", "later_by_air", "later_by_haze")
    """What is mixed."""

    def __init__(self, context: moderngl.Context) -> None:
        sizes = (f"NODES {columns.NODES}", f"TURNS_IN_TABLE {TURNS}")
        names = ("depth_from_columns", "towards", "albedo", "world_from_air")
        textures = ("columns", "multiple", "gains_by_air", "gains_by_haze", "rows", "from_sky")
        self.above = Pass(context, "sky/light.frag", uniforms=names, textures=textures, defines=sizes)
        below = (*sizes, "GROUND_ROWS")
        self.below = Pass(context, "sky/light.frag", uniforms=names, textures=textures, defines=below)
        self.irradiance = Pass(
            context, "sky/irradiance.frag", uniforms=("horizon", "towards"), textures=("by_air", "by_haze")
        )
        self.between = Pass(context, "sky/between.frag", uniforms=("share",), textures=self.BETWEEN)
        self.multiple = Pass(
            context,
            "sky/multiple.frag",
            uniforms=("depth_from_columns", "rayleigh", "mie", "albedo", "directions", "steps"),
            textures=("columns",),
            defines=(
                f"SIZE ivec2({_MULTIPLE_SIZE[0]}, {_MULTIPLE_SIZE[1]})",
                f"DIRECTIONS {_UP + _DOWN}",
                f"TURNS {_TURNS}",
                f"STEPS {_STEPS}",
            ),
        )


def _directions() -> list[tuple[float, ...]]:
    """How far each is from the horizon, as a share of what there is above or below it, and the weight of that share."""
    found: list[tuple[float, ...]] = []
    for count, sign in ((_UP, 1.0), (_DOWN, -1.0)):
        nodes, weights = _gauss(count)
        found += [(sign * x * x, 2.0 * x * w, 0.0, 0.0) for x, w in zip(nodes, weights, strict=True)]
    return found


def _steps() -> list[tuple[float, ...]]:
    nodes, weights = _gauss(_STEPS)
    return [(x * x, 2.0 * x * w) for x, w in zip(nodes, weights, strict=True)]


def _gauss(count: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    nodes, weights = np.polynomial.legendre.leggauss(count)
    return 0.5 * (nodes + 1.0), 0.5 * weights
