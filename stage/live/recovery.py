"""The state that a core starts from: saved values, or the checkpoint of a core that died."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from stage.config.records import StageConfig
from stage.config.starting_values import tree_of
from stage.control.saved_values import restore
from stage.run.checkpoint import Checkpoint
from stage.run.options import CoreOptions
from stage.run.terminal import print_notice
from stage.show.frame.inputs import Cause
from stage.show.report.take import TakeState
from stage.show.state import STATE_VERSION, ShowState, decode_state, new_state
from stage.takes.records import UNDECODABLE
from stage.values.tree import ParameterTree, put_value
from tracking.records import Scalar

FIRST_TAKE = "take-001"


def saved_state(config: StageConfig, tree: ParameterTree, state_directory: Path) -> ShowState:
    """A new show with the values that were saved for the next start. Prints what cannot be used of them."""
    restored, findings = restore(state_directory, tree)
    for finding in findings:
        print_notice(f"saved values: {finding}")
    return new_state(config, restored)


def recovered_state(config: StageConfig, checkpoint: Checkpoint) -> ShowState | None:
    """The state that a dead core left behind, or None if there is none that can be used.

    A take that was recording continues in its next part, and its alarm says what is missing.
    """
    encoded = checkpoint.read()
    if encoded is None:
        return None
    try:
        state = decode_state(encoded)
    except UNDECODABLE as error:
        print_notice(f"the checkpoint cannot be used ({error}): starting from the saved values")
        return None
    if state.version != STATE_VERSION or set(state.trackers) != {tracker.name for tracker in config.trackers}:
        return None
    take = state.take
    take.part += 1
    take.confirmed = False
    take.waits_from, take.folder = -1, None  # the recorder reports its folder anew, and has its time anew
    if take.recording:
        values: dict[str, Scalar] = {
            "take": take.name,
            "part": take.part,
            "why": "frames_before_part_missing",
            "cause": "core_died",
        }
        take.alarm = Cause(code="take_gap", values=values)
    return state


def first_state(config: StageConfig, options: CoreOptions, checkpoint: Checkpoint) -> ShowState:
    """What a core starts with: the saved values, the defaults, or the checkpoint of a dead core.

    Of a checkpoint that may have killed its cores, only the place in time and the take are kept. A recovering stage
    is black if its configuration says so.
    """
    recovered = recovered_state(config, checkpoint) if options.recover else None
    if recovered is not None and options.start == "checkpoint":
        state = recovered
    else:
        state = _state_without_checkpoint(config, options)
        if recovered is not None:
            state.epoch, state.frame, state.present_ns = recovered.epoch, recovered.frame, recovered.present_ns
            state.take = recovered.take
        elif options.record:
            state.take = TakeState(recording=True, name=FIRST_TAKE, count=1)
    if options.recover and config.stage.recovery == "black":
        put_value(state.controls.values, "/output/blackout", True)
    return state


def _state_without_checkpoint(config: StageConfig, options: CoreOptions) -> ShowState:
    if options.start == "defaults":
        return new_state(config)
    return saved_state(config, tree_of(config), Path(options.state))


def first_frame_of(state: ShowState, now_ns: int, rate: Fraction) -> int:
    """The first display slot that a core serves: 0, or the current one on the grid of the recovered state."""
    if state.frame < 0:
        return 0
    return state.frame + 1 + max(0, int((now_ns - state.present_ns) * rate / 1_000_000_000))
