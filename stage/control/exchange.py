"""The core's side of the gate: messages of clients in, replies and publications out. Nothing here reads a body.

The core has no port of its own. What the gate hands over is bounded by what the core has drained, and handed over by
one client after the other, so a flood from one delays the others by one message each and not by the flood.
"""

from __future__ import annotations

import os
from collections import Counter, deque
from collections.abc import Iterator
from itertools import islice

import zmq

from stage.gate.link import CoreEnd, Drained, FromCore, Handed, Published, Stream, ToClient, Turned
from stage.gate.local import PANEL
from stage.run.pipes import Context
from tracking.records import ConfigError

BYTES_A_DRAIN = 64 * 1024
"""A batch of 64 KiB takes up to a millisecond to decode, and a frame may read twice."""
MOST_WAITING_BYTES = 16 << 20
REPLIES_AT_ONCE = 64
BYTES_AT_ONCE = 64 * 1024
_KINDS = ("zmq-", "req-", f"{PANEL}:")


class Exchange:
    """Receives clients' messages, replies to them and publishes. It never waits and never raises.

    `runtime` is the run's folder. Raises ConfigError where another core serves it. `counts` has what failed:
    "answers_lost", "publications_lost".
    """

    def __init__(self, runtime: str, counts: Counter[str]) -> None:
        self._counts = counts
        self._context: Context = zmq.Context(io_threads=1)
        try:
            self._gate = CoreEnd(self._context, runtime)
        except (zmq.ZMQError, OSError) as error:
            self._context.destroy(linger=0)
            raise ConfigError(
                f"{runtime}: the gate cannot be served from there: {os.strerror(error.errno or 0)}"
            ) from None
        self._waiting: deque[ToClient] = deque()
        self._waiting_bytes = 0
        self._published: list[Published] = []
        self._drained_messages = self._drained_bytes = 0
        self._turned: list[Turned] = []

    def receive(self, budget: int) -> Iterator[Handed]:
        """What has been handed over: `budget` messages at most, and bytes up to the message that goes beyond."""
        received_bytes = 0
        for _ in range(budget):
            record = self._gate.receive() if received_bytes < BYTES_A_DRAIN else None
            if record is None:
                break
            if isinstance(record, Turned):
                self._turned.append(record)
                continue
            received_bytes += len(record.body)
            self._drained_messages += 1
            yield record
        self._drained_bytes += received_bytes

    def turned(self) -> tuple[Turned, ...]:
        """Whom the gate has sent away since the last call."""
        turned, self._turned = tuple(self._turned), []
        return turned

    def reply(self, sender: str, body: bytes, route: tuple[bytes, ...] = ()) -> None:
        """Has the next `flush` send a reply to the client that a message came from; one of another edge is ignored.

        It is lost where there is no gate, or a great many wait for it. The show does not wait for it.
        """
        if not sender.startswith(_KINDS):
            return
        if self._waiting_bytes + len(body) > MOST_WAITING_BYTES:
            self._counts["answers_lost"] += 1
            return
        self._waiting.append(ToClient(connection=sender, body=body, route=route))
        self._waiting_bytes += len(body)

    def publish(self, stream: Stream, body: bytes) -> None:
        """Has the next `flush` send a body to every subscriber of a stream, after the replies that wait.

        What cannot be sent then is lost: nothing old is sent later.
        """
        self._published.append(Published(stream=stream, body=body))

    def close(self) -> None:
        """Leaves the gate; what was not sent yet is dropped."""
        self._gate.close()
        self._context.destroy(linger=0)

    def flush(self) -> None:
        """Sends all that is to go out in as few messages as can be: each costs the loop as much as ten replies."""
        while self._waiting or self._published or self._drained_messages:
            replies = tuple(self._first_waiting())
            are_all = len(replies) == len(self._waiting)
            sent = self._gate.send((*replies, *self._news()) if are_all else replies)
            if sent:
                for reply in replies:
                    self._waiting_bytes -= len(reply.body)
                    self._waiting.popleft()
            if are_all or not sent:
                self._forget_news(sent=sent)
                return

    def _first_waiting(self) -> Iterator[ToClient]:
        size = 0
        for one in islice(self._waiting, REPLIES_AT_ONCE):
            yield one
            size += len(one.body)
            if size > BYTES_AT_ONCE:
                return

    def _news(self) -> Iterator[FromCore]:
        """What is published, and what was drained: the gate must hear of every message, or it would count it as on the
        way for ever.
        """
        yield from self._published
        if self._drained_messages:
            yield Drained(messages=self._drained_messages, size=self._drained_bytes)

    def _forget_news(self, *, sent: bool) -> None:
        if sent:
            self._drained_messages = self._drained_bytes = 0
        else:
            self._counts["publications_lost"] += len(self._published)
        self._published.clear()
