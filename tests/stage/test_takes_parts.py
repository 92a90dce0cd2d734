"""A take holds each piece of its snapshots' states once, and a snapshot is the state byte for byte."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from mcap.reader import make_reader
from parts_take import FILES, FRAMES, SNAPSHOTS, record_in_parts
from test_replay import changed

from stage.show.state import decode_state
from stage.takes.reader import TakeReader
from stage.takes.records import PIECE_TOPIC, SNAPSHOT_TOPIC, TakeSnapshot
from stage.takes.refold import ShowFold
from stage.takes.repair import repair
from stage.takes.replay import Figures, Replay, Span


@pytest.fixture(scope="module")
def take(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return record_in_parts(tmp_path_factory.mktemp("parts"))


def replayed(path: Path, span: Span | None = None) -> Figures:
    replay = Replay(TakeReader(path), ShowFold, span=span or Span(), compare=True, exact=True, see=lambda *_: None)
    return replay.run()


def snapshots_of(path: Path) -> list[TakeSnapshot]:
    return [entry for entry in TakeReader(path).entries() if isinstance(entry, TakeSnapshot)]


def messages_of(path: Path) -> Counter[str]:
    with path.open("rb") as stream:
        return Counter(channel.topic for _, channel, _ in make_reader(stream).iter_messages())


def test_a_piece_is_in_the_file_once_and_only_what_changed_is_added(take: Path) -> None:
    snapshots = snapshots_of(take)
    assert [one.frame for one in snapshots] == [FRAMES.start - 1, *SNAPSHOTS]
    named = [{part.name: part.pieces for part in one.parts}["air.library"] for one in snapshots]
    assert named[1] == named[2] != named[3], "two snapshots with the same library, then a file came"
    listed = [set(decode_state(one.state).air.library.files) for one in snapshots]
    assert len(listed[1]) == len(FILES[199]) == len(listed[3]) - 1
    different = {digest for one in snapshots for part in one.parts for digest in part.pieces}
    assert messages_of(take)[PIECE_TOPIC] == len(different)
    assert messages_of(take)[SNAPSHOT_TOPIC] == len(snapshots)


def test_the_take_folds_again_with_equal_digests_and_states_from_each_snapshot(take: Path) -> None:
    figures = replayed(take)
    assert (figures.frames, figures.equal, figures.snapshots, figures.differences) == (60, 60, 4, [])
    for at in SNAPSHOTS:
        later = replayed(take, Span(first=at + 1))
        assert (later.equal, later.differences) == (FRAMES.stop - 1 - at, [])


def test_a_changed_piece_is_found_and_the_frames_are_folded_from_the_snapshot_before(
    take: Path, tmp_path: Path
) -> None:
    def change(piece: dict[str, Any]) -> None:
        piece["content"] = piece["content"].replace(b"one more", b"one less")

    spoilt = changed(take, tmp_path / "spoilt.mcap", PIECE_TOPIC, SNAPSHOTS[-1], change)
    reader = TakeReader(spoilt)
    found = [entry.frame for entry in reader.entries() if isinstance(entry, TakeSnapshot)]
    assert (found, reader.spoilt) == ([FRAMES.start - 1, *SNAPSHOTS[:-1]], 2)
    assert "digest" in reader.damage[0]
    assert "missing" in reader.damage[1]
    assert replayed(spoilt).equal == 60


def test_a_snapshot_that_has_pieces_of_an_earlier_one_is_not_as_it_was_sealed(take: Path, tmp_path: Path) -> None:
    earlier = {part.name: list(part.pieces) for part in snapshots_of(take)[2].parts}

    def change(snapshot: dict[str, Any]) -> None:
        for part in snapshot["parts"]:
            part["pieces"] = earlier.get(part["name"], part["pieces"])

    figures = replayed(changed(take, tmp_path / "changed.mcap", SNAPSHOT_TOPIC, SNAPSHOTS[-1], change))
    assert figures.differences[0].frame == SNAPSHOTS[-1]
    assert figures.differences[0].path.startswith("snapshot")


def test_a_take_that_was_cut_off_is_repaired_with_the_pieces_of_its_snapshots(take: Path, tmp_path: Path) -> None:
    cut = tmp_path / "cut.mcap.part"
    shutil.copy(take, cut)
    with cut.open("r+b") as stream:
        stream.truncate(take.stat().st_size - 3000)
    mended = repair(cut)
    figures = replayed(Path(mended.file))
    assert mended.snapshots >= 1
    assert (figures.equal, figures.differences) == (mended.frames, [])
    assert snapshots_of(Path(mended.file)) == snapshots_of(take)[: mended.snapshots]
