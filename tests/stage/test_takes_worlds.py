"""Takes with three changes of world, and with 20 cues: replayed alike from every snapshot, and what take info says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cue_take import ASKED, CUES, SNAPSHOTS, record_cues
from running_stage import command_here
from worlds_take import CHANGES, FRAMES, record_worlds

from stage.cli import main
from stage.loading.show_files import read_cue_file
from stage.show.state import decode_state
from stage.takes.overview import overview
from stage.takes.reader import TakeReader
from stage.takes.records import TakeSnapshot
from stage.takes.refold import ShowFold
from stage.takes.replay import Replay, Span
from stage.values.cues import as_number


@pytest.fixture(scope="module")
def take(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return record_worlds(tmp_path_factory.mktemp("worlds"))


@pytest.mark.parametrize("first", [FRAMES.start, 371, 380])
def test_changes_of_world_replay_with_equal_digests_from_any_frame(take: Path, first: int) -> None:
    span = Span(first=first)
    figures = Replay(TakeReader(take), ShowFold, span=span, compare=True, exact=True, see=lambda *_: None).run()
    assert figures.differences == []
    assert (figures.frames, figures.equal) == (FRAMES.stop - first, FRAMES.stop - first)


def test_take_info_lists_every_change_of_world(take: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = [(one.frame, one.before, one.after, one.dissolve_s, one.turned_back) for one in overview(take).worlds]
    assert found == CHANGES
    for words in ((), ("--json",)):
        with pytest.raises(SystemExit) as ended:
            main(["take", "info", str(take), *words])
        assert not ended.value.code
    shown, _, encoded = capsys.readouterr().out.partition("\n{")
    assert "frame 310: valley to office, cut" in shown
    assert "frame 320: office to valley, dissolve of 0.50 s" in shown
    assert "frame 355: valley to office, dissolve of 1.00 s, turned back" in shown
    first = json.loads("{" + encoded)["worlds"][0]
    assert first == {"frame": 310, "from": "valley", "to": "office", "dissolve_s": 0.0, "turned_back": False}


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
