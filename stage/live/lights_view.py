"""What clients see of the stage lights of a running show, of the wire to them, and of the desks."""

from __future__ import annotations

from msgspec import UnsetType

from stage.control.light_views import LightStatus, Now, light_status
from stage.control.view import DeskStatus, WireView
from stage.lights.link import WireStatus
from stage.show.desk.state import DeskUniverse
from stage.show.frame.lights import NUMBERS_A_CELL, LightsPlan
from stage.show.lights.rows import RigLight, rig_of
from stage.show.show import Show
from stage.words.sentences import sentence


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


def wire_view(show: Show, status: WireStatus | None) -> WireView | None:
    """How the lights are reached, from what their process told last; None where nothing is sent."""
    if status is None:
        return None
    lights = show.config.all_lights()
    names = [light.name for light in lights for _ in range(show.config.mode_of(light).cells)]
    clipped = dict.fromkeys(names[cell] for cell in status.clipped if cell < len(names))
    outside = tuple(lights[index].name for index in status.outside if index < len(lights))
    return WireView(
        place=status.place,
        out=status.out,
        state=status.state,
        rate_hz=status.rate_hz,
        universes=status.universes,
        clipped=tuple(clipped),
        outside=outside,
        nodes=status.nodes,
    )


def desk_status(show: Show) -> DeskStatus | None:
    """How the desks of a show stand; None where none is set up."""
    dmx = show.config.dmx
    if dmx is None or not dmx.in_from:
        return None
    state = show.state.desk
    moved = state.moved
    return DeskStatus(
        senders={str(number): _senders(universe) for number, universe in state.universes.items()},
        winners={str(number): universe.winners for number, universe in state.universes.items() if universe.sources},
        mapped=tuple(show.desk.rows),
        has=show.desk.held(show.tree, show.state.controls),
        moved=None if moved is None else (moved.universe, moved.address, moved.before, moved.level),
        rejected=dict(state.rejected),
        refused={path: sentence(reason, {"path": path}) for path, reason in state.refused.items()},
    )


def _senders(universe: DeskUniverse) -> tuple[str, ...]:
    return tuple(
        f"{one.name or one.address} ({one.address}, priority {one.priority})" for one in universe.sources.values()
    )
