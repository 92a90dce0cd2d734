"""A take's file: whole after every flush, readable however it was cut or damaged, never overwritten."""

from __future__ import annotations

import os
import random
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mcap.reader import make_reader
from recorded_stage import Tape, header, inputs_of, new_show, played, record

from stage.run.disk import DiskLimits
from stage.show.frame.inputs import FrameInputs
from stage.show.report.take import safe_name
from stage.takes.names import free_stem
from stage.takes.overview import overview, overviews
from stage.takes.reader import RecordedFrame, TakeReader
from stage.takes.refold import ShowFold
from stage.takes.repair import is_written, left_open, repair
from stage.takes.replay import Replay, Span
from stage.takes.writer import metadata_of
from tests.examples import hostile
from tracking.records import ConfigError


@pytest.fixture(scope="module")
def take(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return record(tmp_path_factory.mktemp("take"), range(500, 620), snapshot_every=50)


def frames_of(path: Path) -> list[int]:
    return [entry.message.frame for entry in TakeReader(path).entries() if isinstance(entry, RecordedFrame)]


def equal_frames(path: Path) -> tuple[int, int]:
    figures = Replay(
        TakeReader(path), ShowFold, span=Span(), compare=True, exact=True, see=lambda _inputs, _plan: None
    ).run()
    return figures.frames, figures.equal


def test_every_mcap_reader_opens_a_closed_take(take: Path) -> None:
    with take.open("rb") as stream:
        reader = make_reader(stream, validate_crcs=True)
        topics = [channel.topic for _, channel, _ in reader.iter_messages()]
        summary = reader.get_summary()
        names = {attachment.name for attachment in reader.iter_attachments()}
        metadata = {entry.name for entry in reader.iter_metadata()}
    assert topics.count("/inputs") == topics.count("/plan") == topics.count("/outcome") == 120
    assert topics.count("/snapshot") == 4
    assert summary is not None
    assert names == {"config.toml", "config", "calibration"}
    assert metadata == {"openstage"}


def test_a_take_holds_the_inputs_as_they_came(take: Path) -> None:
    entries = [entry for entry in TakeReader(take).entries() if isinstance(entry, RecordedFrame)]
    assert [msgspec.msgpack.decode(entry.inputs, type=FrameInputs) for entry in entries] == [
        inputs_of(frame) for frame in range(500, 620)
    ]


def test_header_and_metadata_come_back(take: Path) -> None:
    reader = TakeReader(take)
    assert reader.header == header()
    assert reader.part.name == "take"
    assert reader.header.quality == overview(take).quality == "low"
    assert metadata_of(reader.header, reader.part)["frame_rate"] == "60"


def test_a_take_cut_anywhere_replays_up_to_its_last_whole_chunk(take: Path, tmp_path: Path) -> None:
    content = take.read_bytes()
    cut = tmp_path / "cut.mcap"
    at_random = random.Random(1)
    seen = 0
    lengths = sorted(at_random.sample(range(len(content)), 60))
    counts = []
    for length in lengths:
        cut.write_bytes(content[:length])
        try:
            counts.append(len(frames_of(cut)))
        except ConfigError:
            counts.append(0)
            continue
        if counts[-1] > 0 and seen < 8:
            seen += 1
            assert equal_frames(cut) == (counts[-1], counts[-1])
        assert not overview(cut).complete
    assert counts == sorted(counts)
    assert max(counts) > 100


def test_one_flipped_byte_never_crashes_the_reader_and_never_invents_a_frame(take: Path, tmp_path: Path) -> None:
    content = take.read_bytes()
    damaged = tmp_path / "damaged.mcap"
    whole = set(frames_of(take))
    at_random = random.Random(2)
    for at in at_random.sample(range(len(content)), 150):
        damaged.write_bytes(content[:at] + bytes([content[at] ^ (1 << at_random.randrange(8))]) + content[at + 1 :])
        try:
            found = set(frames_of(damaged))
        except ConfigError:
            continue
        assert found <= whole


@given(content=st.binary(max_size=400))
@hostile()
def test_random_files_are_refused_in_one_line(content: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.getbasetemp() / "random.mcap"
    path.write_bytes(content)
    with pytest.raises(ConfigError) as refused:
        TakeReader(path)
    assert "\n" not in str(refused.value)


def test_replay_resumes_at_the_next_snapshot_after_a_damaged_chunk(take: Path, tmp_path: Path) -> None:
    content = bytearray(take.read_bytes())
    content[len(content) * 2 // 5] ^= 0xFF
    damaged = tmp_path / "damaged.mcap"
    damaged.write_bytes(content)
    frames, equal = equal_frames(damaged)
    assert frames == equal
    assert 40 < frames < 120


def test_repair_makes_a_cut_take_whole(take: Path, tmp_path: Path) -> None:
    cut = tmp_path / "take-7.mcap.part"
    cut.write_bytes(take.read_bytes()[: take.stat().st_size // 2])
    before = frames_of(cut)
    assert list(left_open(tmp_path)) == [cut]
    assert not is_written(cut)
    mended = repair(cut)
    assert mended.file == str(tmp_path / "take-7.mcap")
    assert not cut.exists()
    assert overview(Path(mended.file)).complete
    assert frames_of(Path(mended.file)) == before
    assert equal_frames(Path(mended.file)) == (len(before), len(before))
    assert TakeReader(Path(mended.file)).part.name == "take"


def test_repair_keeps_a_damaged_original(take: Path, tmp_path: Path) -> None:
    damaged = tmp_path / "take.mcap"
    content = bytearray(take.read_bytes())
    content[len(content) // 2] ^= 0xFF
    damaged.write_bytes(content)
    mended = repair(damaged)
    assert mended.file == str(tmp_path / "take-repaired.mcap")
    assert mended.damage
    assert damaged.read_bytes() == bytes(content)
    frames, equal = equal_frames(Path(mended.file))
    assert frames == equal > 0


def test_a_take_that_is_being_written_is_not_repaired(tmp_path: Path) -> None:
    tape = Tape(tmp_path)
    tape.open(new_show())
    assert all(is_written(path) for path in left_open(tmp_path))
    with pytest.raises(ConfigError, match="a recorder is writing it"):
        repair(tmp_path / "take.mcap.part")
    tape.close()


def test_takes_never_overwrite_each_other(tmp_path: Path) -> None:
    names = []
    for part in (1, 1, 2, 2):
        tape = Tape(tmp_path, "scene 1")
        tape.open(new_show(), part)
        names.append(tape.close().name)
    assert names == ["scene 1.mcap", "scene 1-2.mcap", "scene 1-part2.mcap", "scene 1-part3.mcap"]
    assert len(overviews(tmp_path)) == 4


@given(name=st.text(max_size=300))
@hostile()
def test_a_take_never_leaves_its_folder(name: str) -> None:
    safe = safe_name(name)
    assert "/" not in safe
    assert "\0" not in safe
    assert not safe.startswith(".")
    assert len(safe.encode()) <= 100
    assert Path("folder", safe + ".mcap").parent == Path("folder")


def test_a_name_with_no_number_left_is_refused() -> None:
    with pytest.raises(FileExistsError):
        free_stem("take", 1, lambda _stem: True)


def test_recording_is_reported_only_when_the_first_chunk_is_on_disk(tmp_path: Path) -> None:
    tape = Tape(tmp_path)
    tape.open(new_show())
    assert [report.state for report in tape.reports] == ["recording"]
    entries = list(TakeReader(tmp_path / "take.mcap.part").entries())
    assert len(entries) == 1


def test_everything_older_than_a_quarter_of_a_second_is_on_disk(tmp_path: Path) -> None:
    show, tape = new_show(), Tape(tmp_path)
    tape.open(show)
    for inputs, outcome in played(show, range(100)):
        tape.put(inputs, outcome)
        on_disk = frames_of(tmp_path / "take.mcap.part")
        assert inputs.frame - (on_disk[-1] if on_disk else -1) <= 16
    assert tape.desk.heartbeat.on_disk_frame == on_disk[-1]


def test_a_full_disk_is_refused_before_and_closed_in_time(tmp_path: Path) -> None:
    show = new_show()
    refused = Tape(tmp_path, limits=DiskLimits(begin_bytes=2**60))
    refused.open(show)
    assert refused.reports[-1].state == "failed"
    assert refused.reports[-1].cause is not None
    assert refused.reports[-1].cause.code == "no_room_to_begin"
    assert list(tmp_path.iterdir()) == []
    closed = Tape(tmp_path, limits=DiskLimits(begin_bytes=0, low_bytes=0, stop_bytes=2**60))
    closed.open(show)
    for inputs, outcome in played(show, range(40)):
        closed.put(inputs, outcome)
    assert [report.state for report in closed.reports] == ["recording", "failed"]
    assert overview(Path(closed.reports[-1].path)).complete


def test_little_room_is_reported_once(tmp_path: Path) -> None:
    show = new_show()
    tape = Tape(tmp_path, limits=DiskLimits(begin_bytes=0, low_bytes=2**60, stop_bytes=0))
    tape.open(show)
    for inputs, outcome in played(show, range(100)):
        tape.put(inputs, outcome)
    assert [report.state for report in tape.reports] == ["disk_low", "recording"]


def test_a_core_that_falls_silent_leaves_a_closed_take(tmp_path: Path) -> None:
    show, tape = new_show(), Tape(tmp_path)
    tape.open(show)
    for inputs, outcome in played(show, range(20)):
        tape.put(inputs, outcome)
    tape.now_ns += 6_000_000_000
    tape.desk.tick()
    assert tape.reports[-1].state == "closed"
    assert frames_of(Path(tape.reports[-1].path)) == list(range(20))


def test_a_pipe_is_no_take_and_blocks_nobody(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.mcap")
    with pytest.raises(ConfigError, match="is a pipe or device, not an ordinary file"):
        list(TakeReader(tmp_path / "pipe.mcap").entries())
