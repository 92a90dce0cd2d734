"""What waits for clients to read it is counted with all the memory that it takes, wherever it waits."""

from __future__ import annotations

import socket
import tracemalloc

import msgpack
import pytest
from small_stage import SmallStage, connected, send, step_until

from stage.gate.frames import encode_command
from stage.gate.keys import KeyFolder
from stage.gate.peer import ENOUGH_UNREAD_BYTES
from stage.gate.shared import UnreadInAll
from stage.gate.unread import Unread

PIECES = 20_000
ANSWERS = 110


def test_many_short_pieces_count_as_much_as_they_take():
    """As a client leaves them that sends heartbeats and reads no answer."""
    here, there = socket.socketpair()
    with here, there:
        here.setblocking(False)
        in_all = UnreadInAll()
        unread = Unread(here, in_all)
        tracemalloc.start()
        try:
            while unread.stalled_s is None:
                unread.put(bytes(65536), 0.0)
            before, counted = tracemalloc.get_traced_memory()[0], unread.size
            for number in range(PIECES):
                unread.put(encode_command(b"PONG", number.to_bytes(3)), 0.0)
            taken = tracemalloc.get_traced_memory()[0] - before
        finally:
            tracemalloc.stop()
        assert in_all.size - counted >= 0.9 * taken
        while unread.messages:
            there.recv(65536)
            unread.flush(0.0)
        assert unread.size == in_all.size == 0


@pytest.fixture
def small(tmp_path):
    stage = SmallStage(tmp_path)
    yield stage
    stage.server.close()


def test_what_libzmq_holds_for_a_client_with_a_key_counts_until_it_is_read(small):
    key = KeyFolder(small.server.keys).make("silent", "viewer")
    unread = small.server.gate._shared.unread
    words = {"CURVE_SERVERKEY": key.server.encode(), "CURVE_PUBLICKEY": key.public.encode(), "CURVE_SECRETKEY": key.secret.encode()}  # fmt: skip
    with connected(small, RCVHWM=1, RCVBUF=4096, **words) as peer:
        for number in range(ANSWERS):
            send(peer, type="describe", id=str(number), path="")
        step_until(small, lambda: unread.size > 2 * ENOUGH_UNREAD_BYTES)
        left = list(range(ANSWERS))
        while left:
            left.remove(int(msgpack.unpackb(step_until(small, lambda: peer.poll(0) and peer.recv()))["id"]))
        step_until(small, lambda: unread.size == 0)
