"""Sends universes as E1.31: to their multicast groups, or to named receivers; synchronized, announced, ended."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from stage.dmx.sacn import SEQUENCE_AT, SLOTS_AT, TERMINATED, DataPacket, discovery_packets, sync_packet
from stage.dmx.universes import DISCOVERY_UNIVERSE, SACN_PORT, SACN_UNIVERSES, multicast_group
from stage.lights.packets import ALL, Framing, Packets, Which
from stage.lights.sender import WireSettings
from stage.lights.udp_out import Address, UdpOut

ENDS = 3
"""A stream that ends says so three times (E1.31-2018, 6.2.6)."""
ANNOUNCED_NS = 10_000_000_000
_NEXT = np.array(1, np.uint8)
_OPTIONS_AT = SEQUENCE_AT + 1


def sacn_framing(settings: WireSettings, cid: bytes) -> Framing:
    """How the source with the component identifier `cid` packs universes."""
    priority, sync = settings.priority, settings.sync_universe

    def packet(universe: int) -> bytes:
        return bytes(DataPacket(cid, settings.name, universe, priority=priority, sync_address=sync).bytes)

    return Framing(SACN_UNIVERSES, SEQUENCE_AT, SLOTS_AT, packet)


class SacnOut:
    """One source of E1.31 with the component identifier `cid`. Raises OSError where the interface cannot be used."""

    hears = False

    def __init__(self, settings: WireSettings, cid: bytes) -> None:
        self._settings = settings
        self._cid = cid
        self._port = settings.port or SACN_PORT
        self._groups: dict[int, Address] = {}
        self._nodes: list[Address] = [(host, self._port) for host in settings.nodes]
        self._sync_count = 0
        self._announced_ns: int | None = None
        self.udp = UdpOut(settings.place, ttl=settings.ttl)

    @property
    def nodes(self) -> tuple[str, ...]:
        """The receivers that packets are sent to, one by one."""
        return self._settings.nodes

    @property
    def dropped(self) -> int:
        """Packets that found no room."""
        return self.udp.dropped

    def send(self, packets: Packets, which: Which) -> None:
        """Sends these universes, one right after the other, then what makes them take effect together."""
        self._send(packets, which)
        sync = self._settings.sync_universe
        if sync:
            self._sync_count = (self._sync_count + 1) % 256
            packet = sync_packet(self._cid, self._sync_count, sync)
            if self._settings.multicast:
                self.udp.send(packet, self._group(sync))
            for node in self._nodes:
                self.udp.send(packet, node)

    def end(self, packets: Packets, which: Which) -> None:
        """Says that these streams have ended, so that another source may take over at once."""
        packets.rows[which, _OPTIONS_AT] = TERMINATED
        for _ in range(ENDS):
            self._send(packets, which)
        packets.rows[which, _OPTIONS_AT] = 0

    def tend(self, now_ns: int, universes: Iterable[int]) -> None:
        """Announces what is sent when that is due, and looks whether the interface still is."""
        self.udp.look()
        announced = self._announced_ns is not None and now_ns - self._announced_ns < ANNOUNCED_NS
        if announced or not self._settings.multicast:
            return
        self._announced_ns = now_ns
        for page in discovery_packets(self._cid, self._settings.name, list(universes)):
            self.udp.send(page, (multicast_group(DISCOVERY_UNIVERSE), self._port))

    def receive(self, now_ns: int) -> None:
        """Nothing comes back."""

    def close(self) -> None:
        """Leaves the interface."""
        self.udp.close()

    def _send(self, packets: Packets, which: Which) -> None:
        """Sends packets, with the next numbers, to the groups of their universes and to each node."""
        if which is ALL:
            np.add(packets.sequences, _NEXT, packets.sequences)
        else:
            packets.sequences[which] += 1
        rows = packets.of(which)
        if self._settings.multicast:
            for universe, packet in zip(packets.numbers[which].tolist(), rows, strict=True):
                self.udp.send(packet.data, self._group(universe))
        for node in self._nodes:
            self.udp.send_all(rows, node)

    def _group(self, universe: int) -> Address:
        known = self._groups.get(universe)
        if known is None:
            known = self._groups[universe] = (multicast_group(universe), self._port)
        return known
