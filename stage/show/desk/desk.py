"""A lighting desk's hold on the show: its levels set the parameters that are mapped to them.

A desk sets as any client does, with the role that the configuration gives it: a recording take is kept from it, and so
is a fader under somebody's finger. The last one who moves a value has it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from stage.show.commands.kinds import Hands
from stage.show.commands.set_values import set_targets
from stage.show.desk.hearing import DeskProtocol, forget_silent, hear
from stage.show.desk.state import DeskHold, DeskState, DeskUniverse
from stage.show.frame.requests import Target
from stage.show.people.guards import THE_SHOW, Giver
from stage.show.values.controls import Controls
from stage.values.desk import MOST_MAPPED, DeskMap, broken_map_rule
from stage.values.parameters import Parameter, Refusal
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
        self.rows: dict[str, DeskMap] = {}
        self._by_universe: dict[int, list[DeskMap]] = {}
        self._always: list[DeskMap] = []
        self._note_rows()

    def learn(self, row: DeskMap) -> None:
        """Maps a parameter from now on; the row takes the place of the one that it had."""
        learned = self._state.learned
        learned[:] = [one for one in learned if one.path != row.path] + [row]
        del learned[:-MOST_MAPPED]
        self._state.holds.pop(row.path, None)
        self._note_rows()

    def follow(self, hands: Hands, datagrams: Sequence[Datagram], *, frame: int, now_ns: int) -> None:
        """Takes in what came, and sets what has moved by it."""
        state, changed = self._state, dict.fromkeys(forget_silent(self._state, now_ns))
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

    def has(self, controls: Controls, path: str) -> bool:
        """Whether the desk has a value: it was the last one to set it."""
        hold = self._state.holds.get(path)
        return hold is not None and hold.value is not None and path in controls.tree and _has(hold, controls, path)

    def _note_rows(self) -> None:
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
        if broken_map_rule(row, parameter, self._role) is not None:
            return
        present = hands.controls.target_of(path)
        value = parameter.check(row.value(parameter, level, present))
        if isinstance(value, Refusal):
            self._state.refused[path] = value.reason
            return
        waits = row.take_over == "pickup" and not _has(hold, hands.controls, path)
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


def _has(hold: DeskHold, controls: Controls, path: str) -> bool:
    return hold.value is not None and controls.target_of(path) == hold.value


def _passes(row: DeskMap, parameter: Parameter, before: int, level: int, present: Value) -> bool:
    """Whether a level on its way from `before` meets the present value, within one step of the level."""
    if parameter.kind != "float":
        return row.value(parameter, level, present) == present
    assert isinstance(present, float)
    low, high = row.ends(parameter)
    at = row.highest * (present - low) / (high - low) if high != low else 0.0
    first, last = sorted((level if before < 0 else before, level))
    return first - 1 <= at <= last + 1
