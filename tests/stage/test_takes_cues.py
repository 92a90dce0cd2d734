"""A scripted show of 20 cues as a take: its replay is equal in every digest, from its start and from each snapshot."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cue_take import ASKED, CUES, SNAPSHOTS, record_cues
from running_stage import command_here

from stage.loading.show_files import read_cue_file
from stage.show.state import decode_state
from stage.takes.reader import TakeReader
from stage.takes.records import TakeSnapshot
from stage.values.cues import as_number


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return record_cues(tmp_path_factory.mktemp("takes"))


def test_the_script_is_a_show_of_twenty_cues() -> None:
    assert len(read_cue_file(CUES).cues) == 20
    assert {one.action for one in ASKED.values() if hasattr(one, "action")} == {"go", "back", "goto", "hold", "resume"}


@pytest.mark.parametrize("first", [None, *SNAPSHOTS])
def test_its_replay_is_equal_in_every_digest(recorded: Path, first: int | None) -> None:
    span = () if first is None else ("--frames", f"{first + 1}:")
    ended = command_here("replay", str(recorded), "--verify", "--json", *span)
    report = json.loads(ended.stdout)
    assert (ended.returncode, report["exact"], report["frames"]) == (0, True, report["equal"])
    assert report["frames"] == (800 if first is None else 899 - first)


def test_its_snapshots_are_taken_while_a_cue_is_held_and_while_others_wait_to_follow(recorded: Path) -> None:
    states = {
        entry.frame: decode_state(entry.state)
        for entry in TakeReader(recorded).entries()
        if isinstance(entry, TakeSnapshot)
    }
    held, waiting, last = (states[frame] for frame in SNAPSHOTS)
    assert all(run.held >= 0 for run in held.play.runs)
    assert any(fade.held >= 0 and fade.cue == 3000 for fade in held.controls.fades.values())
    assert [one.number for one in waiting.controls.delayed] == [8100]
    assert [as_number(run.number) for run in last.play.runs if run.follow_on] == [16.0]
    assert last.play.goes == 21
