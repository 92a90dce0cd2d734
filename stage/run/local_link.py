"""Messages between two processes of a run over a local socket that keeps them apart, with no thread on either side.

The core listens (`HostEnd`), so whichever of the two is started again finds the other (`GuestEnd`). Nobody waits: what
finds no room is lost, and its sender knows. When one of them dies the kernel closes the socket, and the other knows at
once. What was sent lies in the receiver's own queue when the call returns: libzmq would first have to wake a thread on
each side, and what was handed over just before a drain came after it, on a busy machine by a millisecond.
"""

from __future__ import annotations

import array
import errno
import select
import socket
from pathlib import Path
from typing import NamedTuple

ROOM_BYTES = 1 << 20
"""What may wait in each direction, where nothing else is said."""
_GONE = (errno.EPIPE, errno.ECONNRESET)
_DESCRIPTOR_BYTES = socket.CMSG_SPACE(array.array("i").itemsize)


class Received(NamedTuple):
    """A message, which holds until the next one is received, and the descriptor beside it: the receiver's now."""

    content: memoryview
    descriptor: int | None


class _End:
    """What both ends do with the other, `peer`, while there is one. Messages have at most `most_bytes`.

    Of a longer one so much comes. With `takes_descriptors` messages may bring one each.
    """

    def __init__(self, most_bytes: int, *, room_bytes: int, takes_descriptors: bool) -> None:
        self._buffer = memoryview(bytearray(most_bytes))
        self._room_bytes = room_bytes
        self._takes_descriptors = takes_descriptors
        self._looks = select.poll()
        self.peer: socket.socket | None = None
        """What becomes readable when the other side speaks or goes; None where there was none at the last look."""
        self.came = 0
        """How many there were on the other side, one after the other."""

    def send(self, content: bytes, descriptor: int | None = None) -> bool:
        """False where it is lost: nobody is there, or too much waits for them."""
        peer = self.peer
        if peer is None:
            return False
        try:
            if descriptor is None:
                peer.send(content)
            else:
                socket.send_fds(peer, [content], [descriptor])
        except OSError as error:
            self._note_lost(is_full=error.errno not in _GONE)
            return False
        return True

    def _note_lost(self, *, is_full: bool) -> None:
        """A message was not sent: for want of room, or because the other side has gone, which `receive` will find."""

    def _meet(self, peer: socket.socket) -> None:
        peer.setblocking(False)
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, self._room_bytes)
        self._looks.register(peer, select.POLLIN)
        self.peer = peer
        self.came += 1

    def _leave(self) -> None:
        if self.peer is not None:
            self._looks.unregister(self.peer)
            self.peer.close()
            self.peer = None

    def receive(self) -> Received | None:
        """The next message; None where there is none now, or the other side has gone: then there is no `peer`."""
        peer = self.peer
        if peer is None or not self._looks.poll(0):  # receiving nothing raises, which takes many times as long
            return None
        descriptor = None
        try:
            if self._takes_descriptors:
                size, ancillary, _flags, _address = peer.recvmsg_into(
                    [self._buffer], _DESCRIPTOR_BYTES, socket.MSG_CMSG_CLOEXEC
                )
                descriptor = _descriptor_in(ancillary)
            else:
                size = peer.recv_into(self._buffer)
        except BlockingIOError:
            return None
        except OSError:
            size = 0
        if size:
            return Received(self._buffer[:size], descriptor)
        self._leave()
        return None


class HostEnd(_End):
    """The core's end: a socket at `path`, to which the other side connects. Raises OSError where it cannot be."""

    def __init__(
        self, path: Path, most_bytes: int, *, room_bytes: int = ROOM_BYTES, takes_descriptors: bool = False
    ) -> None:
        super().__init__(most_bytes, room_bytes=room_bytes, takes_descriptors=takes_descriptors)
        path.unlink(missing_ok=True)
        self._listening = _new_socket()
        self._listening.bind(str(path))
        self._listening.listen(1)

    def receive(self) -> Received | None:
        """The next message; None where there is none now.

        Whoever comes is let in once the one before is gone, and all that it has sent was received.
        """
        while True:
            if self.peer is None and not self._let_in():
                return None
            received = super().receive()
            if received is not None or self.peer is not None:
                return received

    def is_quiet(self) -> bool:
        """Whether the other side is there, and there is nothing to receive."""
        return self.peer is not None and not self._looks.poll(0)

    def close(self) -> None:
        """Leaves the other side, and listens no more."""
        self._leave()
        self._listening.close()

    def _let_in(self) -> bool:
        try:
            peer, _ = self._listening.accept()
        except OSError:
            return False
        self._meet(peer)
        return True


class GuestEnd(_End):
    """The other side's end: it finds the core at `path` whenever there is one.

    `untold` counts messages for which there was no room.
    """

    def __init__(
        self, path: Path, most_bytes: int, *, room_bytes: int = ROOM_BYTES, takes_descriptors: bool = False
    ) -> None:
        super().__init__(most_bytes, room_bytes=room_bytes, takes_descriptors=takes_descriptors)
        self._path = path
        self.untold = 0

    def look(self) -> bool:
        """Whether there is a core, which is looked for if there is none."""
        if self.peer is not None:
            return True
        core = _new_socket()
        try:
            core.connect(str(self._path))
        except OSError:
            core.close()
            return False
        self._meet(core)
        return True

    def has_gone(self) -> bool:
        """Whether the core has closed its end. For who never hears anything of it: a message would be taken."""
        try:
            return self.peer is None or not self.peer.recv(1)
        except BlockingIOError:
            return False
        except OSError:
            return True

    def close(self) -> None:
        """Leaves the core."""
        self._leave()

    def _note_lost(self, *, is_full: bool) -> None:
        self.untold += is_full


def _new_socket() -> socket.socket:
    one = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    one.setblocking(False)
    return one


def _descriptor_in(ancillary: list[tuple[int, int, bytes]]) -> int | None:
    """The one descriptor that came beside a message; there is no room for more."""
    for level, kind, content in ancillary:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            found = array.array("i")
            found.frombytes(content[: len(content) - len(content) % found.itemsize])
            return found[0] if found else None
    return None
