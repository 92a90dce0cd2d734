"""The socket from which levels leave on the configured interface, and packets that the system had no room for."""

from __future__ import annotations

import errno
import socket
import struct
from contextlib import suppress

from stage.lights.packets import Bytes
from tracking.endpoints import UdpEndpoint
from tracking.sources.interfaces import interface_request, is_address, require_interface

Address = tuple[str, int]
_DROPPED = frozenset({errno.EAGAIN, errno.ENOBUFS, errno.EINTR, errno.ECONNREFUSED})
"""What there is no room for now, and a receiver that does not listen: the next tick says it again."""
_UNCUT = frozenset({errno.EINVAL, errno.EIO, errno.EMSGSIZE, errno.ENOPROTOOPT, errno.EOPNOTSUPP})
"""What a system says that cuts nothing apart, or whose network card must work out the checksums of parts and cannot."""
_ANY_GROUP = "239.255.0.1"
_UDP_SEGMENT = 103
"""Says into which size the system cuts what is sent (udp(7), Linux 4.18)."""
_MOST_TOGETHER = 64


class UdpOut:
    """A UDP socket that does not block and sends by `interface` (name or IPv4 address), from `port` if one is given.

    `dropped` counts packets that found no room. Raises OSError where the interface is missing, down, or has no cable.
    """

    def __init__(self, interface: str, *, ttl: int = 1, port: int = 0) -> None:
        self._watched = UdpEndpoint(host=_ANY_GROUP, port=0, interface=interface)
        require_interface(self._watched)
        self.dropped = 0
        self._cuts = True
        self._cut_into = 0
        self._cutting: list[tuple[int, int, bytes]] = []
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            self._set_up(interface, ttl, port)
        except OSError:
            self.socket.close()
            raise

    def send(self, packet: bytes | memoryview, address: Address) -> None:
        """Raises OSError for all that is more than a want of room."""
        try:
            self.socket.sendto(packet, address)
        except OSError as error:
            if error.errno not in _DROPPED:
                raise
            self.dropped += 1

    def send_all(self, packets: Bytes, address: Address) -> None:
        """Sends packets, a row each, to one receiver. Together they cost little more than one of them alone, where the
        system cuts them apart, or the network card. Raises OSError for all that is more than a want of room.
        """
        if len(packets) > _MOST_TOGETHER:
            for start in range(0, len(packets), _MOST_TOGETHER):
                self.send_all(packets[start : start + _MOST_TOGETHER], address)
        elif not self._cuts or not self._send_together(packets, address):
            for packet in packets:
                self.send(packet.data, address)

    def look(self) -> None:
        """Raises OSError if the interface has gone, is down or without a cable: sending may still seem to work then."""
        require_interface(self._watched)

    def close(self) -> None:
        """Leaves the interface."""
        with suppress(OSError):
            self.socket.close()

    def _send_together(self, packets: Bytes, address: Address) -> bool:
        """False where the system or the card cannot do that, which is not tried again."""
        size = packets.shape[1]
        if size != self._cut_into:
            self._cut_into = size
            self._cutting = [(socket.IPPROTO_UDP, _UDP_SEGMENT, struct.pack("@H", size))]
        try:
            self.socket.sendmsg((packets.data,), self._cutting, 0, address)
        except OSError as error:
            if error.errno in _UNCUT:
                self._cuts = False
                return False
            if error.errno not in _DROPPED:
                raise
            self.dropped += len(packets)
        return True

    def _set_up(self, interface: str, ttl: int, port: int) -> None:
        udp = self.socket
        udp.setblocking(False)
        udp.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        udp.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, interface_request("0.0.0.0", interface))  # noqa: S104
        udp.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, ttl)
        if port:
            udp.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if is_address(interface):
            udp.bind((interface, port))
        elif port:
            udp.bind(("", port))
