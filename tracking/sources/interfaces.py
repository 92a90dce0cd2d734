"""The network interfaces below a UDP source: joining a group on one, and whether it is still there.

The kernel tells a socket nothing when its interface goes: a group's membership goes with it, and does not come back
with an interface of the same name. So whoever listens has to ask from time to time (netdevice(7), ip(7)).
"""

from __future__ import annotations

import array
import errno
import fcntl
import os
import socket
import struct
import sys
from contextlib import closing

from tracking.endpoints import UdpEndpoint

_SIOCGIFCONF = 0x8912
_SIOCGIFFLAGS = 0x8913
_SIOCGIFBRDADDR = 0x8919
_IFF_UP = 0x1
_IFF_RUNNING = 0x40
_IFCONF = struct.Struct("@iP")
_IFREQ_BYTES = 40
_ADDRESS_AT = 20
_NAME_BYTES = 16
_MOST_ADDRESSES = 256


def interface_request(group: str, interface: str) -> bytes:
    """The `ip_mreqn` (ip(7)) that joins or sends to `group` on `interface` (address, name, or "" for any).

    Raises OSError if no interface has that name.
    """
    any_address = bytes(4)
    if not interface:
        return socket.inet_aton(group) + any_address + struct.pack("@i", 0)
    if is_address(interface):
        return socket.inet_aton(group) + socket.inet_aton(interface) + struct.pack("@i", 0)
    try:
        index = socket.if_nametoindex(interface)
    except OSError as error:
        raise OSError(errno.ENODEV, f"no interface is named {interface}") from error
    return socket.inet_aton(group) + any_address + struct.pack("@i", index)


def is_address(interface: str) -> bool:
    """Whether an interface is given by its IPv4 address, not by its name."""
    return interface[:1].isdigit() and interface.count(".") == 3


def can_go(endpoint: UdpEndpoint) -> bool:
    """Whether what the endpoint listens on can go away: a group's interface, or an address other than loopback."""
    ever_there = endpoint.host == "0.0.0.0" or endpoint.host.startswith("127.")  # noqa: S104 - a comparison
    return sys.platform == "linux" and not ever_there


def join(opened: socket.socket, endpoint: UdpEndpoint) -> None:
    """Joins the endpoint's group on its interface. Raises OSError: EADDRINUSE if the socket is in it already."""
    request = interface_request(endpoint.host, endpoint.interface)
    try:
        opened.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, request)
    except OSError as error:
        if error.errno == errno.ENODEV and is_address(endpoint.interface):
            raise OSError(errno.EADDRNOTAVAIL, os.strerror(errno.EADDRNOTAVAIL)) from error
        raise


def is_member(opened: socket.socket, endpoint: UdpEndpoint) -> bool:
    """Whether `opened` is in the endpoint's group on the interface that has its name or address now.

    Asks by joining once more, which the kernel refuses for a member. Raises OSError where there is no such interface.
    """
    try:
        join(opened, endpoint)
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        return True
    return False


def require_interface(endpoint: UdpEndpoint) -> None:
    """Raises OSError if the address that the endpoint names has gone, or its interface is down or without a cable."""
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as probe:
        if not endpoint.multicast:
            probe.bind((endpoint.host, 0))
        named = endpoint.interface if endpoint.multicast else endpoint.host
        name = _named_by_address(probe, named) if is_address(named) else named
        if name and not _is_up(probe, name):
            raise OSError(errno.ENETDOWN, os.strerror(errno.ENETDOWN))


def broadcast_address(interface: str) -> str:
    """By which address all on the interface (name or IPv4 address) are reached. Raises OSError where it has none."""
    if interface.startswith("127."):
        return "127.255.255.255"
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as probe:
        name = _named_by_address(probe, interface) if is_address(interface) else interface
        answer = fcntl.ioctl(probe.fileno(), _SIOCGIFBRDADDR, _request(name))
    return socket.inet_ntoa(answer[_ADDRESS_AT : _ADDRESS_AT + 4])


def _named_by_address(probe: socket.socket, address: str) -> str:
    """The name of the interface that has the address; "" if it is of no interface, as those of loopback may be."""
    room = array.array("B", bytes(_IFREQ_BYTES * _MOST_ADDRESSES))
    at, size = room.buffer_info()
    answer = fcntl.ioctl(probe.fileno(), _SIOCGIFCONF, _IFCONF.pack(size, at))
    wanted = socket.inet_aton(address)
    found = room.tobytes()[: _IFCONF.unpack(answer)[0]]
    for begin in range(0, len(found), _IFREQ_BYTES):
        if found[begin + _ADDRESS_AT : begin + _ADDRESS_AT + 4] == wanted:
            return found[begin : begin + _NAME_BYTES].partition(b"\0")[0].decode().partition(":")[0]
    return ""


def _is_up(probe: socket.socket, name: str) -> bool:
    flags = struct.unpack_from("@H", fcntl.ioctl(probe.fileno(), _SIOCGIFFLAGS, _request(name)), _NAME_BYTES)[0]
    return bool(flags & _IFF_UP and flags & _IFF_RUNNING)


def _request(name: str) -> bytes:
    """An `ifreq` (netdevice(7)) of the interface with this name."""
    return struct.pack(f"{_NAME_BYTES}s{_IFREQ_BYTES - _NAME_BYTES}x", name.encode()[: _NAME_BYTES - 1])
