"""The control edge's ZeroMQ sockets: one ROUTER for requests, two PUBs for state and telemetry."""

from __future__ import annotations

import errno
import re
import socket
from contextlib import closing

import zmq

from stage.control.wire import MAX_MESSAGE_BYTES
from stage.run.terminal import print_notice
from tracking.records import ConfigError, Record

_EVERYWHERE = re.compile(r"^(?P<scheme>\w+)://(?:\*|0\.0\.0\.0)(?P<rest>:.*)$")
_QUEUED_MESSAGES = 256
_HEARTBEAT_MS = 1000
_PEER_SILENCE_MS = 3000


def announced(url: str) -> str:
    """`url` as a client can connect to it: "every address" becomes this machine's own one.

    The address is the one that packets to elsewhere would leave from; asking for it sends none (192.0.2.0/24 is kept
    for documentation, RFC 5737).
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


class BoundPorts(Record):
    """Where a show is controlled: what a restarted core binds again, for its clients' sake."""

    host: str
    control: int
    state: int
    telemetry: int

    @property
    def endpoint(self) -> str:
        """Where requests are taken."""
        return f"tcp://{self.host}:{self.control}"

    @property
    def by_name(self) -> dict[str, int]:
        """As `hello` tells them."""
        return {"control": self.control, "state": self.state, "telemetry": self.telemetry}


class ControlSockets:
    """The three bound sockets. Raises ConfigError when a port is taken or the address is not this machine's.

    With `again`, the ports that an earlier core had are bound, exactly those; one that somebody else took meanwhile
    is told, and `try_again` binds it once it is free. A show goes on without it.
    """

    def __init__(self, host: str, port: int, again: BoundPorts | None = None) -> None:
        self._context = zmq.Context(io_threads=1)
        ipv6 = (host if again is None else again.host).startswith("[")
        self.requests = self._socket(zmq.ROUTER, ipv6=ipv6)
        self.state = self._socket(zmq.PUB, ipv6=ipv6)
        self.telemetry = self._socket(zmq.PUB, ipv6=ipv6)
        self._missing: list[tuple[zmq.Socket[bytes], int]] = []
        if again is None:
            self.bound = self._bind_first(host, port)
        else:
            self.bound = again
            self._missing = [(self.requests, again.control), (self.state, again.state)]
            self._missing.append((self.telemetry, again.telemetry))
            self.try_again()
            for _, taken in self._missing:
                print_notice(f"control: port {taken} was taken while the core was away: trying until it is free")

    def try_again(self) -> None:
        """Binds what could not be bound so far."""
        for missing in tuple(self._missing):
            unbound, port = missing
            try:
                unbound.bind(f"tcp://{self.bound.host}:{port}")
            except zmq.ZMQError:
                continue
            self._missing.remove(missing)

    @property
    def incomplete(self) -> bool:
        """Whether a port is still in other hands."""
        return bool(self._missing)

    def close(self) -> None:
        """Let go of the ports at once; what was not yet sent is dropped."""
        self._context.destroy(linger=0)

    def _bind_first(self, host: str, port: int) -> BoundPorts:
        try:
            control = _bind(self.requests, host, port)
            state = _bind(self.state, host, port and port + 1)
            telemetry = _bind(self.telemetry, host, port and port + 2)
        except ConfigError:
            self.close()
            raise
        return BoundPorts(host=host, control=control, state=state, telemetry=telemetry)

    def _socket(self, kind: int, *, ipv6: bool) -> zmq.Socket[bytes]:
        socket = self._context.socket(kind)
        _configure(socket, ipv6=ipv6)
        if kind == zmq.ROUTER:
            socket.setsockopt(zmq.ROUTER_MANDATORY, 1)
            # A client whose connection broke comes back under its own identity before the old one is given up.
            socket.setsockopt(zmq.ROUTER_HANDOVER, 1)
        return socket


def _bind(socket: zmq.Socket[bytes], host: str, port: int) -> int:
    try:
        socket.bind(f"tcp://{host}:{port or '*'}")
    except zmq.ZMQError as error:
        raise ConfigError(_bind_failure(error, host, port)) from None
    return int(socket.getsockopt_string(zmq.LAST_ENDPOINT).rpartition(":")[2])


def _configure(socket: zmq.Socket[bytes], *, ipv6: bool) -> None:
    """By default ZeroMQ has unlimited messages, endless linger and no heartbeats; nothing of that suits a stage."""
    socket.setsockopt(zmq.LINGER, 0)
    socket.setsockopt(zmq.MAXMSGSIZE, MAX_MESSAGE_BYTES)
    socket.setsockopt(zmq.SNDHWM, _QUEUED_MESSAGES)
    socket.setsockopt(zmq.RCVHWM, _QUEUED_MESSAGES)
    socket.setsockopt(zmq.HEARTBEAT_IVL, _HEARTBEAT_MS)
    socket.setsockopt(zmq.HEARTBEAT_TIMEOUT, _PEER_SILENCE_MS)
    socket.setsockopt(zmq.HANDSHAKE_IVL, _PEER_SILENCE_MS)
    socket.setsockopt(zmq.IPV6, int(ipv6))


def _bind_failure(error: zmq.ZMQError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"control.endpoint: port {port} on {host} is in use, probably by another `stage run`; "
            "stop that one or choose another port (0 picks three free ones)"
        )
    if error.errno in {errno.EADDRNOTAVAIL, errno.ENODEV}:
        return f"control.endpoint: {host} is not an address of this machine"
    if error.errno == errno.EACCES:
        return f"control.endpoint: port {port} on {host} is not permitted, expected one above 1023"
    return f"control.endpoint: tcp://{host}:{port} cannot be opened: {error.strerror}"
