"""The lights process between start and end: it waits for plans and for the next tick, sends, and tells the core."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

from stage.lights.link import ToCore
from stage.lights.look_file import LookFile
from stage.lights.sender import WireSettings, component_id
from stage.lights.sent import Sent, Telling
from stage.lights.ways import Way, open_way
from stage.lights.wire import LightsWire, Rig
from stage.show.frame.lights import LightsSent

SOCKET, LOOK = "lights", "lights-look"
LOOK_FOR_CORE_NS = 20_000_000
BEAT_NS = 125_000_000
"""So often the core is told what was sent, and the way out is looked after; every second time, how sending goes."""
FASTEST_HZ = 44
"""A universe of 512 slots takes 22.7 ms on a DMX512 line."""


class Ticks:
    """The moments at which levels are sent (host monotonic nanoseconds), for a stage of `rate` frames a second."""

    def __init__(self, rate: Fraction) -> None:
        self._follows = rate <= FASTEST_HZ
        self.period_ns = round(1_000_000_000 / min(rate, Fraction(FASTEST_HZ)))

    def after(self, tick_ns: int, now_ns: int, due_ns: int | None) -> int:
        """The tick that follows the one at `tick_ns`; it is never in the past.

        At `due_ns` packets of some frame have to leave so that its light is on time: where there is a tick for each
        frame, ticks keep to that.
        """
        following_ns = tick_ns + self.period_ns
        if self._follows and due_ns is not None:
            off_ns = (due_ns - following_ns) % self.period_ns
            following_ns += off_ns if off_ns <= self.period_ns // 2 else off_ns - self.period_ns
        if following_ns <= now_ns:
            following_ns += (now_ns - following_ns) // self.period_ns * self.period_ns + self.period_ns
        return following_ns


class Rounds:
    """One wire and the core behind `core`. `round` is called again and again; it waits until something is due.

    `clock_ns` is the host's monotonic clock.
    """

    def __init__(
        self, wire: LightsWire, way: Way, core: ToCore, ticks: Ticks, clock_ns: Callable[[], int] = time.monotonic_ns
    ) -> None:
        self._wire = wire
        self._way = way
        self._core = core
        self._ticks = ticks
        self._clock_ns = clock_ns
        self._looked_ns = self._beat_ns = self._beats = 0
        self._tick_ns = clock_ns()
        self._untold: list[Sent] = []
        self._telling = Telling()
        self._lost_ticks = 0
        self._times: deque[int] = deque(maxlen=FASTEST_HZ)
        wire.tend(self._tick_ns)  # what another process had on the wire is sent on in the first round

    def round(self) -> None:
        """Waits for the next tick at most, and acts on all that is due.

        After each wait code and data are cold, so a tick is no more than has to be: the rest has a beat of its own.
        """
        self._wait()
        now_ns = self._clock_ns()
        if not self._wire.has_next:
            self._hear(now_ns)
        if self._way.hears:
            self._way.receive(now_ns)
        if now_ns >= self._tick_ns:
            self._tick(now_ns)
        if now_ns >= self._beat_ns:
            self._beat_ns = now_ns + BEAT_NS
            self._wire.tend(now_ns)
            self._tell(now_ns)

    def end(self) -> None:
        """The run ends well."""
        self._wire.end(self._clock_ns())
        self._way.close()
        self._core.close()

    def _wait(self) -> None:
        """What has come meanwhile is early enough at the tick: waking for each plan would cost as much again."""
        left_ns = self._tick_ns - self._clock_ns()
        if not self._core.connected:
            left_ns = min(left_ns, LOOK_FOR_CORE_NS)
        time.sleep(max(0.0, left_ns * 1e-9))

    def _hear(self, now_ns: int) -> None:
        looks = self._core.heard()
        if looks:
            self._wire.take(looks, now_ns)
        elif not self._core.connected and not self._finds_core(now_ns):
            self._wire.lose(now_ns)

    def _finds_core(self, now_ns: int) -> bool:
        if now_ns - self._looked_ns < LOOK_FOR_CORE_NS:
            return False
        self._looked_ns = now_ns
        is_there = self._core.look()
        if is_there and self._way.state:
            self._core.tell(self._way.report)
        return is_there

    def _tick(self, now_ns: int) -> None:
        """Sends what is due. What is sent is that of the tick's own moment, however late this process was woken."""
        sent = self._wire.tick(self._tick_ns, self._tick_ns + self._ticks.period_ns)
        if sent is not None:
            self._times.append(now_ns)
            self._untold.append(sent)
        self._tick_ns = self._ticks.after(self._tick_ns, self._clock_ns(), self._wire.due_ns)

    def _tell(self, now_ns: int) -> None:
        if self._untold:
            ticks = tuple([self._telling.told(sent) for sent in self._untold])
            if not self._core.tell(LightsSent(life=self._wire.life, ticks=ticks)):
                self._lost_ticks += len(self._untold)
            self._untold.clear()
        self._beats += 1
        if self._beats % 2:
            self._core.tell(self._wire.status(self._rate_hz(now_ns), self._lost_ticks, self._core.refused))

    def _rate_hz(self, now_ns: int) -> float:
        """Ticks a second lately."""
        if len(self._times) < 2 or now_ns - self._times[-1] > 1_000_000_000:
            return 0.0
        return (len(self._times) - 1) / ((self._times[-1] - self._times[0]) * 1e-9)


class Places(NamedTuple):
    """Where the core listens, where what is on the wire is kept, and in which folder the number of the source."""

    core: Path
    look: Path
    identity: Path

    @classmethod
    def of_run(cls, runtime: Path, state: Path) -> Places:
        """Those of a run, whose own folder is `runtime`; what outlives it is in the folder `state`."""
        return cls(runtime / SOCKET, runtime / LOOK, state)


def serve_lights(rig: Rig, settings: WireSettings, places: Places, ended: Callable[[], bool]) -> None:
    """Keeps the wire of a stage until `ended()`; then its streams end."""
    core, file = ToCore(places.core, rig.sizes), LookFile(places.look)
    way = open_way(settings, component_id(places.identity), core.tell)
    rounds = Rounds(LightsWire(rig, settings, way, file), way, core, Ticks(rig.rate))
    try:
        while not ended():
            rounds.round()
    finally:
        rounds.end()
        file.close()
