"""By which addresses this machine is reached from others."""

from __future__ import annotations

import re
from pathlib import Path

_ROUTES = Path("/proc/net/fib_trie")
_LOCAL = re.compile(r"\|-- ([0-9.]+)\n\s+/32 host LOCAL")


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
