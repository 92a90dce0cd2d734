"""The checkpoint survives kill -9, foreign files and states that are too large."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from recorded_stage import inputs_of, new_show

from stage.live.leave import CheckpointKeeper
from stage.run.checkpoint import Checkpoint, read_checkpoint, read_heartbeat
from stage.run.encoded_state import EncodedPart, EncodedState, piece_of
from stage.run.piece_room import PieceRoom, Place
from stage.show.state import decode_state

WRITER = """
import sys
from pathlib import Path
from stage.run.checkpoint import Checkpoint
from stage.run.encoded_state import EncodedState, EncodedPart, piece_of
checkpoint = Checkpoint(Path(sys.argv[1]), 1 << 20)
for number in range(1, 10_000_000):
    stamp = number.to_bytes(8, "little")
    parts = (EncodedPart("", (piece_of(stamp * 5_000), piece_of(b"kept" * 10_000))), EncodedPart("", (piece_of(stamp),)))
    checkpoint.write(EncodedState((stamp, b"", stamp), parts))
    sys.stdout.write(f"{number}\\n")
    sys.stdout.flush()
"""


@pytest.mark.parametrize("reads", [1, 7, 23, 60, 111])
def test_a_killed_writer_leaves_its_newest_or_previous_checkpoint(tmp_path: Path, reads: int) -> None:
    path = tmp_path / "checkpoint"
    with subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        for _ in range(reads):
            writer.stdout.readline()
        os.kill(writer.pid, signal.SIGKILL)
        printed = [int(line) for line in writer.stdout.read().splitlines() if line.isdecimal()]
    newest = max([reads, *printed])
    found = read_checkpoint(path)
    assert found is not None
    number = int.from_bytes(found[:8], "little")
    stamp = number.to_bytes(8, "little")
    assert found == stamp * 5_001 + b"kept" * 10_000 + stamp * 2
    assert newest - 1 <= number <= newest + 1


STATES = st.builds(
    lambda glue, parts: EncodedState(
        (glue, *(glue for _ in parts)), tuple(EncodedPart("", tuple(map(piece_of, part))) for part in parts)
    ),
    st.binary(max_size=500),
    st.lists(st.lists(st.binary(max_size=900), min_size=1, max_size=5), max_size=4),
)


def alone(state: bytes) -> EncodedState:
    """A state that has no parts."""
    return EncodedState((state,))


def in_parts(glue: bytes, *parts: tuple[bytes, ...]) -> EncodedState:
    return EncodedState(
        (glue,) * (len(parts) + 1), tuple(EncodedPart("", tuple(map(piece_of, part))) for part in parts)
    )


@settings(max_examples=40, deadline=None)
@given(states=st.lists(STATES, min_size=1, max_size=6))
def test_the_newest_checkpoint_is_read_by_the_next_process(
    states: list[EncodedState], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("run") / "checkpoint"
    for state in states:
        checkpoint = Checkpoint(path, 8192)
        assert checkpoint.write(state)
        assert checkpoint.read() == state.whole()
        checkpoint.close()
    assert read_checkpoint(path) == states[-1].whole()


@settings(max_examples=40, deadline=None)
@given(states=st.lists(STATES, min_size=1, max_size=25))
def test_one_process_writes_any_states_one_after_the_other(
    states: list[EncodedState], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("run") / "checkpoint"
    checkpoint = Checkpoint(path, 8192)
    for state in states:
        assert checkpoint.write(state)
        assert read_checkpoint(path) == state.whole()
    checkpoint.close()


BEFORE = in_parts(b"before", (b"shelf", b"dawn" * 50, b"dusk" * 50), (b"client",))
SHELF = BEFORE.parts[0]
NEWEST = EncodedState((b"newest",) * 3, (SHELF, EncodedPart("", (piece_of(b"client, later"),))))


@pytest.mark.parametrize(("first", "second"), [(alone(b"before"), alone(b"newest")), (BEFORE, NEWEST)])
def test_a_torn_write_leaves_the_previous_checkpoint(tmp_path: Path, first: EncodedState, second: EncodedState) -> None:
    path = tmp_path / "checkpoint"
    checkpoint = Checkpoint(path, 4096)
    for earlier in (second, first, second, first):
        checkpoint.write(earlier)
    whole = path.read_bytes()
    checkpoint.write(second)
    after = path.read_bytes()
    checkpoint.close()
    changed = [at for at in range(len(whole)) if whole[at] != after[at]]
    assert changed
    for upto in changed:
        for torn in (after[:upto] + whole[upto:], whole[:upto] + after[upto:]):
            path.write_bytes(torn)
            assert read_checkpoint(path) in (first.whole(), second.whole())
    for at in changed:
        path.write_bytes(after[:at] + bytes([after[at] ^ 0x40]) + after[at + 1 :])
        assert read_checkpoint(path) in (first.whole(), second.whole())


def test_a_part_that_did_not_change_is_not_written_again(tmp_path: Path) -> None:
    path = tmp_path / "checkpoint"
    checkpoint = Checkpoint(path, 1 << 16)
    large = EncodedPart("", tuple(piece_of(bytes([number]) * 1000) for number in range(100)))
    assert checkpoint.write(EncodedState((b"1", b""), (large,)))
    before = path.read_bytes()
    assert checkpoint.write(EncodedState((b"2", b""), (large,)))
    one_more = EncodedPart("", (*large.pieces, piece_of(b"one more" * 10)))
    between = path.read_bytes()
    assert sum(a != b for a, b in zip(before, between, strict=True)) < 200
    assert checkpoint.write(EncodedState((b"3", b""), (one_more,)))
    after = path.read_bytes()
    assert sum(a != b for a, b in zip(between, after, strict=True)) < 200 + len(one_more.pieces) * 28
    checkpoint.close()


def test_parts_for_which_there_is_no_room_leave_the_checkpoint_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "checkpoint"
    checkpoint = Checkpoint(path, 1024)
    fits = in_parts(b"fits", (b"a" * 3000,), (b"b" * 3000, b"c" * 500))
    assert checkpoint.write(fits)
    assert not checkpoint.write(in_parts(b"large", (b"d" * 1000,), (b"e" * 2000, b"f" * 1000)))
    assert (checkpoint.refused, checkpoint.read()) == (1, fits.whole())
    for number in range(20):
        state = in_parts(b"in turn", (bytes([number]) * 700, b"kept" * 100))
        assert checkpoint.write(state), number
        assert read_checkpoint(path) == state.whole()
    checkpoint.close()


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 400), st.booleans()), max_size=60))
def test_places_never_overlap_and_all_room_comes_back(steps: list[tuple[int, bool]]) -> None:
    room, held = PieceRoom(4096), []
    for length, gives in steps:
        if gives and held:
            room.give(held.pop(length % len(held)))
            continue
        place = room.take(length)
        if place is not None:
            held.append(place)
        ends = sorted((one.offset, one.offset + one.length) for one in held)
        assert all(end <= begin for (_, end), (begin, _) in pairwise(ends))
    for place in held:
        room.give(place)
    assert room.take(4096) == Place(0, 4096)


def test_a_state_that_is_too_large_is_refused_and_counted(tmp_path: Path) -> None:
    checkpoint = Checkpoint(tmp_path / "checkpoint", 1024)
    assert checkpoint.write(alone(b"x" * 900))
    assert not checkpoint.write(alone(b"y" * 1025))
    assert (checkpoint.refused, checkpoint.read()) == (1, b"x" * 900)
    checkpoint.close()


def test_a_file_of_another_size_is_replaced_and_its_checkpoint_kept(tmp_path: Path) -> None:
    path = tmp_path / "checkpoint"
    small = Checkpoint(path, 1024)
    small.write(alone(b"state"))
    small.close()
    large = Checkpoint(path, 8192)
    assert large.read() == b"state"
    assert large.write(alone(b"z" * 8000))
    large.close()


@settings(max_examples=60, deadline=None)
@given(content=st.binary(max_size=300))
def test_foreign_files_hold_no_checkpoint_and_are_replaced(
    content: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("run") / "checkpoint"
    path.write_bytes(content)
    assert read_checkpoint(path) is None
    checkpoint = Checkpoint(path, 1024)
    assert checkpoint.read() is None
    assert checkpoint.write(alone(b"state"))
    checkpoint.close()
    assert read_checkpoint(path) == b"state"


def test_an_absent_file_holds_no_checkpoint(tmp_path: Path) -> None:
    assert read_checkpoint(tmp_path / "none") is None


def test_the_heartbeat_moves_without_a_checkpoint_and_continues_in_the_next_process(tmp_path: Path) -> None:
    path = tmp_path / "checkpoint"
    assert read_heartbeat(path) is None
    checkpoint = Checkpoint(path, 1024)
    assert read_heartbeat(path) == 0
    checkpoint.heartbeat()
    assert not checkpoint.write(alone(b"x" * 2000))
    checkpoint.heartbeat()
    assert read_heartbeat(path) == 2
    checkpoint.write(alone(b"state"))
    checkpoint.close()
    again = Checkpoint(path, 1024)
    again.heartbeat()
    assert (read_heartbeat(path), again.read()) == (3, b"state")
    again.close()


@pytest.mark.parametrize("step", [1, 4, 7, 30, 61])
def test_a_checkpoint_is_written_twice_a_second_whichever_slots_are_skipped(tmp_path: Path, step: int) -> None:
    show, checkpoint = new_show(), Checkpoint(tmp_path / "checkpoint")
    keeper = CheckpointKeeper(show, checkpoint)
    frames = []
    for frame in range(1, 601, step):
        inputs = inputs_of(frame, commands_every=10_000)
        keeper.keep(inputs, show.step(inputs))
        keeper.write_waiting()
        left = decode_state(checkpoint.read()).frame
        assert frame - left < 30
        frames.append(left)
    assert len(set(frames)) <= 21
    checkpoint.close()
