"""A client without a key (the NULL mechanism): its handshake, messages and subscriptions, read frame by frame.

libzmq itself never sees its bytes: it collects an unfinished message without any limit, and ends the process where it
has to send a heartbeat on a connection that broke while its queue was full (4.3.5).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from stage.gate.frames import (
    Frame,
    FrameReader,
    Message,
    ViolationError,
    command_of,
    encode_command,
    encode_message,
    error_command,
    message_of,
    property_of,
    ready_command,
)
from stage.gate.limits import (
    COMMANDS_A_SECOND,
    FRAMES_A_TURN,
    MAX_COMMAND_BYTES,
    MAX_MESSAGE_BYTES,
    MAX_SUBSCRIPTION_BYTES,
    MOST_COMMANDS_AT_ONCE,
    MOST_PARTS,
    MOST_SUBSCRIPTIONS,
    Allowance,
)
from stage.gate.link import Stream

_LONGEST_PING_CONTEXT = 16
_PING_TTL_BYTES = 2
_ASKING = frozenset((b"DEALER", b"REQ", b"ROUTER"))
_SUBSCRIBING = frozenset((b"SUB", b"XSUB"))


class PlainSession:
    """One such client, after its greeting. `stream` is what it may subscribe to; None is the port for requests.

    `write` takes what is to be sent to it. `is_ready` says that its handshake is done, `has_more` that whole frames may
    be waiting which the last turn had no time for.
    """

    def __init__(self, stream: Stream | None, write: Callable[[bytes], None], now_s: float) -> None:
        longest = MAX_MESSAGE_BYTES if stream is None else MAX_SUBSCRIPTION_BYTES
        self._stream = stream
        self._topic = b"" if stream is None else stream.encode()
        self._write = write
        self._reader = FrameReader(longest, MAX_COMMAND_BYTES)
        self._parts: list[bytes] = []
        self._bytes = 0
        self._topics: Counter[bytes] = Counter()
        self._commands = Allowance(COMMANDS_A_SECOND, MOST_COMMANDS_AT_ONCE, now_s)
        self.is_ready = self.has_more = False

    @property
    def found(self) -> None:
        """It came without a key."""

    @property
    def has_ended(self) -> bool:
        """It ends with its connection."""
        return False

    @property
    def subscribed(self) -> bool:
        """Whether it wants what is published on its stream."""
        return any(self._topic.startswith(topic) for topic in self._topics)

    @property
    def unsent(self) -> int:
        """All that it sends goes to the connection at once."""
        return 0

    def feed(self, content: bytes) -> None:
        """Takes bytes that have arrived."""
        self._reader.feed(content)
        self.has_more = True

    def turn(self, most: int, now_s: float) -> list[Message]:
        """At most so many messages of what has arrived. Raises ViolationError where the client breaks a rule."""
        messages: list[Message] = []
        for _ in range(FRAMES_A_TURN):
            if len(messages) >= most:
                return messages
            frame = self._reader.next()
            if frame is None:
                self.has_more = False
                return messages
            message = self._take(frame, now_s)
            if message is not None:
                messages.append(message)
        return messages

    def send(self, parts: tuple[bytes, ...]) -> bool:
        """Sends a message to the client."""
        self._write(encode_message(parts))
        return True

    def send_on(self) -> None:
        """Nothing waits for that."""

    def close(self) -> None:
        """Nothing of it is held elsewhere."""

    def _take(self, frame: Frame, now_s: float) -> Message | None:
        if frame.command:
            self._obey(*command_of(frame.body), now_s)
            return None
        if not self.is_ready:
            raise ViolationError("not_zeromq")
        if self._stream is not None:
            self._subscribe(frame, now_s)
            return None
        self._bytes += len(frame.body)
        self._parts.append(frame.body)
        if len(self._parts) > MOST_PARTS or self._bytes > MAX_MESSAGE_BYTES:
            raise ViolationError("message_too_long")
        if frame.more:
            return None
        parts, self._parts, self._bytes = self._parts, [], 0
        return message_of(parts)

    def _obey(self, name: bytes, content: bytes, now_s: float) -> None:
        if not self._commands.take(1, now_s):
            raise ViolationError("flood")
        if not self.is_ready:
            self._shake_hands(name, content)
        elif name == b"PING":
            context = content[_PING_TTL_BYTES : _PING_TTL_BYTES + _LONGEST_PING_CONTEXT]
            self._write(encode_command(b"PONG", context))
        elif name in {b"SUBSCRIBE", b"CANCEL"} and self._stream is not None:
            self._note(content, wanted=name == b"SUBSCRIBE")

    def _shake_hands(self, name: bytes, content: bytes) -> None:
        if name != b"READY":
            raise ViolationError("not_zeromq")
        expected = _ASKING if self._stream is None else _SUBSCRIBING
        if property_of(content, b"Socket-Type") not in expected:
            self._write(error_command(b"socket type"))
            raise ViolationError("wrong_socket")
        self._write(ready_command(b"ROUTER" if self._stream is None else b"XPUB"))
        self.is_ready = True

    def _subscribe(self, frame: Frame, now_s: float) -> None:
        """A subscription as a message (ZMTP 3.0). Any other message of a subscriber has no meaning here."""
        if not self._commands.take(1, now_s):
            raise ViolationError("flood")
        if frame.body[:1] in {b"\0", b"\1"}:
            self._note(frame.body[1:], wanted=frame.body[0] == 1)

    def _note(self, topic: bytes, *, wanted: bool) -> None:
        if wanted:
            self._topics[topic] += 1
        elif self._topics[topic] > 1:
            self._topics[topic] -= 1
        else:
            del self._topics[topic]
        if len(self._topics) > MOST_SUBSCRIPTIONS:
            raise ViolationError("flood")
