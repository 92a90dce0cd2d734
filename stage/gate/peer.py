"""One accepted connection: its bytes in and out, bounded, and the session that gives them a meaning."""

from __future__ import annotations

import socket

import zmq

from stage.config.addresses import is_loopback
from stage.gate.authentication import Refusal
from stage.gate.curve import CurveSession
from stage.gate.frames import (
    GREETING_BYTES,
    OPENING,
    Message,
    ViolationError,
    begins_wrong,
    envelope_of,
    error_command,
    mechanism_of,
    rest_of_greeting,
)
from stage.gate.keys import KeyHolder
from stage.gate.limits import (
    BYTES_A_SECOND,
    HANDSHAKE_S,
    MIB,
    MOST_BYTES_AT_ONCE,
    MOST_PUBLICATION_BYTES,
    MOST_PUBLICATIONS,
    MOST_REPLIES,
    MOST_REPLY_BYTES,
    MOST_REPLY_BYTES_IN_ALL,
    PENDING_MESSAGES,
    STALLED_S,
    Allowance,
)
from stage.gate.link import Handed, Stream
from stage.gate.plain import PlainSession
from stage.gate.poller import READ, WRITE
from stage.gate.shared import Session, Shared
from stage.gate.unread import Unread
from stage.gate.who import HERE, Who

_READ_BYTES = 64 * 1024
_MECHANISM_IS_THERE = 32
ENOUGH_UNREAD_BYTES = MIB // 4
"""A client that leaves as many answers unread is not read either."""
_LEAVES_WITHIN_S = 0.5
_REFUSED = b"400"
"""ZAP's status for a client that is not known (RFC 27)."""


class Peer:
    """A connection. `name` is unique for all gates of a run, `stream` the one of its port, None on that for requests.

    `closed_for` is a word once the connection is to be closed: why. `proven` says that it has sent something sensible.
    """

    def __init__(
        self, name: str, connection: socket.socket, address: str, stream: Stream | None, shared: Shared
    ) -> None:
        self.name = name
        self.address = address
        self.stream = stream
        self.who: Who | None = None
        self.closed_for = ""
        self.proven = False
        self.since_s = shared.clock.now_s
        self._socket = connection
        self._shared = shared
        self._greeting = bytearray()
        self._session: Session | None = None
        self._allowance = Allowance(BYTES_A_SECOND, MOST_BYTES_AT_ONCE, self.since_s)
        self._unread = Unread(connection, shared.unread)
        self._leaves_s: float | None = None
        self._leaves_for: Refusal | None = None
        self._ended = False
        self._interest = 0
        self._write(OPENING)
        self._watch()

    @property
    def subscribed(self) -> bool:
        """Whether it wants what is published on its stream."""
        return self._session is not None and self._session.subscribed

    @property
    def refused(self) -> str:
        """Whose key was refused, or its beginning; "" where none was."""
        return "" if self._leaves_for is None else self._leaves_for.who

    @property
    def is_held(self) -> bool:
        """Whether it is not read at the moment, though it may have more to say."""
        return not self.closed_for and not self._interest & READ

    def go_on(self) -> bool:
        """Takes a turn with what has been read, as far as there is room. Returns whether it did."""
        session, turns = self._session, self._shared.turns
        done = False
        room = PENDING_MESSAGES - turns.waiting_of(self.name)
        if session is not None and session.has_more and room > 0 and turns.has_room and self._reads_answers:
            try:
                messages = session.turn(room, self._shared.clock.now_s)
            except ViolationError as violation:
                self._fail(violation.cause)
                return True
            self._identify(session)
            for message in messages:
                turns.put(self.name, self._handed(message))
            self.proven = self.proven or bool(messages) or session.subscribed
            done = True
        if session is not None and (self._ended or session.has_ended):
            self._identify(session)
        if (self._ended and (session is None or not session.has_more)) or (session is not None and session.has_ended):
            self._fail("left")
        self._watch()
        return done

    def reply(self, body: bytes, route: tuple[bytes, ...], *, enveloped: bool) -> None:
        """Sends an answer; a client that leaves too many unread is closed."""
        too_much = self._unread.messages >= MOST_REPLIES or self._unread_bytes + len(body) > MOST_REPLY_BYTES
        if too_much or self._shared.unread.size + len(body) > MOST_REPLY_BYTES_IN_ALL:
            self._fail("slow")
        elif self._session is not None and not self.closed_for:
            if not self._session.send((*envelope_of(route, enveloped=enveloped), body)):
                self._fail("slow")
            self._watch()

    def publish(self, parts: tuple[bytes, bytes], encoded: bytes) -> None:
        """Sends a publication to a subscriber; one that is too far behind misses it."""
        size = len(encoded)
        if self._unread.messages >= MOST_PUBLICATIONS or self._unread_bytes + size > MOST_PUBLICATION_BYTES:
            return
        if self._shared.unread.size + size > MOST_REPLY_BYTES_IN_ALL or self.closed_for or self._session is None:
            return
        if isinstance(self._session, PlainSession):
            self._write(encoded)
        else:
            self._session.send(parts)
        self._watch()

    def check(self) -> None:
        """Closes a client that takes too long: for its handshake, to read, or to leave."""
        now_s, stalled_s = self._shared.clock.now_s, self._unread.stalled_s
        ready = self._session is not None and self._session.is_ready
        if self._session is not None:
            self._identify(self._session)
        if self._leaves_s is not None:
            if now_s > self._leaves_s:
                self._fail("left")
        elif not ready and now_s - self.since_s > HANDSHAKE_S:
            self._fail("handshake")
        elif stalled_s is not None and now_s - stalled_s > STALLED_S:
            self._fail("slow")

    def close(self) -> None:
        """Closes the connection and frees everything of it."""
        if self._session is not None:
            self._session.close()
        self._shared.poller.forget(self._socket.fileno())
        self._unread.clear()
        self._socket.close()

    @property
    def _unread_bytes(self) -> int:
        """What waits for it to read, here and within its session."""
        return self._unread.size + (0 if self._session is None else self._session.unsent)

    @property
    def _reads_answers(self) -> bool:
        return self._unread_bytes <= ENOUGH_UNREAD_BYTES

    @property
    def _takes_more(self) -> bool:
        """Whether its session should pass on what it sends."""
        return self._unread.size <= ENOUGH_UNREAD_BYTES

    def _on_event(self, events: int) -> None:
        try:
            if events & WRITE:
                self._unread.flush(self._shared.clock.now_s)
                if self._session is not None and self._takes_more:
                    self._session.send_on()
            if events & READ:
                self._read()
        except OSError:
            self._fail("left")
        except ViolationError as violation:
            self._fail(violation.cause)
        if not self.closed_for:
            self.go_on()

    def _read(self) -> None:
        try:
            content = self._socket.recv(_READ_BYTES)
        except (BlockingIOError, InterruptedError):
            return
        self._allowance.spend(len(content))
        if not content:
            self._ended = True
        elif self._session is not None and self._leaves_s is None:
            self._session.feed(content)
        elif self._leaves_s is None:
            self._greet(content)

    def _greet(self, content: bytes) -> None:
        """Reads the greeting, which decides how the connection goes on."""
        greeting = self._greeting
        greeting += content
        if begins_wrong(greeting):
            self._fail("not_zeromq")
            return
        if self.who is None and len(greeting) >= _MECHANISM_IS_THERE:
            self._choose(mechanism_of(greeting))
        if self.who is not None and self._session is None and len(greeting) >= GREETING_BYTES:
            self._session = PlainSession(self.stream, self._write, self._shared.clock.now_s)
            self._session.feed(bytes(greeting[GREETING_BYTES:]))
            greeting.clear()

    def _choose(self, mechanism: bytes) -> None:
        if mechanism == b"CURVE":
            self._expect_key()
        elif mechanism == b"NULL":
            self._write(rest_of_greeting(b"NULL"))
            self.who = self._shared.keyless(self.address)
            if self.who is None:
                self._write(error_command(_REFUSED))
                self._let_leave(Refusal("no_key", ""))
        else:
            self._fail("not_zeromq")

    def _expect_key(self) -> None:
        """Gives the connection to a libzmq socket of its own, from its first byte on."""
        shared = self._shared
        key = shared.authentication.server()
        if key is None:
            self._let_leave(Refusal("unknown_key", ""))
            return
        try:
            self._session = CurveSession(
                self.name,
                self.stream,
                runtime=shared.runtime,
                poller=shared.poller,
                authentication=shared.authentication,
                key=key,
                write=self._pass_on,
                wake=self.go_on,
                in_all=shared.unread,
            )
            self._session.feed(bytes(self._greeting))
        except (OSError, zmq.ZMQError, ViolationError):
            self._fail("connections")
        self._greeting.clear()

    def _pass_on(self, content: bytes) -> bool:
        self._write(content)
        self._watch()
        return self._takes_more

    def _identify(self, session: Session) -> None:
        """Who a client with a key is. One whose key is not known, or no longer, has to leave."""
        found = session.found
        if isinstance(found, KeyHolder):
            origin = HERE if is_loopback(self.address) else self.address
            self.who = Who(f"key:{found.name}", found.name, found.role, origin)
        elif found is not None and self._leaves_s is None:
            self._let_leave(found)

    def _let_leave(self, refusal: Refusal) -> None:
        """The client is refused. It has a moment to read why; one whose key was revoked has none."""
        self._leaves_for = self._leaves_for or refusal
        if self.who is not None and self.who.owner:
            self._fail(refusal.cause)
        self._leaves_s = self._shared.clock.now_s + _LEAVES_WITHIN_S

    def _handed(self, message: Message) -> Handed:
        assert self.who is not None
        return Handed(
            connection=("req-" if message.enveloped else "zmq-") + self.name,
            body=message.body or b"",
            parts=1 if message.body is not None else message.parts,
            route=message.route,
            **self.who._asdict(),
        )

    def _write(self, content: bytes) -> None:
        try:
            self._unread.put(content, self._shared.clock.now_s)
        except OSError:
            self._fail("left")

    def _fail(self, cause: str) -> None:
        why = self._leaves_for.cause if cause == "left" and self._leaves_for else cause
        self.closed_for = self.closed_for or why

    def _watch(self) -> None:
        """Reads a client only where there is room for what it says, and writes only where something waits."""
        if self.closed_for:
            return
        interest = (READ if self._wants_more() else 0) | (WRITE if self._unread.messages else 0)
        if interest != self._interest:
            self._interest = interest
            self._shared.poller.watch(self._socket.fileno(), interest, self._on_event)

    def _wants_more(self) -> bool:
        session, turns = self._session, self._shared.turns
        if self._ended or session is None or self._leaves_s is not None:
            return not self._ended
        room = turns.waiting_of(self.name) < PENDING_MESSAGES and turns.has_room
        return (
            room and not session.has_more and self._reads_answers and self._allowance.left(self._shared.clock.now_s) > 0
        )
