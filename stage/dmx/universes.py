"""Which universes there are, and where the packets of one are sent. Pure."""

from __future__ import annotations

SACN_PORT = 5568
ARTNET_PORT = 6454
MOST_SLOTS = 512
SACN_UNIVERSES = range(1, 64_000)
ARTNET_UNIVERSES = range(32_768)
"""Port-Addresses of 15 bits: net, sub-net and universe. 0 is one of them, and E1.31 has none of that number."""
DISCOVERY_UNIVERSE = 64_214
HIGHEST_PRIORITY = 200
USUAL_PRIORITY = 100


def multicast_group(universe: int) -> str:
    """The IPv4 multicast group of a universe's data and synchronization packets (E1.31-2018, 9.3.1)."""
    return f"239.255.{universe >> 8}.{universe & 0xFF}"
