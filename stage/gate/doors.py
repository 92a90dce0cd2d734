"""The ports of the gate: who may come in. Connections are counted for each port and for each address."""

from __future__ import annotations

import socket
from collections import Counter
from collections.abc import Callable, Iterable
from functools import partial

from stage.config.addresses import is_loopback
from stage.gate.limits import MOST_CONNECTIONS, MOST_OF_ONE_ADDRESS
from stage.gate.link import Stream
from stage.gate.peer import Peer
from stage.gate.poller import READ
from stage.gate.shared import Shared

_ACCEPTED_A_ROUND = 32
_SYSTEM_HOLDS_BYTES = 256 * 1024
"""Unread bytes that the system holds for a client: what is beyond is counted here."""
_KEEPALIVE = {"TCP_KEEPIDLE": 5, "TCP_KEEPINTVL": 2, "TCP_KEEPCNT": 3}


class Door:
    """One port: its listening sockets, and the connections that came through them.

    `stream` is what is published here, None for requests. `turned` is called with a cause and an address for whoever is
    sent away. `run` is a word that no other gate of this run has.
    """

    def __init__(
        self,
        stream: Stream | None,
        listening: Iterable[socket.socket],
        shared: Shared,
        turned: Callable[[str, Peer | None, str], None],
        run: str,
    ) -> None:
        self.stream = stream
        self.peers: dict[str, Peer] = {}
        self._listening = tuple(listening)
        self._shared = shared
        self._turned = turned
        self._run = run
        self._number = 0
        self._of_address: Counter[str] = Counter()

    def open(self) -> None:
        """Lets clients in from now on."""
        for one in self._listening:
            self._shared.poller.watch(one.fileno(), READ, partial(self._accept, one))

    def shut(self) -> None:
        """Sends everybody away; those who come wait outside."""
        for one in self._listening:
            self._shared.poller.forget(one.fileno())
        for peer in tuple(self.peers.values()):
            self._close(peer)

    def sweep(self) -> None:
        """Closes the connections that are to be closed."""
        for peer in tuple(self.peers.values()):
            if peer.closed_for:
                self._turned(peer.closed_for, peer, peer.address)
                self._close(peer)

    def _accept(self, listening: socket.socket, _events: int) -> None:
        for _ in range(_ACCEPTED_A_ROUND):
            try:
                connection, place = listening.accept()
            except OSError:  # nobody is waiting, or the process has no descriptor left for one more
                return
            address = str(place[0]).removeprefix("::ffff:")
            if not self._has_room(address):
                self._turned("connections", None, address)
                connection.close()
                continue
            _configure(connection)
            self._number += 1
            name = f"{self._run}-{self.stream or 'control'}-{self._number}"
            self.peers[name] = Peer(name, connection, address, self.stream, self._shared)
            self._of_address[address] += 1

    def _has_room(self, address: str) -> bool:
        """Whether one more may come in. The oldest connection that has said nothing sensible yet makes room."""
        most = MOST_CONNECTIONS if is_loopback(address) else MOST_OF_ONE_ADDRESS
        if self._of_address[address] < most and len(self.peers) < MOST_CONNECTIONS:
            return True
        idle = (one for one in self.peers.values() if not one.proven and one.address == address)
        oldest = next(idle, None)
        if oldest is None:
            return False
        self._turned("connections", oldest, address)
        self._close(oldest)
        return True

    def _close(self, peer: Peer) -> None:
        del self.peers[peer.name]
        self._of_address[peer.address] -= 1
        if not self._of_address[peer.address]:
            del self._of_address[peer.address]
        peer.close()


def _configure(connection: socket.socket) -> None:
    connection.setblocking(False)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SYSTEM_HOLDS_BYTES)
    for name, seconds in _KEEPALIVE.items():
        if hasattr(socket, name):
            connection.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), seconds)
