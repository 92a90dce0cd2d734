"""A UDP socket as a tracker source: kernel receive stamps, multicast, bounded reading.

Receive stamps come from the kernel (SO_TIMESTAMPNS, socket(7)). With polling at 60 Hz they are accurate to
microseconds; a stamp taken after the read would be late by up to a frame.
"""

from __future__ import annotations

import contextlib
import errno
import socket
import struct
import sys
import threading
import time
from collections import deque

import msgspec

from tracking.datagrams import MAX_DATAGRAM_BYTES, Budget, Datagram, Drop
from tracking.endpoints import UdpEndpoint
from tracking.records import JOB_FAILURES
from tracking.sources.interfaces import can_go, is_member, join, require_interface

RECEIVE_BUFFER_BYTES = 1 << 20
RETRY_S = 0.5
LOOKS_EVERY_S = 1.0

_SO_TIMESTAMPNS = 35
_SO_RXQ_OVFL = 40
_IP_MULTICAST_ALL = 49
_TIMESPEC = struct.Struct("@ll")
_OVERFLOW = struct.Struct("@I")
_CONTROL_BYTES = socket.CMSG_SPACE(_TIMESPEC.size) + socket.CMSG_SPACE(_OVERFLOW.size)
_OLDEST_STAMP_NS = 10_000_000_000


class UdpReceiver:
    """One non-blocking socket. `failure` is why it cannot be opened, or why nothing can reach it any more.

    A small thread opens it every `RETRY_S` until that succeeds, since joining a multicast group may wait for the
    network's configuration. After that it looks every `LOOKS_EVERY_S` whether the interface is still there. A group is
    joined again, on a new socket, once its interface has come back or has become another one. `groups` are further
    multicast groups that are heard on the same port, all on one interface. Other programs may hold a `shared` port.
    """

    def __init__(
        self, source: str, endpoint: UdpEndpoint, groups: tuple[UdpEndpoint, ...] = (), *, shared: bool = False
    ) -> None:
        self.source = source
        self._endpoint = endpoint
        self._shared = shared
        self._joined = (endpoint, *groups) if endpoint.multicast else groups
        self._socket: socket.socket | None = None
        self._fresh: socket.socket | None = None
        self._replaced: deque[socket.socket] = deque()
        self._left_group = False
        self._kernel_drops = 0
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self.failure: OSError | None = None
        self._try_to_open()
        if self._socket is None or self._can_go():
            self._thread = threading.Thread(target=self._tend, name=f"udp {endpoint.port}", daemon=True)
            self._thread.start()

    @property
    def port(self) -> int:
        """The port in use, including one that the system chose for port 0; 0 while the socket is not open."""
        return 0 if self._socket is None else int(self._socket.getsockname()[1])

    def drain(self, budget: Budget, datagrams: list[Datagram], drops: list[Drop]) -> None:
        """Append the newest datagrams within `budget`, oldest first. In a flood the older ones are dropped and counted.

        At most twice the budget is read, so a flood costs bounded time and stale packets do not pile up.
        """
        opened = self._newest()
        if opened is None:
            return
        offset_ns = _wall_minus_monotonic_ns()
        kept: deque[Datagram] = deque(maxlen=budget.datagrams)
        read = too_long = 0
        while read < 2 * budget.datagrams:
            try:
                payload, control, flags, address = opened.recvmsg(MAX_DATAGRAM_BYTES, _CONTROL_BYTES)
            except (BlockingIOError, InterruptedError):
                break
            except OSError:
                drops.append(Drop(source=self.source, count=1, cause="socket"))
                break
            read += 1
            received_ns = self._stamp(control, offset_ns, drops)
            if flags & socket.MSG_TRUNC:
                too_long += 1
                continue
            sender = f"{address[0]}:{address[1]}"
            kept.append(Datagram(source=self.source, sender=sender, received_ns=received_ns, payload=payload))
        over_budget = read - too_long - len(kept)
        over_bytes = _drop_oldest(kept, budget.bytes)
        datagrams.extend(kept)
        for cause, count in (("too_long", too_long), ("over_budget", over_budget), ("over_bytes", over_bytes)):
            if count:
                drops.append(Drop(source=self.source, count=count, cause=cause))

    def close(self) -> None:
        """Close the socket; the system leaves its multicast group."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(timeout=2.0)
        for opened in (self._socket, self._fresh, *self._replaced):
            if opened is not None:
                opened.close()

    def _newest(self) -> socket.socket | None:
        """The socket to read from. One that was replaced is left to the thread: leaving its group may wait."""
        if self._fresh is not None:
            if self._socket is not None:
                self._replaced.append(self._socket)
            self._socket, self._fresh, self._kernel_drops = self._fresh, None, 0
        return self._socket

    def _try_to_open(self) -> None:
        try:
            self._socket = _opened(self._endpoint, self._joined, shared=self._shared)
        except OSError as error:
            self.failure = error
        else:
            self.failure = None

    def _tend(self) -> None:
        while not self._stop.wait(RETRY_S if self._socket is None else LOOKS_EVERY_S):
            while self._replaced:
                self._replaced.popleft().close()
            opened = self._socket
            if opened is None:
                self._try_to_open()
            elif self._can_go():
                self._look(opened)
            else:
                break

    def _can_go(self) -> bool:
        return any(map(can_go, (self._endpoint, *self._joined)))

    def _look(self, opened: socket.socket) -> None:
        """Finds out whether packets can still reach the socket, and joins its group again where it was lost."""
        try:
            if self._joined and self._fresh is None and self._has_left(opened):
                port = opened.getsockname()[1]
                again = msgspec.structs.replace(self._endpoint, port=port)
                self._fresh = _opened(again, self._joined, shared=self._shared)
                self._left_group = False
            require_interface(self._joined[0] if self._joined else self._endpoint)
        except JOB_FAILURES as error:
            self.failure = error if isinstance(error, OSError) else OSError(errno.EIO, str(error))
        else:
            self.failure = None

    def _has_left(self, opened: socket.socket) -> bool:
        """Whether the group was lost since it was joined. An interface that was gone may come back as the same one."""
        try:
            return not is_member(opened, self._joined[0]) or self._left_group
        except OSError:
            self._left_group = True
            raise

    def _stamp(self, control: list[tuple[int, int, bytes]], offset_ns: int, drops: list[Drop]) -> int:
        """When the kernel received the datagram, host monotonic; now, if the wall clock has just been set."""
        now_ns = time.monotonic_ns()
        received_ns = now_ns
        for level, kind, content in control:
            if level != socket.SOL_SOCKET:
                continue
            if kind == _SO_TIMESTAMPNS and len(content) == _TIMESPEC.size:
                seconds, nanoseconds = _TIMESPEC.unpack(content)
                received_ns = seconds * 1_000_000_000 + nanoseconds - offset_ns
            elif kind == _SO_RXQ_OVFL and len(content) == _OVERFLOW.size:
                self._count_kernel_drops(_OVERFLOW.unpack(content)[0], drops)
        return received_ns if now_ns - _OLDEST_STAMP_NS < received_ns < now_ns else now_ns

    def _count_kernel_drops(self, total: int, drops: list[Drop]) -> None:
        lost = (total - self._kernel_drops) & 0xFFFFFFFF
        if lost:
            drops.append(Drop(source=self.source, count=lost, cause="kernel"))
        self._kernel_drops = total


def _drop_oldest(kept: deque[Datagram], most_bytes: int) -> int:
    """Drops the oldest datagrams until the rest has at most `most_bytes`; how many that were."""
    size_bytes = sum(len(datagram.payload) for datagram in kept)
    dropped = 0
    while size_bytes > most_bytes:
        size_bytes -= len(kept.popleft().payload)
        dropped += 1
    return dropped


def open_failure(endpoint: UdpEndpoint, error: OSError) -> str:
    """Why the socket could not be opened and what to do, in one line."""
    if error.errno == errno.EADDRINUSE:
        return f"port {endpoint.port} is in use by another program (a second stage?); close it or choose another port"
    if error.errno == errno.EADDRNOTAVAIL:
        address = endpoint.interface or endpoint.host
        return (
            f"no interface of this machine has the address {address}; see `ip address`, or use udp://:{endpoint.port}"
        )
    if error.errno in (errno.ENODEV, errno.ENETUNREACH):
        return f"no interface found for {endpoint.host} ({error}); name one with ?interface=ADDRESS, see `ip address`"
    if error.errno in (errno.EACCES, errno.EPERM):
        return f"no permission for port {endpoint.port}; choose one above 1023"
    return f"{endpoint.host}:{endpoint.port} cannot be opened ({error}); check the address"


def _opened(endpoint: UdpEndpoint, joined: tuple[UdpEndpoint, ...], *, shared: bool) -> socket.socket:
    opened = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        opened.setblocking(False)
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER_BYTES)
        if sys.platform == "linux":
            _request_ancillary_messages(opened)
        if shared:
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if joined:
            _join_apart(opened, joined)
        opened.bind((endpoint.host, endpoint.port))
    except OSError:
        opened.close()
        raise
    return opened


def _request_ancillary_messages(opened: socket.socket) -> None:
    """Ask for receive stamps and a count of drops with each datagram. A system without them is used as it is."""
    for option in (_SO_TIMESTAMPNS, _SO_RXQ_OVFL):
        with contextlib.suppress(OSError):
            opened.setsockopt(socket.SOL_SOCKET, option, 1)


def _join_apart(opened: socket.socket, joined: tuple[UdpEndpoint, ...]) -> None:
    """Join the groups. Several listeners may share a group's port, so packets of other groups are excluded."""
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if sys.platform == "linux":
        opened.setsockopt(socket.IPPROTO_IP, _IP_MULTICAST_ALL, 0)
    for endpoint in joined:
        join(opened, endpoint)


def _wall_minus_monotonic_ns() -> int:
    """How far the wall clock is ahead of the monotonic clock now. The wall clock may be stepped between calls."""
    before_ns = time.monotonic_ns()
    wall_ns = time.time_ns()
    return wall_ns - (before_ns + time.monotonic_ns()) // 2
