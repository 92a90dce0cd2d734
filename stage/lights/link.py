"""How core and lights process speak: a plan without room is lost, and the next one says all that counts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec

from stage.lights.messages import FromLights
from stage.run.local_link import GuestEnd, HostEnd
from stage.show.frame.lights import LightsPlan
from tracking.records import UNDECODABLE

MOST_BYTES = 1 << 20
MESSAGES_AT_ONCE = 32
_ENCODER = msgspec.msgpack.Encoder()


class ToLights:
    """The core's end, at `path`. Raises OSError where it cannot be. `malformed` counts what was no report."""

    def __init__(self, path: Path) -> None:
        self._end = HostEnd(path, MOST_BYTES)
        self._decoder = msgspec.msgpack.Decoder(FromLights)
        self.malformed = 0

    @property
    def connected(self) -> bool:
        """Whether there was a lights process at the last look."""
        return self._end.peer is not None

    def send(self, plan: LightsPlan) -> bool:
        """False where it is lost: nobody is there, or does not read."""
        return self._end.peer is not None and self._end.send(_ENCODER.encode(plan))

    def reports(self) -> Iterator[FromLights]:
        """What has come, at most `MESSAGES_AT_ONCE` messages."""
        for _ in range(MESSAGES_AT_ONCE):
            received = self._end.receive()
            if received is None:
                return
            try:
                yield self._decoder.decode(received.content)
            except UNDECODABLE:
                self.malformed += 1

    def close(self) -> None:
        """Leaves the lights process."""
        self._end.close()


class ToCore:
    """The lights process's end, which finds the core at `path`. `malformed` counts what was no plan."""

    def __init__(self, path: Path) -> None:
        self._end = GuestEnd(path, MOST_BYTES)
        self._decoder = msgspec.msgpack.Decoder(LightsPlan)
        self.malformed = 0

    @property
    def connected(self) -> bool:
        """Whether there was a core at the last look."""
        return self._end.peer is not None

    @property
    def came(self) -> int:
        """How many cores there were."""
        return self._end.came

    @property
    def untold(self) -> int:
        """Reports for which there was no room."""
        return self._end.untold

    def look(self) -> bool:
        """Whether there is a core, which is looked for if there is none."""
        return self._end.look()

    def plans(self) -> Iterator[LightsPlan]:
        """The plans that have come. Afterwards it is `connected` no more if the core has gone."""
        while (received := self._end.receive()) is not None:
            try:
                yield self._decoder.decode(received.content)
            except UNDECODABLE:
                self.malformed += 1

    def tell(self, report: FromLights) -> bool:
        """False where it is lost: there is no core, or it does not read."""
        return self._end.send(_ENCODER.encode(report))

    def close(self) -> None:
        """Leaves the core."""
        self._end.close()
