"""The process that reads films ahead: every frame whole, the most urgent first, whoever dies and whatever fails."""

from __future__ import annotations

import os
import signal
import socket
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from plates_core import SMALL, PlatesCore, film, plates_process

from stage.plates.rooms import LEAST_SLOTS, RoomWanted, share_out, slots_wanted
from stage.plates.wire import SOCKET
from stage.run.shared_frames import slot_bytes


@pytest.fixture
def core(tmp_path):
    made = PlatesCore(tmp_path)
    yield made
    made.close()


def test_frames_come_whole_and_the_most_urgent_first_however_many_are_wanted(core, tmp_path):
    with plates_process(tmp_path):
        core.want([film("a"), film("b")], {"a": list(range(300)), "b": list(range(100, 400))})
        assert core.until(lambda: core.has("a", range(150)) and core.has("b", range(100, 250)))
    of_a = [frame for media, frame in core.order if media == "a"]
    assert of_a == sorted(of_a)


def test_a_seek_is_read_before_what_was_wanted_ahead_of_the_old_place(core, tmp_path):
    with plates_process(tmp_path):
        core.want([film("a", "slow=0.02")], {"a": list(range(100))})
        assert core.until(lambda: core.has("a", [0]))
        before = len(core.order)
        core.want([film("a", "slow=0.02")], {"a": list(range(5000, 5100))})
        assert core.until(lambda: core.has("a", [5000]))
        old = [frame for _, frame in core.order[before:] if frame < 5000]
    assert len(old) <= 2  # the one that was being read, and one that was on its way


def test_frames_that_nobody_reads_stay_within_their_memory_and_those_most_needed_are_there(core, tmp_path):
    with plates_process(tmp_path):
        core.want([film("a")], {"a": list(range(100))})
        slots = slots_wanted(SMALL.rate)
        reception = core.receiving.films["a"]
        assert core.until(lambda: len(reception.held) == slots, reads=False)
        time.sleep(0.1)
        core.receiving.hear()
        assert sorted(reception.held) == list(range(slots))
        core.want([film("a")], {"a": [7000, 7001, 7002]})
        assert core.until(lambda: core.has("a", [7000, 7001, 7002]))


def test_a_process_that_dies_within_a_frame_shows_none_of_it_and_the_next_one_reads_it(core, tmp_path):
    with plates_process(tmp_path) as first:
        core.want([film("a", "dies=30")], {"a": list(range(60))})
        assert core.until(lambda: first.poll() is not None)
        assert core.until(lambda: not core.receiving.connected)
        assert not core.has("a", [30])
    with plates_process(tmp_path):
        assert core.until(lambda: core.has("a", range(60)))  # every byte of every frame was compared
    assert core.receiving.came == 2


def test_a_killed_process_leaves_what_it_had_read_and_its_successor_goes_on(core, tmp_path):
    with plates_process(tmp_path) as first:
        core.want([film("a")], {"a": list(range(100))})
        reception = core.receiving.films["a"]
        assert core.until(lambda: len(reception.held) >= 10, reads=False)
        held = sorted(reception.held)
        os.kill(first.pid, signal.SIGKILL)
        first.wait()
    core.step()
    assert core.has("a", held)
    with plates_process(tmp_path):
        assert core.until(lambda: core.has("a", range(100)))


def test_the_next_core_finds_the_process_and_has_its_frames(tmp_path):
    with plates_process(tmp_path):
        for first in (0, 1000):
            core = PlatesCore(tmp_path)
            core.want([film("a")], {"a": list(range(first, first + 50))})
            assert core.until(lambda core=core, first=first: core.has("a", range(first, first + 50)))
            core.close()


def test_a_film_that_cannot_be_opened_is_told_and_comes_once_it_can(core, tmp_path):
    place = tmp_path / "gone"
    gone = film("a")
    gone = type(gone)(media="a", path=str(place), facts=SMALL)
    with plates_process(tmp_path):
        core.want([gone, film("b")], {"a": [0, 1], "b": [0, 1]})
        reception = core.receiving.films["a"]
        assert core.until(lambda: reception.failure is not None)
        assert reception.failure.code == "plate_unreadable"
        assert reception.why_late(0, None) == "failed"
        assert core.until(lambda: core.has("b", [0, 1]))
        place.touch()
        assert core.until(lambda: core.has("a", [0, 1]))
        assert reception.failure is None


def test_a_frame_that_cannot_be_read_is_told_and_holds_up_no_other(core, tmp_path):
    with plates_process(tmp_path):
        core.want([film("a", "broken=5")], {"a": list(range(30))})
        assert core.until(lambda: core.has("a", [*range(5), *range(6, 30)]))
        reception = core.receiving.films["a"]
        assert reception.why_late(5, None) == "failed"
        assert reception.why_late(31, None) == "not_decoded"


@pytest.mark.parametrize(("behaves", "cause"), [("slow=0.4", "disk"), ("busy=0.4", "not_decoded")])
def test_what_waits_for_the_disk_is_told_from_what_computes_for_long(core, tmp_path, behaves, cause):
    with plates_process(tmp_path):
        core.want([film("a", behaves), film("b")], {"a": list(range(10)), "b": list(range(1000))})
        assert core.until(lambda: core.has("a", [0, 1]) and core.has("b", range(30)))
        assert core.receiving.films["a"].why_late(2, None) == cause


def test_too_little_memory_is_told_with_what_is_needed(core, tmp_path):
    large = film("large", facts=type(SMALL)(codec="numbers", columns=2000, rows=1000, frames=100, rate=(25, 1)))
    with plates_process(tmp_path, mib=4.0):
        core.want([film("a"), large], {"a": [0], "large": [0]})
        assert core.until(lambda: core.has("a", [0]) and core.receiving.films["large"].too_little is not None)
        needed, budget = core.receiving.films["large"].too_little
        assert needed > budget
        core.want([film("a")], {"a": [1]})
        assert core.until(lambda: core.has("a", [1]))


def test_a_stranger_on_the_socket_ends_neither_side(core, tmp_path):
    with plates_process(tmp_path):
        core.want([film("a")], {"a": list(range(10))})
        assert core.until(lambda: core.has("a", range(10)))
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as stranger:
            stranger.connect(str(tmp_path / SOCKET))
            for content in (b"", b"\xff" * 1000, b"\x00"):
                stranger.send(content)
            core.want([film("a")], {"a": list(range(10, 40))})
            assert core.until(lambda: core.has("a", range(10, 40)))
    assert core.receiving.came == 1


@given(
    st.lists(st.tuples(st.integers(4096, 50 << 20), st.sampled_from([(24000, 1001), (25, 1), (60, 1)])), max_size=24),
    st.integers(0, 2 << 30),
)
def test_memory_is_shared_out_within_the_budget_and_each_film_has_enough_to_play_or_none(films, budget):
    wanted = [RoomWanted(slot_bytes(size), rate) for size, rate in films]
    slots = share_out(wanted, budget)
    assert sum(count * film.slot_bytes for count, film in zip(slots, wanted, strict=True)) <= budget
    for count, one in zip(slots, wanted, strict=True):
        assert count == 0 or LEAST_SLOTS <= count <= slots_wanted(one.rate)
    if wanted and not slots[0]:
        assert LEAST_SLOTS * wanted[0].slot_bytes > budget
