"""Sends universes as E1.31: to their multicast groups, or to named receivers; synchronized, announced, ended."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from stage.dmx.sacn import TERMINATED, DataPacket, discovery_packets, sync_packet
from stage.dmx.universes import DISCOVERY_UNIVERSE, SACN_PORT, SACN_UNIVERSES, multicast_group
from stage.lights.sender import WireSettings
from stage.lights.udp_out import Address, UdpOut
from stage.lights.universes import Universe

ENDS = 3
"""A stream that ends says so three times (E1.31-2018, 6.2.6)."""
ANNOUNCED_NS = 10_000_000_000


class SacnOut:
    """One source of E1.31 with the component identifier `cid`. Raises OSError where the interface cannot be used."""

    numbers = SACN_UNIVERSES

    def __init__(self, settings: WireSettings, cid: bytes) -> None:
        self._settings = settings
        self._cid = cid
        self._port = settings.port or SACN_PORT
        self._packets: dict[int, DataPacket] = {}
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

    def send(self, universes: Sequence[Universe]) -> None:
        """Sends these universes, one right after the other, then what makes them take effect together."""
        self._send(universes)
        sync = self._settings.sync_universe
        if sync and universes:
            self._sync_count = (self._sync_count + 1) % 256
            self._send_to_all({sync: sync_packet(self._cid, self._sync_count, sync)})

    def end(self, universes: Iterable[Universe]) -> None:
        """Says that these streams have ended, so that another source may take over at once."""
        ended = tuple(universes)
        for _ in range(ENDS):
            self._send(ended, TERMINATED)
        for universe in ended:
            self._packets.pop(universe.number, None)

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

    def _send(self, universes: Sequence[Universe], options: int = 0) -> None:
        packets: dict[int, bytes | bytearray] = {}
        for universe in universes:
            number = universe.number
            packet = self._packets.get(number)
            if packet is None:
                packet = self._packets[number] = self._packet(number)
            universe.sequence = (universe.sequence + 1) % 256
            packets[number] = packet.write(universe.sequence, universe.slots, options)
        self._send_to_all(packets)

    def _packet(self, universe: int) -> DataPacket:
        settings = self._settings
        sync = settings.sync_universe
        return DataPacket(self._cid, settings.name, universe, priority=settings.priority, sync_address=sync)

    def _send_to_all(self, packets: Mapping[int, bytes | bytearray]) -> None:
        """Sends packets of one size, by universe, to the groups of their universes and to each node."""
        if self._settings.multicast:
            for universe, packet in packets.items():
                self.udp.send(packet, self._group(universe))
        together = list(packets.values())
        for node in self._nodes:
            self.udp.send_all(together, node)

    def _group(self, universe: int) -> Address:
        known = self._groups.get(universe)
        if known is None:
            known = self._groups[universe] = (multicast_group(universe), self._port)
        return known
