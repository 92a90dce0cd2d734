"""What the gate grants to whoever connects, in numbers: what goes beyond is made to wait, or closed and counted."""

from __future__ import annotations

MIB = 1024 * 1024

MAX_MESSAGE_BYTES = 64 * 1024
"""The longest message of a client, all of its parts together, and so the longest frame."""
MOST_PARTS = 24
MAX_SUBSCRIPTION_BYTES = 128
"""The longest frame of a subscriber."""
MOST_SUBSCRIPTIONS = 64
MAX_COMMAND_BYTES = 512
"""The longest command frame (ZMTP's own: READY, PING)."""
COMMANDS_A_SECOND = 200
MOST_COMMANDS_AT_ONCE = 400
"""Heartbeats and subscriptions: a client that sends more is closed."""
HANDSHAKE_S = 3.0
MAX_HANDSHAKE_BYTES = 4096

MOST_CONNECTIONS = 128
"""Of one port."""
MOST_OF_ONE_ADDRESS = 16
"""Of one port, from one address beyond this machine."""

BYTES_A_SECOND = 8 * MIB
MOST_BYTES_AT_ONCE = MIB
"""A client that sends more is read more slowly."""
MOST_UNFINISHED_CURVE_BYTES = MIB
"""What a client with a key may send without ending a message: its frames cannot be seen."""

MOST_REPLIES = 8192
MOST_REPLY_BYTES = 4 * MIB
MOST_REPLY_BYTES_IN_ALL = 32 * MIB
"""Unread answers: a client that leaves more is closed."""
MOST_PUBLICATIONS = 256
MOST_PUBLICATION_BYTES = 2 * MIB
"""Unread publications: a subscriber that leaves more misses the next ones."""
STALLED_S = 10.0
"""A client that reads nothing for so long, while something waits for it, is closed."""

PENDING_MESSAGES = 16
FRAMES_A_TURN = 64
"""What one client's turn may take, so that a round of all stays short."""

MOST_ON_THE_WAY = 128
MOST_BYTES_ON_THE_WAY = 96 * 1024
"""Messages between gate and core that the core has not drained yet. All others wait at the gate, in turn by client."""
FIRST_ONES_ON_THE_WAY = 128
"""So many more may be, each the only one of its client: who asks once in a while does not wait for a flood."""


class Allowance:
    """Grants `a_second` on average and `at_once` after a rest. Times are monotonic seconds."""

    def __init__(self, a_second: float, at_once: float, now_s: float) -> None:
        self._a_second = a_second
        self._at_once = at_once
        self._left = at_once
        self._counted_s = now_s

    def left(self, now_s: float) -> float:
        """What may be taken now. Below nothing where more was taken than there was."""
        passed_s = max(0.0, now_s - self._counted_s)
        self._counted_s = now_s
        self._left = min(self._at_once, self._left + passed_s * self._a_second)
        return self._left

    def take(self, amount: float, now_s: float) -> bool:
        """Takes an amount; False, and nothing is taken, where there is not as much."""
        if self.left(now_s) < amount:
            return False
        self._left -= amount
        return True

    def spend(self, amount: float) -> None:
        """Takes what has been used already, whether it was there or not."""
        self._left -= amount
