"""Who may send, and how much: networks that are allowed, and messages a second of each address. Pure."""

from __future__ import annotations

import ipaddress
from collections import Counter
from collections.abc import Iterable

from stage.gate.limits import Allowance

MESSAGES_A_SECOND = 1000.0
"""Of one address. A fader sends 60 to 200."""
MOST_AT_ONCE = 1000.0
MOST_SENDERS = 32
"""So many addresses are served; one more only where another has been silent for long."""
SILENT_S = 60.0
UNHEARD_S = 0.1
"""Who has sent too much is not heard for so long, and then for as long again while it goes on."""
MOST_UNHEARD = 16
"""Who is not heard goes on where more of its packets come in that time: the system lets few of them through."""
_TOO_MUCH = f"above {MESSAGES_A_SECOND:.0f} messages a second"
_TOO_MANY = f"from more than {MOST_SENDERS} addresses at once"
_NOT_ALLOWED = "from an address that is not in osc.allow"


class _Sender:
    """An address: how many messages of it are carried out now, and since when it is not heard, having sent too many."""

    def __init__(self, now_s: float) -> None:
        self._allowance = Allowance(MESSAGES_A_SECOND, MOST_AT_ONCE, now_s)
        self.heard_s = now_s
        self._unheard_s: float | None = None
        self._came = 0

    def spends(self, messages: int, now_s: float) -> bool:
        """Whether it had so many messages left, which it has no more."""
        self.heard_s = now_s
        self._came += 1
        enough = self._allowance.take(messages, now_s)
        if not enough and self._unheard_s is None:
            self._unheard_s, self._came = now_s, 0
        return enough

    def is_unheard(self, now_s: float) -> bool:
        """Whether it has sent too much, and goes on."""
        if self._unheard_s is not None and now_s - self._unheard_s >= UNHEARD_S:
            self._unheard_s, self._came = (now_s if self._came > MOST_UNHEARD else None), 0
        return self._unheard_s is not None


class Senders:
    """Lets messages through, or counts in `dropped` why not. Times are monotonic seconds."""

    def __init__(self, networks: Iterable[ipaddress.IPv4Network]) -> None:
        self._networks = tuple(networks)
        self._known: dict[str, _Sender] = {}
        self._strangers: dict[str, _Sender] = {}
        self.dropped: Counter[str] = Counter()

    def admits(self, address: str, now_s: float) -> bool:
        """Whether a packet from an address is read: it counts as one message."""
        known = self._known.get(address)
        if known is None:
            refused = self._why_not(address, now_s)
            if refused:
                self._turn_away(address, refused, now_s)
                return False
            known = self._known[address] = _Sender(now_s)
        return self._spends(known, 1, now_s)

    def spend(self, address: str, messages: int, now_s: float) -> bool:
        """Whether a packet that was read is carried out, with so many messages."""
        return messages <= 1 or self._spends(self._known[address], messages - 1, now_s)

    def unheard(self, now_s: float) -> list[str]:
        """The addresses that have sent too much, and go on: little of theirs needs to be read."""
        return [
            address
            for several in (self._known, self._strangers)
            for address, one in several.items()
            if one.is_unheard(now_s)
        ]

    def _why_not(self, address: str, now_s: float) -> str:
        """What keeps a new address from being served; "" if nothing does."""
        if not any(ipaddress.IPv4Address(address) in network for network in self._networks):
            return _NOT_ALLOWED
        self._known = {one: known for one, known in self._known.items() if now_s - known.heard_s < SILENT_S}
        return _TOO_MANY if len(self._known) >= MOST_SENDERS else ""

    def _turn_away(self, address: str, why: str, now_s: float) -> None:
        self.dropped[why] += 1
        if address not in self._strangers and len(self._strangers) >= MOST_SENDERS:
            self._strangers.clear()
        self._strangers.setdefault(address, _Sender(now_s)).spends(1, now_s)

    def _spends(self, sender: _Sender, messages: int, now_s: float) -> bool:
        enough = sender.spends(messages, now_s)
        if not enough:
            self.dropped[_TOO_MUCH] += messages
        return enough
