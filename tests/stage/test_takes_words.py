"""What is reported of a take: codes with values in the fold, and the sentences that people read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from recorded_stage import Tape, new_show, played

from stage.run.disk import DiskLimits
from stage.show.frame.inputs import Cause, TakeReport
from stage.show.report.take import TakeState, note_report
from stage.takes.messages import Gap, frames_lost_from, gap_cause, joined
from stage.words.english import ENGLISH, TAKES
from stage.words.sentences import sentence

TAKES_FOLDER = Path(__file__).resolve().parents[2] / "stage" / "takes"


def said(cause: Cause | None) -> str:
    assert cause is not None
    return sentence(cause.code, cause.values)


def health_after(report: TakeReport) -> str:
    """The health line of a take after one report on it."""
    take = TakeState(recording=True, name=report.name, count=1)
    note_report(take, report)
    return said(take.alarm)


@pytest.mark.parametrize(
    ("lost_from", "held", "expected"),
    [
        (None, None, "frames up to 50 are missing: the core died"),
        (None, 40, "frames 41 to 50 are missing: the core died"),
        (30, 40, "frames 41 to 50 are missing: the core died"),
        (45, 40, "frames 45 to 50 are missing: the core died"),
        (30, 900, "frames 30 to 50 are missing: the core died"),
        (30, 49, "frame 50 is missing: the core died"),
        (30, 50, "no frame is missing, but the take was interrupted: the core died"),
    ],
)
def test_a_gap_names_the_frames_that_no_part_holds(lost_from: int | None, held: int | None, expected: str) -> None:
    assert said(gap_cause(Gap(cause="core_died", lost_from=lost_from), held, 50)) == expected


def test_a_gap_of_several_causes_names_each_once_in_their_order() -> None:
    gap = joined(Gap(cause="recorder_too_slow", lost_from=7), Gap(cause="recorder_died", lost_from=9))
    gap = joined(gap, Gap(cause="recorder_too_slow", lost_from=12))
    assert gap == Gap(cause="recorder_too_slow,recorder_died", lost_from=7)
    assert said(gap_cause(gap, None, 20)) == (
        "frames 7 to 20 are missing: the recorder could not keep up, then the recorder died"
    )


def test_a_gap_that_has_just_begun_reads_as_one_line_of_health() -> None:
    report = TakeReport(
        name="scene", state="recorder_lost", cause=frames_lost_from(9, "recorder_silent", certain=False), count=1
    )
    assert health_after(report) == (
        "take scene: frames from 9 on may be missing: the recorder sent no heartbeat for 1 s"
    )


def test_a_take_without_room_says_how_much_is_free_and_needed(tmp_path: Path) -> None:
    tape = Tape(tmp_path, limits=DiskLimits(begin_bytes=2**60))
    tape.open(new_show())
    line = health_after(tape.reports[-1])
    assert re.fullmatch(
        r"take take failed: \d+ MB are free, 1152921504607 MB are needed to begin: free some space", line
    )


def test_a_take_that_runs_out_of_room_says_that_it_was_closed_in_time(tmp_path: Path) -> None:
    show, tape = new_show(), Tape(tmp_path, limits=DiskLimits(begin_bytes=0, low_bytes=0, stop_bytes=2**60))
    tape.open(show)
    for inputs, outcome in played(show, range(20)):
        tape.put(inputs, outcome)
    assert re.fullmatch(
        r"take take failed: \d+ MB are free: the take was closed in time", health_after(tape.reports[-1])
    )


def test_little_room_is_a_line_of_its_own(tmp_path: Path) -> None:
    show, tape = new_show(), Tape(tmp_path, limits=DiskLimits(begin_bytes=0, low_bytes=2**60, stop_bytes=0))
    tape.open(show)
    for inputs, outcome in played(show, range(20)):
        tape.put(inputs, outcome)
    (low,) = (report for report in tape.reports if report.state == "disk_low")
    assert re.fullmatch(r"\d+ MB are free on the takes' disk", health_after(low))


def test_an_error_of_the_system_is_named_in_its_own_words(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("a file where the folder should be")
    tape = Tape(tmp_path / "file")
    tape.open(new_show())
    assert health_after(tape.reports[-1]) == "take take failed: the take cannot be written: File exists"


def test_every_code_that_takes_report_has_a_sentence() -> None:
    """In the recorder's modules a quoted name of two or more words is a code, a state or the name of a value."""
    modules = ("link", "desk", "messages", "disk_room", "recorder")
    text = "\n".join((TAKES_FOLDER / f"{name}.py").read_text() for name in modules)
    quoted = set(re.findall(r'(?<!tag=)"([a-z]+(?:_[a-z]+)+)"', text))
    states = {"recorder_lost", "recorder_back", "recorder_there", "folder_unusable", "folder_usable"}
    values = {"free_mb", "needed_mb"}
    assert quoted - states - values <= set(ENGLISH)
    assert set(TAKES) - quoted == {"take_failed", "take_gap", "frames_before_part_missing", "core_died"}
