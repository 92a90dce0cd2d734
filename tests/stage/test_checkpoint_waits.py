"""Which frames are in the checkpoint before they are answered, and which once they were presented."""

from __future__ import annotations

from pathlib import Path

import pytest

from stage.live.journal_keeper import JournalKeeper
from stage.live.leave import CheckpointKeeper
from stage.run.checkpoint import Checkpoint
from stage.show.frame.inputs import FrameInputs, TakeReport
from stage.show.frame.requests import LeaseRequest, ShowRequest
from stage.show.show import Show
from stage.show.state import decode_state, encode_state
from tests.building import batch, camera, inputs_at, set_heading, set_to, stage, start_take, tracker, value_of

STAGE = stage(tracker("t"), camera("A"))
TINT, EXPOSURE = "/grade/tint", "/grade/exposure_stops"
LATER = 6
"""Frames by which the fader has begun to move."""


class Kept:
    """A show with all that keeps it. Each frame is kept, and maybe presented."""

    def __init__(self, folder: Path, *, journaled: bool = True) -> None:
        self.show = STAGE.show()
        self.journal = JournalKeeper(folder / "journal", lambda: 0)
        self.checkpoint = Checkpoint(folder / "checkpoint")
        has_all = self.journal.has_all if journaled else lambda: False
        self.keeper = CheckpointKeeper(self.show, self.checkpoint, None, has_all)

    def frame(self, frame: int, *requests: ShowRequest, is_presented: bool = True) -> None:
        """Serves a frame up to its answers, or until it is presented."""
        self.inputs(inputs_at(frame, *requests), is_presented=is_presented)

    def inputs(self, inputs: FrameInputs, *, is_presented: bool) -> None:
        outcome = self.show.step(inputs)
        self.journal.keep(inputs, outcome, lambda: ())
        self.keeper.keep(inputs, outcome)
        if is_presented:
            self.keeper.write_waiting()

    def moves(self, until: int) -> None:
        """The fader moves in each frame up to that one, which is presented too."""
        for frame in range(1, until + 1):
            self.frame(frame, set_to(TINT, frame / 100))

    def kept(self) -> Show:
        """A show from the checkpoint as it is now."""
        encoded = self.checkpoint.read()
        assert encoded is not None
        return STAGE.show(decode_state(encoded))

    def close(self) -> None:
        self.journal.close()
        self.checkpoint.close()


def test_a_fader_that_goes_on_moving_is_in_the_journal_before_it_is_answered_and_in_the_checkpoint_after(
    tmp_path: Path,
) -> None:
    kept = Kept(tmp_path)
    kept.moves(LATER)
    kept.frame(LATER + 1, set_to(TINT, 0.5), is_presented=False)
    assert (value_of(kept.kept(), TINT), kept.journal.newest) == (LATER / 100, LATER + 1)
    kept.keeper.write_waiting()
    assert value_of(kept.kept(), TINT) == 0.5
    kept.close()


def test_a_core_that_dies_between_the_two_is_followed_by_one_with_the_same_values_and_answers(tmp_path: Path) -> None:
    kept = Kept(tmp_path)
    kept.moves(LATER)
    kept.frame(LATER + 1, set_to(TINT, 0.5), is_presented=False)
    follower = kept.kept()
    redone = kept.journal.redone(follower.state)
    follower.step(FrameInputs(epoch=2, frame=LATER + 60, present_ns=10**12, redone=redone))
    assert len(redone) == 1
    assert follower.state.controls.values == kept.show.state.controls.values
    (client,) = kept.show.state.answers.by_client
    assert follower.state.answers.by_client[client].find(repr(f"{LATER + 1}-0")) is not None
    assert follower.state.entries == kept.show.state.entries
    kept.close()


OTHERS: dict[str, ShowRequest] = {
    "a fader that begins to move": set_to(EXPOSURE, 1.0),
    "a fade": set_to(TINT, 0.5, fade_s=1.0),
    "a switch": set_to("/output/freeze", value=True),
    "a choice": set_to("/camera/A/source", "manual"),
    "several values": batch({TINT: 0.5, EXPOSURE: 1.0}),
    "a value that is forced": set_to(TINT, 0.5, force=True),
    "a value that must not have changed": set_to(TINT, 0.5, if_seq=10_000),
    "a heading": set_heading("t", by_deg=1.0),
    "a lease": LeaseRequest(id="lease", action="take", paths=(TINT,)),
    "what is refused": set_to(TINT, 1e9),
    "what is not there": set_to("/grade/nothing", 1.0),
}


@pytest.mark.parametrize("other", OTHERS.values(), ids=OTHERS)
def test_everything_else_is_in_the_checkpoint_before_it_is_answered(tmp_path: Path, other: ShowRequest) -> None:
    kept = Kept(tmp_path)
    kept.moves(LATER)
    kept.frame(LATER + 1, set_to(TINT, 0.4), other, is_presented=False)
    assert kept.checkpoint.read() == encode_state(kept.show.state)
    kept.close()


@pytest.mark.parametrize("moved", [(), (set_to(TINT, 0.4),)], ids=["alone", "beside a fader that goes on moving"])
def test_a_take_that_is_confirmed_is_in_the_checkpoint_before_its_start_is_answered(
    tmp_path: Path, moved: tuple[ShowRequest, ...]
) -> None:
    """A core whose state is doubted carries nothing out again: it would owe that answer once more, and give up a take that
    was acknowledged where the recorder is slow to go on.
    """
    kept = Kept(tmp_path)
    kept.moves(LATER)
    kept.frame(LATER + 1, start_take("one"))
    begun = TakeReport(name="one", state="recording", count=1, frame=LATER + 2)
    kept.inputs(inputs_at(LATER + 2, *moved, observations=[begun]), is_presented=False)
    take = kept.kept().state.take
    assert (take.recording, take.confirmed, take.owed) == (True, True, None)
    kept.close()


def test_without_a_journal_nothing_waits(tmp_path: Path) -> None:
    kept = Kept(tmp_path, journaled=False)
    kept.moves(LATER)
    kept.frame(LATER + 1, set_to(TINT, 0.5), is_presented=False)
    assert kept.checkpoint.read() == encode_state(kept.show.state)
    kept.close()


def test_a_fader_that_stood_for_a_second_begins_anew(tmp_path: Path) -> None:
    kept = Kept(tmp_path)
    kept.moves(LATER)
    kept.frame(LATER + round(kept.show.rate) + 1, set_to(TINT, 0.5), is_presented=False)
    assert kept.checkpoint.read() == encode_state(kept.show.state)
    kept.close()


def test_a_second_frame_does_not_wait_while_the_first_is_not_presented(tmp_path: Path) -> None:
    kept = Kept(tmp_path)
    kept.moves(LATER)
    kept.frame(LATER + 1, set_to(TINT, 0.5), is_presented=False)
    kept.frame(LATER + 2, set_to(TINT, 0.6), is_presented=False)
    assert kept.checkpoint.read() == encode_state(kept.show.state)
    kept.close()


def test_what_is_carried_out_again_is_in_the_checkpoint_before_it_is_drawn(tmp_path: Path) -> None:
    kept = Kept(tmp_path)
    kept.moves(LATER)
    before = kept.kept().state
    kept.frame(LATER + 1, set_to(TINT, 0.5), is_presented=False)
    again = FrameInputs(epoch=1, frame=LATER + 2, present_ns=10**12, redone=kept.journal.redone(before))
    kept.keeper.write_waiting()
    kept.inputs(again, is_presented=False)
    assert kept.checkpoint.read() == encode_state(kept.show.state)
    kept.close()
