"""Who may send, and how much: networks that are allowed, and messages a second of each address. Pure."""

from __future__ import annotations

import ipaddress
from collections import Counter
from collections.abc import Iterable

MESSAGES_A_SECOND = 1000.0
"""Of one address. A fader sends 60 to 200."""
MOST_AT_ONCE = 1000.0
MOST_SENDERS = 32
"""So many addresses are served; one more only where another has been silent for long."""
SILENT_S = 60.0


class Senders:
    """Lets messages through, or counts in `dropped` why not. Times are monotonic seconds."""

    def __init__(self, networks: Iterable[ipaddress.IPv4Network]) -> None:
        self._networks = tuple(networks)
        self._left: dict[str, tuple[float, float]] = {}
        self.dropped: Counter[str] = Counter()

    def admits(self, address: str, now_s: float) -> bool:
        """Whether packets from an address are read."""
        if not any(ipaddress.IPv4Address(address) in network for network in self._networks):
            self.dropped["from an address that is not in osc.allow"] += 1
            return False
        if address not in self._left:
            self._forget(now_s)
            if len(self._left) >= MOST_SENDERS:
                self.dropped[f"from more than {MOST_SENDERS} addresses at once"] += 1
                return False
            self._left[address] = (MOST_AT_ONCE, now_s)
        return True

    def spend(self, address: str, messages: int, now_s: float) -> bool:
        """Whether so many more messages of an address are carried out."""
        left, since_s = self._left[address]
        left = min(MOST_AT_ONCE, left + (now_s - since_s) * MESSAGES_A_SECOND)
        enough = messages <= left
        self._left[address] = (left - messages if enough else left, now_s)
        if not enough:
            self.dropped[f"above {MESSAGES_A_SECOND:.0f} messages a second"] += messages
        return enough

    def _forget(self, now_s: float) -> None:
        self._left = {one: left for one, left in self._left.items() if now_s - left[1] < SILENT_S}
