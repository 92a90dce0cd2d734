"""The changes of what is on air in a take, read from the outcomes of its frames."""

from __future__ import annotations

from fractions import Fraction

import msgspec

from stage.show.frame.outcome import AirReport
from tracking.records import UNDECODABLE, Evolving


class WorldChange(Evolving):
    """A cut in `frame`, or a dissolve that began then.

    `dissolve_s` is how long the dissolve took in seconds of show time: 0 for a cut, None where the take ends in it. One
    that was `turned_back` ended where it had begun.
    """

    frame: int
    before: str = msgspec.field(name="from")
    after: str = msgspec.field(name="to")
    dissolve_s: float | None = 0.0
    turned_back: bool = False


class _Aired(Evolving):
    """The part of an outcome that is read here; formats 1 and 2 lack it."""

    air: AirReport | None = None


class WorldChanges:
    """Collects the changes of worlds from a take's frames, in their order. `rate` is in frames a second."""

    def __init__(self, rate: Fraction) -> None:
        self._rate = rate
        self._found: list[WorldChange] = []
        self._last: AirReport | None = None
        self._running: WorldChange | None = None
        self._rising = True

    def add(self, report: bytes) -> None:
        """Looks at one frame's encoded outcome. One that cannot be read, or says nothing of worlds, is passed over."""
        try:
            air = msgspec.msgpack.decode(report, type=_Aired).air if report else None
        except UNDECODABLE:
            return
        if air is None:
            return
        on_air = air.on_air if self._last is None else self._last.on_air
        if self._running is not None and (not air.coming or air.since_frame != self._running.frame):
            on_air = self._end(self._running, air)
        if air.on_air != on_air:
            self._found.append(WorldChange(frame=air.since_frame, before=on_air, after=air.on_air))
        if air.coming:
            self._follow(air)
        self._last = air

    def found(self) -> tuple[WorldChange, ...]:
        """Every change so far."""
        running = () if self._running is None else (self._running,)
        return (*self._found, *running)

    def _follow(self, air: AirReport) -> None:
        if self._running is None:
            self._running = WorldChange(frame=air.since_frame, before=air.on_air, after=air.coming, dissolve_s=None)
        elif self._last is not None and air.share != self._last.share:
            self._rising = air.share > self._last.share

    def _end(self, running: WorldChange, air: AirReport) -> str:
        """Ends the dissolve at `air`; returns the world with which it ended. Another cut may be in the same frame."""
        back = air.on_air == running.before or (air.on_air != running.after and not self._rising)
        seconds = float((air.since_frame - running.frame) / self._rate)
        self._found.append(msgspec.structs.replace(running, dissolve_s=seconds, turned_back=back))
        self._running, self._rising = None, True
        return running.before if back else running.after
