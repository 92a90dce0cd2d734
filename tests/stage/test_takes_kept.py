"""Takes that earlier versions recorded stay readable, sealed and repairable, and verify by their numbers.

`two_freed_cameras` is of format 2, folded anew from the inputs of `format_1_two_freed_cameras`, whose own plans are of
an even earlier version that planned other margins. `format_1_commands_and_holds` was recorded by the last version that
wrote format 1: it has commands, refusals, fades, a held wall, freezing, reprojection, cards, a key and a gap.
`format_2_colour_space` is of the last version that wrote format 2: a panorama with a colour space of its own, which plans
did not name then, that becomes ready in the take and is looked into by reprojection. `three_worlds` is of format 3, made by
`worlds_take.py`: a cut, a dissolve, one that is turned back, layers, and a world that comes while it records.
`placed_layers` is of format 4, made by `placed_take.py`: pictures that their facts placed, and placement that fades.
`snapshots_in_parts` is of format 5, made by `parts_take.py`: a library that changes between two snapshots.
`twenty_cues` is of format 5, made by `cue_take.py`: a scripted show of 20 cues, with shipped looks, on the demo's stage.
"""

from __future__ import annotations

import json
import random
import shutil
from pathlib import Path
from typing import Any

import msgspec
import pytest
from running_stage import command_here
from worlds_take import CHANGES

from render.plan.frame import FramePlan
from stage.show.frame.outcome import Outcome, Report
from stage.takes import format_1, format_2
from stage.takes.compare import Tree, leaves, tree_of
from stage.takes.frame_check import frame_difference
from stage.takes.overview import overview
from stage.takes.reader import RecordedFrame, TakeReader
from stage.takes.records import FORMATS_READ, TakeSnapshot
from stage.takes.refold import UNFOLDABLE, ShowFold
from stage.takes.repair import repair
from stage.takes.replay import Replay, Span
from stage.takes.seals import broken_seal, digest_of

FOLDER = Path(__file__).resolve().parents[1] / "takes"
KEPT = sorted(FOLDER.glob("*.mcap"))
FORMAT_2 = FOLDER / "two_freed_cameras.mcap"
COLOUR_SPACE = FOLDER / "format_2_colour_space.mcap"
WORLDS = FOLDER / "three_worlds.mcap"
PLACED = FOLDER / "placed_layers.mcap"
IN_PARTS = FOLDER / "snapshots_in_parts.mcap"
CUES = FOLDER / "twenty_cues.mcap"
FORMAT_1 = FOLDER / "format_1_commands_and_holds.mcap"
OLDER = FOLDER / "format_1_two_freed_cameras.mcap"


@pytest.fixture(params=KEPT, ids=lambda path: path.stem)
def kept(request: pytest.FixtureRequest) -> Path:
    return Path(request.param)


def frames_of(path: Path) -> list[RecordedFrame]:
    return [entry for entry in TakeReader(path).entries() if isinstance(entry, RecordedFrame)]


def snapshots_of(path: Path) -> list[int]:
    return [entry.frame for entry in TakeReader(path).entries() if isinstance(entry, TakeSnapshot)]


def verified(path: Path, *more: str) -> tuple[int, dict[str, Any]]:
    ended = command_here("replay", str(path), "--verify", "--json", *more)
    assert ended.stdout, ended.stderr
    return ended.returncode, json.loads(ended.stdout)


def test_there_are_kept_takes_of_every_format() -> None:
    assert {TakeReader(path).header.format for path in KEPT} == set(FORMATS_READ)


def test_the_changes_of_world_in_a_kept_take_are_still_listed() -> None:
    found = [(one.frame, one.before, one.after, one.dissolve_s, one.turned_back) for one in overview(WORLDS).worlds]
    assert found == CHANGES


def test_a_kept_take_is_read_whole(kept: Path) -> None:
    reader = TakeReader(kept)
    fold = next(ShowFold(reader.header, entry.state) for entry in reader.entries() if isinstance(entry, TakeSnapshot))
    frames = frames_of(kept)
    assert len(frames) > 50
    for frame in frames:
        assert fold.read(frame.inputs).frame == frame.message.frame
        assert msgspec.msgpack.decode(frame.message.plan)["frame"] == frame.message.frame
        assert digest_of(bytes(frame.message.plan), frame.report) == frame.message.digest
        assert broken_seal(frame.message.seal, frame.inputs) is None
    assert [entry.frame for entry in reader.entries() if isinstance(entry, TakeSnapshot)]
    assert reader.complete


def test_a_kept_take_is_still_repaired_in_its_own_format(kept: Path, tmp_path: Path) -> None:
    cut = tmp_path / (kept.name + ".part")
    shutil.copy(kept, cut)
    mended = repair(cut)
    assert mended.frames == len(frames_of(kept))
    assert TakeReader(Path(mended.file)).header.format == TakeReader(kept).header.format
    assert frames_of(Path(mended.file)) == frames_of(kept)


@pytest.mark.parametrize(
    ("path", "frames", "gaps"),
    [
        (FORMAT_2, 120, 0),
        (COLOUR_SPACE, 60, 0),
        (WORLDS, 120, 0),
        (PLACED, 60, 0),
        (IN_PARTS, 60, 0),
        (CUES, 800, 0),
        (FORMAT_1, 57, 1),
    ],
)
def test_a_kept_take_verifies_with_every_number_equal(path: Path, frames: int, gaps: int) -> None:
    code, report = verified(path)
    assert (code, report["frames"], report["equal"], report["gaps"]) == (0, frames, frames, gaps)
    assert (report["skipped"], report["spoilt"]) == (0, 0)
    assert not report["exact"] or path in (IN_PARTS, CUES)  # only in the very build that made it


@pytest.mark.parametrize(
    ("path", "at"),
    [
        (path, at)
        for path in (FORMAT_2, COLOUR_SPACE, WORLDS, PLACED, IN_PARTS, CUES, FORMAT_1)
        for at in snapshots_of(path)
    ],
)
def test_a_kept_take_verifies_from_each_of_its_snapshots(path: Path, at: int) -> None:
    code, report = verified(path, "--frames", f"{at + 1}:")
    assert (code, report["equal"]) == (0, sum(frame.message.frame > at for frame in frames_of(path)))


def test_a_plan_and_an_outcome_of_format_2_become_todays_records() -> None:
    for frame in frames_of(FORMAT_2):
        plan = format_2.upgraded_plan(msgspec.msgpack.decode(frame.message.plan))
        assert msgspec.convert(plan, FramePlan).frame == frame.message.frame
        assert msgspec.msgpack.decode(frame.report, type=Report).frame == frame.message.frame


def test_a_take_of_format_1_is_never_compared_by_digest() -> None:
    reader = TakeReader(FORMAT_1)
    figures = Replay(reader, ShowFold, span=Span(), compare=True, exact=True, see=lambda _inputs, _plan: None).run()
    assert (figures.frames, figures.equal, figures.differences) == (57, 57, [])


def test_a_take_of_format_1_holds_what_is_compared() -> None:
    trees = [format_1.comparable(bytes(frame.message.plan)) for frame in frames_of(FORMAT_1)]
    assert {held(tree) for tree in trees} == {True, False}
    assert {answer["refused"] for tree in trees for answer in outcome(tree)["answers"]} >= {
        "",
        "out_of_range",
        "unknown_path",
        "forbidden",
        "conflict",
    }
    paths = [path for tree in trees for path, _ in leaves(tree)]
    for tool in ("picture.", "coming.", "key.", "cards[1]."):
        assert any(tool in path for path in paths), tool


@pytest.mark.parametrize(("number_of_frame", "answers"), [(113, 3), (141, 0)])
def test_every_changed_number_of_a_take_of_format_1_is_found(number_of_frame: int, answers: int) -> None:
    """Each number of a recorded frame is changed in turn: all are compared, but for the count in an answer."""
    recorded, replayed = frame_and_outcome(FORMAT_1, number_of_frame)
    plan = tree_of(bytes(recorded.message.plan))
    numbers = [path for path, leaf in leaves(plan) if isinstance(leaf, float) or type(leaf) is int]
    assert len(numbers) > 100
    overlooked = []
    for number in numbers:
        spoilt = msgspec.msgpack.encode(changed_at(plan, number))
        message = msgspec.structs.replace(recorded.message, plan=msgspec.Raw(spoilt), digest=digest_of(spoilt))
        frame = msgspec.structs.replace(recorded, message=message)
        if frame_difference(frame, replayed, "1", exact=False) is None:
            overlooked.append(number)
    assert overlooked == [f"acknowledgements[{index}].sequence" for index in range(answers)]


@pytest.mark.parametrize("seed", range(3))
def test_any_flipped_bit_of_a_take_of_format_1_ends_in_words(tmp_path: Path, seed: int) -> None:
    at_random = random.Random(seed)
    content, spoilt = FORMAT_1.read_bytes(), tmp_path / "spoilt.mcap"
    for _ in range(20):
        changed = bytearray(content)
        changed[at_random.randrange(len(changed))] ^= 1 << at_random.randrange(8)
        spoilt.write_bytes(changed)
        ended = command_here("replay", str(spoilt), "--verify", "--json")
        assert ended.returncode in (0, 1, 2)
        assert json.loads(ended.stdout) if ended.returncode < 2 else len(ended.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    "state",
    [b"", b"\xc1", b"\x80", b"\x90", b"\x81\xa8controls\xc0", msgspec.msgpack.encode({"controls": {"values": {}}})],
)
def test_bytes_that_are_not_a_state_of_format_1_are_named_as_such(state: bytes) -> None:
    with pytest.raises(UNFOLDABLE):
        ShowFold(TakeReader(FORMAT_1).header, state)


def test_a_state_of_an_earlier_format_1_is_read_without_what_it_wrote_otherwise() -> None:
    reader = TakeReader(OLDER)
    fold: ShowFold | None = None
    for entry in reader.entries():
        if isinstance(entry, TakeSnapshot):
            fold = fold or ShowFold(reader.header, entry.state)
        else:
            assert fold is not None
            assert fold.step(fold.read(entry.inputs)).frame == entry.message.frame


def frame_and_outcome(path: Path, wanted: int) -> tuple[RecordedFrame, Outcome]:
    """A recorded frame, and what its fold gives today."""
    reader = TakeReader(path)
    fold: ShowFold | None = None
    for entry in reader.entries():
        if isinstance(entry, TakeSnapshot):
            fold = ShowFold(reader.header, entry.state)
            continue
        assert fold is not None
        outcome = fold.step(fold.read(entry.inputs))
        if entry.message.frame == wanted:
            return entry, outcome
    raise AssertionError(f"no frame {wanted}")


def changed_at(tree: Tree, wanted: str, path: str = "") -> Tree:
    """A copy with the number at the path `wanted` changed."""
    if isinstance(tree, dict):
        return {key: changed_at(value, wanted, f"{path}.{key}" if path else key) for key, value in tree.items()}
    if isinstance(tree, list):
        return [changed_at(value, wanted, f"{path}[{index}]") for index, value in enumerate(tree)]
    if path == wanted and isinstance(tree, int | float):
        return tree + (1 if isinstance(tree, int) else 1e-6)
    return tree


def held(tree: Tree) -> bool:
    assert isinstance(tree, dict)
    walls = tree["walls"]
    assert isinstance(walls, list)
    return any(bool(wall["held"]) for wall in walls if isinstance(wall, dict))


def outcome(tree: Tree) -> Any:
    assert isinstance(tree, dict)
    return tree["outcome"]
