"""What core and lights process tell each other: plans lie in memory that both share, the rest are messages."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import msgspec

from stage.lights.moments import TimedLook
from stage.lights.plan_rows import PlanReader, PlanSizes, PlanWriter
from stage.run.record_link import CoreRecords, ProcessRecords
from stage.run.shared_frames import ReadableFrames, WritableFrames
from stage.show.frame.lights import LightsLink, LightsPlan, LightsSent
from tracking.records import Evolving

MOST_BYTES = 1 << 20


class WireStatus(Evolving, tag="wire_status"):
    """How sending goes: what people see in the status of the stage.

    `life` counts the starts of the process in this run. `place` is where levels leave, and `state` is `up`, or why it
    is not. `rate_hz` are ticks a second lately, `universes` are those that are sent. `clipped` are the cells that
    cannot give what they should, `given` is what each cell gives: x, y and level, one after the other. `outside` are
    the lights whose patch lies in no universe, `nodes` the receivers that are sent to one by one. `dropped` are
    packets, `untold` ticks that found no room on their way, `refused` cores of another stage.
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


class ToLights:
    """The core's end, at `path`, of a stage of these sizes. Raises OSError where it cannot be.

    Plans are written to memory whose descriptor every lights process is told once.
    """

    def __init__(self, path: Path, sizes: PlanSizes) -> None:
        self._sizes = sizes
        self._records = CoreRecords[PlanSizes, FromLights](path, msgspec.msgpack.Decoder(FromLights), MOST_BYTES)
        try:
            self._memory = WritableFrames(sizes.bytes, 1, path.parent, sealed=True)
            self._memory.allocate(0)
        except OSError:
            self._records.close()
            raise
        self._writer = PlanWriter(sizes, self._memory.slot(0))
        self._came = 0

    @property
    def connected(self) -> bool:
        """Whether there was a lights process at the last look."""
        return self._records.connected

    def tell(self, plan: LightsPlan) -> bool:
        """False for a plan of another stage, or that holds what is no number."""
        return self._writer.write(plan)

    def heard(self) -> Iterator[FromLights]:
        """What has come, a bounded number of messages."""
        for record, _ in self._records.heard():
            yield record
        if self._records.came != self._came and self._records.tell(self._sizes, self._memory.descriptor):
            self._came = self._records.came

    def close(self) -> None:
        """Leaves the other side."""
        self._records.close()
        self._memory.close()


class ToCore:
    """The lights process's end, which finds the core at `path` whenever there is one; of a stage of these sizes.

    `refused` counts cores of another stage.
    """

    def __init__(self, path: Path, sizes: PlanSizes) -> None:
        self._sizes = sizes
        decoder = msgspec.msgpack.Decoder(PlanSizes)
        self._records = ProcessRecords[FromLights, PlanSizes](path, decoder, MOST_BYTES, takes_descriptors=True)
        self._plans: PlanReader | None = None
        self.refused = 0

    @property
    def connected(self) -> bool:
        """Whether there was a core at the last look."""
        return self._records.connected

    def look(self) -> bool:
        """Whether there is a core, which is looked for if there is none."""
        return self._records.look()

    def heard(self) -> list[TimedLook]:
        """The plans that have come, as looks. Where there are none it is looked whether the core has gone: then it is
        `connected` no more.
        """
        looks = self._newer()
        if not looks and self.connected:
            for record, descriptor in self._records.heard_with_descriptors():
                self._meet(record, descriptor)
            if not self.connected:
                self._plans = None
            looks = self._newer()
        return looks

    def tell(self, record: FromLights) -> bool:
        """False where it is lost: nobody is there, or does not read."""
        return self._records.tell(record)

    def close(self) -> None:
        """Leaves the core."""
        self._records.close()

    def _newer(self) -> list[TimedLook]:
        return [] if self._plans is None else self._plans.newer()

    def _meet(self, sizes: PlanSizes, descriptor: int | None) -> None:
        if descriptor is None:
            return
        if sizes != self._sizes:
            os.close(descriptor)
            self.refused += 1
            return
        with suppress(OSError, ValueError):
            self._plans = PlanReader(sizes, ReadableFrames(descriptor, sizes.bytes, 1).slot(0))
