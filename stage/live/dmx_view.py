"""What clients see of the DMX wires: what goes to the lights; which desks send, and which parameters they have."""

from __future__ import annotations

from stage.control.view import DeskStatus, WireView
from stage.lights.messages import WireStatus
from stage.show.desk.state import DeskUniverse
from stage.show.show import Show
from stage.words.sentences import sentence


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
