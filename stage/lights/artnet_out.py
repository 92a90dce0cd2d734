"""Sends universes as Art-Net 4: to the nodes that say they take them, or to named ones. It asks who is there."""

from __future__ import annotations

import socket
from collections.abc import Iterable

from stage.dmx.artnet import (
    DMX_SEQUENCE_AT,
    DMX_SLOTS_AT,
    OP_POLL,
    OP_POLL_REPLY,
    STYLE_CONTROLLER,
    DmxPacket,
    PollReply,
    art_poll,
    art_poll_reply,
    art_sync,
)
from stage.dmx.artnet_in import ArtPoll, read_artnet
from stage.dmx.universes import ARTNET_PORT, ARTNET_UNIVERSES
from stage.lights.packets import Framing, Packets, Which
from stage.lights.sender import WireSettings
from stage.lights.udp_out import Address, UdpOut
from tracking.records import PacketError
from tracking.sources.interfaces import broadcast_address, is_address

POLL_NS = 2_700_000_000
"""Controllers ask every 2.5 to 3 seconds."""
GONE_NS = 10_000_000_000
MOST_NODES = 256
READ_A_ROUND = 512
"""With 44 rounds a second that is more than a flood of 20,000 packets: what nodes say comes through."""
_ROOM_BYTES = 1 << 20
_ANSWERED_A_ROUND = 8
_HEARD = tuple(opcode.to_bytes(2, "little") for opcode in (OP_POLL, OP_POLL_REPLY))
_OPCODE = slice(8, 10)
_LONGEST_PACKET = 2048
ARTNET_FRAMING = Framing(
    ARTNET_UNIVERSES, DMX_SEQUENCE_AT, DMX_SLOTS_AT, lambda universe: bytes(DmxPacket(universe).bytes)
)


class ArtnetOut:
    """An Art-Net controller. Raises OSError where interface or port cannot be used.

    Nodes that have not answered for `GONE_NS` are sent nothing. `refused` counts packets that could not be read.
    """

    def __init__(self, settings: WireSettings) -> None:
        self._settings = settings
        self._port = settings.port or ARTNET_PORT
        self._outputs: dict[tuple[str, int], tuple[int, tuple[int, ...]]] = {}
        self._subscribers: dict[str, frozenset[int]] = {}
        self._receivers_stand = True
        self._answers_left = 0
        self._polled_ns: int | None = None
        self.refused = 0
        asks = self.hears = settings.multicast
        self._everybody = broadcast_address(settings.place) if asks else ""
        self.udp = UdpOut(settings.place, ttl=settings.ttl, port=self._port if asks else 0)
        self._inlets: tuple[socket.socket, ...] = ()
        if asks:
            try:
                self._inlets = (self.udp.socket, *self._hears_all())
                for udp in self._inlets:
                    udp.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _ROOM_BYTES)
            except OSError:
                self.udp.close()
                raise

    @property
    def nodes(self) -> tuple[str, ...]:
        """The nodes that packets are sent to."""
        return tuple(sorted({*self._settings.nodes, *(host for host, _ in self._outputs)}))

    @property
    def dropped(self) -> int:
        """Packets that found no room."""
        return self.udp.dropped

    def send(self, packets: Packets, which: Which) -> None:
        """Sends these universes to who takes them, one right after the other, then what makes them take effect."""
        packets.sequences[which] = packets.sequences[which] % 255 + 1
        rows, are_taken = packets.rows[which], bool(self._settings.nodes)
        for host in self._settings.nodes:
            self.udp.send_all(rows, (host, self._port))
        if self._subscribers:
            numbers = packets.numbers[which].tolist()
            for host, universes in self._subscribers.items():
                taken = [row for row, number in enumerate(numbers) if number in universes]
                if taken:
                    self.udp.send_all(rows[taken], (host, self._port))
                    are_taken = True
        if self._settings.sync_universe and are_taken:
            for host in (self._everybody,) if self._everybody else self._settings.nodes:
                self.udp.send(art_sync(), (host, self._port))

    def end(self, packets: Packets, which: Which) -> None:
        """Art-Net has no word for the end of a stream: a node notices the silence."""

    def tend(self, now_ns: int, universes: Iterable[int]) -> None:  # noqa: ARG002 - as every way out is tended
        """Asks who is there when that is due, and looks whether the interface still is."""
        self.udp.look()
        if not self._everybody or (self._polled_ns is not None and now_ns - self._polled_ns < POLL_NS):
            return
        self._polled_ns = now_ns
        self.udp.send(art_poll(), (self._everybody, self._port))
        gone = [node for node, (heard_ns, _) in self._outputs.items() if now_ns - heard_ns > GONE_NS]
        for node in gone:
            del self._outputs[node]
        if gone:
            self._find_receivers()

    def receive(self, now_ns: int) -> None:
        """Reads what has come, within bounds: who takes which universe, and who asks for us."""
        self._answers_left = _ANSWERED_A_ROUND
        for udp in self._inlets:
            for _ in range(READ_A_ROUND):
                try:
                    packet, sender = udp.recvfrom(_LONGEST_PACKET)
                except OSError:
                    break
                if packet[_OPCODE] in _HEARD:  # not the levels of others, of which there may be thousands
                    self._hear(packet, sender, now_ns)
        if not self._receivers_stand:
            self._find_receivers()

    def close(self) -> None:
        """Leaves the interface."""
        self.udp.close()
        for udp in self._inlets:
            udp.close()

    def _hears_all(self) -> tuple[socket.socket, ...]:
        """Another socket for what is said to everybody: one that has an address of its own hears none of that."""
        if not is_address(self._settings.place):
            return ()
        udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        udp.setblocking(False)
        udp.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            udp.bind((self._everybody, self._port))
        except OSError:
            udp.close()
            raise
        return (udp,)

    def _hear(self, packet: bytes, sender: Address, now_ns: int) -> None:
        try:
            heard = read_artnet(packet)
        except PacketError:
            self.refused += 1
            return
        if isinstance(heard, PollReply) and heard.style != STYLE_CONTROLLER:
            self._note(sender[0], heard, now_ns)
        elif isinstance(heard, ArtPoll):
            self._answer(sender)

    def _note(self, host: str, reply: PollReply, now_ns: int) -> None:
        """Packets go to where the reply came from, whatever address it names: nobody can turn them on another."""
        node = (host, reply.bind_index)
        if node not in self._outputs and len(self._outputs) >= MOST_NODES:
            self.refused += 1
            return
        known = self._outputs.get(node)
        self._outputs[node] = (now_ns, reply.outputs)
        if known is None or known[1] != reply.outputs:
            self._receivers_stand = False

    def _find_receivers(self) -> None:
        """Which universes each node takes, beside those that are sent all."""
        self._receivers_stand = True
        self._subscribers = {}
        for (host, _), (_, outputs) in sorted(self._outputs.items()):
            if host not in self._settings.nodes:
                self._subscribers[host] = self._subscribers.get(host, frozenset()).union(outputs)

    def _answer(self, sender: Address) -> None:
        """A controller says that it is one."""
        host = self.udp.socket.getsockname()[0]
        if sender[0] == host or not self._answers_left:
            return
        self._answers_left -= 1
        name = self._settings.name
        reply = PollReply(host, name, name, style=STYLE_CONTROLLER)
        self.udp.send(art_poll_reply(reply), (sender[0], self._port))
