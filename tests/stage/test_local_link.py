"""A local link: each message comes once, whole and in order, and either side knows at once that the other has gone."""

from __future__ import annotations

import pytest

from stage.run.local_link import GuestEnd, HostEnd


@pytest.fixture
def ends(tmp_path):
    host, guest = HostEnd(tmp_path / "link", 100), GuestEnd(tmp_path / "link", 100)
    assert guest.look()
    yield host, guest
    guest.close()
    host.close()


def received(end):
    found = end.receive()
    return None if found is None else bytes(found.content)


def test_messages_come_once_and_in_order_and_nothing_comes_where_nothing_was_sent(ends):
    host, guest = ends
    assert received(host) is None
    for word in (b"one", b"two"):
        assert guest.send(word)
    assert [received(host) for _ in range(3)] == [b"one", b"two", None]
    assert host.send(b"three")
    assert [received(guest) for _ in range(2)] == [b"three", None]


def test_a_host_is_quiet_while_its_guest_is_there_and_says_nothing(ends):
    host, guest = ends
    assert not host.is_quiet()  # nobody was let in so far
    assert received(host) is None
    assert host.is_quiet()
    guest.send(b"one")
    assert not host.is_quiet()
    assert received(host) == b"one"
    assert host.is_quiet()
    guest.close()
    assert not host.is_quiet()
    assert received(host) is None
    assert host.peer is None


def test_what_a_guest_said_before_it_went_is_heard_and_then_the_next_one(ends, tmp_path):
    host, guest = ends
    guest.send(b"last")
    guest.close()
    successor = GuestEnd(tmp_path / "link", 100)
    assert successor.look()
    successor.send(b"first")
    assert [received(host) for _ in range(3)] == [b"last", b"first", None]
    assert host.came == 2
    successor.close()


def test_a_guest_knows_that_its_host_has_gone(ends):
    host, guest = ends
    assert received(host) is None
    host.close()
    assert received(guest) is None
    assert guest.peer is None
    assert not guest.send(b"one")
