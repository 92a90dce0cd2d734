"""Where the control edge listens, as people write it: checked, and told apart by who can reach it. Pure."""

from __future__ import annotations

import ipaddress
import re

from tracking.records import ConfigError

LAST_PORT = 65533
"""State and telemetry take the next two."""
_ENDPOINT = re.compile(r"^tcp://(?P<host>\[[0-9a-fA-F:]+\]|[^:/\[\]]+):(?P<port>[0-9]{1,5})$")


def parse_endpoint(endpoint: str, *, lan: bool) -> tuple[str, int]:
    """Host and port of `tcp://HOST:PORT`. Raises ConfigError for another form, and beyond loopback without `lan`."""
    found = _ENDPOINT.fullmatch(endpoint)
    if found is None or int(found["port"]) > LAST_PORT:
        raise ConfigError(
            f"control.endpoint: found {endpoint!r}, expected tcp://ADDRESS:PORT such as tcp://127.0.0.1:7700, "
            f"with a port of at most {LAST_PORT}"
        )
    host = "127.0.0.1" if found["host"] == "localhost" else found["host"]
    if not _is_address(host):
        raise ConfigError(
            f"control.endpoint: found {endpoint!r}, which names no address, expected a number such as 127.0.0.1"
        )
    if not lan and not is_loopback(host):
        raise ConfigError(
            f"control.endpoint: found {endpoint!r}, which can be reached from the network, expected a loopback "
            "address; anyone there could steer the stage: add --lan if that is meant"
        )
    return host, int(found["port"])


def is_loopback(host: str) -> bool:
    """Whether an address (brackets and "*" allowed) can be reached from this machine only."""
    return host != "*" and ipaddress.ip_address(host.strip("[]")).is_loopback


def _is_address(host: str) -> bool:
    if host == "*":
        return True
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True
