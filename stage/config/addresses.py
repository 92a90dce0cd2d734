"""The addresses on which control, the preview page and OSC listen: their form, and who can reach them. Pure."""

from __future__ import annotations

import ipaddress
import re

from tracking.records import ConfigError

LAST_PORT = 65533
"""The highest control port: state and telemetry use the next two."""
HIGHEST_PORT = 65535
_ENDPOINT = re.compile(r"^tcp://(?P<host>\[[0-9a-fA-F:]+\]|[^:/\[\]]+):(?P<port>[0-9]{1,5})$")


def parse_endpoint(endpoint: str, *, lan: bool) -> tuple[str, int]:
    """Host and port of `tcp://HOST:PORT`.

    Raises ConfigError for any other form, and for an address beyond loopback unless `lan` is set.
    """
    match = _ENDPOINT.fullmatch(endpoint)
    if match is None or int(match["port"]) > LAST_PORT:
        raise ConfigError(
            f"control.endpoint: found {endpoint!r}, expected tcp://ADDRESS:PORT such as tcp://127.0.0.1:7700, "
            f"with a port of at most {LAST_PORT}"
        )
    host = "127.0.0.1" if match["host"] == "localhost" else match["host"]
    if not _is_address(host):
        raise ConfigError(
            f"control.endpoint: found {endpoint!r}, whose host is not an IP address, expected one such as 127.0.0.1"
        )
    if not lan and not is_loopback(host):
        raise ConfigError(
            f"control.endpoint: found {endpoint!r}, which can be reached from the network, expected a loopback "
            "address; clients from there need keys (stage control keys add NAME), or add --insecure-lan to need none"
        )
    return host, int(match["port"])


def is_loopback(host: str) -> bool:
    """Whether an address (brackets and "*" allowed) can only be reached from this machine."""
    return host != "*" and ipaddress.ip_address(host.strip("[]")).is_loopback


def is_panel_address(bind: str) -> bool:
    """Whether a text is `HOST:PORT` with an IPv4 address or `localhost` as its host."""
    host, _, port = bind.rpartition(":")
    is_port = port.isascii() and port.isdecimal() and len(port) < 6 and int(port) <= HIGHEST_PORT
    return is_port and (host == "localhost" or _is_ipv4(host))


def parse_network(text: str) -> ipaddress.IPv4Network:
    """The network that a text names: an IPv4 address, or one with the length of its prefix. Raises ValueError."""
    return ipaddress.IPv4Network(text, strict=False)


def address_and_port(text: str) -> tuple[str, int]:
    """The address and the port of a text that `is_panel_address` accepts."""
    host, _, port = text.rpartition(":")
    return "127.0.0.1" if host == "localhost" else host, int(port)


def _is_address(host: str) -> bool:
    if host == "*":
        return True
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True


def _is_ipv4(host: str) -> bool:
    try:
        ipaddress.IPv4Address(host)
    except ValueError:
        return False
    return True
