"""What clients see of the stage lights of a running show."""

from __future__ import annotations

from msgspec import UnsetType

from stage.control.light_views import LightStatus, Now, light_status
from stage.lights.messages import WireStatus
from stage.show.frame.lights import NUMBERS_A_CELL, LightsPlan
from stage.show.lights.rows import RigLight, rig_of
from stage.show.show import Show


def light_statuses(
    show: Show, plan: LightsPlan | UnsetType, page: tuple[int, int], wire: WireStatus | None = None
) -> tuple[tuple[LightStatus, ...], int]:
    """The lights of a `page` (its first, and how many at most), and how many lights there are.

    `wire` is what the lights process told last.
    """
    first, most = page
    rig = rig_of(show.config)
    values = show.state.controls.values.light
    found, cell = [], 0
    for light in rig:
        if first <= light.place < first + most:
            found.append(light_status(show.config, light, values[light.key], _now(plan, light, cell, wire)))
        cell += light.cells
    return tuple(found), len(rig)


def _now(plan: LightsPlan | UnsetType, light: RigLight, cell: int, wire: WireStatus | None) -> Now | None:
    """What a light is to give whose first cell this is."""
    if isinstance(plan, UnsetType):
        return None
    own = slice(NUMBERS_A_CELL * cell, NUMBERS_A_CELL * (cell + light.cells))
    given = () if wire is None else wire.given[own]
    clipped = wire is not None and any(cell <= one < cell + light.cells for one in wire.clipped)
    from_deg = plan.directions.get(light.place)
    return Now(*_mean(plan.targets[own]), from_deg, _mean(given) if given else None, clipped)


def _mean(targets: tuple[float, ...]) -> tuple[float, float, float]:
    """The mean x, y and level of cells; a colour counts as much as its level, and any where all are dark."""
    cells = list(zip(targets[0::3], targets[1::3], targets[2::3], strict=True))
    if not cells:
        return 0.0, 0.0, 0.0
    total = sum(level for _, _, level in cells)
    weights = [level / total if total > 0.0 else 1.0 / len(cells) for _, _, level in cells]
    x = sum(weight * one[0] for weight, one in zip(weights, cells, strict=True))
    y = sum(weight * one[1] for weight, one in zip(weights, cells, strict=True))
    return x, y, total / len(cells)
