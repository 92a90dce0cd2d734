"""The streams of state and telemetry: each has a thread that owns its socket, so that no subscriber delays the loop.

The library reads subscriptions inside its calls for sending, however many have come: a quarter of a million cost 0.3 s.
Here they cost only the stream that time.
"""

from __future__ import annotations

import queue
import threading
from typing import Literal

import zmq

Stream = Literal["state", "telemetry"]
MOST_WAITING = 256
_LOOKS_EVERY_S = 0.02
_SUBSCRIPTIONS_A_LOOK = 2048
_PATIENCE_S = 0.3


class StreamThread:
    """Sends what is published on one bound XPUB socket and answers its subscriptions, until `end`.

    Only the stream's own topic can be subscribed to, or a beginning of it; there is no other.
    """

    def __init__(self, stream: Stream, bound: zmq.Socket[bytes]) -> None:
        self._topic = stream.encode()
        self._socket = bound
        self._waiting: queue.Queue[bytes] = queue.Queue(MOST_WAITING)
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name=stream, daemon=True)
        self._thread.start()

    def publish(self, body: bytes) -> bool:
        """Sends a body to every subscriber, soon. False if too many wait to be sent."""
        try:
            self._waiting.put_nowait(body)
        except queue.Full:
            return False
        return True

    def end(self) -> None:
        """Ends the thread, which closes the socket. Does not wait for it."""
        self._ended.set()

    def join(self) -> None:
        """Waits until the thread has ended, for a bounded time."""
        self._thread.join(_PATIENCE_S)

    def _run(self) -> None:
        more = False
        while not self._ended.is_set():
            try:
                body = self._waiting.get(timeout=0.0 if more else _LOOKS_EVERY_S)
            except queue.Empty:
                body = None
            try:
                more = self._answer_subscriptions()
                if body is not None:
                    self._socket.send_multipart([self._topic, body], zmq.NOBLOCK)
            except zmq.ZMQError:
                continue  # a publication that the library refuses is lost, and so is one of a context that has ended
        self._socket.close(0)

    def _answer_subscriptions(self) -> bool:
        """Whether more are waiting."""
        for _ in range(_SUBSCRIPTIONS_A_LOOK):
            if not self._socket.poll(0, zmq.POLLIN):
                return False
            wish: bytes = self._socket.recv(zmq.NOBLOCK)
            if wish and self._topic.startswith(wish[1:]):
                self._socket.setsockopt(zmq.SUBSCRIBE if wish[0] else zmq.UNSUBSCRIBE, self._topic)
        return True
