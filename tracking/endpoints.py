"""Parses and checks the addresses of trackers: UDP sockets and serial lines."""

from __future__ import annotations

import difflib
import ipaddress
import re
from typing import Literal
from urllib.parse import SplitResult, parse_qsl, urlsplit

from tracking.records import Record

Parity = Literal["none", "odd", "even"]

EXAMPLES = "udp://127.0.0.1:40000, udp://239.135.1.1:55555?interface=192.0.2.10 or serial:///dev/ttyUSB0?baud=38400"
_MAX_URL_CHARACTERS = 512
_BAUD_LIMITS = (300, 4_000_000)
_PARITIES: dict[str, Parity] = {"none": "none", "odd": "odd", "even": "even"}
_INTERFACE_NAME = re.compile(r"[A-Za-z0-9._:@-]{1,15}")


class UdpEndpoint(Record):
    """An IPv4 address and port. `interface` (address or name) is for a multicast group; "" lets the system choose."""

    host: str
    port: int
    interface: str = ""

    @property
    def multicast(self) -> bool:
        """Whether `host` is a multicast group (224.0.0.0/4, RFC 5771)."""
        return ipaddress.IPv4Address(self.host).is_multicast


class SerialEndpoint(Record):
    """A serial device with 8 data bits and 1 stop bit; the defaults are FreeD's (38400 baud, odd parity)."""

    device: str
    baud: int = 38400
    parity: Parity = "odd"


Endpoint = UdpEndpoint | SerialEndpoint


def parse_endpoint(url: str) -> Endpoint:
    """The endpoint that `url` names.

    Raises ValueError that says what was found and what was expected. Port 0 requests any free port. Names are not
    resolved: hosts are IPv4 addresses, `localhost`, or empty for every interface.
    """
    if len(url) > _MAX_URL_CHARACTERS or not url.isprintable():
        raise ValueError(f"found an address that is unprintable or too long, expected one like {EXAMPLES}")
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise ValueError(f"found {url!r} ({error}), expected one like {EXAMPLES}") from error
    if parts.fragment or parts.scheme not in ("udp", "serial"):
        raise ValueError(f"found {url!r}, expected an address like {EXAMPLES}")
    return _udp(url, parts) if parts.scheme == "udp" else _serial(url, parts)


def _udp(url: str, parts: SplitResult) -> UdpEndpoint:
    if parts.path not in ("", "/") or parts.username is not None:
        raise ValueError(f"found {url!r}, expected udp://ADDRESS:PORT")
    host = _ipv4(parts.hostname or "0.0.0.0")  # noqa: S104  an empty address means every interface
    interface = _options(parts, ("interface",)).get("interface", "")
    endpoint = UdpEndpoint(host=host, port=_port(url, parts), interface=interface)
    if interface and not endpoint.multicast:
        raise ValueError(
            f"found interface={interface} with {host}, which is not a multicast group; give that address as the host"
        )
    if interface and not _is_interface(interface):
        raise ValueError(f"found interface={interface!r}, expected a local address (192.0.2.10) or a name (eth0)")
    return endpoint


def _is_interface(text: str) -> bool:
    """Whether a text can be an interface's IPv4 address, or its name if it does not resemble an address."""
    if not (text[0].isdigit() and text.count(".") == 3):
        return _INTERFACE_NAME.fullmatch(text) is not None
    try:
        ipaddress.IPv4Address(text)
    except ValueError:
        return False
    return True


def _ipv4(host: str) -> str:
    if host == "localhost":
        return "127.0.0.1"
    try:
        return str(ipaddress.IPv4Address(host))
    except ValueError as error:
        raise ValueError(f"found host {host!r}, expected an IPv4 address such as 127.0.0.1 or 239.135.1.1") from error


def _port(url: str, parts: SplitResult) -> int:
    try:
        port = parts.port
    except ValueError as error:
        raise ValueError(f"found {url!r}, expected a port from 0 to 65535") from error
    if port is None:
        raise ValueError(f"found {url!r} without a port, expected udp://ADDRESS:PORT")
    return port


def _serial(url: str, parts: SplitResult) -> SerialEndpoint:
    if parts.netloc or len(parts.path) < 2:
        raise ValueError(f"found {url!r}, expected three slashes and a device: serial:///dev/ttyUSB0")
    options = _options(parts, ("baud", "parity"))
    parity = options.get("parity", "odd")
    if parity not in _PARITIES:
        raise ValueError(f"found parity={parity!r}, expected one of none, odd, even")
    return SerialEndpoint(device=parts.path, baud=_baud(options.get("baud", "38400")), parity=_PARITIES[parity])


def _baud(text: str) -> int:
    lowest, highest = _BAUD_LIMITS
    if not (text.isascii() and text.isdigit() and len(text) < 9 and lowest <= int(text) <= highest):
        raise ValueError(f"found baud={text!r}, expected a whole number from {lowest} to {highest}")
    return int(text)


def _options(parts: SplitResult, known: tuple[str, ...]) -> dict[str, str]:
    """The query's options. An unknown or repeated one is refused, with the nearest known name as a hint."""
    options: dict[str, str] = {}
    for key, value in parse_qsl(parts.query, keep_blank_values=True):
        if key not in known:
            near = difflib.get_close_matches(key, known, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"known options: {', '.join(known)}"
            raise ValueError(f"found option {key!r}; {hint}")
        if key in options:
            raise ValueError(f"found option {key!r} twice, expected it once")
        options[key] = value
    return options
