"""The sockets between core and loader: the core binds both, so whichever is restarted finds the other."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import TypeVar

import msgspec
import zmq

from stage.assets.messages import MESSAGE_BYTES_MAX, AnyNews, FromLoader, Wanted
from stage.run.pipes import bound, connected
from tracking.records import UNDECODABLE

MESSAGES_AT_ONCE = 64
Message = TypeVar("Message")


class AssetPipes:
    """The core's ends. Nothing here waits, except `wait`. Raises ConfigError where an endpoint is in use."""

    def __init__(self, wishes: str, answers: str) -> None:
        self._context = zmq.Context()
        self._out = bound(self._context, zmq.PUSH, wishes, most_bytes=MESSAGE_BYTES_MAX, whose="loader")
        self._in = bound(self._context, zmq.PULL, answers, most_bytes=MESSAGE_BYTES_MAX, whose="loader")
        self._decoder: msgspec.msgpack.Decoder[FromLoader] = msgspec.msgpack.Decoder(FromLoader)

    def ask(self, wanted: Wanted) -> bool:
        """False where there is no loader."""
        try:
            self._out.send(msgspec.msgpack.encode(wanted), zmq.NOBLOCK)
        except zmq.ZMQError:
            return False
        return True

    def receive(self) -> Iterator[FromLoader]:
        """What came from the loader, at most `MESSAGES_AT_ONCE` messages."""
        return _received(self._in, self._decoder)

    def wait(self, seconds: float) -> None:
        """Returns when the loader has sent something, or after `seconds`; never called by the frame loop."""
        self._in.poll(round(seconds * 1000))

    def release(self) -> None:
        """Closes the sockets."""
        self._out.close(linger=0)
        self._in.close(linger=0)
        self._context.term()


class LoaderPipes:
    """The loader's ends."""

    def __init__(self, wishes: str, answers: str) -> None:
        self._context = zmq.Context()
        self._in = connected(self._context, zmq.PULL, wishes, most_bytes=MESSAGE_BYTES_MAX)
        self._out = connected(self._context, zmq.PUSH, answers, most_bytes=MESSAGE_BYTES_MAX)
        self._decoder = msgspec.msgpack.Decoder(Wanted)

    def wait(self, seconds: float, descriptor: int | None) -> None:
        """Returns when the core has sent something, when `descriptor`, if any, can be read, or after `seconds`."""
        poller = zmq.Poller()
        poller.register(self._in, zmq.POLLIN)
        if descriptor is not None:
            poller.register(descriptor, zmq.POLLIN)
        poller.poll(round(seconds * 1000))

    def receive(self) -> Iterator[Wanted]:
        """What the core has sent, at most `MESSAGES_AT_ONCE` messages."""
        return _received(self._in, self._decoder)

    def tell(self, message: FromLoader) -> bool:
        """A core that does not listen loses messages; it asks again. False where this one was lost."""
        return _sent(self._out, message)

    def release(self) -> None:
        """Closes the sockets."""
        self._in.close(linger=0)
        self._out.close(linger=0)
        self._context.term()


class FolderPipe:
    """A further end to the core, for a thread of the loader that watches a folder."""

    def __init__(self, answers: str) -> None:
        self._out = connected(zmq.Context(), zmq.PUSH, answers, most_bytes=MESSAGE_BYTES_MAX)

    def tell(self, news: AnyNews) -> bool:
        """False where the news was lost, since nobody listens for long."""
        return _sent(self._out, news)


def _sent(socket: zmq.Socket[bytes], message: FromLoader) -> bool:
    try:
        socket.send(msgspec.msgpack.encode(message), zmq.NOBLOCK)
    except zmq.ZMQError:
        return False
    return True


def _received(socket: zmq.Socket[bytes], decoder: msgspec.msgpack.Decoder[Message]) -> Iterator[Message]:
    """What has come, without waiting; what is no message is passed over."""
    for _ in range(MESSAGES_AT_ONCE):
        try:
            encoded = socket.recv(zmq.NOBLOCK)
        except zmq.ZMQError:
            return
        with contextlib.suppress(*UNDECODABLE):
            yield decoder.decode(encoded)
