"""What a core starts from: saved values, or the last look of one that was killed."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from stage.config.records import StageConfig
from stage.config.starting_values import tree_of
from stage.control.keeper import restore
from stage.run.checkpoint import LastLook
from stage.run.console import tell
from stage.run.options import CoreOptions
from stage.show.frame.inputs import Cause
from stage.show.report.take import TakeState
from stage.show.state import STATE_VERSION, ShowState, decode_state, new_state
from stage.takes.records import UNDECODABLE
from stage.values.tree import ParameterTree, put_value
from tracking.records import Scalar

FIRST_TAKE = "take-001"


def saved_state(config: StageConfig, tree: ParameterTree, state_directory: Path) -> ShowState:
    """A new show with the values that were saved for the next start; what cannot be used of them is told."""
    restored, findings = restore(state_directory, tree)
    for finding in findings:
        tell(f"saved values: {finding}")
    return new_state(config, restored)


def recovered_state(config: StageConfig, last_look: LastLook) -> ShowState | None:
    """The state that a killed core left behind, or None where there is none that can be used.

    A take that was recording goes on in its next part, and the alarm says what is missing.
    """
    encoded = last_look.read()
    if encoded is None:
        return None
    try:
        state = decode_state(encoded)
    except UNDECODABLE as error:
        tell(f"the last look cannot be used ({error}): starting from saved values")
        return None
    if state.version != STATE_VERSION or set(state.trackers) != {tracker.name for tracker in config.trackers}:
        return None
    take = state.take
    take.part += 1
    take.confirmed = False
    if take.recording:
        values: dict[str, Scalar] = {
            "take": take.name,
            "part": take.part,
            "why": "frames_before_part_missing",
            "cause": "core_died",
        }
        take.alarm = Cause(code="take_gap", values=values)
    return state


def first_state(config: StageConfig, options: CoreOptions, last_look: LastLook) -> ShowState:
    """What a core begins with: the saved values, or the last look of a killed one; black where that is wanted.

    A look that ends one core after the other is not gone on with, but its place in time and its take are.
    """
    look = recovered_state(config, last_look) if options.recover else None
    if look is not None and options.start == "last_look":
        state = look
    else:
        tree = tree_of(config)
        defaults = options.start == "defaults"
        state = new_state(config) if defaults else saved_state(config, tree, Path(options.state))
        if look is not None:
            state.epoch, state.frame, state.present_ns = look.epoch, look.frame, look.present_ns
            state.take = look.take
        elif options.record:
            state.take = TakeState(recording=True, name=FIRST_TAKE, count=1)
    if options.recover and config.stage.recovery == "black":
        put_value(state.controls.values, "/output/blackout", True)
    return state


def first_frame_of(state: ShowState, now_ns: int, rate: Fraction) -> int:
    """The display slot that a core serves first: 0, or the one that it is now on the grid of the recovered state."""
    if state.frame < 0:
        return 0
    return state.frame + 1 + max(0, int((now_ns - state.present_ns) * rate / 1_000_000_000))
