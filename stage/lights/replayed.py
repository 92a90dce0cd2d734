"""A take's lights on the wire again, in real time: `stage replay TAKE --send-lights INTERFACE`."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from stage.config.lights import SERIAL
from stage.lights.look_file import LookFile
from stage.lights.rounds import Ticks
from stage.lights.sender import WireSettings, component_id
from stage.lights.ways import UP, Way, open_way
from stage.lights.wire import LightsWire, Rig
from stage.show.frame.lights import LightsLink, LightsPlan
from tracking.records import ConfigError
from tracking.system_faults import in_words

AHEAD_NS = 50_000_000
"""A plan is there so long before its light."""


def settings_to(settings: WireSettings, place: str) -> WireSettings:
    """The settings of a take's stage for another `place`: an interface or the URL of a serial device.

    Raises ConfigError where the stage sends to a serial device and an interface is named.
    """
    if place.startswith(SERIAL):
        return msgspec.structs.replace(settings, out=place, interface="")
    if settings.serial is not None:
        raise ConfigError(
            f"replay: --send-lights: found {place}, expected serial:///dev/...: the take's stage sends to a serial "
            "device"
        )
    return msgspec.structs.replace(settings, interface=place)


class ReplayedLights:
    """Sends each plan when its light is due. Times are host monotonic nanoseconds; `sent` counts ticks on the wire."""

    def __init__(self, rig: Rig, wire: LightsWire, way: Way) -> None:
        self._wire, self._way = wire, way
        self._ticks = Ticks(rig.rate)
        self._tick_ns = time.monotonic_ns()
        self._later_ns: int | None = None
        self.sent = 0

    def show(self, plan: LightsPlan) -> None:
        """Waits until a plan is due, while those before it are sent."""
        if self._later_ns is None:
            self._later_ns = time.monotonic_ns() + AHEAD_NS - plan.light_ns
        light_ns = plan.light_ns + self._later_ns
        self.go_on_until(light_ns - AHEAD_NS)
        self._wire.hear(msgspec.structs.replace(plan, light_ns=light_ns), time.monotonic_ns())

    def go_on_until(self, until_ns: int) -> None:
        """Keeps the wire up to that moment."""
        while (now_ns := time.monotonic_ns()) < until_ns:
            self._way.receive(now_ns)
            if now_ns >= self._tick_ns:
                self.sent += self._wire.tick(self._tick_ns) is not None
                self._tick_ns = self._ticks.after(self._tick_ns, time.monotonic_ns(), self._wire.due_ns)
            self._wire.tend(now_ns)
            left_ns = min(self._tick_ns, until_ns) - time.monotonic_ns()
            time.sleep(max(0.0, left_ns * 1e-9))


@contextmanager
def replayed_lights(rig: Rig, settings: WireSettings, note: Callable[[str], object]) -> Iterator[ReplayedLights]:
    """The wire of a replay, which ends its streams. Raises ConfigError where it cannot be opened.

    `note` is told when it fails later; it is tried again then.
    """
    reports: list[LightsLink] = []

    def tell(report: LightsLink) -> None:
        reports.append(report)
        if len(reports) > 1:
            note(f"{report.place}: {report.state} {in_words(report.detail)}".rstrip())

    with tempfile.TemporaryDirectory(prefix="openstage-lights-") as folder:
        way, file = open_way(settings, component_id(Path(folder)), tell), LookFile(Path(folder) / "look")
        wire = LightsWire(rig, settings, way, file)
        try:
            way.tend(time.monotonic_ns(), ())
            if way.state != UP:
                found = f"{reports[0].state}: {in_words(reports[0].detail)}" if reports else "nothing"
                raise ConfigError(
                    f"replay: --send-lights: found {way.place} ({found}), expected an interface of this machine, its "
                    "IPv4 address, or a serial device"
                )
            lights = ReplayedLights(rig, wire, way)
            yield lights
            lights.go_on_until(time.monotonic_ns() + AHEAD_NS)
        finally:
            wire.end(time.monotonic_ns())
            way.close()
            file.close()
