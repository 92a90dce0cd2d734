"""From gate to core: what was sent can be received at once, apart, in order; nothing is kept for who is gone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from stage.gate.link import Outlet
from stage.gate.poller import Poller
from stage.run.local_link import HostEnd

MOST_BYTES = 70_000


@pytest.fixture
def poller() -> Iterator[Poller]:
    made = Poller()
    yield made
    made.close()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "in"


def received(core: HostEnd) -> list[bytes]:
    found = []
    while (message := core.receive()) is not None:
        found.append(bytes(message.content))
    return found


def test_what_was_sent_is_received_at_once_each_by_itself_and_in_order(path: Path, poller: Poller) -> None:
    core, gate = HostEnd(path, MOST_BYTES), Outlet(path, poller)
    assert gate.look()
    messages = [bytes([number]) * size for number, size in enumerate((1, 300, MOST_BYTES, 5))]
    for number in range(100):
        assert all(gate.send(message) for message in messages)
        assert received(core) == messages, number
    gate.close()
    core.close()


def test_a_full_socket_refuses_and_loses_nothing_that_it_took(path: Path, poller: Poller) -> None:
    core, gate = HostEnd(path, MOST_BYTES), Outlet(path, poller)
    gate.look()
    taken = 0
    while gate.send(taken.to_bytes(400, "little")):
        taken += 1
    assert taken > 128
    assert [int.from_bytes(one, "little") for one in received(core)] == list(range(taken))
    assert gate.send(b"again")
    gate.close()
    core.close()


def test_a_core_that_goes_wakes_the_gate_and_the_next_one_gets_nothing_old(path: Path, poller: Poller) -> None:
    gate = Outlet(path, poller)
    assert not gate.look()
    assert not gate.send(b"to nobody")
    first = HostEnd(path, MOST_BYTES)
    assert gate.look()
    assert not gate.look()
    assert poller.wait(0.0) == []
    assert gate.send(b"old")
    first.close()
    assert poller.wait(5.0)
    assert gate.look()
    assert not gate.core_is_there
    second = HostEnd(path, MOST_BYTES)
    assert gate.look()
    assert gate.send(b"new")
    assert received(second) == [b"new"]
    gate.close()
    second.close()


def test_the_next_gate_is_heard_after_all_that_the_one_before_has_sent(path: Path, poller: Poller) -> None:
    core, first, second = HostEnd(path, MOST_BYTES), Outlet(path, poller), Outlet(path, poller)
    first.look()
    first.send(b"1")
    assert received(core) == [b"1"]
    first.send(b"2")
    first.close()
    second.look()
    second.send(b"3")
    assert received(core) == [b"2", b"3"]
    second.close()
    core.close()
