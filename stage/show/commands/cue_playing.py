"""Plays cues: GO, BACK, GOTO, HOLD and RESUME, what begins after a delay, and what follows on. Pure.

All of it happens in frames that follow from the frame's number, so that a skipped frame leaves no trace.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from stage.show.air.dissolve import end_frame
from stage.show.air.state import key_named
from stage.show.commands.kinds import Effect, Hands
from stage.show.commands.look_work import is_hidden_world, look_on_stage, outcome_of
from stage.show.commands.replaced import note_replaced
from stage.show.commands.set_values import call_active_world, call_world, followers_of, places_of_films
from stage.show.cues.cue_list import cue_at, next_cue, no_cue
from stage.show.cues.cue_values import own_values, within_cue
from stage.show.cues.play import CueRun, CueStep, end_of, frames_of, held_run, note_run, note_step, resumed_run
from stage.show.looks.recall import Recalled
from stage.show.plan.scene import place_cards_anew
from stage.show.values.delayed import By, Delayed, without
from stage.show.values.fades import went_on
from stage.values.cues import Cue, as_number
from stage.values.looks import OF_WORLDS_BELOW, groups_of_parts
from stage.values.parameters import Refusal
from stage.values.stage_wide import ACTIVE_WORLD
from tracking.settable import Value, Way

MOST_DELAYED_VALUES = 16_384
"""So many values may wait for the delays of their cues before another cue is refused."""
_OTHER_WAY: dict[Way, Way] = {"shorter": "shorter", "forward": "backward", "backward": "forward"}


def go(hands: Hands) -> Effect:
    """Plays the cue after the pointer."""
    cue = next_cue(hands.cues.cues, hands.play.pointer)
    if cue is None:
        reason = "no_cue_left" if hands.cues.cues else "no_cues"
        return Effect(refusal=Refusal(code="conflict", reason=reason))
    return _play(hands, cue, follows=cue.follow_on)


def go_to(hands: Hands, number: int) -> Effect:
    """Plays one cue alone: none before it, and none that would follow on."""
    cue = cue_at(hands.cues.cues, number)
    if cue is None:
        return Effect(refusal=no_cue(hands.cues.cues, number))
    return _play(hands, cue, follows=False)


def back(hands: Hands) -> Effect:
    """Returns to the values from before the last GO, over its cue's time, and moves the pointer back."""
    play, controls = hands.play, hands.controls
    if not play.steps:
        return Effect(refusal=Refusal(code="conflict", reason="no_go_to_take_back"))
    play.note_change()
    step, frame = play.steps.pop(), controls.state.frame
    play.pointer = step.pointer
    play.runs = [run for run in play.runs if run.go < step.go]
    delayed = Delayed(
        number=step.number,
        frame=frame,
        values=step.before,
        fade_s=step.fade_s,
        way=_OTHER_WAY[step.way],
        curve=step.curve,
    )
    controls.state.delayed = without(controls.state.delayed, step.before)
    detail = _begin(hands, delayed)
    world = step.before.get(ACTIVE_WORLD, "")
    run = CueRun(number=step.number, go=frame, begin=frame, fade_s=step.fade_s, world=str(world), takes_back=True)
    note_run(play, run)
    return Effect(value=as_number(step.number), detail=detail)


def hold(hands: Hands) -> Effect:
    """Stops every fade, delay and dissolve that cues have begun where it is, and what would follow on."""
    state, frame = hands.controls.state, hands.controls.state.frame
    for path, fade in tuple(state.fades.items()):
        if fade.cue and fade.held < 0:
            state.fades[path] = msgspec.structs.replace(fade, held=frame)
    state.delayed = [one if one.held >= 0 else msgspec.structs.replace(one, held=frame) for one in state.delayed]
    is_changing = hands.air.dissolve is not None or key_named(hands.air, state.values.world.active) != hands.air.on_air
    state.dissolve_held = state.dissolve_held or (state.dissolve_cue > 0 and is_changing)
    _set_runs(hands, [held_run(run, frame) for run in hands.play.runs])
    return Effect()


def resume(hands: Hands) -> Effect:
    """Lets everything go on that HOLD has stopped."""
    state, frame = hands.controls.state, hands.controls.state.frame
    for path, fade in tuple(state.fades.items()):
        if fade.held >= 0:
            begun = went_on(frame, fade.held, fade.start_frame)
            state.fades[path] = msgspec.structs.replace(fade, start_frame=begun, held=-1)
    state.delayed = [
        msgspec.structs.replace(one, frame=went_on(frame, one.held, one.frame), held=-1) for one in state.delayed
    ]
    state.dissolve_held = False
    _set_runs(hands, [resumed_run(run, frame) for run in hands.play.runs])
    return Effect()


def next_event(hands: Hands, frame: int) -> int | None:
    """The first frame after this one in which something of a cue is due; None where nothing is, as far as is known."""
    play, delayed = hands.play, hands.controls.state.delayed
    if not delayed and not play.runs:
        return None
    due = [one.frame for one in delayed if one.held < 0]
    run = play.runs[-1] if play.runs else None
    if run is not None and run.follow_on and run.held < 0:
        is_late = _is_over(hands, run, frame)  # more cues followed on than one frame plays
        due.append(frame + 1 if is_late else end_of(run, hands.controls.rate))
        ends = None if hands.air.dissolve is None else end_frame(hands.air.dissolve, hands.controls.rate)
        if run.world and ends is not None:
            due.append(ends)
    return min((one for one in due if one > frame), default=None)


def begin_due(hands: Hands, frame: int) -> None:
    """Begins what has waited until this frame."""
    state = hands.controls.state
    while True:
        due = [place for place, one in enumerate(state.delayed) if one.held < 0 and one.frame <= frame]
        if not due:
            return
        place = min(due, key=lambda place: state.delayed[place].frame)
        delayed = state.delayed[place]
        # What was asked for before it, and would come after it, is no longer wanted.
        state.delayed = [*without(state.delayed[:place], delayed.values), *state.delayed[place + 1 :]]
        _begin(hands, delayed)


def follow(hands: Hands, frame: int) -> bool:
    """Plays the cue that follows on in this frame, if one does. What is over is forgotten."""
    play = hands.play
    if not play.runs:
        return False
    newest = play.runs[-1]
    left = [run for run in play.runs if not _is_over(hands, run, frame)]
    if len(left) == len(play.runs):
        return False
    _set_runs(hands, left)
    if not newest.follow_on or (play.runs and play.runs[-1] == newest):
        return False
    cue = next_cue(hands.cues.cues, play.pointer)
    return cue is not None and _play(hands, cue, follows=cue.follow_on, of_same_go=True).refusal is None


def _play(hands: Hands, cue: Cue, *, follows: bool, of_same_go: bool = False) -> Effect:
    """Plays one cue: what it sets begins now, or after its delay."""
    found = _called_values(hands, cue)
    if isinstance(found, Refusal):
        return Effect(refusal=found)
    controls, play, frame = hands.controls, hands.play, hands.controls.state.frame
    waiting = [one for one in controls.state.delayed if one.number != cue.number]
    if sum(len(one.values) for one in waiting) > MOST_DELAYED_VALUES:
        return Effect(refusal=Refusal(code="conflict", reason="too_many_cues_wait"))
    before = {**controls.targets_of(found.values), **places_of_films(hands, found.values)}
    _note_step(hands, cue, before, of_same_go=of_same_go)
    play.pointer, play.goes = cue.number, play.goes + (0 if of_same_go else 1)
    begin = frame + frames_of(cue.delay_s, controls.rate)
    world = found.values.get(ACTIVE_WORLD, "")
    run = CueRun(number=cue.number, go=frame, begin=begin, fade_s=cue.fade_s, world=str(world), follow_on=follows)
    note_run(play, run)
    delayed = Delayed(
        number=cue.number, frame=begin, values=dict(found.values), fade_s=cue.fade_s, way=cue.way, curve=cue.curve
    )
    detail = ""
    if begin > frame:
        controls.state.delayed = [*waiting, delayed]
    else:
        controls.state.delayed = without(controls.state.delayed, found.values)
        detail = _put_in_force(hands, delayed, delayed.values, before)
    return Effect(value=as_number(cue.number), detail=detail, look=outcome_of(found, len(found.values)))


def _called_values(hands: Hands, cue: Cue) -> Recalled | Refusal:
    """What a cue sets now. The world that it names stands ready from now on, if it is the library's."""
    if cue.look:
        if not cue.only:
            hands.controls.state.look = cue.look
        return within_cue(look_on_stage(hands, cue.look, groups_of_parts(cue.only)), cue, hands.controls.tree)
    if cue.world:
        call_world(hands, cue.world)
    return own_values(cue, hands.controls.tree)


def _note_step(hands: Hands, cue: Cue, targets: Mapping[str, Value], *, of_same_go: bool) -> None:
    """Remembers what a GO changes. What was on its way counts as arrived: BACK returns to a look, not to its middle."""
    controls, play = hands.controls, hands.play
    before = dict(targets)
    for one in controls.state.delayed:
        before |= {path: value for path, value in one.values.items() if path in before}
    if of_same_go and play.steps:
        step = play.steps.pop()
        note_step(play, msgspec.structs.replace(step, before={**before, **step.before}))
        return
    step = CueStep(
        number=cue.number,
        go=controls.state.frame,
        pointer=play.pointer,
        before=before,
        fade_s=cue.fade_s,
        way=cue.way,
        curve=cue.curve,
    )
    note_step(play, step)


def _begin(hands: Hands, delayed: Delayed) -> str:
    """Puts values in force that were found earlier: those that the stage still takes. Returns as `_put_in_force`."""
    tree = hands.controls.tree
    found = {path: tree.check(path, value) for path, value in delayed.values.items() if path in tree}
    values = {path: one for path, one in found.items() if not isinstance(one, Refusal)}
    before = {**hands.controls.targets_of(values), **places_of_films(hands, values)}
    return _put_in_force(hands, delayed, values, before)


def _put_in_force(hands: Hands, delayed: Delayed, values: Mapping[str, Value], before: Mapping[str, Value]) -> str:
    """Puts checked `values` in force from this frame on, where `before` was last put in force.

    Returns "loading" where a world waits to be read.
    """
    controls = hands.controls
    by, hidden = delayed.by(), OF_WORLDS_BELOW if is_hidden_world(hands, values) else ()
    controls.assign_all(
        (path, value, By(cue=by.cue) if path.startswith(hidden) else by)
        for path, value in values.items()
        if path == ACTIVE_WORLD
        or path in controls.state.fades
        or before[path] != value
        or controls.tree.by_path[path].calls
    )
    note_replaced(hands, before, values, followers_of(controls, before))
    place_cards_anew(hands.pictures.card_eyes, values)
    return call_active_world(hands) if ACTIVE_WORLD in values else ""


def _set_runs(hands: Hands, runs: list[CueRun]) -> None:
    hands.play.note_change()
    hands.play.runs = runs


def _is_over(hands: Hands, run: CueRun, frame: int) -> bool:
    """Whether a run's values have arrived, and its world is on air, or no longer wanted."""
    if run.held >= 0 or frame < end_of(run, hands.controls.rate):
        return False
    air = hands.air
    is_wanted = run.world and hands.controls.state.values.world.active == run.world
    return not is_wanted or (air.dissolve is None and air.on_air == key_named(air, run.world))
