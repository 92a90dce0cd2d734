"""The lens through which a film of a set was shot: in a plan, and the rectangle of which the film shows all. Pure.

The lens is scaled to unit focal length (`calibration/lens.py`), and the film's `width_deg` is how wide it would see
without distortion: its tangents in a film without a lens are then its places on the sensor.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from calibration.lens import LensSetting, Pair, lens_setting, look_from
from calibration.lens_records import Lens
from tracking.records import Evolving, ViewError

Four = tuple[float, float, float, float]
_STEPS = 24
_UNIT_MM = 1.0


class PartLens(Evolving):
    """Brown-Conrady terms and offsets of a lens at unit focal length, y down, and which way its polynomial maps."""

    radial: tuple[float, float, float, float, float, float]
    tangential: Pair = (0.0, 0.0)
    projection_offset: Pair = (0.0, 0.0)
    distortion_offset: Pair = (0.0, 0.0)
    undistorts: bool = True

    def setting(self) -> LensSetting:
        """The same as the lens of the walls' path has it."""
        return LensSetting(
            focal_length_mm=_UNIT_MM,
            entrance_pupil_m=0.0,
            radial=self.radial,
            tangential=self.tangential,
            projection_offset=self.projection_offset,
            distortion_offset=self.distortion_offset,
            undistorts=self.undistorts,
        )


def part_lens(lens: Lens) -> PartLens:
    """A lens file in a plan; of a zoom its first node."""
    found = lens_setting(lens, None)
    return PartLens(
        radial=found.radial,
        tangential=found.tangential,
        projection_offset=found.projection_offset,
        distortion_offset=found.distortion_offset,
        undistorts=found.undistorts,
    )


@lru_cache(maxsize=64)
def seen_edges(lens: PartLens, edges: Four) -> Four:
    """The upright rectangle of tangents, left, bottom, right and top, in which a film shows everything.

    It takes up to a millisecond and is asked for in every frame, so it is found once for each film.

    `edges` are those of the film on its sensor, likewise, y up. Nothing is left of one whose lens folds over there.
    """
    left, bottom, right, top = edges
    across = [left + (right - left) * step / _STEPS for step in range(_STEPS + 1)]
    upwards = [bottom + (top - bottom) * step / _STEPS for step in range(_STEPS + 1)]
    try:
        return (
            max(x for x, _ in _rays(lens, ((left, y) for y in upwards))),
            max(y for _, y in _rays(lens, ((x, bottom) for x in across))),
            min(x for x, _ in _rays(lens, ((right, y) for y in upwards))),
            min(y for _, y in _rays(lens, ((x, top) for x in across))),
        )
    except ViewError:
        return (0.0, 0.0, 0.0, 0.0)


def _rays(lens: PartLens, places: Iterable[Pair]) -> list[Pair]:
    setting = lens.setting()
    return [look_from(setting, (x, -y)) for x, y in places]
