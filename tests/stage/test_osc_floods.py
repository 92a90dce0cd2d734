"""A flood of OSC packets in a socket that is read only now and then, as by a process of a busy machine; in virtual time."""

from __future__ import annotations

import ipaddress
import socket
from collections import Counter
from collections.abc import Iterator

import pytest

from stage.osc.packet_filter import LET_THROUGH, PacketFilter
from stage.osc.senders import UNHEARD_S, Senders

FLOODING, FADING = "127.0.0.2", "127.0.0.3"
IN_A_TURN = 4000
"""More than wait in the socket."""
TURN_S = 0.6 * UNHEARD_S


class Reader:
    """The socket of the OSC process, and how it is read: all that has come, once a turn."""

    def __init__(self, udp: socket.socket) -> None:
        udp.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        udp.bind(("127.0.0.1", 0))
        udp.setblocking(False)
        self._udp = udp
        self._filter, self._senders = PacketFilter(udp), Senders([ipaddress.IPv4Network("127.0.0.0/8")])
        self.address = udp.getsockname()

    def came(self, now_s: float) -> Counter[str]:
        """How many packets have come of each address since the last turn."""
        found: Counter[str] = Counter()
        try:
            while True:
                host = self._udp.recvfrom(100)[1][0]
                self._senders.admits(host, now_s)
                found[host] += 1
        except BlockingIOError:
            self._filter.refuse(self._senders.unheard(now_s))
            return found


@pytest.fixture
def reader() -> Iterator[Reader]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        yield Reader(udp)


@pytest.fixture
def flood(reader: Reader) -> Iterator[socket.socket]:
    with sender(FLOODING, reader) as made:
        yield made


@pytest.fixture
def fader(reader: Reader) -> Iterator[socket.socket]:
    with sender(FADING, reader) as made:
        yield made


def sender(address: str, reader: Reader) -> socket.socket:
    made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    made.bind((address, 0))
    made.connect(reader.address)
    return made


def test_a_flood_that_is_known_takes_no_packet_from_a_fader_as_long_as_it_lasts(
    reader: Reader, flood: socket.socket, fader: socket.socket
) -> None:
    came: list[Counter[str]] = []
    for turn in range(20):
        for _ in range(IN_A_TURN):
            flood.send(b"/grade/tint")
        fader.send(b"/grade/exposure_stops")
        came.append(reader.came(turn * TURN_S))
    assert came[0][FADING] == 0, "the queue is full before anybody knows"
    assert [one[FADING] for one in came[1:]] == [1] * 19
    assert max(one[FLOODING] for one in came[1:]) < 4 * IN_A_TURN / LET_THROUGH


def test_who_has_ended_a_flood_is_heard_whole_again(reader: Reader, flood: socket.socket) -> None:
    for turn in range(4):
        for _ in range(IN_A_TURN):
            flood.send(b"/grade/tint")
        reader.came(turn * TURN_S)
    for turn in range(4, 9):
        reader.came(turn * TURN_S)
    for _ in range(100):
        flood.send(b"/grade/tint")
    assert reader.came(9 * TURN_S) == {FLOODING: 100}
