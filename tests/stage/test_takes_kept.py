"""Takes that earlier versions recorded stay readable, sealed and repairable."""

from __future__ import annotations

import shutil
from pathlib import Path

import msgspec
import pytest

from render.plan.frame import FramePlan
from stage.show.frame.inputs import FrameInputs
from stage.takes.digest import digest_of
from stage.takes.reader import RecordedFrame, TakeReader
from stage.takes.repair import repair
from stage.takes.seals import broken_seal

KEPT = sorted((Path(__file__).resolve().parents[1] / "takes").glob("*.mcap"))


@pytest.fixture(params=KEPT, ids=lambda path: path.stem)
def kept(request: pytest.FixtureRequest) -> Path:
    return Path(request.param)


def test_there_are_kept_takes() -> None:
    assert KEPT


def test_a_kept_take_is_read_whole(kept: Path) -> None:
    reader = TakeReader(kept)
    frames = [entry for entry in reader.entries() if isinstance(entry, RecordedFrame)]
    assert reader.complete
    assert len(frames) >= 100
    for frame in frames:
        assert msgspec.msgpack.decode(frame.inputs, type=FrameInputs).frame == frame.message.frame
        assert msgspec.msgpack.decode(frame.message.plan, type=FramePlan).frame == frame.message.frame
        assert digest_of(bytes(frame.message.plan)) == frame.message.digest
        assert broken_seal(frame.message.seal, frame.inputs) is None


def test_a_kept_take_is_still_repaired(kept: Path, tmp_path: Path) -> None:
    cut = tmp_path / (kept.name + ".part")
    shutil.copy(kept, cut)
    assert repair(cut).frames >= 100
