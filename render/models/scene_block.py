"""The numbers that all triangles of a view share, as the block of `shaders/models/scene.glsl`."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import moderngl
import numpy as np

from render.colour.grade import NITS_AT_ONE
from render.colour.primaries import REC709, acescg_from_rgb
from render.models.light import HARMONICS, ModelLight, PlacedLamp
from render.models.model import MOST_LAMPS
from render.models.placing import PlacedModel, RasterView, Transform
from tracking.records import Vec3

CASCADES = 4
_BLOCK = np.dtype(
    [
        ("clip_from_near", "f4", (4, 4)),
        ("shadow_from_near", "f4", (CASCADES, 4, 4)),
        ("irradiance", "f4", (HARMONICS, 4)),
        ("lamps", "f4", (3 * MOST_LAMPS, 4)),
        ("eye", "f4", 4),
        ("sun_towards", "f4", 4),
        ("sun_light", "f4", 4),
        ("dusk_light", "f4", 4),
        ("counts", "i4", 4),
    ]
)
"""std140: every vector and column fills four floats. Matrices are written transposed, column by column."""
_ACESCG = np.array(acescg_from_rgb(REC709))
_AFAR_M = 1e5
"""How far away a lamp of parallel light is put."""


class SceneBlock:
    """The block on the GPU, written once for each picture."""

    def __init__(self, context: moderngl.Context) -> None:
        self._buffer = context.buffer(reserve=_BLOCK.itemsize, dynamic=True)
        self._values = np.zeros((), _BLOCK)

    def write(
        self, view: RasterView, light: ModelLight, lamps: Sequence[PlacedLamp], dusk_light: Vec3 = (0.0, 0.0, 0.0)
    ) -> None:
        """Writes what a view is lit by. `dusk_light` (Rec.709) is what figures have of a scene's lamps at night."""
        values, shadows = self._values, light.shadows
        from_texture = isinstance(light.irradiance, moderngl.Texture)
        if not from_texture:
            values["irradiance"][:, :3] = light.irradiance
        _set_lamps(values, view, lamps)
        values["eye"][3] = light.dusk
        values["dusk_light"][:3] = light.dusk * (_ACESCG @ np.array(dusk_light))
        values["dusk_light"][3] = light.gain
        values["sun_towards"][:3] = light.sun_towards
        values["sun_light"][:3] = light.sun_irradiance
        values["sun_light"][3] = 0.0 if light.around is None else light.around.levels
        values["counts"] = (min(len(lamps), MOST_LAMPS), 0, 1, 0)
        if shadows is not None:
            for number, clip_from_world in enumerate(shadows.looked_up()):
                values["shadow_from_near"][number] = near(clip_from_world, view).T
            values["sun_towards"][3] = 1.0 / shadows.side_px
            values["counts"][1:3] = (len(shadows.clip_from_world), shadows.tiles)
        self._write(view)
        if isinstance(light.irradiance, moderngl.Texture):
            # From texture to block without this program's waiting for it: nothing is read back.
            light.irradiance.read_into(self._buffer, write_offset=_BLOCK.fields["irradiance"][1])  # type: ignore[index]

    def write_view(self, view: RasterView) -> None:
        """Writes where a picture of depths alone is seen from."""
        self._write(view)

    def use(self, binding: int) -> None:
        """Binds the block."""
        self._buffer.bind_to_uniform_block(binding)

    def _write(self, view: RasterView) -> None:
        self._values["clip_from_near"] = near(view.clip_from_world, view).T
        self._values["eye"][:3] = view.eye_m
        self._buffer.write(self._values.tobytes())


def near(clip_from_world: Transform, view: RasterView) -> Transform:
    """The same for places relative to a view's eye, so that single precision holds near it."""
    moved = clip_from_world.copy()
    moved[:, 3] = clip_from_world @ np.array((*view.eye_m, 1.0))
    return moved


def lamps_of(models: Iterable[PlacedModel]) -> list[PlacedLamp]:
    """The lamps that stand in models: candela, and lux, over the nits that a light of 1.0 has."""
    found = []
    for placed in models:
        for node, lamp in placed.model.lamps:
            matrix = placed.world_from_node[node].astype(np.float64)
            shines = -matrix[:3, 2] / max(float(np.linalg.norm(matrix[:3, 2])), 1e-9)
            light = _ACESCG @ np.array(lamp.colour) / NITS_AT_ONE
            place = matrix[:3, 3]
            if lamp.kind == "sun":
                place, light = place - _AFAR_M * shines, light * _AFAR_M**2
            is_spot = lamp.kind == "spot"
            found.append(
                PlacedLamp(
                    place_m=(float(place[0]), float(place[1]), float(place[2])),
                    light=(float(light[0]), float(light[1]), float(light[2])),
                    towards=(float(shines[0]), float(shines[1]), float(shines[2])),
                    range_m=0.0 if lamp.kind == "sun" else lamp.range_m,
                    inner_cone=lamp.inner_cone if is_spot else math.pi,
                    outer_cone=lamp.outer_cone if is_spot else math.pi,
                )
            )
    return found


def nearest(lamps: Sequence[PlacedLamp], view: RasterView) -> list[PlacedLamp]:
    """The lamps that are drawn with: those nearest to the eye, parallel light before all."""

    def order(lamp: PlacedLamp) -> float:
        away = math.dist(lamp.place_m, view.eye_m)
        return 0.0 if away > 0.5 * _AFAR_M else away

    return sorted(lamps, key=order)[:MOST_LAMPS]


def _set_lamps(values: np.ndarray, view: RasterView, lamps: Sequence[PlacedLamp]) -> None:
    """KHR_lights_punctual: the fall of a cone from its inner to its outer angle as a slope and an offset."""
    for number, lamp in enumerate(nearest(lamps, view)):
        rows = values["lamps"][3 * number : 3 * number + 3]
        slope, offset = 0.0, 1.0
        if lamp.outer_cone < math.pi:
            slope = 1.0 / max(1e-3, math.cos(lamp.inner_cone) - math.cos(lamp.outer_cone))
            offset = -math.cos(lamp.outer_cone) * slope
        rows[0] = (*np.subtract(lamp.place_m, view.eye_m), 1.0 / lamp.range_m if lamp.range_m > 0.0 else 0.0)
        rows[1] = (*lamp.light, slope)
        rows[2] = (*lamp.towards, offset)
