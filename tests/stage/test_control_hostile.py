"""Clients that flood, lie, break off or never read: each costs bounded time and disturbs no other."""

from __future__ import annotations

import os
import socket
import time

import msgpack
import pytest
import zmq
from small_stage import SmallStage, ask, connected, reply, send, step_until

from stage.control.calls import MOST_WAITING_OF_ONE
from stage.gate.limits import MOST_REPLY_BYTES

EXPOSURE = "/grade/exposure_stops"


@pytest.fixture
def small(tmp_path):
    stage = SmallStage(tmp_path)
    yield stage
    stage.server.close()


def slowest_step_until(stage, done, seconds=10.0):
    """Processor seconds of the slowest step on the way: waiting for this machine's other work is not counted."""
    slowest, deadline = 0.0, time.monotonic() + seconds
    while not done():
        assert time.monotonic() < deadline, "not everything came"
        begun = time.thread_time()
        stage.step()
        slowest = max(slowest, time.thread_time() - begun)
        time.sleep(0.0005)  # the gate is a thread here, and this one would leave it no time
    return slowest


def test_a_flood_from_one_client_does_not_starve_another(small):
    with connected(small, SNDHWM=20000) as flood, connected(small) as quiet:
        ask(small, quiet, type="hello", id="0")
        for number in range(10000):
            send(flood, type="set", id=str(number), path=EXPOSURE, value=1.0)
        send(quiet, type="set", id="mine", path="/grade/tint", value=1.0)
        assert reply(small, quiet)["id"] == "mine"
        assert small.server._order < 9000, "it was answered only after the flood"


def test_a_client_that_sends_and_never_reads_costs_bounded_time_and_memory(small):
    with connected(small, SNDHWM=20000, RCVHWM=1) as deaf, connected(small) as good:
        for number in range(5000):
            send(deaf, type="describe", id=str(number), path="")
        end = small.frame + 300
        assert slowest_step_until(small, lambda: small.frame > end) < 0.1
        assert len(small.server._waiting) <= MOST_WAITING_OF_ONE
        assert small.server._exchange._waiting_bytes == 0
        assert small.gate._shared.unread.size < MOST_REPLY_BYTES
        assert ask(small, good, type="get", id="1", path=EXPOSURE)["type"] == "ok"


@pytest.mark.parametrize("frames", [[b""], [b"x"], [b"", b""], [b"a", b"b"], [b"", b"x", b"y"], [b"x"] * 24])
def test_a_message_of_another_shape_is_refused(small, frames):
    with connected(small) as peer:
        peer.send_multipart(frames)
        assert reply(small, peer)["code"] == "bad_message"
        assert ask(small, peer, type="get", id="1", path=EXPOSURE)["type"] == "ok"


def test_a_message_of_very_many_parts_costs_only_its_own_connection(small):
    with connected(small) as hostile, connected(small) as good:
        hostile.send_multipart([b"x"] * 5000)
        assert ask(small, good, type="get", id="1", path=EXPOSURE)["type"] == "ok"
        assert step_until(small, lambda: [one.cause for one in small.server.reports()]) == ["turned_message_too_long"]
        send(hostile, type="get", id="2", path=EXPOSURE)
        assert reply(small, hostile)["id"] == "2", "a client of the library comes back by itself"


def test_ten_thousand_random_messages_do_not_stop_the_stage(small):
    with connected(small, SNDHWM=20000, RCVHWM=20000) as hostile, connected(small) as good:
        for number in range(10000):
            hostile.send(os.urandom(number % 300))
        assert slowest_step_until(small, lambda: small.server.counts["bad_message"] == 10000) < 0.1
        assert ask(small, good, type="get", id="1", path=EXPOSURE)["type"] == "ok"


def test_an_over_long_message_costs_only_its_own_connection(small):
    with connected(small) as hostile, connected(small) as good:
        hostile.send(b"x" * 70000)
        assert ask(small, good, type="get", id="1", path=EXPOSURE)["type"] == "ok"
        send(hostile, type="get", id="2", path=EXPOSURE)
        assert ask(small, good, type="get", id="3", path=EXPOSURE)["type"] == "ok"


def test_bytes_that_are_not_zeromq_do_not_disturb(small):
    address = ("127.0.0.1", small.server.ports["control"])
    raw = [socket.create_connection(address) for _ in range(50)]
    for number, one in enumerate(raw):
        one.sendall(os.urandom(200) if number % 2 else b"\xff\x00\x00\x00\x00\x00\x00\x00\x01\x7f")
    with connected(small) as good:
        assert slowest_step_until(small, lambda: small.frame > 50) < 0.1
        assert ask(small, good, type="get", id="1", path=EXPOSURE)["type"] == "ok"
    for one in raw:
        one.close()


def test_half_a_message_is_never_seen(small):
    with connected(small) as good:
        for _ in range(20):
            with connected(small) as hasty:
                hasty.send(msgpack.packb({"type": "hello", "id": "half"}), zmq.SNDMORE)
        assert ask(small, good, type="get", id="1", path=EXPOSURE)["id"] == "1"
    assert small.server.counts == {}


def test_a_client_that_is_gone_loses_its_answer_quietly(small):
    with connected(small) as peer:
        ask(small, peer, type="hello", id="0")
        send(peer, type="set", id="1", path=EXPOSURE, value=1.0)
        time.sleep(0.02)
        commands = small.server.drain()
        assert len(commands) == 1
    while small.gate._peers():
        time.sleep(0.001)
    small.server.publish(small.carried_out(commands), small)
    with connected(small) as good:
        assert ask(small, good, type="get", id="1", path=EXPOSURE)["value"] == 1.0
    assert small.server.counts == {}
