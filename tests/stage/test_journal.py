"""The journal: whole entries up to a cut at any byte, in order, trimmed, and never a reason to stop."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import stage.run.journal as journal_module
from stage.run.journal import KEPT_S, Journal, entries_after, entries_back, newest_number
from stage.run.journal_segment import MAGIC, SEGMENT_BYTES, Segment, entries_in, packed, path_of, segments_in

LARGE = b"x" * (SEGMENT_BYTES // 3)
WRITER = """
import sys
from pathlib import Path
from stage.run.journal import Journal
journal = Journal(Path(sys.argv[1]), lambda: 0)
for number in range(1, 10_000_000):
    assert journal.add([(number, str(number).encode() * 50)])
    sys.stdout.write(f"{number}\\n")
    sys.stdout.flush()
"""


def journal_in(folder: Path, durable: int = 10**9) -> Journal:
    return Journal(folder, lambda: durable)


def tick(journal: Journal) -> None:
    """What the journal's thread does every half second."""
    journal._work()


def numbers(folder: Path) -> list[int]:
    return [entry.number for entry in reversed(list(entries_back(folder)))]


@pytest.mark.parametrize("reads", [1, 40, 400])
def test_what_a_killed_process_has_added_is_all_there(tmp_path: Path, reads: int) -> None:
    with subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path)], stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        for _ in range(reads):
            writer.stdout.readline()
        os.kill(writer.pid, signal.SIGKILL)
        printed = [int(line) for line in writer.stdout.read().splitlines() if line.isdecimal()]
    told = max([reads, *printed])
    found = entries_after(tmp_path, 0)
    assert [entry.number for entry in found] == list(range(1, len(found) + 1))
    assert len(found) >= told
    assert all(entry.content == str(entry.number).encode() * 50 for entry in found)
    assert newest_number(tmp_path) == len(found)


@settings(max_examples=3, deadline=None)
@given(contents=st.lists(st.binary(min_size=1, max_size=60), min_size=1, max_size=8))
def test_cut_at_any_byte_it_is_read_up_to_the_last_whole_entry(
    contents: list[bytes], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("journal")
    written = packed(list(enumerate(contents, 1)))
    for end in range(len(written) + 1):
        path_of(folder, 1).write_bytes(MAGIC + written[:end])
        found = list(entries_in(folder, 1))
        lengths = [len(packed(list(enumerate(contents[:number], 1)))) for number in range(len(contents) + 1)]
        assert len(found) == max(number for number, length in enumerate(lengths) if length <= end)
        assert [(entry.number, entry.content) for entry in found] == list(enumerate(contents, 1))[: len(found)]
        path_of(folder, 1).write_bytes(MAGIC + written[:end] + bytes(len(written) - end))
        in_allocated_room = list(entries_in(folder, 1))
        assert in_allocated_room[: len(found)] == found
        assert all(entry.content == contents[entry.number - 1] for entry in in_allocated_room)


def test_a_changed_byte_ends_what_is_read_of_a_segment(tmp_path: Path) -> None:
    written = packed([(1, b"one"), (2, b"two"), (3, b"three")])
    for at in range(len(packed([(1, b"one")])), len(packed([(1, b"one"), (2, b"two")]))):
        spoilt = written[:at] + bytes([written[at] ^ 0x10]) + written[at + 1 :]
        path_of(tmp_path, 1).write_bytes(MAGIC + spoilt)
        assert [entry.number for entry in entries_in(tmp_path, 1)] == [1]
    path_of(tmp_path, 1).write_bytes(b"another file" + written)
    assert list(entries_in(tmp_path, 1)) == []


def test_entries_go_over_many_segments_and_are_read_from_any_number_and_backwards_in_pages(tmp_path: Path) -> None:
    journal = journal_in(tmp_path)
    for number in range(1, 13):
        assert journal.add([(0, b"a call"), (number, LARGE)])
        tick(journal)
    journal.close()
    assert len(segments_in(tmp_path)) == 4
    for number in range(13):
        assert [entry.number for entry in entries_after(tmp_path, number)] == list(range(number + 1, 13))
    pages, before = [], None
    while page := [entry for _, entry in zip(range(5), entries_back(tmp_path, before), strict=False)]:
        pages += page
        before = page[-1].place
    assert [entry.number for entry in pages] == [one for number in range(12, 0, -1) for one in (number, 0)]
    again = journal_in(tmp_path)
    assert again.newest == 12
    assert again.add([(13, b"the next process")])
    again.close()
    assert numbers(tmp_path)[-2:] == [12, 13]


def test_what_is_too_much_or_too_old_goes_but_never_what_the_state_on_the_disk_lacks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal_module, "KEPT_BYTES", 4 * SEGMENT_BYTES)
    durable = 0
    journal = Journal(tmp_path, lambda: durable)
    for number in range(1, 25):
        assert journal.add([(number, LARGE)])
        tick(journal)
    assert numbers(tmp_path) == list(range(1, 25))
    durable = 9
    tick(journal)
    assert numbers(tmp_path) == list(range(10, 25))
    durable = 24
    tick(journal)
    assert sum(path_of(tmp_path, one).stat().st_size for one in segments_in(tmp_path)) <= 4.1 * SEGMENT_BYTES
    assert numbers(tmp_path)[-3:] == [22, 23, 24]
    journal.close()
    days_later = Journal(tmp_path, lambda: durable, lambda: time.time() + KEPT_S + 60.0)
    assert numbers(tmp_path) == []
    assert days_later.newest == 24, "numbers go on"
    days_later.close()


def test_a_missing_folder_and_one_that_comes_back_are_said_and_lose_no_later_entry(tmp_path: Path) -> None:
    folder = tmp_path / "state" / "journal"
    (tmp_path / "state").write_text("no folder")
    journal = journal_in(folder)
    assert journal.problem
    assert not journal.add([(1, b"lost")])
    assert journal.missed == 1
    (tmp_path / "state").unlink()
    tick(journal)
    assert (journal.problem, journal.add([(2, b"kept")])) == ("", True)
    for file in folder.iterdir():
        file.unlink()
    tick(journal)
    tick(journal)
    assert journal.add([(3, b"kept too")])
    journal.close()
    assert numbers(folder) == [3]


@pytest.mark.skipif(os.geteuid() != 0, reason="a small disk is mounted")
def test_a_full_disk_is_said_and_costs_no_more_than_the_entries_that_it_has_no_room_for(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=5m", "none", str(disk)], check=False)
    if mounted.returncode:
        pytest.skip("this machine mounts no disk")
    try:
        journal = journal_in(disk / "journal", durable=0)
        added = []
        for number in range(1, 30):
            added += [number] if journal.add([(number, LARGE)]) else []
            tick(journal)
        assert journal.problem == "system_enospc"
        assert numbers(disk / "journal") == added
        assert 6 <= len(added) < 20
        for index in segments_in(disk / "journal")[:2]:
            path_of(disk / "journal", index).unlink()
        tick(journal)
        assert (journal.problem, journal.add([(30, b"there is room again")])) == ("", True)
        journal.close()
        assert numbers(disk / "journal")[-1] == 30
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def test_a_write_that_fails_leaves_whole_entries_only(tmp_path: Path) -> None:
    segment = Segment(tmp_path, 1)
    segment.add(packed([(1, b"one")]))
    segment.close()
    with pytest.raises(OSError):
        segment.add(packed([(2, b"two")]))
    segment.close()
    assert [entry.number for entry in entries_in(tmp_path, 1)] == [1]
    assert path_of(tmp_path, 1).stat().st_size == len(MAGIC) + len(packed([(1, b"one")]))
