"""How the show's values change: set at once, faded, numbered by the frame in which they changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

import msgspec

from stage.show.frame.requests import Aim
from stage.show.parts.part import Part
from stage.show.values.changes import ChangeHistory
from stage.show.values.delayed import NOW, By, Called, Delayed, without
from stage.show.values.fades import Fade, faded_value
from stage.values.parameters import Refusal, flat
from stage.values.stage_wide import ShowValues
from stage.values.tree import ParameterTree, drop_group, put_group, put_values, swap_value, value_at, values_at
from tracking.records import Notebook, Scalar
from tracking.settable import ROLES, ROUND_TURNS, Curve, FadeRule, Role, Value, Values


class ChangeMarks(Part):
    """By path, the number of the set of changes in which a value changed last, and who set it, where that is known."""

    at: dict[str, int] = msgspec.field(default_factory=dict)
    by: dict[str, str] = msgspec.field(default_factory=dict)


class ControlState(Notebook):
    """Everything that commands have set, as kept in snapshots.

    `values` are the present values, `fades` those on their way, by path. `sequence` counts sets of changes: all that
    changed in one `frame` is one set, `changed` its paths in order. `history` has what the newest commands replaced,
    `marks` when each value changed last. `dissolve_s` is how long the newest change of what a choice dissolves to is to
    take, along `dissolve_curve`; `dissolve_cue` is the cue that made it, in thousandths, 0 for none; while
    `dissolve_held`, the dissolve stands. `delayed` is what cues will set in a later frame. `look` is the one that was
    recalled or made last as a whole, "" before the first: of looks that are alike, the one that people mean.
    """

    values: ShowValues
    fades: dict[str, Fade] = msgspec.field(default_factory=dict)
    sequence: int = 0
    frame: int = -1
    changed: list[str] = msgspec.field(default_factory=list)
    history: ChangeHistory = msgspec.field(default_factory=ChangeHistory)
    marks: ChangeMarks = msgspec.field(default_factory=ChangeMarks)
    dissolve_s: float = 0.0
    dissolve_curve: Curve = "linear"
    dissolve_cue: int = 0
    dissolve_held: bool = False
    delayed: list[Delayed] = msgspec.field(default_factory=list)
    look: str = ""


def headings_of(state: ControlState) -> dict[str, Value]:
    """Where running fades lead, by path: what is kept of a moment in which values move. One that stands leads nowhere:
    who holds it, and keeps what he sees, means what he sees.
    """
    return {path: fade.target for path, fade in state.fades.items() if fade.held < 0}


class CheckedTarget(msgspec.Struct, frozen=True):
    """A target with its value as it is kept. A look makes hundreds in a frame, and a tuple takes longer to make."""

    target: Aim
    value: Value


class Refused(NamedTuple):
    """The path of several that was refused, and why."""

    path: str
    refusal: Refusal


class Controls:
    """Changes a `ControlState`. `rate` is in frames a second. Within a frame commands come first, `advance` last."""

    def __init__(self, tree: ParameterTree, state: ControlState, rate: Fraction) -> None:
        self.tree = tree
        self.state = state
        self.rate = rate
        self.frames_a_second = round(rate)
        self.called: dict[str, Called] = {}
        """What was set in this frame of values that do something whenever they are set; empty between two frames."""
        self._changed = set(state.changed)

    def begin(self, frame: int) -> None:
        """Begins a frame's set of changes."""
        if frame != self.state.frame:
            self.state.frame = frame
            self.state.changed.clear()
            self._changed.clear()

    def move_to(self, frame: int) -> None:
        """Goes to another frame within the set of changes that was begun: one that was skipped, and back."""
        self.state.frame = frame

    def permitted(self, role: Role, target: Aim) -> Value | Refusal:
        """The target's value as it is kept, or why this role may not set it."""
        parameter = self.tree.get(target.path)
        if parameter is None:
            return self.tree.unknown(target.path)
        checked = parameter.check(target.value)
        if isinstance(checked, Refusal):
            return checked
        needed = parameter.role
        if needed != role and ROLES.index(role) < ROLES.index(needed):
            values: dict[str, Scalar] = {"path": target.path, "needed": needed, "role": role}
            return Refusal(code="forbidden", reason="value_needs_role", values=values)
        if target.way and target.way != "shorter" and parameter.fade not in ROUND_TURNS:
            values = {"path": target.path, "found": str(target.way)}
            return Refusal(code="bad_message", reason="value_goes_no_way_round", values=values)
        return checked

    def checked(self, role: Role, targets: Iterable[Aim]) -> tuple[CheckedTarget, ...] | Refused:
        """All targets with their values as they are kept, or the first that was refused."""
        checked = []
        for target in targets:
            value = self.permitted(role, target)
            if isinstance(value, Refusal):
                return Refused(target.path, value)
            checked.append(CheckedTarget(target, value))
        return tuple(checked)

    def put_all(
        self, checked: Sequence[CheckedTarget], who: str, present: Mapping[str, Value] | None = None
    ) -> dict[str, Value]:
        """Puts checked targets in force. Returns what each was before (the target, where a fade ran), by path.

        `who` sets them, "" where that is not known; `present` is what they are, from who knows it already. What a cue
        was to set of them later, it no longer does.
        """
        if len(checked) == 1 and self.jumps(checked[0].target):
            path = checked[0].target.path
            return {path: self.put_alone(path, checked[0].value, who)}
        fades, parameters = self.state.fades, self.tree.by_path
        at_once, others = dict[str, Value](), dict[str, CheckedTarget]()
        paths = [one.target.path for one in checked]
        before = self.targets_of(paths) if present is None else {path: present[path] for path in paths}
        if self.state.delayed:
            self.state.delayed = without(self.state.delayed, before)
        for one in checked:
            target = one.target
            path = target.path
            if (
                target.fade_s == 0.0
                and path not in fades
                and path not in others
                and parameters[path].fade != "dissolve"
                and not parameters[path].calls
            ):
                at_once[path] = one.value
            else:
                others[path] = one
        self._put_at_once({path: value for path, value in at_once.items() if before[path] != value})
        if others:
            self.assign_all(
                (path, one.value, By(one.target.fade_s, one.target.way or "shorter")) for path, one in others.items()
            )
        self._sign(before, who)
        return before

    def jumps(self, target: Aim) -> bool:
        """Whether a value is to be in force at once, and nothing else is on its way there."""
        state = self.state
        if target.fade_s != 0.0 or state.delayed or target.path in state.fades:
            return False
        parameter = self.tree[target.path]
        return parameter.fade != "dissolve" and not parameter.calls

    def put_alone(self, path: str, value: Value, who: str) -> Value:
        """Puts one checked value in force that `jumps`, in less time than as one of several. Returns what it was."""
        before = swap_value(self.state.values, path, value)
        if before != value and path not in self._changed:
            self._note((path,))
        if self.state.marks.by.get(path, "") != who:
            self._sign((path,), who)
        return before

    def _put_at_once(self, values: Mapping[str, Value]) -> None:
        """Many values that differ from those in force, in less time than one after the other."""
        if values:
            put_values(self.state.values, values)
            self._note(values)

    def _sign(self, paths: Iterable[str], who: str) -> None:
        """Notes who has set these values."""
        marks = self.state.marks
        if who:
            fresh = [path for path in paths if marks.by.get(path) != who]
            if fresh:
                marks.by.update(dict.fromkeys(fresh, who))
                marks.note_change()
        elif marks.by:
            for path in paths:
                self._unsign(path)

    def _unsign(self, path: str) -> None:
        """Forgets who has set a value."""
        marks = self.state.marks
        if marks.by.pop(path, None) is not None:
            marks.note_change()

    def target_of(self, path: str) -> Value:
        """What was last put in force at `path`: where a running fade will end, or else the present value."""
        running = self.state.fades.get(path)
        return running.target if running else value_at(self.state.values, path)

    def targets_of(self, paths: Iterable[str]) -> dict[str, Value]:
        """What was last put in force at many paths, by path."""
        found, fades = values_at(self.state.values, paths), self.state.fades
        return found | {path: fade.target for path, fade in fades.items() if path in found} if fades else found

    def assign(self, path: str, value: Value, by: By = NOW) -> None:
        """Puts a checked `value` in force, at once or as a fade from where a running one is now."""
        self.assign_all(((path, value, by),))

    def assign_all(self, several: Iterable[tuple[str, Value, By]]) -> None:
        """Puts several checked values in force, in their order."""
        jumps: dict[str, Value] = {}
        fades, signed, parameters = self.state.fades, self.state.marks.by, self.tree.by_path
        for path, value, by in several:
            if path in jumps:
                self._put(jumps)
                jumps = {}
            if path in signed:
                self._unsign(path)
            rule = parameters[path].fade
            if parameters[path].calls:
                self.called[path] = Called(value, self.state.frame)
            if by.fade_s == 0.0 and rule != "dissolve":
                fades.pop(path, None)
                jumps[path] = value
            elif not self._fades_to(path, value, by, rule):
                jumps[path] = value
        self._put(jumps)

    def call_anew(self, path: str, value: Value) -> None:
        """What the choice at `path` has chosen is called `value` from now on: how it is reached stays the same."""
        self._put({path: value})

    def _fades_to(self, path: str, value: Value, by: By, rule: FadeRule | None) -> bool:
        """Begins a fade to `value`; False where it jumps, and no fade runs any more."""
        state = self.state
        running = state.fades.pop(path, None)
        if by.fade_s > 0.0 and rule is not None and isinstance(value, float):
            start = faded_value(running, state.frame, self.rate) if running else value_at(state.values, path)
            assert isinstance(start, float)
            state.fades[path] = Fade(
                start_frame=state.frame,
                start=start,
                target=value,
                fade_s=by.fade_s,
                rule=rule,
                way=by.way,
                curve=by.curve,
                cue=by.cue,
            )
            self._mark(path, state.sequence + (not state.changed))
            return True
        if rule == "dissolve":
            state.dissolve_s, state.dissolve_curve, state.dissolve_cue = by.fade_s, by.curve, by.cue
            state.dissolve_held = False
        return False

    def admit(self, prefix: str, group: Values) -> None:
        """Adds a group of values at `/FAMILY/KEY`; all of them are changes of this frame."""
        self.tree.admit(prefix, group)
        put_group(self.state.values, prefix, group)
        for path, _ in flat(prefix, group):
            self._note((path,))

    def dismiss(self, prefix: str) -> None:
        """Removes the group of values at `/FAMILY/KEY`, with what is on its way there."""
        gone = {parameter.path for parameter in self.tree.under(prefix)}
        self.tree.dismiss(prefix)
        drop_group(self.state.values, prefix)
        self.state.fades = {path: fade for path, fade in self.state.fades.items() if path not in gone}
        self.state.changed = [path for path in self.state.changed if path not in gone]
        self.called = {path: call for path, call in self.called.items() if path not in gone}
        self._changed -= gone
        for path in sorted(gone):
            self.state.marks.at.pop(path, None)
            self.state.marks.by.pop(path, None)
        self.state.marks.note_change()

    def advance(self, frame: int) -> None:
        """Moves every fade to `frame`; one that has ended is on its target and gone."""
        self.begin(frame)
        fades = self.state.fades
        if not fades:
            return
        moved = {path: faded_value(fade, frame, self.rate) for path, fade in fades.items()}
        for path in [path for path, value in moved.items() if value == fades[path].target]:
            del fades[path]
        self._put(moved)

    def _put(self, values: Mapping[str, Value]) -> None:
        """Stores values; those that are others than before are changes of this frame."""
        present = values_at(self.state.values, values)
        self._put_at_once({path: value for path, value in values.items() if present[path] != value})

    def _note(self, paths: Iterable[str]) -> None:
        state = self.state
        if not state.changed:
            state.sequence += 1
        fresh = [path for path in paths if path not in self._changed]
        if fresh:
            self._changed.update(fresh)
            state.changed += fresh
            state.marks.at.update(dict.fromkeys(fresh, state.sequence))
            state.marks.note_change()

    def _mark(self, path: str, sequence: int) -> None:
        self.state.marks.at[path] = sequence
        self.state.marks.note_change()
