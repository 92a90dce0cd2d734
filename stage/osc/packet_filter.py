"""Has the system drop the packets of some addresses before they wait in the socket (socket(7), SO_ATTACH_FILTER).

All senders share one queue of the system, of some hundred packets. A flood fills it between two looks at it, and what
others send is lost there, however fast it is read. What the filter drops never gets there. It lets a few packets
through, by which it is known whether the flood goes on: to find out without the filter would fill the queue each time.
"""

from __future__ import annotations

import ctypes
import socket
import struct
import sys
from collections.abc import Collection

MOST_ADDRESSES = 128
"""A jump in a filter leads over at most 255 instructions."""
LET_THROUGH = 64
"""Of a refused address one packet in so many, a power of two, is let through, by chance."""
_ATTACH_FILTER, _MEMORY_INFO, _DROPS = 26, 55, 8
_INSTRUCTION = struct.Struct("=HBBI")
_PROGRAM = struct.Struct("@HP")
_LOAD_WORD, _JUMP_IF_EQUAL, _JUMP_IF_BITS, _RETURN = 0x20, 0x15, 0x45, 0x06
_SOURCE_ADDRESS = 0xFFF0_0000 + 12
"""Of the IPv4 header, from where filters find that: SKF_NET_OFF of linux/filter.h."""
_RANDOM = 0xFFFF_F000 + 56
"""A random number for each packet: SKF_AD_OFF and SKF_AD_RANDOM."""
_ALL = 0xFFFF_FFFF


class PacketFilter:
    """The filter of one IPv4 UDP socket. On systems other than Linux it filters and counts nothing."""

    def __init__(self, udp: socket.socket) -> None:
        self._udp = udp
        self._refused: frozenset[str] = frozenset()
        self._works = sys.platform == "linux"

    def refuse(self, addresses: Collection[str]) -> None:
        """Drops what these addresses send, of at most `MOST_ADDRESSES`, but for one packet in `LET_THROUGH`."""
        wanted = frozenset(sorted(addresses)[:MOST_ADDRESSES])
        if wanted == self._refused or not self._works:
            return
        program = _program(sorted(wanted))
        kept = ctypes.create_string_buffer(program, len(program))
        filtering = _PROGRAM.pack(len(program) // _INSTRUCTION.size, ctypes.addressof(kept))
        try:
            self._udp.setsockopt(socket.SOL_SOCKET, _ATTACH_FILTER, filtering)
        except OSError:
            self._works = False  # a system may forbid it: then floods are dropped after they are read
        else:
            self._refused = wanted

    @property
    def dropped(self) -> int:
        """How many packets the system has dropped: those of the filter, and those that found the queue full."""
        if not self._works:
            return 0
        try:
            counts = self._udp.getsockopt(socket.SOL_SOCKET, _MEMORY_INFO, 4 * (_DROPS + 1))
        except OSError:
            return 0
        return int.from_bytes(counts[4 * _DROPS : 4 * (_DROPS + 1)], sys.byteorder)


def _program(addresses: list[str]) -> bytes:
    """Loads a packet's source; accepts it unless it is one of the addresses; of these, by a random number."""
    steps = [(_LOAD_WORD, 0, 0, _SOURCE_ADDRESS)]
    for place, address in enumerate(addresses):
        number = int.from_bytes(socket.inet_aton(address), "big")
        steps.append((_JUMP_IF_EQUAL, len(addresses) - place, 0, number))
    steps += [(_RETURN, 0, 0, _ALL), (_LOAD_WORD, 0, 0, _RANDOM), (_JUMP_IF_BITS, 1, 0, LET_THROUGH - 1)]
    steps += [(_RETURN, 0, 0, _ALL), (_RETURN, 0, 0, 0)]
    return b"".join(_INSTRUCTION.pack(*step) for step in steps)
