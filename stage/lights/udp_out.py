"""The socket from which levels leave on the configured interface, and packets that the system had no room for."""

from __future__ import annotations

import errno
import socket
from contextlib import suppress

from tracking.endpoints import UdpEndpoint
from tracking.sources.interfaces import interface_request, is_address, require_interface

Address = tuple[str, int]
_DROPPED = frozenset({errno.EAGAIN, errno.ENOBUFS, errno.EINTR, errno.ECONNREFUSED})
"""What there is no room for now, and a receiver that does not listen: the next tick says it again."""
_ANY_GROUP = "239.255.0.1"


class UdpOut:
    """A UDP socket that does not block and sends by `interface` (name or IPv4 address), from `port` if one is given.

    `dropped` counts packets that found no room. Raises OSError where the interface is missing, down, or has no cable.
    """

    def __init__(self, interface: str, *, ttl: int = 1, port: int = 0) -> None:
        self._watched = UdpEndpoint(host=_ANY_GROUP, port=0, interface=interface)
        require_interface(self._watched)
        self.dropped = 0
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            self._set_up(interface, ttl, port)
        except OSError:
            self.socket.close()
            raise

    def send(self, packet: bytes | bytearray, address: Address) -> None:
        """Raises OSError for all that is more than a want of room."""
        try:
            self.socket.sendto(packet, address)
        except OSError as error:
            if error.errno not in _DROPPED:
                raise
            self.dropped += 1

    def look(self) -> None:
        """Raises OSError if the interface has gone, is down or without a cable: sending may still seem to work then."""
        require_interface(self._watched)

    def close(self) -> None:
        """Leaves the interface."""
        with suppress(OSError):
            self.socket.close()

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
