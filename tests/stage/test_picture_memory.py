"""Pictures in memory that two processes share: whole or not at all, however slowly they are copied."""

import os
import subprocess
import sys
import time

import pytest

from stage.run.picture_memory import SLOTS, Placed, ReadablePictures, WritablePictures

SIZE = 1 << 18
WRITER = f"""
import sys
from pathlib import Path
from stage.run.picture_memory import WritablePictures
pictures, wholes = WritablePictures({SIZE}, Path(sys.argv[1])), [bytes([value]) * {SIZE} for value in range(8)]
def write(memory):
    memory[:] = wholes[number % 8]
for number in range(1, 10**9):
    pictures.write({SIZE}, write)
    if number == 10:
        print(pictures.frames.descriptor, pictures.frames.size, flush=True)
"""


def filled(value, size=100):
    def write(memory):
        assert len(memory) == size
        memory[:] = bytes([value]) * size

    return write


@pytest.fixture
def both(tmp_path):
    writable = WritablePictures(1000, tmp_path)
    yield writable, ReadablePictures(os.dup(writable.frames.descriptor), writable.frames.size, SLOTS)
    writable.close()


def test_a_picture_is_copied_until_it_is_written_over(both):
    writable, readable = both
    first = writable.write(100, filled(1))
    for value in range(2, SLOTS + 1):
        placed = writable.write(100, filled(value))
        assert readable.copied(placed, 100) == bytes([value]) * 100
        assert writable.picture(placed) == bytes([value]) * 100
    assert readable.copied(first, 100) == bytes([1]) * 100
    writable.write(1000, filled(9, 1000))
    assert readable.copied(first, 100) is None


def test_a_picture_that_is_being_written_over_is_nobodys(both):
    writable, readable = both
    first = writable.write(100, filled(1))
    for value in range(2, SLOTS + 1):
        writable.write(100, filled(value))
    seen = []

    def write(memory):
        memory[:50] = bytes(50)
        seen.append(readable.copied(first, 100))
        seen.append(readable.copied(Placed(first.slot, 0), 100))

    writable.write(100, write)
    assert seen == [None, None]


def test_a_picture_that_cannot_be_written_is_none(both):
    writable, readable = both
    for _ in range(SLOTS):
        before = writable.write(100, filled(1))

    def fail(memory):
        memory[:50] = bytes(50)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        writable.write(100, fail)
    assert [readable.copied(Placed(slot, 0), 100) for slot in range(SLOTS)] == [None] * SLOTS
    assert readable.copied(before, 100) == bytes([1]) * 100


def test_there_are_no_more_places_and_no_larger_pictures_than_were_made(both):
    writable, readable = both
    assert readable.has(Placed(SLOTS - 1, 1), 1000)
    assert not readable.has(Placed(SLOTS, 1), 1000)
    assert not readable.has(Placed(0, 1), writable.frames.size)


def test_no_copy_is_torn_while_another_process_writes_without_end_and_is_killed(tmp_path):
    command = [sys.executable, "-c", WRITER, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
        descriptor, size = map(int, writer.stdout.readline().split())
        opened = os.open(f"/proc/{writer.pid}/fd/{descriptor}", os.O_RDONLY)
        readable = ReadablePictures(opened, size, SLOTS)
        whole = overtaken = 0
        until_s = time.monotonic() + 20.0
        number = 10
        while (whole < 20 or overtaken < 20) and time.monotonic() < until_s:
            number = max((readable.number(slot) for slot in range(SLOTS)), default=0) or number
            copy = readable.copied(Placed(number % SLOTS, number), SIZE)
            overtaken += copy is None
            if copy is not None:
                whole += 1
                assert copy == bytes([number % 8]) * SIZE
            oldest = Placed((number + 2) % SLOTS, number + 2 - SLOTS)
            overtaken += (copy := readable.copied(oldest, SIZE)) is None
            assert copy in {None, bytes([oldest.number % 8]) * SIZE}
        assert whole >= 20
        assert overtaken >= 20
        writer.kill()
        writer.wait()
        left = [readable.copied(Placed(slot, readable.number(slot)), SIZE) for slot in range(SLOTS)]
        assert all(copy is None or len(set(copy)) == 1 for copy in left)
        assert sum(copy is not None for copy in left) >= SLOTS - 1
