"""What core and lights process tell each other: a plan without room is lost, and the next one says all that counts."""

from __future__ import annotations

from pathlib import Path

import msgspec

from stage.run.record_link import CoreRecords, ProcessRecords
from stage.show.frame.lights import LightsLink, LightsPlan, LightsSent
from tracking.records import Evolving

MOST_BYTES = 1 << 20


class WireStatus(Evolving, tag="wire_status"):
    """How sending goes: what people see in the status of the stage.

    `life` counts the starts of the process in this run. `place` is where levels leave, and `state` is `up`, or why it
    is not. `rate_hz` are ticks a second lately, `universes` are those that are sent. `clipped` are the cells that
    cannot give what they should, `given` is what each cell gives: x, y and level, one after the other. `outside` are
    the lights whose patch lies in no universe, `nodes` the receivers that are sent to one by one. `dropped` are
    packets, `untold` ticks that found no room on their way, `refused` plans that were of another stage.
    """

    life: int
    place: str
    out: str
    state: str
    rate_hz: float = 0.0
    universes: tuple[int, ...] = ()
    clipped: tuple[int, ...] = ()
    given: tuple[float, ...] = ()
    outside: tuple[int, ...] = ()
    nodes: tuple[str, ...] = ()
    priority: int = 0
    dropped: int = 0
    untold: int = 0
    refused: int = 0


FromLights = LightsSent | LightsLink | WireStatus


ToLights = CoreRecords[LightsPlan, FromLights]
ToCore = ProcessRecords[FromLights, LightsPlan]


def to_lights(path: Path) -> ToLights:
    """The core's end, at `path`. Raises OSError where it cannot be."""
    return ToLights(path, msgspec.msgpack.Decoder(FromLights), MOST_BYTES)


def to_core(path: Path) -> ToCore:
    """The lights process's end, which finds the core at `path`."""
    return ToCore(path, msgspec.msgpack.Decoder(LightsPlan), MOST_BYTES)
