"""How commands change the show's values: checked, remembered, faded. Part of the fold."""

from __future__ import annotations

import hashlib
from fractions import Fraction

import msgspec

from render.plan.frame import Acknowledgement
from stage.show.commands.fades import Fade, value_at
from stage.show.frame.inputs import BatchRequest, Command, SetRequest, Value
from stage.values.parameters import ROLES, ParameterTree, Refusal
from tracking.records import Evolving, Notebook

REMEMBERED_ANSWERS = 256
_RANKS: dict[str, int] = {role: rank for rank, role in enumerate(ROLES)}


class Answered(Evolving):
    """A request that was carried out or refused (its digest), and its first answer."""

    request: bytes
    answer: Acknowledgement


class ControlState(Notebook):
    """Everything commands have changed, as kept in snapshots.

    `values` are the present values by path, `fades` those on their way. `sequence` counts change sets: all that
    changed in one `frame` is one set, `changed` its paths in order. `answers` are the first answers to the latest
    commands, so that a command sent again is not applied again.
    """

    values: dict[str, Value]
    fades: dict[str, Fade] = msgspec.field(default_factory=dict)
    sequence: int = 0
    frame: int = -1
    changed: list[str] = msgspec.field(default_factory=list)
    answers: dict[str, Answered] = msgspec.field(default_factory=dict)


def new_control_state(tree: ParameterTree, restored: dict[str, Value] | None = None) -> ControlState:
    """Defaults, with `restored` values over them; restored entries that do not fit the tree are left out."""
    values: dict[str, Value] = {parameter.path: parameter.default for parameter in tree}
    for path, value in (restored or {}).items():
        checked = tree.check(path, value)
        if not isinstance(checked, Refusal):
            values[path] = checked
    return ControlState(values=values)


def request_digest(command: Command) -> bytes:
    """What a command asks for, to compare: of its written form, in which NaN equals itself."""
    written = repr(command.request).encode(errors="backslashreplace")
    return hashlib.blake2b(written, digest_size=16).digest()


def _memory_key(command: Command) -> str:
    return f"{command.client}\n{command.id!r}"


class Controls:
    """The show's hands: applies commands to a `ControlState` and moves its fades. `rate` is in frames a second.

    Within a frame, commands come first and `advance` last. A state from an older build gains new parameters' defaults.
    """

    def __init__(self, tree: ParameterTree, state: ControlState, rate: Fraction) -> None:
        self.tree = tree
        self.state = state
        self._rate = rate
        for parameter in tree:
            state.values.setdefault(parameter.path, parameter.default)

    def number(self, path: str) -> float:
        """The present value of a float parameter."""
        value = self.state.values[path]
        assert isinstance(value, float)
        return value

    def switch(self, path: str) -> bool:
        """The present value of a boolean parameter."""
        value = self.state.values[path]
        assert isinstance(value, bool)
        return value

    def text(self, path: str) -> str:
        """The present value of a choice or text parameter."""
        value = self.state.values[path]
        assert isinstance(value, str)
        return value

    def changes(self, frame: int) -> dict[str, Value]:
        """The values that changed in `frame`, for publication under `state.sequence`."""
        if frame != self.state.frame:
            return {}
        return {path: self.state.values[path] for path in self.state.changed}

    def apply(self, command: Command, frame: int) -> Acknowledgement:
        """Carry out a set or batch in `frame` and answer it; requests that are not of values are refused.

        A command whose id this client has used before gets its first answer and changes nothing.
        """
        first = self.remembered(command)
        if first is not None:
            return first
        self._begin(frame)
        match command.request:
            case SetRequest() as request:
                answer = self._set(command, request, frame)
            case BatchRequest() as request:
                answer = self._set_all(command, request, frame)
            case _:
                refusal = Refusal(code="bad_message", detail="not a command that sets values")
                return self._refused(command, "", refusal)
        return self.remember(command, answer, frame)

    def remembered(self, command: Command) -> Acknowledgement | None:
        """What to answer a command whose id this client has used before, while that is remembered; else None.

        The very same command gets its first answer. Another one under that id is refused: which of the two the client
        means to repeat cannot be told.
        """
        known = self.state.answers.get(_memory_key(command))
        if known is None:
            return None
        if known.request == request_digest(command):
            return known.answer
        detail = f"id {command.id!r} was another request's: give every request an id of its own"
        return self._refused(command, "", Refusal(code="conflict", detail=detail))

    def remember(self, command: Command, answer: Acknowledgement, frame: int) -> Acknowledgement:
        """Keep `answer`, given in `frame`, for a command that is sent again; the oldest of many is forgotten."""
        answers = self.state.answers
        key = _memory_key(command)
        answers.pop(key, None)
        answers[key] = Answered(request=request_digest(command), answer=msgspec.structs.replace(answer, frame=frame))
        while len(answers) > REMEMBERED_ANSWERS:
            del answers[next(iter(answers))]
        return answer

    def permitted(self, command: Command, path: str, value: Value) -> Value | Refusal:
        """`value` as `path` keeps it, or why this client may not set it."""
        checked = self.tree.check(path, value)
        if isinstance(checked, Refusal):
            return checked
        needed = self.tree[path].role
        if _RANKS.get(command.role, -1) < _RANKS[needed]:
            return Refusal(code="forbidden", detail=f"{path} needs role {needed}, you are {command.role}")
        return checked

    def assign(self, path: str, value: Value, frame: int, fade_s: float = 0.0) -> None:
        """Put an already checked `value` in force, at once or over `fade_s` from where a running fade has come to."""
        self._begin(frame)
        running = self.state.fades.pop(path, None)
        start = value_at(running, frame, self._rate) if running else self.state.values[path]
        if fade_s > 0.0 and isinstance(start, float) and isinstance(value, float) and self.tree[path].fades:
            self.state.fades[path] = Fade(start_frame=frame, start=start, target=value, fade_s=fade_s)
        else:
            self._change(path, value)

    def advance(self, frame: int) -> None:
        """Move every fade to `frame`; one that has ended lands on its target and is gone."""
        self._begin(frame)
        fades = self.state.fades
        for path, fade in tuple(fades.items()):
            value = value_at(fade, frame, self._rate)
            self._change(path, value)
            if value == fade.target:
                del fades[path]

    def _begin(self, frame: int) -> None:
        if frame != self.state.frame:
            self.state.frame = frame
            self.state.changed.clear()

    def _change(self, path: str, value: Value) -> None:
        state = self.state
        if state.values[path] == value:
            return
        state.values[path] = value
        if not state.changed:
            state.sequence += 1
        if path not in state.changed:
            state.changed.append(path)

    def _set(self, command: Command, request: SetRequest, frame: int) -> Acknowledgement:
        checked = self.permitted(command, request.path, request.value)
        if isinstance(checked, Refusal):
            return self._refused(command, request.path, checked)
        self.assign(request.path, checked, frame, request.fade_s)
        return self._accepted(command, request.path, checked)

    def _set_all(self, command: Command, request: BatchRequest, frame: int) -> Acknowledgement:
        targets: list[tuple[str, Value, float]] = []
        for item in request.items:
            checked = self.permitted(command, item.path, item.value)
            if isinstance(checked, Refusal):
                return self._refused(command, item.path, checked)
            targets.append((item.path, checked, item.fade_s))
        for path, value, fade_s in targets:
            self.assign(path, value, frame, fade_s)
        return self._accepted(command, "", None)

    def _accepted(self, command: Command, path: str, value: Value | None) -> Acknowledgement:
        return Acknowledgement(
            client=command.client, id=command.id, path=path, value=value, sequence=self.state.sequence
        )

    def _refused(self, command: Command, path: str, refusal: Refusal) -> Acknowledgement:
        return Acknowledgement(
            client=command.client,
            id=command.id,
            path=path,
            value=self.state.values.get(path),
            error=refusal.code,
            detail=refusal.detail,
            sequence=self.state.sequence,
        )
