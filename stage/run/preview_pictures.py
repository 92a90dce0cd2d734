"""The show's side of the pictures for people who look: publishes them, only while somebody watches, and never waits."""

from __future__ import annotations

import itertools
import time
from collections import deque
from collections.abc import Callable
from typing import NamedTuple

import msgspec
import zmq

from stage.run.preview_records import PictureHeader, subscribed, subscription

PERIOD_NS = 62_500_000
"""How often a picture is due: 16 times a second."""
_REST_PER_WORK = 8
"""A picture that takes long to draw comes less often, in times of what its drawing took."""
_LONGEST_REST_NS = 1_000_000_000
"""But so often at least: what one took on a machine that was busy just then must not keep the next ones away."""
_JUDGED_BY = 3
_TIMED_EACH = 4
"""One picture of each topic in so many is timed: to ask the driver is not free."""
_LOOKS_EACH = 3
"""Subscriptions are read once in so many frames: to look for them costs as much as a sixth of a picture."""
_MAX_TOPICS = 64
_MAX_TOPIC_BYTES = 96


class WantedPicture(NamedTuple):
    """A topic that somebody watches, and how long the longer side of its picture may be."""

    topic: str
    side_px: int


class _Due:
    """When a watched picture is due next, and how long the last ones took to draw."""

    def __init__(self, now_ns: int) -> None:
        self.next_ns = self.begun_ns = now_ns
        self.begun = 0
        self._took_ns: deque[int] = deque(maxlen=_JUDGED_BY)

    @property
    def took_ns(self) -> int:
        """The median of the last ones, the lesser of two; 0 before the first."""
        return sorted(self._took_ns)[(len(self._took_ns) - 1) // 2] if self._took_ns else 0

    def note(self, took_ns: int) -> None:
        """One took so long."""
        self._took_ns.append(took_ns)


class PicturePublisher:
    """A ZeroMQ XPUB of pictures: whoever subscribes to a topic and a side (`subscription`) receives that picture.

    `endpoint` is the address bound (port 0 picks a free one). Each picture is due every `period_ns` of `clock_ns`,
    later where it takes long to draw. Raises zmq.ZMQError if the endpoint cannot be bound.
    """

    def __init__(
        self, endpoint: str, period_ns: int = PERIOD_NS, clock_ns: Callable[[], int] = time.monotonic_ns
    ) -> None:
        self._context = zmq.Context()
        self._socket = self._context.socket(zmq.XPUB)
        self._socket.setsockopt(zmq.LINGER, 0)
        self._socket.setsockopt(zmq.SNDHWM, 8)
        self._socket.setsockopt(zmq.MAXMSGSIZE, 4096)
        try:
            self._socket.bind(endpoint)
        except zmq.ZMQError:
            self.close()
            raise
        self.endpoint = self._socket.getsockopt_string(zmq.LAST_ENDPOINT)
        self._period_ns = period_ns
        self._clock_ns = clock_ns
        self._due: dict[WantedPicture, _Due] = {}
        self._looks = itertools.cycle(range(_LOOKS_EACH))

    def wants(self) -> list[WantedPicture]:
        """The watched pictures that are due, the one that has waited longest first."""
        if next(self._looks) == 0:
            self._read_subscriptions()
        if not self._due:
            return []
        now_ns = self._clock_ns()
        due = [wanted for wanted, one in self._due.items() if one.next_ns <= now_ns]
        return sorted(due, key=lambda wanted: self._due[wanted].next_ns)

    def took_ns(self, wanted: WantedPicture) -> int:
        """How long a picture of these takes to draw; 0 before the first."""
        one = self._due.get(wanted)
        return 0 if one is None else one.took_ns

    def rested_ns(self, wanted: WantedPicture) -> int:
        """How long ago the last picture of these was begun, or they were first asked for."""
        one = self._due.get(wanted)
        return 0 if one is None else self._clock_ns() - one.begun_ns

    def is_timed(self, wanted: WantedPicture) -> bool:
        """Whether the picture that was begun last of these is to be timed: the first ones, then one in so many."""
        one = self._due.get(wanted)
        return one is not None and (one.begun <= _JUDGED_BY or one.begun % _TIMED_EACH == 0)

    def begun(self, wanted: WantedPicture) -> None:
        """A picture is being drawn: the next one is due a period after this one was, or later where they take long."""
        one = self._due.get(wanted)
        if one is not None:
            rest_ns = min(_REST_PER_WORK * one.took_ns, _LONGEST_REST_NS)
            pause_ns = max(self._period_ns, rest_ns)
            one.begun += 1
            one.begun_ns = now_ns = self._clock_ns()
            one.next_ns = max(one.next_ns + pause_ns, now_ns + pause_ns // 2)

    def publish(self, wanted: WantedPicture, header: PictureHeader, pixels: bytes, took_ns: int | None = None) -> bool:
        """Sends a picture, whose drawing took so long. Returns False if it was dropped since the other side is slow."""
        if wanted in self._due and took_ns is not None:
            self._due[wanted].note(took_ns)
        more = zmq.NOBLOCK | zmq.SNDMORE
        try:
            self._socket.send(subscription(*wanted), more)
            self._socket.send(msgspec.msgpack.encode(header), more)
            self._socket.send(pixels, zmq.NOBLOCK, copy=False)  # the others are small: to send them so costs more
        except zmq.Again:
            return False
        return True

    def close(self) -> None:
        """Closes the socket and drops the pictures that are still queued."""
        self._socket.close(0)
        self._context.term()

    def _read_subscriptions(self) -> None:
        """An XPUB receives 1 + topic and 0 + topic; anything else that a peer sends is ignored."""
        for _ in range(_MAX_TOPICS):
            try:
                message = self._socket.recv(zmq.NOBLOCK)
            except zmq.Again:
                return
            found = subscribed(message[1:_MAX_TOPIC_BYTES].decode("latin-1"))
            if found is None:
                continue
            if message[:1] == b"\x00":
                self._due.pop(WantedPicture(*found), None)
            elif message[:1] == b"\x01" and len(self._due) < _MAX_TOPICS:
                self._due.setdefault(WantedPicture(*found), _Due(self._clock_ns()))
