"""The listening sockets of the control API, and by which addresses this machine is reached from others.

The launcher opens the sockets and the gate inherits them. So a port that is in use is an error before anything starts,
a gate that dies gives no other program the chance to take its ports, and whoever connects meanwhile waits for the next
gate. Nobody but the gate accepts a connection.
"""

from __future__ import annotations

import contextlib
import errno
import re
import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Literal

from stage.config.addresses import is_loopback
from stage.run.options import BoundPorts
from stage.run.terminal import print_notice
from tracking.records import ConfigError

PortName = Literal["control", "state", "telemetry"]
PORT_NAMES: tuple[PortName, ...] = ("control", "state", "telemetry")
_WAITING_CONNECTIONS = 128
_EVERYWHERE = re.compile(r"^(?P<scheme>\w+)://(?:\*|0\.0\.0\.0)(?P<rest>:.*)$")
_TRIES_FOR_FREE_PORTS = 20
_TRIES_AGAIN_S = 0.1
_ROUTES = Path("/proc/net/fib_trie")
_LOCAL = re.compile(r"\|-- ([0-9.]+)\n\s+/32 host LOCAL")


def announced(url: str) -> str:
    """`url` as a client can connect to it: "every address" becomes this machine's own address.

    It is the one from which packets to other networks would leave, or any where none would. Looking it up sends no
    packet (192.0.2.0/24 is reserved for documentation, RFC 5737).
    """
    found = _EVERYWHERE.match(url)
    if found is None:
        return url
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
            address = str(probe.getsockname()[0])
        except OSError:  # a network of its own, without a way out
            address = (own_addresses() or ("127.0.0.1",))[0]
    return f"{found['scheme']}://{address}{found['rest']}"


class OpenPorts:
    """The three ports, listening: `bound` says where, `sockets` has them by name.

    An address beyond this machine is joined by the loopback address, so that programs here need no key.
    """

    def __init__(self, host: str, port: int) -> None:
        """Raises ConfigError where a port is taken, or the address is not this machine's."""
        self.sockets: dict[PortName, list[socket.socket]] = {name: [] for name in PORT_NAMES}
        hosts = [host] if host in {"*", "0.0.0.0"} or is_loopback(host) else [host, "127.0.0.1"]  # noqa: S104
        numbers: list[int] = []
        with contextlib.ExitStack() as stack:
            stack.callback(self.close)
            for place, name in enumerate(PORT_NAMES):
                numbers.append(self._open(name, hosts, port and port + place))
            stack.pop_all()
        self.bound = BoundPorts(host=host, control=numbers[0], state=numbers[1], telemetry=numbers[2])

    def close(self) -> None:
        """Releases the ports, as far as this process holds them."""
        for one in self._all():
            one.close()

    def descriptors(self) -> tuple[int, ...]:
        """What a gate has to inherit."""
        return tuple(one.fileno() for one in self._all())

    def words(self) -> list[str]:
        """The options that tell a gate which descriptor is which port."""
        return [
            word for name, opened in self.sockets.items() for one in opened for word in (f"--{name}", str(one.fileno()))
        ]

    def _all(self) -> Iterator[socket.socket]:
        for opened in self.sockets.values():
            yield from opened

    def _open(self, name: PortName, hosts: Sequence[str], port: int) -> int:
        """Opens one port on every host; a free one where `port` is 0."""
        for tries in range(_TRIES_FOR_FREE_PORTS):
            opened: list[socket.socket] = []
            number = port
            try:
                for host in hosts:
                    opened.append(_listening(host, number))
                    number = int(opened[-1].getsockname()[1])
            except OSError as error:
                for one in opened:
                    one.close()
                if port or not opened or tries == _TRIES_FOR_FREE_PORTS - 1:
                    raise ConfigError(_failure(error, hosts[len(opened)], number)) from None
            else:
                self.sockets[name] = opened
                return number
        raise AssertionError


def open_ports(host: str, port: int, *, patience_s: float = 0.0) -> OpenPorts:
    """Opens the three ports: `port` and the next two, or three free ones for 0. Raises ConfigError.

    A run that did not end cleanly may need a moment to release them: `patience_s`.
    """
    until_s = time.monotonic() + patience_s
    if patience_s:
        try:
            return OpenPorts(host, port)
        except ConfigError:
            print_notice("the last run did not end cleanly, and its gate may still be ending: trying again")
    while True:
        try:
            return OpenPorts(host, port)
        except ConfigError:
            if time.monotonic() >= until_s:
                raise
            time.sleep(_TRIES_AGAIN_S)


def _listening(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if host.startswith("[") else socket.AF_INET
    opened = socket.socket(family, socket.SOCK_STREAM)
    try:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        opened.bind(("" if host == "*" else host.strip("[]"), port))
        opened.listen(_WAITING_CONNECTIONS)
    except OSError:
        opened.close()
        raise
    opened.setblocking(False)
    return opened


def _failure(error: OSError, host: str, port: int) -> str:
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


def own_addresses(routes: Path = _ROUTES) -> tuple[str, ...] | None:
    """This machine's IPv4 addresses beyond loopback, from the kernel's routing table; None if it cannot be read.

    A file is read, so that no socket has to be opened to find out.
    """
    try:
        text = routes.read_text(encoding="ascii", errors="replace")
    except OSError:
        return None
    return tuple(sorted({address for address in _LOCAL.findall(text) if not address.startswith("127.")}))


def own_addresses_text() -> str:
    """The same in words, to say what could be used."""
    return f"an address of this machine ({', '.join(own_addresses() or ('127.0.0.1',))})"
