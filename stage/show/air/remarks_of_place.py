"""Whether a picture is where it belongs: on a sphere only if it is one, level, whole at its seam and poles. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterator

from render.worlds.shared.facts import PictureFacts
from render.worlds.shared.values import LayerValues
from stage.show.air.remark import Remark, within
from tracking.records import Scalar

_TWO_TO_ONE = 0.01
_HORIZON_DEG, _LEVEL_DEG = 0.4, 0.4
_SPHERE_HORIZON_DEG, _SPHERE_LEVEL_DEG = 1.5, 1.0
"""A sphere is small, and was level as a rule: what is found of it is less sure."""
_MOST_SHIFT_DEG = 30.0
"""A sphere's rows are never moved farther."""
_SEAM = 0.05
_PARTED = 0.1
_SEAM_DEG = ((0.15, 10.0), (0.0, 6.0))
"""How wide to blend a seam of at least so much."""
_POLE = 0.2


def place_remarks(key: str, facts: PictureFacts, values: LayerValues) -> Iterator[Remark]:
    """What is to be said of where a picture is, with the values of its layer."""
    if values.projection == "flat":
        yield from _flat_horizon(key, facts, values)
        yield from _level(key, facts, values)
        return
    if values.projection != "sphere" or facts.part is not None or values.span_deg < 360.0:
        return
    if _is_no_sphere(facts):
        yield Remark("not_a_sphere", _size(facts), {f"/layer/{key}/projection": "flat"})
        return
    yield from _sphere_horizon(key, facts, values)
    yield from _level(key, facts, values)
    yield from _seam(key, facts, values)
    for code, uneven in (("zenith_uneven", facts.pole_top), ("nadir_uneven", facts.pole_bottom)):
        if uneven > _POLE:
            yield Remark(code, {"percent": round(100.0 * uneven)})


def _is_no_sphere(facts: PictureFacts) -> bool:
    """Whether a picture cannot be a sphere: one of 2:1 that only has a seam, or only uneven poles, may be meant so."""
    if facts.is_sphere:
        return False
    is_parted = facts.seam > _PARTED and min(facts.pole_top, facts.pole_bottom) > _PARTED
    return is_parted or abs(facts.columns / facts.rows / 2.0 - 1.0) > _TWO_TO_ONE


def _size(facts: PictureFacts) -> dict[str, Scalar]:
    return {"columns": facts.columns, "rows": facts.rows}


def _flat_horizon(key: str, facts: PictureFacts, values: LayerValues) -> Iterator[Remark]:
    if facts.horizon is None:
        return
    height = 2.0 * math.tan(math.radians(0.5 * values.width_deg)) * facts.rows / facts.columns
    off_deg = math.degrees(math.atan(abs(values.horizon - facts.horizon) * height))
    if off_deg > _HORIZON_DEG:
        fix = {f"/layer/{key}/horizon": within("horizon", facts.horizon)}
        yield Remark("horizon_off", {"off_deg": round(off_deg, 1), "percent": round(100.0 * facts.horizon)}, fix)


def _sphere_horizon(key: str, facts: PictureFacts, values: LayerValues) -> Iterator[Remark]:
    if facts.horizon is None:
        return
    reach = _MOST_SHIFT_DEG / 180.0
    row = round(min(max(facts.horizon, 0.5 - reach), 0.5 + reach), 4)
    off_deg = 180.0 * abs(values.horizon - row)
    if off_deg > _SPHERE_HORIZON_DEG:
        fix = {f"/layer/{key}/horizon": row}
        yield Remark("horizon_off", {"off_deg": round(off_deg, 1), "percent": round(100.0 * facts.horizon)}, fix)


def _level(key: str, facts: PictureFacts, values: LayerValues) -> Iterator[Remark]:
    """A picture is level once its layer turns it back by as much as it is turned; mirrored, it falls the other way."""
    if facts.horizon is None:
        return
    wanted = {"roll_deg": facts.roll_deg if values.flip else -facts.roll_deg}
    is_flat = values.projection == "flat"
    if not is_flat:
        wanted["tilt_deg"] = facts.tilt_deg
    off = {name: abs(math.remainder(getattr(values, name) - value, 360.0)) for name, value in wanted.items()}
    if max(off.values()) <= (_LEVEL_DEG if is_flat else _SPHERE_LEVEL_DEG):
        return
    fix = {f"/layer/{key}/{name}": within(name, round(value, 2) + 0.0) for name, value in wanted.items()}  # no -0.0
    yield Remark("horizon_tilted", {"tilted_deg": round(max(off.values()), 1)}, fix)


def _seam(key: str, facts: PictureFacts, values: LayerValues) -> Iterator[Remark]:
    wanted = next(degrees for least, degrees in _SEAM_DEG if facts.seam >= least)
    if facts.seam > _SEAM and values.seam_deg < 0.5 * wanted:
        fix = {f"/layer/{key}/seam_deg": wanted}
        yield Remark("seam_seen", {"percent": round(100.0 * facts.seam)}, fix)
