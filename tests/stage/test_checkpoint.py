"""The checkpoint survives kill -9, foreign files and states that are too large."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from recorded_stage import inputs_of, new_show

from stage.live.leave import CheckpointKeeper
from stage.run.checkpoint import Checkpoint, read_checkpoint, read_heartbeat
from stage.show.state import decode_state

WRITER = """
import sys
from pathlib import Path
from stage.run.checkpoint import Checkpoint
checkpoint = Checkpoint(Path(sys.argv[1]), 1 << 20)
for number in range(1, 10_000_000):
    checkpoint.write(number.to_bytes(8, "little") * 20_000)
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
    assert found == number.to_bytes(8, "little") * 20_000
    assert newest - 1 <= number <= newest + 1


@settings(max_examples=40, deadline=None)
@given(states=st.lists(st.binary(max_size=2000), min_size=1, max_size=6))
def test_the_newest_checkpoint_is_read_by_the_next_process(
    states: list[bytes], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("run") / "checkpoint"
    for state in states:
        checkpoint = Checkpoint(path, 4096)
        checkpoint.write(state)
        assert checkpoint.read() == state
        checkpoint.close()
    assert read_checkpoint(path) == states[-1]


def test_a_torn_write_leaves_the_previous_checkpoint(tmp_path: Path) -> None:
    path = tmp_path / "checkpoint"
    checkpoint = Checkpoint(path, 4096)
    checkpoint.write(b"before")
    whole = path.read_bytes()
    checkpoint.write(b"newest")
    after = path.read_bytes()
    checkpoint.close()
    changed = [at for at in range(len(whole)) if whole[at] != after[at]]
    for upto in changed:
        path.write_bytes(after[:upto] + whole[upto:])
        assert read_checkpoint(path) in (b"before", b"newest")
    for at in changed:
        path.write_bytes(after[:at] + bytes([after[at] ^ 0x40]) + after[at + 1 :])
        assert read_checkpoint(path) == b"before"


def test_a_state_that_is_too_large_is_refused_and_counted(tmp_path: Path) -> None:
    checkpoint = Checkpoint(tmp_path / "checkpoint", 1024)
    assert checkpoint.write(b"x" * 1024)
    assert not checkpoint.write(b"y" * 1025)
    assert (checkpoint.refused, checkpoint.read()) == (1, b"x" * 1024)
    checkpoint.close()


def test_a_file_of_another_size_is_replaced_and_its_checkpoint_kept(tmp_path: Path) -> None:
    path = tmp_path / "checkpoint"
    small = Checkpoint(path, 1024)
    small.write(b"state")
    small.close()
    large = Checkpoint(path, 8192)
    assert large.read() == b"state"
    assert large.write(b"z" * 8000)
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
    assert checkpoint.write(b"state")
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
    assert not checkpoint.write(b"x" * 2000)
    checkpoint.heartbeat()
    assert read_heartbeat(path) == 2
    checkpoint.write(b"state")
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
        left = decode_state(checkpoint.read()).frame
        assert frame - left < 30
        frames.append(left)
    assert len(set(frames)) <= 21
    checkpoint.close()
