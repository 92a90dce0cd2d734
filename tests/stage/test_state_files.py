"""The state on disk survives a cut at any byte of what was written last, and holds each piece once."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stage.run.encoded_state import EncodedPart, EncodedState, piece_of
from stage.run.state_file import LAST_STATE, StateFiles, read_state, write_state

LARGE = EncodedPart("", tuple(piece_of(bytes([number]) * 700) for number in range(50)))


def state_of(glue: bytes, *pieces: bytes) -> EncodedState:
    return EncodedState((glue, b"", b"end"), (LARGE, EncodedPart("", tuple(map(piece_of, pieces)))))


def sizes(folder: Path) -> dict[str, int]:
    return {file.name: file.stat().st_size for file in folder.iterdir() if file.name != LAST_STATE}


@settings(max_examples=25, deadline=None)
@given(
    states=st.lists(st.lists(st.binary(max_size=300), max_size=5), min_size=1, max_size=8), one_process=st.booleans()
)
def test_the_newest_state_is_read(
    states: list[list[bytes]], one_process: bool, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("state")
    files = StateFiles(folder)
    for number, pieces in enumerate(states):
        state = state_of(bytes([number]), *pieces)
        (files if one_process else StateFiles(folder)).write(state)
        assert read_state(folder) == state.whole()


def test_pieces_that_are_there_are_not_written_again(tmp_path: Path) -> None:
    files = StateFiles(tmp_path)
    files.write(state_of(b"1", b"x" * 100))
    before = sizes(tmp_path)
    files.write(state_of(b"2", b"x" * 100))
    assert sizes(tmp_path) == before
    files.write(state_of(b"3", b"y" * 100))
    assert 100 < sum(sizes(tmp_path).values()) - sum(before.values()) < 200


def test_what_is_of_no_use_any_more_goes(tmp_path: Path) -> None:
    files = StateFiles(tmp_path)
    for number in range(40):
        files.write(state_of(b"glue", bytes([number]) * 100_000))
        assert sum(sizes(tmp_path).values()) < 2_000_000
    assert read_state(tmp_path) == state_of(b"glue", bytes([39]) * 100_000).whole()


@pytest.mark.parametrize("next_process", [True, False])
def test_a_write_that_was_cut_at_any_byte_leaves_the_state_before(tmp_path: Path, next_process: bool) -> None:
    files = StateFiles(tmp_path)
    before, after = state_of(b"before", b"x" * 100), state_of(b"after", b"y" * 100)
    files.write(before)
    kept = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    (StateFiles(tmp_path) if next_process else files).write(after)
    (written,) = [file for file in tmp_path.iterdir() if file.name != LAST_STATE]
    content, last = written.read_bytes(), tmp_path / LAST_STATE
    assert read_state(tmp_path) == after.whole()
    for name, found in kept.items():
        (tmp_path / name).write_bytes(found)
    begins = len(kept.get(written.name, b""))
    for end in range(begins, len(content), 1 if len(content) - begins < 500 else 997):
        written.write_bytes(content[:end])
        assert read_state(tmp_path) == before.whole()
        later = StateFiles(tmp_path)
        later.write(after)
        assert read_state(tmp_path) == after.whole()
        for name, found in kept.items():
            (tmp_path / name).write_bytes(found)
    last.write_bytes(kept[LAST_STATE][:-1])
    assert read_state(tmp_path) is None


def test_after_a_write_that_failed_the_state_before_is_there_and_the_next_one_succeeds(tmp_path: Path) -> None:
    files = StateFiles(tmp_path)
    before, after = state_of(b"before", b"x" * 100), state_of(b"after", b"y" * 100)
    files.write(before)
    in_the_way = tmp_path / f"{LAST_STATE}.new"
    in_the_way.mkdir()
    for _ in range(3):
        with pytest.raises(OSError):
            files.write(after)
        assert read_state(tmp_path) == before.whole()
    in_the_way.rmdir()
    files.write(after)
    assert read_state(tmp_path) == after.whole()


def test_a_damaged_piece_is_no_state(tmp_path: Path) -> None:
    write_state(tmp_path, state_of(b"glue", b"x" * 100))
    (pieces,) = [file for file in tmp_path.iterdir() if file.name != LAST_STATE]
    content = pieces.read_bytes()
    pieces.write_bytes(content[:5000] + bytes([content[5000] ^ 1]) + content[5001:])
    assert read_state(tmp_path) is None
    pieces.unlink()
    assert read_state(tmp_path) is None
