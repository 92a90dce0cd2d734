"""A lighting desk's hold on the show: its levels set the parameters that are mapped to them.

A desk sets as any client does, with the role that the configuration gives it: a recording take is kept from it, and so
is a fader under somebody's finger. The last one who moves a value has it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from stage.config.records import StageConfig
from stage.show.commands.kinds import Hands
from stage.show.commands.set_values import set_targets
from stage.show.desk.hearing import DeskProtocol, forget_silent, hear
from stage.show.desk.state import DeskHold, DeskState, DeskUniverse
from stage.show.frame.requests import Target
from stage.show.people.guards import THE_SHOW, Giver
from stage.show.report.tracker_health import Fault
from stage.show.values.controls import ControlState
from stage.values.desk import DeskMap, broken_map_rule
from stage.values.parameters import Parameter, Refusal
from stage.values.tree import ParameterTree, value_at
from tracking.datagrams import Datagram
from tracking.settable import Role, Value

DESK = "desk"
"""The client that a desk is to leases, guards and the log."""
DESK_SOURCE = "desk"
"""The source of a desk's datagrams among a frame's."""


class Desk:
    """Follows the desks of one configuration; what it remembers is in `state`.

    `maps` are the configured rows; `universes` are read besides theirs, so that a slot can be learned.
    """

    def __init__(
        self,
        state: DeskState,
        maps: Sequence[DeskMap],
        *,
        universes: Iterable[int] = (),
        protocol: DeskProtocol = "sacn",
        role: Role = "director",
    ) -> None:
        self._state = state
        self._configured = tuple(maps)
        self._universes = frozenset((*universes, *(one.universe for one in maps)))
        self._protocol = protocol
        self._role: Role = role
        self._learned: tuple[DeskMap, ...] = state.learned
        self.rows: dict[str, DeskMap] = {}
        self._by_universe: dict[int, list[DeskMap]] = {}
        self._always: list[DeskMap] = []
        self._note_rows()

    def follow(self, hands: Hands, datagrams: Sequence[Datagram], *, frame: int, now_ns: int) -> None:
        """Takes in what came, and sets what has moved by it."""
        state = self._state
        if not self._universes:
            return
        if state.learned is not self._learned:
            self._note_rows()
        changed = dict.fromkeys(forget_silent(state, now_ns))
        for datagram in datagrams:
            if datagram.source == DESK_SOURCE:
                universe = hear(state, self._protocol, datagram, self._universes, frame)
                if universe is not None:
                    changed[universe] = None
        for number in changed:
            for row in self._by_universe.get(number, ()):
                self._apply(hands, row)
        for row in self._always:
            self._apply(hands, row)

    def faults(self) -> Iterator[Fault]:
        """Universes whose desk has fallen silent: what it set stays as it was."""
        for number, universe in self._state.universes.items():
            if universe.lost:
                yield Fault("desk_silent", "warning", {"universe": number})

    def held(self, tree: ParameterTree, controls: ControlState) -> tuple[str, ...]:
        """The parameters that the desk has: it was the last one to set them."""
        holds = self._state.holds
        return tuple(path for path in self.rows if path in holds and path in tree and _has(holds[path], controls, path))

    def _note_rows(self) -> None:
        self._learned = self._state.learned
        self.rows = {one.path: one for one in (*self._configured, *self._state.learned)}
        self._by_universe = {}
        for row in self.rows.values():
            self._by_universe.setdefault(row.universe, []).append(row)
        self._always = [row for row in self.rows.values() if row.take_over == "always"]

    def _apply(self, hands: Hands, row: DeskMap) -> None:
        """Sets one parameter where the desk's level says so."""
        path, universe = row.path, self._state.universes.get(row.universe)
        parameter = hands.controls.tree.get(path)
        if universe is None or not universe.sources or parameter is None:
            return
        hold = self._state.holds.setdefault(path, DeskHold())
        before, level = hold.level, row.level(universe.slots)
        if level == before and row.take_over != "always":
            return
        hold.level = level
        reason = broken_map_rule(row, parameter, self._role)
        if reason is not None:
            self._state.refused[path] = reason
            return
        present = hands.controls.target_of(path)
        value = parameter.check(row.value(parameter, level, present))
        if isinstance(value, Refusal):
            self._state.refused[path] = value.reason
            return
        waits = row.take_over == "pickup" and not _has(hold, hands.controls.state, path)
        if waits and not _passes(row, parameter, before, level, present):
            return
        if value != present:
            self._set(hands, path, value, universe)
        now = hands.controls.target_of(path)
        hold.value = now if now == value else None

    def _set(self, hands: Hands, path: str, value: Value, universe: DeskUniverse) -> None:
        who = ", ".join(universe.winners) or DESK
        hands.by = Giver(DESK, who[:100], self._role)
        effect = set_targets(hands, self._role, (Target(path=path, value=value),), path)
        hands.by = THE_SHOW
        if effect.refusal is None:
            self._state.refused.pop(path, None)
        else:
            self._state.refused[path] = effect.refusal.reason


def _has(hold: DeskHold, controls: ControlState, path: str) -> bool:
    if hold.value is None:
        return False
    fade = controls.fades.get(path)
    return hold.value == (value_at(controls.values, path) if fade is None else fade.target)


def _passes(row: DeskMap, parameter: Parameter, before: int, level: int, present: Value) -> bool:
    """Whether a level on its way from `before` meets the present value, within one step of the level."""
    if parameter.kind != "float":
        return row.value(parameter, level, present) == present
    assert isinstance(present, float)
    low, high = row.ends(parameter)
    at = row.highest * (present - low) / (high - low) if high != low else 0.0
    first, last = sorted((level if before < 0 else before, level))
    return first - 1 <= at <= last + 1


def desk_of(config: StageConfig, state: DeskState) -> Desk:
    """The desk of a configuration; where there is none, one that hears nothing."""
    if config.dmx is None:
        return Desk(state, ())
    dmx = config.dmx
    return Desk(state, config.desk_maps, universes=dmx.in_universes, protocol=dmx.in_protocol, role=dmx.role)
