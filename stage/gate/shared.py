"""What all connections of a gate have in common."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Protocol

from stage.gate.authentication import Authentication, Refusal
from stage.gate.frames import Message
from stage.gate.keys import KeyHolder
from stage.gate.poller import Poller
from stage.gate.turns import Turns
from stage.gate.who import Who


class Session(Protocol):
    """A client after its greeting: one without a key, or one with.

    `is_ready` says that its handshake is done, `has_more` that a turn may find something, `found` whose key it came
    with, or why that is refused. `unsent` are the bytes that were given to `send` and have not come to the connection
    yet; `send_on` says that there is room for more of them. `turn` and `feed` raise ViolationError.
    """

    @property
    def is_ready(self) -> bool: ...
    @property
    def has_more(self) -> bool: ...
    @property
    def has_ended(self) -> bool: ...
    @property
    def found(self) -> KeyHolder | Refusal | None: ...
    @property
    def subscribed(self) -> bool: ...
    @property
    def unsent(self) -> int: ...
    def feed(self, content: bytes) -> None: ...
    def turn(self, most: int, now_s: float) -> list[Message]: ...
    def send(self, parts: tuple[bytes, ...]) -> bool: ...
    def send_on(self) -> None: ...
    def close(self) -> None: ...


class Clock:
    """The time of one round of the gate (monotonic seconds): looked at once, and the same for all in it."""

    def __init__(self, clock_s: Callable[[], float] = time.monotonic) -> None:
        self._clock_s = clock_s
        self.now_s = clock_s()

    def look(self) -> float:
        """Looks at the clock for a new round."""
        self.now_s = self._clock_s()
        return self.now_s


class UnreadInAll:
    """Bytes that wait for clients to read them, of all clients together."""

    def __init__(self) -> None:
        self.size = 0


class Shared:
    """The run's folder, the gate's poller, the clients' turns, who may come with a key, the clock, what is unread.

    `keyless` says who a client without a key is that comes from an address; None where it must have one.
    """

    def __init__(
        self,
        runtime: str,
        poller: Poller,
        turns: Turns,
        keyless: Callable[[str], Who | None],
        authentication: Authentication,
    ) -> None:
        self.runtime = runtime
        self.authentication = authentication
        self.poller = poller
        self.turns = turns
        self.keyless = keyless
        self.clock = Clock()
        self.unread = UnreadInAll()
