"""The core's end of the recorder: follows the fold's take, names every gap, never raises."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
import zmq
from linked_stage import PATIENCE_S, Stage, frames_of
from recorded_stage import RATE, header

from stage.run.disk import DiskLimits
from stage.show.frame.inputs import Cause, TakeReport
from stage.show.state import state_in_parts
from stage.takes.link import RecorderLink
from stage.takes.messages import Heartbeat, RecorderReport
from stage.takes.overview import overview
from stage.takes.pipes import CorePipes, RecorderPipes
from stage.takes.reader import TakeReader
from stage.takes.records import TakePart
from stage.takes.refold import ShowFold
from stage.takes.replay import Replay, Span
from stage.words.sentences import health_lines
from tracking.records import ConfigError


@pytest.fixture
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    running = Stage(tmp_path_factory.mktemp("s"))
    yield running
    running.link.release()
    if running.recorder is not None:
        running.kill_recorder()


def all_equal(path: Path) -> bool:
    figures = Replay(
        TakeReader(path), ShowFold, span=Span(), compare=True, exact=True, see=lambda _inputs, _plan: None
    ).run()
    return figures.frames == figures.equal > 0


def test_a_take_begins_after_its_start_and_includes_its_stop(stage: Stage) -> None:
    stage.start_recorder("one")
    stage.run(10)
    stage.step("start")
    stage.run(400)
    stage.step("stop")
    stage.run(3)
    assert stage.takes() == {"scene.mcap": list(range(11, 412))}
    path = stage.folder / "takes" / "scene.mcap"
    assert all_equal(path)
    assert overview(path).complete
    assert overview(path).snapshots == 3
    assert stage.states == ["recording", "closed"]
    assert (stage.link.recorded, stage.link.lost, stage.link.gaps) == (401, 0, 0)


def test_a_take_opened_before_the_first_frame_holds_every_frame(stage: Stage) -> None:
    stage.start_recorder("one")
    take = stage.show.state.take
    take.recording, take.name, take.count = True, "whole", 1
    stage.link.open(TakePart(name="whole"), 1, -1, state_in_parts(stage.show.state))
    stage.run(20)
    stage.step("stop")
    stage.run(2)
    assert stage.takes() == {"whole.mcap": list(range(21))}
    assert all_equal(stage.folder / "takes" / "whole.mcap")


def test_the_show_calls_a_take_recording_only_after_the_recorder_has_confirmed_it(stage: Stage) -> None:
    stage.start_recorder("one")
    stage.step("start")
    stage.step()
    assert stage.show.state.take.recording
    assert not stage.show.state.take.confirmed
    stage.run(3)
    assert stage.show.state.take.confirmed


def test_without_a_recorder_the_alarm_comes_at_once_and_the_take_when_one_runs(stage: Stage) -> None:
    stage.step("start")
    stage.collect()
    assert [report.state for report in stage.reports] == ["recorder_lost"]
    stage.run(60)
    stage.start_recorder("late")
    stage.run(30)
    stage.step("stop")
    stage.run(3)
    takes = stage.takes()
    assert list(takes) == ["scene.mcap"]
    first = takes["scene.mcap"][0]
    assert first > 60
    assert TakeReader(stage.folder / "takes" / "scene.mcap").part.gap == (
        f"frames 1 to {first - 1} are missing: the recorder was not running"
    )
    assert all_equal(stage.folder / "takes" / "scene.mcap")
    assert stage.link.lost == first - 1


def test_a_recorder_that_falls_behind_makes_a_counted_gap_and_a_next_part(stage: Stage) -> None:
    stage.start_recorder("slow")
    stage.step("start")
    stage.run(5)
    while "gap" not in stage.states and stage.frame < 5000:
        stage.step()
        stage.send_heartbeat()
        stage.collect(PATIENCE_S)  # a heartbeat that a busy machine holds up would be another reason for a gap
    assert stage.link.gaps == 1
    stage.run(40)
    stage.step("stop")
    stage.run(3)
    takes = stage.takes()
    assert list(takes) == ["scene-part2.mcap", "scene.mcap"]
    before, after = takes["scene.mcap"], takes["scene-part2.mcap"]
    assert before[0] == 1
    assert before == list(range(1, len(before) + 1))
    assert stage.link.lost == after[0] - before[-1] - 1 > 0
    assert all(all_equal(stage.folder / "takes" / name) for name in takes)
    gap = TakeReader(stage.folder / "takes" / "scene-part2.mcap").part.gap
    assert gap == f"frames {before[-1] + 1} to {after[0] - 1} are missing: the recorder could not keep up"
    assert stage.states.count("recorder_back") == 1


@pytest.mark.parametrize("silent_frames", [0, 90])
def test_a_recorder_that_dies_is_noticed_and_followed_by_a_next_part(stage: Stage, silent_frames: int) -> None:
    stage.start_recorder("first")
    stage.step("start")
    stage.run(50)
    stage.kill_recorder()
    stage.run(silent_frames)
    stage.start_recorder("second")
    stage.run(60)
    stage.step("stop")
    stage.run(3)
    assert {"gap", "recorder_lost"} & set(stage.states)
    assert "recorder_back" in stage.states
    part = stage.folder / "takes" / "scene-part2.mcap"
    assert all_equal(part)
    kept = frames_of(stage.folder / "takes" / "scene.mcap.part")
    assert TakeReader(part).part.gap == (
        f"frames {kept[-1] + 1} to {frames_of(part)[0] - 1} are missing: the recorder died"
    )


def test_a_gap_names_exactly_the_frames_that_no_part_holds(stage: Stage) -> None:
    """The recorder is stopped for a while: what waited for it is written before the next part begins."""
    stage.start_recorder("stopped")
    stage.step("start")
    stage.run(50)
    while "recorder_lost" not in stage.states and stage.frame < 500:
        stage.step()
        stage.collect()
    (cause,) = [report.cause for report in stage.reports if report.state == "recorder_lost"]
    assert cause is not None
    assert cause.code == "frames_may_be_missing_from"
    stage.run(60)
    stage.step("stop")
    stage.run(3)
    takes = stage.takes()
    before, after = takes["scene.mcap"], takes["scene-part2.mcap"]
    assert before == list(range(1, before[-1] + 1))
    assert before[-1] > 100
    gap = TakeReader(stage.folder / "takes" / "scene-part2.mcap").part.gap
    assert gap.startswith(f"frames {before[-1] + 1} to {after[0] - 1} are missing: the recorder sent no heartbeat")
    assert f"take scene: {gap}" in health_lines(stage.outcome.health)


def test_late_reports_on_an_earlier_take_do_not_count_for_the_next(stage: Stage) -> None:
    """The recorder is slow: it reports that take a is recorded, and closed, long after b has begun."""
    stage.start_recorder("slow")
    stage.step("start", "a")
    stage.step()
    stage.step("stop")
    stage.step("start", "b")
    stage.step()
    assert stage.recorder is not None
    arrived = [stage.recorder.receive(1.0) for _ in range(5)]  # a: open, two frames, a snapshot, close
    for parcel in arrived:
        assert parcel is not None
        stage._desk.receive(*parcel)
    until = time.monotonic() + 10.0
    while not stage.reports and time.monotonic() < until:
        stage.collect(0.1)
    stage.step()
    assert [report.state for report in stage.noted] == ["closed"]
    take = stage.show.state.take
    assert (take.name, take.recording, take.confirmed, take.path) == ("b", True, False, "")
    stage.run(3)
    assert take.confirmed
    assert take.path.endswith("b.mcap")


def test_a_late_failure_of_an_earlier_take_does_not_end_the_next(stage: Stage) -> None:
    stage.step("start", "a")
    stage.step("stop")
    stage.step("start", "b")
    failed = TakeReport(name="a", state="failed", cause=Cause(code="no_room"), count=1, part=1)
    stage.reports.append(failed)
    stage.step()
    take = stage.show.state.take
    assert take.recording
    assert take.alarm is None
    stage.reports.append(msgspec.structs.replace(failed, name="b", count=take.count))
    stage.step()
    assert not take.recording


def test_a_missing_recorder_is_reported_before_a_take_is_wanted(stage: Stage) -> None:
    def found() -> list[str]:
        return [finding.code for finding in stage.outcome.health if "recorder" in finding.code]

    stage.run(60)
    assert found() == []
    stage.run(200)
    assert found() == ["recorder_missing"]
    stage.start_recorder("one")
    stage.run(3)
    assert found() == []


def test_a_take_that_cannot_begin_ends_in_the_show_too(stage: Stage) -> None:
    stage.start_recorder("one", DiskLimits(begin_bytes=2**60))
    stage.step("start")
    stage.run(20)
    assert stage.states == ["folder_unusable", "failed"]
    assert stage.show.state.take.folder is not None
    assert not stage.show.state.take.recording
    stage.kill_recorder()
    stage.run(70)
    stage.start_recorder("two")
    stage.step("start", "again")
    stage.run(5)
    assert stage.states == ["folder_unusable", "failed", "folder_usable", "recording"]


def test_stop_and_start_in_a_row_make_two_takes(stage: Stage) -> None:
    stage.start_recorder("one")
    stage.step("start", "a")
    stage.run(3)
    stage.step("stop")
    stage.step("start", "b")
    stage.run(3)
    stage.step("stop")
    stage.run(2)
    assert stage.takes() == {"a.mcap": [1, 2, 3, 4], "b.mcap": [6, 7, 8, 9]}


def test_reports_that_come_while_the_first_recorder_is_awaited_are_not_lost(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("w")
    link = RecorderLink(CorePipes(f"ipc://{folder}/to", f"ipc://{folder}/from"), header=header, rate=RATE)
    recorder = RecorderPipes(*link.endpoints)
    reporter = recorder.push()
    left = TakeReport(name="left", state="closed", cause=Cause(code="take_repaired", values={"frames": 3}))
    reporter.send(msgspec.msgpack.encode(RecorderReport(session="", opening=0, report=left)))
    reporter.send(msgspec.msgpack.encode(Heartbeat(instance="one")))
    assert link.wait_for_recorder(10.0)
    assert [(report.name, report.state) for report in link.reports()] == [("left", "closed")]
    reporter.close(linger=0)
    recorder.release()
    link.release()


def test_hostile_reports_are_counted_and_change_nothing(stage: Stage) -> None:
    context = zmq.Context()
    hostile = context.socket(zmq.PUSH)
    hostile.connect(stage.link.endpoints[1])
    for message in (b"", b"\xc1", b"\x91" * 5000, b"\x81\xa4type\xa5\xff\xff\xff\xff\xff", b"\x80"):
        hostile.send(message)
    until = time.monotonic() + 5.0
    while stage.link._pipes.malformed < 5 and time.monotonic() < until:
        stage.collect(0.05)
    hostile.close(linger=0)
    context.term()
    assert stage.link._pipes.malformed == 5
    assert stage.reports == []


def test_an_endpoint_in_use_is_refused_in_one_line(stage: Stage) -> None:
    with pytest.raises(ConfigError, match="cannot be bound"):
        CorePipes(stage.link.endpoints[0].replace("/to", "/absent/to"), "ipc:///dev/null/x")
