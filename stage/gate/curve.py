"""A client with a key (CURVE): its bytes go to a libzmq socket of its own, which alone can read them.

What it sends is encrypted, so frames cannot be seen. The bytes that do not end a message are counted instead, and what
libzmq holds for one client is freed with its socket.
"""

from __future__ import annotations

import contextlib
import socket
from collections import deque
from collections.abc import Callable
from pathlib import Path

import zmq

from stage.gate.authentication import Authentication, Refusal
from stage.gate.frames import OPENING, Message, ViolationError, message_of
from stage.gate.keys import KeyHolder, ServerKey
from stage.gate.limits import (
    MAX_HANDSHAKE_BYTES,
    MAX_MESSAGE_BYTES,
    MAX_SUBSCRIPTION_BYTES,
    MOST_SUBSCRIPTIONS,
    MOST_UNFINISHED_CURVE_BYTES,
)
from stage.gate.link import Stream, has_come
from stage.gate.poller import READ, Poller
from stage.gate.shared import UnreadInAll

_ENVELOPE_BYTES = 256
"""What encryption adds to a frame, and more."""
_QUEUED_IN, _QUEUED_OUT = 16, 256
_HANDSHAKE_MS = 3000
_READ_BYTES = 64 * 1024


class CurveSession:
    """Such a client, from its greeting on. `wake` is called where something has come of it.

    `write` takes what is to be sent to it, and gives False where it should rather read first, until `send_on`. `unsent`
    are the bytes of what libzmq still holds for it, about: `in_all` counts those of all clients too.
    """

    def __init__(
        self,
        name: str,
        stream: Stream | None,
        *,
        runtime: str,
        poller: Poller,
        authentication: Authentication,
        key: ServerKey,
        write: Callable[[bytes], bool],
        wake: Callable[[], object],
        in_all: UnreadInAll,
    ) -> None:
        """Raises OSError or zmq.ZMQError where there is no room for one more."""
        self._name = name
        self._topic = b"" if stream is None else stream.encode()
        self._poller = poller
        self._authentication = authentication
        self._write = write
        self._wake = wake
        self._in_all = in_all
        self.unsent = 0
        self._to_inner: deque[bytes] = deque()
        self._skipped = 0
        self._identity = b""
        self._topics: set[bytes] = set()
        self._unfinished = 0
        self._pipe_held = self._pipe_ended = False
        self._inner = authentication.context.socket(zmq.ROUTER if stream is None else zmq.XPUB)
        self._pipe = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            _configure(self._inner, name, key, stream)
            place = Path(runtime) / f"k-{name.rpartition('-')[2]}-{stream or ''}"
            self._inner.bind(f"ipc://{place}")
            self._pipe.connect(str(place))
        except (OSError, zmq.ZMQError):
            self._inner.close(0)
            self._pipe.close()
            raise
        self._pipe.setblocking(False)
        self._descriptor = int(self._inner.getsockopt(zmq.FD))
        poller.watch(self._pipe.fileno(), READ, self._on_pipe)
        poller.watch(self._descriptor, READ, self._on_inner)

    @property
    def found(self) -> KeyHolder | Refusal | None:
        """Whose key it came with; why that is refused; None until that is known."""
        return self._authentication.found(self._name)

    @property
    def is_ready(self) -> bool:
        """Whether its key is known."""
        return isinstance(self.found, KeyHolder)

    @property
    def has_more(self) -> bool:
        """Whether a turn may find something."""
        return bool(self._to_inner) or has_come(self._inner)

    @property
    def subscribed(self) -> bool:
        """Whether it wants what is published on its stream."""
        return bool(self._topics)

    def feed(self, content: bytes) -> None:
        """Passes on bytes that have arrived. Raises ViolationError where too many end no message."""
        self._unfinished += len(content)
        most_bytes = MOST_UNFINISHED_CURVE_BYTES if self.is_ready else MAX_HANDSHAKE_BYTES
        if self._unfinished > most_bytes and not has_come(self._inner):
            raise ViolationError("message_too_long")
        self._to_inner.append(content)
        self._flush()

    def turn(self, most: int, now_s: float) -> list[Message]:  # noqa: ARG002 - as for a client without a key
        """At most so many messages of what has arrived."""
        self._flush()
        messages: list[Message] = []
        while len(messages) < most and has_come(self._inner):
            parts = self._inner.recv_multipart(zmq.NOBLOCK)
            self._unfinished = 0
            if self._topic:
                self._subscribe(parts[0])
            else:
                self._identity = parts[0]
                messages.append(message_of(parts[1:]))
        return messages

    def send(self, parts: tuple[bytes, ...]) -> bool:
        """Sends a message to the client; False where it is too far behind, or gone."""
        try:
            self._inner.send_multipart(parts if self._topic else [self._identity, *parts], zmq.NOBLOCK)
        except zmq.ZMQError:
            return False
        self._count(sum(map(len, parts)))
        return True

    def send_on(self) -> None:
        """Passes on again what libzmq sends, once the client has read."""
        if self._pipe_held:
            self._pipe_held = False
            self._poller.watch(self._pipe.fileno(), READ, self._on_pipe)

    def close(self) -> None:
        """Frees everything that is held for it."""
        self._poller.forget(self._pipe.fileno())
        self._poller.forget(self._descriptor)
        self._pipe.close()
        self._inner.close(0)
        self._count(-self.unsent)
        self._authentication.forget(self._name)

    def _flush(self) -> None:
        while self._to_inner:
            try:
                sent = self._pipe.send(self._to_inner[0])
            except (BlockingIOError, InterruptedError):
                return
            except OSError as error:
                raise ViolationError("left") from error
            rest = self._to_inner.popleft()[sent:]
            if rest:
                self._to_inner.appendleft(rest)

    def _on_inner(self, _events: int) -> None:
        """Something may have come out of what was passed on."""
        self._wake()

    def _on_pipe(self, _events: int) -> None:
        """Passes on what libzmq sends. The beginning of its greeting has been sent already."""
        content = b""
        with contextlib.suppress(OSError):
            content = self._pipe.recv(_READ_BYTES)
        if not content:
            self._pipe_ended = True
            self._poller.forget(self._pipe.fileno())
            self._wake()
            return
        self._count(-min(len(content), self.unsent))
        skipped = min(len(content), len(OPENING) - self._skipped)
        self._skipped += skipped
        if not self._write(content[skipped:]):
            self._pipe_held = True
            self._poller.forget(self._pipe.fileno())
        self._wake()

    def _count(self, more: int) -> None:
        self.unsent += more
        self._in_all.size += more

    @property
    def has_ended(self) -> bool:
        """Whether libzmq has closed the connection."""
        return self._pipe_ended

    def _subscribe(self, wish: bytes) -> None:
        """Only the stream's own topic can be subscribed to, or a beginning of it."""
        topic = wish[1:]
        if not wish or not self._topic.startswith(topic):
            return
        if wish[0]:
            self._topics.add(topic)
        else:
            self._topics.discard(topic)
        if len(self._topics) > MOST_SUBSCRIPTIONS:
            raise ViolationError("flood")
        self._inner.setsockopt(zmq.SUBSCRIBE if self._topics else zmq.UNSUBSCRIBE, self._topic)


def _configure(inner: zmq.Socket[bytes], name: str, key: ServerKey, stream: Stream | None) -> None:
    inner.setsockopt(zmq.LINGER, 0)
    inner.setsockopt(zmq.SNDHWM, _QUEUED_OUT)
    inner.setsockopt(zmq.RCVHWM, _QUEUED_IN)
    inner.setsockopt(zmq.HANDSHAKE_IVL, _HANDSHAKE_MS)
    inner.setsockopt(zmq.CURVE_SERVER, 1)
    inner.setsockopt(zmq.CURVE_SECRETKEY, key.secret.encode("ascii"))
    inner.setsockopt(zmq.ZAP_DOMAIN, name.encode("ascii"))
    longest = MAX_MESSAGE_BYTES if stream is None else MAX_SUBSCRIPTION_BYTES
    inner.setsockopt(zmq.MAXMSGSIZE, longest + _ENVELOPE_BYTES)
    if stream is None:
        inner.setsockopt(zmq.ROUTER_MANDATORY, 1)
    else:
        inner.setsockopt(zmq.XPUB_MANUAL, 1)
        inner.setsockopt(zmq.XPUB_NODROP, 1)  # what it would not keep must not count as kept
