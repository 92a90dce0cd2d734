"""The state that a core starts from: saved values, the checkpoint of a core that died, or that of an earlier run."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from pathlib import Path

from stage.config.records import StageConfig
from stage.config.starting_values import restore_values, tree_of
from stage.control.value_places import ValuePlaces, unchecked_at_start, values_at_start
from stage.live.opening import value_places
from stage.live.salvage import Salvage, salvaged_air
from stage.run.checkpoint import Checkpoint
from stage.run.options import CoreOptions
from stage.run.state_file import read_state
from stage.run.terminal import print_notice
from stage.show.air.listing import carry_library
from stage.show.air.state import AirState, key_named
from stage.show.frame.inputs import Cause, Condition
from stage.show.report.conditions import forget_passing, note_condition
from stage.show.report.in_force import in_force, overrides_of
from stage.show.report.take import TakeState
from stage.show.state import STATE_VERSION, ShowState, decode_state, new_state
from stage.show.values.changes import newest_change
from stage.values.rigging import is_rigged
from stage.values.tree import ParameterTree, put_value, value_at
from tracking.records import UNDECODABLE, Scalar
from tracking.settable import Value

FIRST_TAKE = "take-001"
_PATHS_NAMED = 5


WorldsOfValues = Callable[[Mapping[str, Value]], AirState | None]
"""The library with the worlds that values are of, standing ready; None where they are of none."""


def first_state(
    config: StageConfig,
    options: CoreOptions,
    checkpoint: Checkpoint | None,
    now_ns: int = 0,
    worlds_of: WorldsOfValues = lambda _: None,
) -> ShowState:
    """What a core starts with: the saved values, the checkpoint of a dead core, or the last state of another run.

    Of a checkpoint that may have killed its cores, only the values, the place in time and the take are kept. What was
    lost with it stands in health. A recovering stage is black if its configuration says so.
    """
    tree = tree_of(config)
    encoded = _encoded_state(options, checkpoint)
    if encoded is None or options.start == "rig":
        state = saved_state(config, tree, value_places(options), options.look, worlds_of)
        conditions = _restarted(options, state) if options.recover else iter(())
        if encoded is not None:
            _continue_rig(state, tree, encoded)
            encoded = None
    elif options.start == "checkpoint" and (whole := _whole_state(config, encoded)) is not None:
        state, conditions = whole, _restarted(options, whole)
    else:
        state, conditions = _from_values(config, tree, options, encoded, now_ns)
    if encoded is not None:
        forget_passing(state.conditions)
        _continue_take(state)
    for condition in tuple(conditions):
        note_condition(state.conditions, condition)
    if options.record and not state.take.recording and not state.take.count:
        state.take = TakeState(recording=True, name=FIRST_TAKE, count=1)
    state.take.guarded = True
    if options.recover and config.stage.recovery == "black":
        put_value(state.controls.values, "/output/blackout", True)
    state.health.started_with = [one.path for one in in_force(overrides_of(tree), state.controls.values)]
    return state


def saved_state(
    config: StageConfig,
    tree: ParameterTree,
    places: ValuePlaces,
    look: Mapping[str, Value],
    worlds_of: WorldsOfValues,
) -> ShowState:
    """A new show with the values that were saved for the next start, and those of a look over them.

    Worlds of the library that they are of stand ready from the first frame on. Prints what cannot be used of the saved
    ones.
    """
    state, library = new_state(config), worlds_of({**unchecked_at_start(places), **look})
    if library is not None:
        carry_library(state.air, state.controls.values, tree, library)
    restored, findings = values_at_start(places, tree)
    for finding in findings:
        print_notice(f"saved values: {finding}")
    restore_values(state.controls.values, tree, {**restored, **look})
    _begin_on_air(state)
    return state


def _begin_on_air(state: ShowState) -> None:
    """The world that is wanted is on air from the first frame on."""
    on_air = key_named(state.air, state.controls.values.world.active)
    state.air.on_air = state.air.asked = on_air or state.air.on_air


def first_frame_of(state: ShowState, now_ns: int, rate: Fraction) -> int:
    """The first display slot that a core serves: 0, or the current one on the grid of the recovered state."""
    if state.frame < 0:
        return 0
    return state.frame + 1 + max(0, int((now_ns - state.present_ns) * rate / 1_000_000_000))


def _encoded_state(options: CoreOptions, checkpoint: Checkpoint | None) -> bytes | None:
    """The state to continue, or None. The one on disk stands in for a checkpoint that had no room."""
    if options.start == "fresh":
        return None
    encoded = checkpoint.read() if checkpoint is not None and options.recover else None
    if encoded is None and (options.keeps_state or not options.recover):
        encoded = read_state(Path(options.state))
    return encoded


def _continue_rig(state: ShowState, tree: ParameterTree, encoded: bytes) -> None:
    """Takes over what belongs to the stage itself from the state of another show."""
    found = Salvage(encoded, tree).values
    restore_values(state.controls.values, tree, {path: value for path, value in found.items() if is_rigged(path)})


def _whole_state(config: StageConfig, encoded: bytes) -> ShowState | None:
    """The whole state, or None if it is of another version or of other trackers."""
    try:
        state = decode_state(encoded)
    except UNDECODABLE:
        return None
    fits = state.version == STATE_VERSION and set(state.trackers) == {tracker.name for tracker in config.trackers}
    return state if fits else None


def _from_values(
    config: StageConfig, tree: ParameterTree, options: CoreOptions, encoded: bytes, now_ns: int
) -> tuple[ShowState, Iterator[Condition]]:
    """A new show with the values, the take and the place in time of an old state; what does not fit is listed."""
    state, before = new_state(config), salvaged_air(encoded)
    if before is not None:
        carry_library(state.air, state.controls.values, tree, before)
    old = Salvage(encoded, tree)
    restore_values(state.controls.values, tree, old.values)
    if options.start == "resume":  # another run, which may begin with another look
        restore_values(state.controls.values, tree, options.look)
    _begin_on_air(state)
    state.controls.history, state.take, state.conditions = old.history, old.take, old.conditions
    state.cues, state.play.pointer, state.play.goes = old.cues, old.pointer, old.goes
    state.looks = old.looks
    state.epoch, state.frame, state.missed = old.epoch, old.frame, old.missed
    state.entries, state.answers = old.entries, old.answers
    # A clock of another boot says nothing here: a resumed run continues with the next frame.
    state.present_ns = now_ns if options.start == "resume" else old.present_ns
    for path in old.refused:
        print_notice(f"{path}: no longer fits the stage, reset")
    return state, _after_values(options, state, tree, old.refused)


def _after_values(
    options: CoreOptions, state: ShowState, tree: ParameterTree, refused: list[str]
) -> Iterator[Condition]:
    if options.start == "resume":
        yield Condition(code="stage_resumed", severity="warning", lasts=True)
    else:
        yield from _restarted(options, state)
        if options.start == "values":
            yield Condition(code="state_doubted", severity="warning", lasts=True)
    if refused:
        named = ", ".join(refused[:_PATHS_NAMED]) + (", ..." if len(refused) > _PATHS_NAMED else "")
        values: dict[str, Scalar] = {"count": len(refused), "paths": named}
        yield Condition(code="values_reset", severity="warning", values=values, lasts=True)
    if options.takes_back:
        yield from _take_back(state, tree, options.suspect_frame)


def _take_back(state: ShowState, tree: ParameterTree, until_frame: int | None) -> Iterator[Condition]:
    """Takes back the newest change before cores began to die: what it set is what may kill them."""
    change = newest_change(state.controls.history, until_frame)
    if change is None:
        return
    fitting = {path: value for path, value in change.before.items() if path in tree}
    found = {path: value_at(state.controls.values, path) for path in fitting}
    for path, value in fitting.items():
        put_value(state.controls.values, path, value)
        print_notice(f"{path}: back at {value}, it was {found[path]} when cores began to die")
    if fitting:
        path = next(iter(fitting))
        values: dict[str, Scalar] = {"path": path, "value": fitting[path], "found": found[path], "paths": len(fitting)}
        yield Condition(code="change_taken_back", values=values, lasts=True)


def _restarted(options: CoreOptions, state: ShowState) -> Iterator[Condition]:
    """The restart, counted until somebody has acknowledged it."""
    before = state.conditions.standing.get("core_restarted")
    count = 1 if before is None else int(before.values.get("count", 0)) + 1
    values: dict[str, Scalar] = {"count": count, "exit": options.exit}
    yield Condition(code="core_restarted", severity="warning", values=values, lasts=True)


def _continue_take(state: ShowState) -> None:
    """A take that was recording continues in its next part, and its alarm says what is missing."""
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
