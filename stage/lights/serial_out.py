"""Sends one universe through an ENTTEC DMX USB Pro, or what speaks like one (DMX USB Pro API specification 1.44).

The widget repeats what it was given last, so a stage that falls silent leaves its look standing there.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from stage.dmx.universes import MOST_SLOTS, SACN_UNIVERSES
from stage.lights.packets import Framing, Packets, Which
from stage.lights.sender import WireSettings
from tracking.endpoints import SerialEndpoint, parse_endpoint
from tracking.sources.serial_line import open_line

_BEGIN, _END = 0x7E, 0xE7
_SEND_DMX = 6
_BAUD = 57600
"""The widget is a USB device, which takes no notice of it."""


def widget_message(levels: bytes) -> bytes:
    """The message that has the widget send these levels (24 to 512) behind the start code 0."""
    size = len(levels) + 1
    return bytes((_BEGIN, _SEND_DMX, size & 0xFF, size >> 8, 0)) + levels + bytes((_END,))


WIDGET_FRAMING = Framing(SACN_UNIVERSES, None, 5, lambda _universe: widget_message(bytes(MOST_SLOTS)))


class SerialOut:
    """A widget, which has one universe: the lowest of the patch. Raises OSError where the device cannot be opened.

    `dropped` counts messages for which the line had no room.
    """

    hears = False
    nodes: tuple[str, ...] = ()

    def __init__(self, settings: WireSettings) -> None:
        endpoint = parse_endpoint(settings.out)
        assert isinstance(endpoint, SerialEndpoint)
        self._line = open_line(SerialEndpoint(device=endpoint.device, baud=_BAUD, parity="none"))
        self._device = endpoint.device
        self._descriptor = self._line.fileno()
        os.set_blocking(self._descriptor, False)
        self._rest = b""
        self._universe: int | None = None
        self.dropped = 0

    def send(self, packets: Packets, which: Which) -> None:
        """Writes the universe, if it is among these. Half a message is finished before the next begins."""
        universe = int(packets.numbers[which][0])
        if self._universe is None or universe <= self._universe:
            self._universe = universe
            self._put(packets.rows[which][0].tobytes())

    def end(self, packets: Packets, which: Which) -> None:
        """There is no word for the end of a stream."""
        if self._universe in packets.numbers[which].tolist():
            self._universe = None

    def tend(self, now_ns: int, universes: Iterable[int]) -> None:  # noqa: ARG002 - as every way out is tended
        """Looks whether the device still is, and finishes what it had no room for."""
        Path(self._device).stat()
        self._write(self._rest)

    def receive(self, now_ns: int) -> None:
        """The widget is asked nothing."""

    def close(self) -> None:
        """Leaves the device."""
        with suppress(OSError):
            self._line.close()

    def _put(self, message: bytes) -> None:
        self._write(self._rest)
        if self._rest:
            self.dropped += 1
        else:
            self._write(message)

    def _write(self, content: bytes) -> None:
        if not content:
            return
        try:
            written = os.write(self._descriptor, content)
        except BlockingIOError:
            written = 0
        self._rest = content[written:]
