"""Pictures in memory that two processes share: whole or not at all, however slowly they are copied."""

import os
import subprocess
import sys
import time

import pytest

from stage.run.picture_memory import MOST_SAID, SLOTS, Lost, ReadablePictures, WritablePictures

SIZE = 1 << 20
LOOKED_AT = 300
"""So many pictures, and as many that were lost: some of them, then, were written over while they were copied."""
WRITER = f"""
import sys
from pathlib import Path
from stage.run.picture_memory import WritablePictures
pictures, wholes = WritablePictures({SIZE}, Path(sys.argv[1])), [bytes([value]) * {SIZE} for value in range(8)]
def write(memory):
    memory[:] = wholes[number % 8]
for number in range(1, 10**9):
    pictures.write(b"%d " % number * (1 + number % 90), {SIZE}, write)
    if number == 10:
        print(pictures.frames.descriptor, pictures.frames.size, flush=True)
"""
NUMBER, SAID, PIXELS, NEWEST = (slice(8 * word, 8 * word + 8) for word in range(4))


def filled(value, size=100):
    def write(memory):
        assert len(memory) == size
        memory[:] = bytes([value]) * size

    return write


class Both:
    """Both ends of pictures of up to 1000 bytes."""

    def __init__(self, folder):
        self.writable = WritablePictures(1000, folder)
        self.lost = Lost()
        self.readable = self.reader(0, self.lost)

    def reader(self, seen, lost):
        frames = self.writable.frames
        return ReadablePictures(os.dup(frames.descriptor), frames.size, frames.most, seen, lost)

    def write(self, value, size=100):
        return self.writable.write(b"no %d" % value, size, filled(value, size))

    def come(self):
        """The values of the pictures that come, each of which is whole."""
        copies = list(self.readable.come())
        assert all(said == b"no %d" % pixels[0] and len(set(pixels)) == 1 for said, pixels in copies)
        return [pixels[0] for _, pixels in copies]

    def put(self, slot, word, number):
        self.writable.frames.slot(slot)[word] = number.to_bytes(8, sys.byteorder)


@pytest.fixture
def both(tmp_path):
    made = Both(tmp_path)
    yield made
    made.writable.close()


def test_all_that_were_written_since_the_last_look_come_once_in_their_order(both):
    assert not both.readable.has_come
    assert both.come() == []
    for values in ((1, 2), (3,), (4, 5, 6, 7)):
        for value in values:
            assert both.write(value, 90 + value) == bytes([value]) * (90 + value)
        assert both.readable.has_come
        assert both.come() == list(values)
        assert not both.readable.has_come
        assert both.come() == []
    assert both.lost == Lost()


def test_who_sleeps_through_more_than_there_are_places_for_gets_the_newest_and_counts_the_rest(both):
    for value in range(1, SLOTS + 8):
        both.write(value)
    assert both.come() == list(range(8, SLOTS + 8))
    assert both.lost == Lost(overtaken=7)


def test_what_was_there_before_who_reads_comes_to_nobody(both):
    both.write(1)
    late = both.reader(both.writable.number, Lost())
    assert not late.has_come
    both.write(2)
    assert [said for said, _ in late.come()] == [b"no 2"]


def test_a_picture_that_is_being_written_over_is_nobodys(both):
    for value in range(1, SLOTS + 1):
        both.write(value)
    seen = []

    def write(memory):
        memory[:50] = bytes(50)
        seen.extend(both.come())

    both.writable.write(b"no 99", 100, write)
    assert seen == list(range(2, SLOTS + 1))
    assert both.lost == Lost(overtaken=1)
    assert [said for said, _ in both.readable.come()] == [b"no 99"]


def test_who_copies_slowly_gets_what_was_not_written_over_meanwhile(both):
    for value in range(1, SLOTS + 1):
        both.write(value)
    copies = both.readable.come()
    assert next(copies).said == b"no 1"
    for value in range(SLOTS + 1, SLOTS + 4):
        both.write(value)
    assert [said for said, _ in copies] == [b"no %d" % value for value in range(4, SLOTS + 1)]
    assert both.lost == Lost(overtaken=2)
    assert both.come() == list(range(SLOTS + 1, SLOTS + 4))


def test_a_picture_that_cannot_be_written_is_none(both):
    both.write(1)

    def fail(memory):
        memory[:50] = bytes(50)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        both.writable.write(b"no 2", 100, fail)
    assert both.writable.write(b"x" * (MOST_SAID + 1), 100, filled(3)) is None
    assert both.come() == [1]
    both.write(4)
    assert both.come() == [4]
    assert both.lost == Lost(overtaken=2)


def test_as_much_is_said_of_a_picture_as_may_be_and_pixels_need_not_be(both):
    both.writable.write(b"x" * MOST_SAID, 1000, filled(1, 1000))
    both.writable.write(b"", 0, filled(2, 0))
    assert list(both.readable.come()) == [(b"x" * MOST_SAID, bytes([1]) * 1000), (b"", b"")]


@pytest.mark.parametrize("word", [SAID, PIXELS])
@pytest.mark.parametrize("length", [1 << 15, 1 << 20, (1 << 64) - 1])
def test_what_is_longer_than_its_room_is_no_picture(both, word, length):
    for value in (1, 2, 3):
        both.write(value)
    both.put(2, word, length)
    assert both.come() == [1, 3]
    assert both.lost == Lost(senseless=1)


def test_numbers_that_nobody_counted_end_and_the_next_picture_comes(both):
    both.write(1)
    assert both.come() == [1]
    both.put(0, NEWEST, 0)
    assert not both.readable.has_come
    both.put(0, NEWEST, 1000)
    assert both.come() == []
    assert not both.readable.has_come
    assert both.lost == Lost(overtaken=999)
    both.put(1, NUMBER, 1003)
    both.put(0, NEWEST, 1003)
    assert both.come() == [1]


def test_memory_without_room_for_what_is_said_is_refused(both):
    with pytest.raises(ValueError, match="no room"):
        ReadablePictures(os.dup(both.writable.frames.descriptor), 4096, 1, 0, Lost())


def test_no_copy_is_torn_while_another_process_writes_without_end_and_is_killed(tmp_path):
    lost = Lost()
    numbers = []

    def look():
        for said, pixels in readable.come():
            number = int(said.split()[0])
            assert said == b"%d " % number * (1 + number % 90)
            assert pixels == bytes([number % 8]) * SIZE
            numbers.append(number)

    command = [sys.executable, "-c", WRITER, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
        try:
            descriptor, size = map(int, writer.stdout.readline().split())
            opened = os.open(f"/proc/{writer.pid}/fd/{descriptor}", os.O_RDONLY)
            readable = ReadablePictures(opened, size, SLOTS, 0, lost)
            until_s = time.monotonic() + 20.0
            while (len(numbers) < LOOKED_AT or lost.overtaken < LOOKED_AT) and time.monotonic() < until_s:
                look()
        finally:
            writer.kill()
    look()
    assert len(numbers) >= 20
    assert lost.overtaken >= 20
    assert numbers == sorted(set(numbers))
    assert len(numbers) + lost.overtaken == numbers[-1]
