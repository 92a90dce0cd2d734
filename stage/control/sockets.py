"""The control edge's ZeroMQ sockets: one ROUTER for requests, two XPUBs for state and telemetry.

Two traps of the library (4.3.5) decide the options. It ends the process (`Assertion failed: !_io_error`) where it has
to send a heartbeat on a connection that broke while its queue was full. So the stage sends no heartbeats (TCP keepalive
finds dead peers), and receive queues have no limit of their own, since a client may ask for heartbeats too. And it
collects an unfinished message of many parts without any limit. `stage.control.guard` limits both from outside.
"""

from __future__ import annotations

import errno
import re
import socket
from contextlib import closing
from typing import Literal

import zmq

from stage.control.connections import ConnectionCount
from stage.control.streams import Stream, StreamThread
from stage.run.options import BoundPorts
from stage.run.terminal import print_notice
from tracking.records import ConfigError

MAX_MESSAGE_BYTES = 64 * 1024
MAX_SUBSCRIPTION_BYTES = 128
"""The longest message of a subscriber: its handshake, or a topic."""
_EVERYWHERE = re.compile(r"^(?P<scheme>\w+)://(?:\*|0\.0\.0\.0)(?P<rest>:.*)$")
_QUEUED_MESSAGES = 256
_WAITING_CONNECTIONS = 64
_HANDSHAKE_MS = 3000
_KEEPALIVE = {zmq.TCP_KEEPALIVE: 1, zmq.TCP_KEEPALIVE_IDLE: 5, zmq.TCP_KEEPALIVE_INTVL: 2, zmq.TCP_KEEPALIVE_CNT: 3}

PortName = Literal["control", "state", "telemetry"]
_KINDS: dict[PortName, int] = {"control": zmq.ROUTER, "state": zmq.XPUB, "telemetry": zmq.XPUB}
_STREAMS: tuple[Stream, ...] = ("state", "telemetry")


def announced(url: str) -> str:
    """`url` as a client can connect to it: "every address" becomes this machine's own address.

    It is the one from which packets to other networks would leave. Looking it up sends no packet (192.0.2.0/24 is
    reserved for documentation, RFC 5737).
    """
    found = _EVERYWHERE.match(url)
    if found is None:
        return url
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
            address = str(probe.getsockname()[0])
        except OSError:
            address = "127.0.0.1"
    return f"{found['scheme']}://{address}{found['rest']}"


class ControlSockets:
    """The three bound sockets. Raises ConfigError when a port is taken or the address is not this machine's.

    With `again`, exactly the ports of an earlier core are bound. If another program took one of them meanwhile, a
    notice says so, the show continues without it, and `try_again` binds it once it is free.
    """

    def __init__(self, host: str, port: int, again: BoundPorts | None = None) -> None:
        self._context = zmq.Context(io_threads=1)
        self._ipv6 = (host if again is None else again.host).startswith("[")
        self._missing: list[PortName] = []
        self._open_all()
        if again is None:
            self.bound = self._bind_first(host, port)
            self._start_streams()
        else:
            self.bound = again
            self._missing = list(_KINDS)
            self.try_again()
            for name in self._missing:
                taken = again.by_name[name]
                print_notice(f"control: port {taken} was taken while the core was away: trying until it is free")

    @property
    def requests(self) -> zmq.Socket[bytes]:
        """The ROUTER that receives requests."""
        return self._sockets["control"]

    def publish(self, stream: Stream, body: bytes) -> bool:
        """Sends a body to a stream's subscribers. False if it is lost: the port is not bound, or too much waits."""
        thread = self._threads.get(stream)
        return thread is not None and thread.publish(body)

    def try_again(self) -> None:
        """Binds the ports that could not be bound so far."""
        for name in tuple(self._missing):
            try:
                self._sockets[name].bind(f"tcp://{self.bound.host}:{self.bound.by_name[name]}")
            except zmq.ZMQError:
                continue
            self._missing.remove(name)
        self._start_streams()

    @property
    def incomplete(self) -> bool:
        """Whether a port is not bound: another program has it, or it is still being closed."""
        return bool(self._missing)

    def most_connections(self) -> int:
        """The connections of the port that has most."""
        return max(count.present() for count in self._counts.values())

    def shut(self) -> None:
        """Closes the sockets with every connection and all that the library holds. `try_again` binds new ones.

        The library releases the ports on a thread of its own, a moment later.
        """
        for count in self._counts.values():
            count.close()
        self._end_streams()
        for name, old in self._sockets.items():
            if name not in self._threads:
                old.close(0)
        self._open_all()
        self._missing = list(_KINDS)

    def close(self) -> None:
        """Releases the ports at once; messages not yet sent are dropped."""
        for thread in self._end_streams():
            thread.join()
        self._context.destroy(linger=0)

    def _open_all(self) -> None:
        self._sockets = {name: self._socket(kind) for name, kind in _KINDS.items()}
        self._counts = {name: ConnectionCount(opened) for name, opened in self._sockets.items()}
        self._threads: dict[PortName, StreamThread] = {}

    def _start_streams(self) -> None:
        """A stream's socket belongs to its thread from when it is bound."""
        for name in _STREAMS:
            if name not in self._missing and name not in self._threads:
                self._threads[name] = StreamThread(name, self._sockets[name])

    def _end_streams(self) -> list[StreamThread]:
        for thread in self._threads.values():
            thread.end()
        return list(self._threads.values())

    def _bind_first(self, host: str, port: int) -> BoundPorts:
        try:
            control = _bind(self._sockets["control"], host, port)
            state = _bind(self._sockets["state"], host, port and port + 1)
            telemetry = _bind(self._sockets["telemetry"], host, port and port + 2)
        except ConfigError:
            self.close()
            raise
        return BoundPorts(host=host, control=control, state=state, telemetry=telemetry)

    def _socket(self, kind: int) -> zmq.Socket[bytes]:
        opened = self._context.socket(kind)
        _configure(opened, ipv6=self._ipv6)
        if kind == zmq.ROUTER:
            opened.setsockopt(zmq.MAXMSGSIZE, MAX_MESSAGE_BYTES)
            opened.setsockopt(zmq.ROUTER_MANDATORY, 1)
            # A client whose connection broke returns under its own identity before the old connection has timed out.
            opened.setsockopt(zmq.ROUTER_HANDOVER, 1)
        else:
            opened.setsockopt(zmq.MAXMSGSIZE, MAX_SUBSCRIPTION_BYTES)
            opened.setsockopt(zmq.XPUB_MANUAL, 1)
        return opened


def _bind(socket: zmq.Socket[bytes], host: str, port: int) -> int:
    try:
        socket.bind(f"tcp://{host}:{port or '*'}")
    except zmq.ZMQError as error:
        raise ConfigError(_bind_failure(error, host, port)) from None
    return int(socket.getsockopt_string(zmq.LAST_ENDPOINT).rpartition(":")[2])


def _configure(socket: zmq.Socket[bytes], *, ipv6: bool) -> None:
    """ZeroMQ's defaults are endless linger, a minute for a handshake and no keepalive. None of them suits a stage."""
    socket.setsockopt(zmq.LINGER, 0)
    socket.setsockopt(zmq.SNDHWM, _QUEUED_MESSAGES)
    socket.setsockopt(zmq.RCVHWM, 0)
    socket.setsockopt(zmq.BACKLOG, _WAITING_CONNECTIONS)
    socket.setsockopt(zmq.HANDSHAKE_IVL, _HANDSHAKE_MS)
    socket.setsockopt(zmq.IPV6, int(ipv6))
    for option, value in _KEEPALIVE.items():
        socket.setsockopt(option, value)


def _bind_failure(error: zmq.ZMQError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"control.endpoint: port {port} on {host} is in use, probably by another `stage run`; "
            "stop that one, or choose another port (0 picks three free ones)"
        )
    if error.errno in {errno.EADDRNOTAVAIL, errno.ENODEV}:
        return f"control.endpoint: {host} is not an address of this machine"
    if error.errno == errno.EACCES:
        return f"control.endpoint: port {port} on {host} is not permitted, expected a port above 1023"
    return f"control.endpoint: tcp://{host}:{port} cannot be opened: {error.strerror}"
