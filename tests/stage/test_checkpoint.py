"""The last look survives kill -9, foreign files and states that are too large."""

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

from stage.live.leave import LiveLeave
from stage.run.checkpoint import LastLook, read_beat, read_last_look
from stage.show.state import decode_state

WRITER = """
import sys
from pathlib import Path
from stage.last_look import LastLook
look = LastLook(Path(sys.argv[1]), 1 << 20)
for number in range(1, 10_000_000):
    look.write(number.to_bytes(8, "little") * 20_000)
    sys.stdout.write(f"{number}\\n")
    sys.stdout.flush()
"""


@pytest.mark.parametrize("reads", [1, 7, 23, 60, 111])
def test_a_killed_writer_leaves_its_newest_or_previous_look(tmp_path: Path, reads: int) -> None:
    path = tmp_path / "look"
    with subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        for _ in range(reads):
            writer.stdout.readline()
        os.kill(writer.pid, signal.SIGKILL)
        told = [int(line) for line in writer.stdout.read().splitlines() if line.isdecimal()]
    newest = max([reads, *told])
    found = read_last_look(path)
    assert found is not None
    number = int.from_bytes(found[:8], "little")
    assert found == number.to_bytes(8, "little") * 20_000
    assert newest - 1 <= number <= newest + 1


@settings(max_examples=40, deadline=None)
@given(states=st.lists(st.binary(max_size=2000), min_size=1, max_size=6))
def test_the_newest_look_is_read_by_the_next_process(
    states: list[bytes], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("look") / "look"
    for state in states:
        look = LastLook(path, 4096)
        look.write(state)
        assert look.read() == state
        look.close()
    assert read_last_look(path) == states[-1]


def test_a_torn_write_leaves_the_look_before(tmp_path: Path) -> None:
    path = tmp_path / "look"
    look = LastLook(path, 4096)
    look.write(b"before")
    whole = path.read_bytes()
    look.write(b"newest")
    after = path.read_bytes()
    look.close()
    changed = [at for at in range(len(whole)) if whole[at] != after[at]]
    for upto in changed:
        path.write_bytes(after[:upto] + whole[upto:])
        assert read_last_look(path) in (b"before", b"newest")
    for at in changed:
        path.write_bytes(after[:at] + bytes([after[at] ^ 0x40]) + after[at + 1 :])
        assert read_last_look(path) == b"before"


def test_a_state_that_is_too_large_is_refused_and_counted(tmp_path: Path) -> None:
    look = LastLook(tmp_path / "look", 1024)
    assert look.write(b"x" * 1024)
    assert not look.write(b"y" * 1025)
    assert (look.refused, look.read()) == (1, b"x" * 1024)
    look.close()


def test_a_file_of_another_size_is_replaced_and_its_look_kept(tmp_path: Path) -> None:
    path = tmp_path / "look"
    small = LastLook(path, 1024)
    small.write(b"state")
    small.close()
    large = LastLook(path, 8192)
    assert large.read() == b"state"
    assert large.write(b"z" * 8000)
    large.close()


@settings(max_examples=60, deadline=None)
@given(content=st.binary(max_size=300))
def test_foreign_files_hold_no_look_and_are_replaced(content: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("look") / "look"
    path.write_bytes(content)
    assert read_last_look(path) is None
    look = LastLook(path, 1024)
    assert look.read() is None
    assert look.write(b"state")
    look.close()
    assert read_last_look(path) == b"state"


def test_an_absent_file_holds_no_look(tmp_path: Path) -> None:
    assert read_last_look(tmp_path / "none") is None


def test_the_beat_moves_without_a_look_and_goes_on_in_the_next_process(tmp_path: Path) -> None:
    path = tmp_path / "look"
    assert read_beat(path) is None
    look = LastLook(path, 1024)
    assert read_beat(path) == 0
    look.beat()
    assert not look.write(b"x" * 2000)
    look.beat()
    assert read_beat(path) == 2
    look.write(b"state")
    look.close()
    again = LastLook(path, 1024)
    again.beat()
    assert (read_beat(path), again.read()) == (3, b"state")
    again.close()


@pytest.mark.parametrize("step", [1, 4, 7, 30, 61])
def test_a_look_is_left_twice_a_second_whichever_slots_are_skipped(tmp_path: Path, step: int) -> None:
    show, look = new_show(), LastLook(tmp_path / "look")
    leave = LiveLeave(show=show, view=None, control=None, recorder=None, last_look=look, previews=None)
    looks = []
    for frame in range(1, 601, step):
        show.step(inputs_of(frame))
        leave._leave_look(look, frame, commanded=False)
        left = decode_state(look.read()).frame
        assert frame - left < 30
        looks.append(left)
    assert len(set(looks)) <= 21
    look.close()
