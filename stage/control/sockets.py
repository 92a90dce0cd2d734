"""The control edge's ZeroMQ sockets: one ROUTER for requests, two PUBs for state and telemetry."""

from __future__ import annotations

import errno
import ipaddress
import re
import socket
from contextlib import closing

import zmq

from stage.control.wire import MAX_MESSAGE_BYTES
from tracking.records import ConfigError

_ENDPOINT = re.compile(r"^tcp://(?P<host>\[[0-9a-fA-F:]+\]|[^:/\[\]]+):(?P<port>\d{1,5})$")
_EVERYWHERE = re.compile(r"^(?P<scheme>\w+)://(?:\*|0\.0\.0\.0)(?P<rest>:.*)$")
_QUEUED_MESSAGES = 256
_HEARTBEAT_MS = 1000
_PEER_SILENCE_MS = 3000


def parse_endpoint(endpoint: str, *, lan: bool) -> tuple[str, int]:
    """Host and port of `tcp://HOST:PORT`. Raises ConfigError for another form, and beyond loopback without `lan`."""
    found = _ENDPOINT.match(endpoint)
    if found is None or int(found["port"]) > 65533:
        raise ConfigError(
            f"control.endpoint: {endpoint!r}, expected tcp://ADDRESS:PORT such as tcp://127.0.0.1:7700, "
            "with a port of at most 65533"
        )
    host = "127.0.0.1" if found["host"] == "localhost" else found["host"]
    if not _is_address(host):
        raise ConfigError(f"control.endpoint: {endpoint!r} names no address, expected a number such as 127.0.0.1")
    if not lan and not is_loopback(host):
        raise ConfigError(
            f"control.endpoint: {endpoint!r} can be reached from the network, expected a loopback address; "
            "anyone there could steer the stage: add --lan if that is meant"
        )
    return host, int(found["port"])


def is_loopback(host: str) -> bool:
    """Whether an address (brackets and "*" allowed) can be reached from this machine only."""
    return host != "*" and ipaddress.ip_address(host.strip("[]")).is_loopback


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


def _is_address(host: str) -> bool:
    if host == "*":
        return True
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True


class ControlSockets:
    """The three bound sockets. Raises ConfigError when a port is taken or the address is not this machine's."""

    def __init__(self, host: str, port: int) -> None:
        self._context = zmq.Context(io_threads=1)
        try:
            self.requests, control = self._bind(zmq.ROUTER, host, port)
            self.state, state = self._bind(zmq.PUB, host, port and port + 1)
            self.telemetry, telemetry = self._bind(zmq.PUB, host, port and port + 2)
        except ConfigError:
            self.close()
            raise
        self.endpoint = f"tcp://{host}:{control}"
        self.ports = {"control": control, "state": state, "telemetry": telemetry}

    def close(self) -> None:
        """Let go of the ports at once; what was not yet sent is dropped."""
        self._context.destroy(linger=0)

    def _bind(self, kind: int, host: str, port: int) -> tuple[zmq.Socket[bytes], int]:
        socket = self._context.socket(kind)
        _configure(socket, ipv6=host.startswith("["))
        if kind == zmq.ROUTER:
            socket.setsockopt(zmq.ROUTER_MANDATORY, 1)
            # A client whose connection broke comes back under its own identity before the old one is given up.
            socket.setsockopt(zmq.ROUTER_HANDOVER, 1)
        try:
            socket.bind(f"tcp://{host}:{port or '*'}")
        except zmq.ZMQError as error:
            raise ConfigError(_bind_failure(error, host, port)) from None
        bound = socket.getsockopt_string(zmq.LAST_ENDPOINT)
        return socket, int(bound.rpartition(":")[2])


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
