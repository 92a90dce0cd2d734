"""The client of `stage bench control`, in a process of its own: sends commands at a rate and says when, as JSON."""

from __future__ import annotations

import sys
import time

import msgpack
import msgspec
import zmq

from tracking.records import Record

_PATIENCE_S = 10.0
_PATH = "/grade/exposure_stops"


class Sent(Record):
    """For each command when it was sent (monotonic), and the frame that acknowledged it; -1 where none did."""

    sent_ns: list[int]
    frames: list[int]


def send(endpoint: str, sets: int, rate_hz: float) -> Sent:
    """Sends so many commands."""
    with zmq.Context() as context, context.socket(zmq.DEALER) as peer:
        peer.setsockopt(zmq.LINGER, 0)
        peer.connect(endpoint)
        peer.send(msgpack.packb({"type": "get", "id": 0, "path": _PATH}))
        peer.recv()
        sent_ns, frames = [0] * sets, [-1] * sets
        begun_ns = time.monotonic_ns()
        for number in range(sets):
            due_ns = begun_ns + int(number * 1e9 / rate_hz)
            time.sleep(max(0.0, (due_ns - time.monotonic_ns()) * 1e-9))
            body = msgpack.packb({"type": "set", "id": number, "path": _PATH, "value": (number % 97) / 97.0})
            sent_ns[number] = time.monotonic_ns()
            peer.send(body)
            _note(peer, frames)
        until_s = time.monotonic() + _PATIENCE_S
        while -1 in frames and time.monotonic() < until_s:
            peer.poll(100)
            _note(peer, frames)
        return Sent(sent_ns=sent_ns, frames=frames)


def _note(peer: zmq.Socket[bytes], frames: list[int]) -> None:
    while peer.poll(0):
        reply = msgpack.unpackb(peer.recv())
        if reply["type"] == "ok":
            frames[reply["id"]] = reply["frame"]


if __name__ == "__main__":
    sys.stdout.buffer.write(msgspec.json.encode(send(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]))))
