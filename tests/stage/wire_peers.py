"""Peers of the wire to the lights: a receiver of E1.31 that understands synchronization, an Art-Net node, a rig."""

from __future__ import annotations

import select
import socket
import time
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import NamedTuple

import numpy as np

from stage.dmx.artnet import PollReply, art_poll_reply
from stage.dmx.artnet_in import ArtDmx, ArtPoll, ArtSync, read_artnet
from stage.dmx.sacn_in import SacnData, SacnSync, read_sacn
from stage.lights.mixing.records import Span
from stage.lights.mixing.targets import Targets
from stage.lights.wire import Rig
from stage.show.frame.lights import LightsPlan

SECOND = 1_000_000_000


class Given(NamedTuple):
    slots: bytes
    spans: tuple[Span, ...]
    clipped: tuple[int, ...]
    given: tuple[float, ...]


class Dimmers:
    """Lights of one cell with one channel of 16 bits: the plainest there are."""

    def mix(self, targets: Targets, patch: Sequence[int]) -> Given:
        levels = targets.level
        slots = np.rint(np.clip(levels, 0.0, 1.0) * 65535.0).astype(">u2").tobytes()
        universes = {universe: bytearray(512) for universe in sorted(set(patch[::2]))}
        for light, (universe, address) in enumerate(zip(patch[::2], patch[1::2], strict=True)):
            if 1 <= address <= 511:
                universes[universe][address - 1 : address + 1] = slots[2 * light : 2 * light + 2]
        clipped = tuple(np.flatnonzero(levels > 1.0).tolist())
        spans = tuple(Span(universe, 512 * row, 512) for row, universe in enumerate(universes))
        given = np.column_stack(targets).ravel().tolist()
        return Given(b"".join(universes.values()), spans, clipped, tuple(given))


def rig_of(lights: int, rate: int = 60, latencies_ms: tuple[int, ...] = ()) -> Rig:
    latencies = latencies_ms or (0,) * lights
    nanoseconds = tuple(one * 1_000_000 for one in latencies)
    return Rig(Dimmers(), nanoseconds, (1,) * lights, (2,) * lights, Fraction(rate))


def plan_of(frame: int, light_ns: int, levels: list[float], patch: tuple[int, ...] = ()) -> LightsPlan:
    """A plan of lights of one cell; without a patch they lie in universe 1 one after the other."""
    targets = tuple(number for level in levels for number in (0.3127, 0.329, level))
    patched = patch or tuple(number for light in range(len(levels)) for number in (1, 1 + 2 * light))
    return LightsPlan(frame=frame, light_ns=light_ns, targets=targets, patch=patched)


class SacnReceiver:
    """Hears E1.31 at an address, and holds what waits for a synchronization packet.

    `heard` are all packets with the time at which they came; `shown` are the levels that took effect, by universe.
    """

    def __init__(self, host: str = "127.0.0.1", port: int = 0) -> None:
        self.udp = _bound(host, port)
        self.port: int = self.udp.getsockname()[1]
        self.heard: list[tuple[float, SacnData | SacnSync]] = []
        self.shown: dict[int, bytes] = {}
        self.together: list[dict[int, bytes]] = []
        self._waiting: dict[int, bytes] = {}

    def listen(self, seconds: float, until: Callable[[], bool] = lambda: False) -> None:
        """Hears for so long, or until something is so."""
        end_s = time.monotonic() + seconds
        while not until() and (left_s := end_s - time.monotonic()) > 0.0:
            if select.select([self.udp], [], [], left_s)[0]:
                self._hear(read_sacn(self.udp.recv(2048)))

    def data(self, universe: int) -> list[tuple[float, SacnData]]:
        return [(at, one) for at, one in self.heard if isinstance(one, SacnData) and one.universe == universe]

    def _hear(self, packet: object) -> None:
        assert isinstance(packet, SacnData | SacnSync)
        self.heard.append((time.monotonic(), packet))
        if isinstance(packet, SacnSync):
            self.shown.update(self._waiting)
            self.together.append(self._waiting)
            self._waiting = {}
        elif packet.sync_address:
            self._waiting[packet.universe] = packet.slots
        else:
            self.shown[packet.universe] = packet.slots


class ArtnetNode:
    """A node with outputs, which answers when it is asked and holds what waits for ArtSync."""

    def __init__(self, host: str, port: int, outputs: tuple[int, ...]) -> None:
        self.host, self.port = host, port
        self._outputs = outputs
        self.own = _bound(host, port)
        self.asked = _bound("127.255.255.255", port)
        self.polls = 0
        self.heard: list[ArtDmx] = []
        self.shown: dict[int, bytes] = {}
        self._waiting: dict[int, bytes] = {}

    def serve(self, seconds: float, until: Callable[[], bool] = lambda: False) -> None:
        end_s = time.monotonic() + seconds
        while not until() and (left_s := end_s - time.monotonic()) > 0.0:
            select.select([self.own, self.asked], [], [], left_s)
            for udp in (self.own, self.asked):  # what was sent to this node alone came before what all were told
                while select.select([udp], [], [], 0.0)[0]:
                    packet, sender = udp.recvfrom(2048)
                    self._hear(read_artnet(packet), sender)

    def close(self) -> None:
        self.own.close()
        self.asked.close()

    def _hear(self, packet: object, sender: tuple[str, int]) -> None:
        match packet:
            case ArtPoll():
                self.polls += 1
                reply = PollReply(self.host, "node", "a node", outputs=self._outputs)
                self.own.sendto(art_poll_reply(reply), (sender[0], self.port))
            case ArtDmx():
                self.heard.append(packet)
                self._waiting[packet.universe] = packet.slots
            case ArtSync():
                self.shown.update(self._waiting)


def _bound(host: str, port: int) -> socket.socket:
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    udp.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    udp.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
    udp.bind((host, port))
    return udp
