"""What goes out, and when: changed values, the newest of each path, never back to whoever is just moving it. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from stage.osc.arguments import encoded, looks_alike
from tracking.settable import Value

MOST_HZ = 30.0
"""So often a path is sent at most; the newest value is never lost."""
HELD_BACK_S = 0.25
"""A path that the receiver itself sets is left alone for so long after its last message: no echo moves a finger."""
PACKET_BYTES = 1400
MOST_AT_ONCE = 512
"""So many values go out at once; the others follow."""
_BUNDLE = b"#bundle\0\x00\x00\x00\x00\x00\x00\x00\x01"


class _Said(NamedTuple):
    """What the receiver of the feedback has said itself of a path, and until when it is left alone. After a refresh it
    is told the value all the same: `value` is None.
    """

    value: Value | None
    until_s: float


class Feedback:
    """The values that one receiver has been told, and those that it has yet to hear. Times are monotonic seconds."""

    def __init__(self) -> None:
        self._present: dict[str, Value] = {}
        self._told: dict[str, Value] = {}
        self._waiting: dict[str, None] = {}
        self._next_s: dict[str, float] = {}
        self._said: dict[str, _Said] = {}

    def replace(self, values: Mapping[str, Value]) -> None:
        """All values anew, as after a restart of the stage: what differs is to be told, what is gone is forgotten."""
        self._present = dict(values)
        for known in (self._told, self._next_s, self._said, self._waiting):
            for path in [path for path in known if path not in values]:
                known.pop(path)
        for path in values:
            self._waiting[path] = None

    def note(self, values: Mapping[str, Value]) -> None:
        """Values that have changed."""
        self._present.update(values)
        self._waiting.update(dict.fromkeys(values))

    def refresh(self) -> None:
        """Everything is to be told once more."""
        self._told.clear()
        self._said = {path: said._replace(value=None) for path, said in self._said.items()}
        self._waiting.update(dict.fromkeys(self._present))

    def said(self, values: Mapping[str, Value], now_s: float) -> None:
        """The receiver has set these values itself."""
        for path, value in values.items():
            self._said[path] = _Said(value, now_s + HELD_BACK_S)
            self._waiting[path] = None

    def due(self, now_s: float) -> Iterator[tuple[str, Value]]:
        """The paths and values to send now, at most `MOST_AT_ONCE`."""
        sent = 0
        for path in tuple(self._waiting):
            if sent >= MOST_AT_ONCE:
                return
            if path not in self._present:
                del self._waiting[path]
                continue
            said = self._said.get(path)
            if now_s < (self._next_s.get(path, now_s) if said is None else said.until_s):
                continue
            del self._waiting[path]
            if said is not None:
                del self._said[path]
                if said.value is not None:
                    self._told[path] = said.value
            value = self._present[path]
            if path in self._told and looks_alike(self._told[path], value):
                continue
            self._told[path] = value
            self._next_s[path] = now_s + 1.0 / MOST_HZ
            sent += 1
            yield path, value

    @property
    def waits(self) -> bool:
        """Whether anything is still to be told."""
        return bool(self._waiting)

    def packets(self, now_s: float) -> Iterator[bytes]:
        """What is to be sent now, as OSC bundles that fit a datagram."""
        bundle = bytearray(_BUNDLE)
        for path, value in self.due(now_s):
            message = encoded(path, value)
            if len(bundle) + len(message) + 4 > PACKET_BYTES and len(bundle) > len(_BUNDLE):
                yield bytes(bundle)
                bundle = bytearray(_BUNDLE)
            bundle += len(message).to_bytes(4, "big") + message
        if len(bundle) > len(_BUNDLE):
            yield bytes(bundle)
