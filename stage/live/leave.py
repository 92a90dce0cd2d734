"""Where a stepped frame goes: recorder, checkpoint, clients. Nothing here waits."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from stage.run.checkpoint import Checkpoint
from stage.run.encoded_state import EncodedState
from stage.show.frame.inputs import FrameInputs
from stage.show.frame.outcome import Outcome
from stage.show.frame.requests import SetRequest, ShowRequest
from stage.show.people.guards import is_plain
from stage.show.show import Show
from stage.show.state import state_in_parts
from stage.takes.link import RecorderLink

CHECKPOINTS_PER_S = 2
MOST_FADERS = 512
"""So many are remembered at least."""

Keep = Callable[[FrameInputs, Outcome], None]
Publish = Callable[[Outcome], None]
KeepState = Callable[[EncodedState, bool], None]


class LiveLeave:
    """Hands a frame to everyone outside, by one law: **it is kept before anybody hears of it.**

    Every keeper (the recorder, the checkpoint) has the frame before any publisher (control) may speak of it.
    So a client that was answered can rely on it: the value is in the take, and a core that is killed right after the
    answer comes back with it.
    """

    def __init__(self, *, keepers: tuple[Keep, ...], publishers: tuple[Publish, ...]) -> None:
        self._keepers = keepers
        self._publishers = publishers

    def keep(self, inputs: FrameInputs, outcome: Outcome) -> None:
        """Keeps one frame. It comes first."""
        for keep in self._keepers:
            keep(inputs, outcome)

    def publish(self, outcome: Outcome) -> None:
        """Publishes a frame that was kept."""
        for publish in self._publishers:
            publish(outcome)


class TakeKeeper:
    """Hands frames to the recorder while a take is wanted."""

    def __init__(self, show: Show, recorder: RecorderLink) -> None:
        self._show = show
        self._recorder = recorder

    def keep(self, inputs: FrameInputs, outcome: Outcome) -> None:
        """Hands over one frame, and snapshots where they are due."""
        self._recorder.follow(self._show.state.take, inputs, outcome, self._snapshot)

    def _snapshot(self) -> EncodedState:
        return state_in_parts(self._show.state)


class CheckpointKeeper:
    """Writes the state into the checkpoint: twice a second, whichever slots are skipped, and after every command.

    `also` receives the same, and whether a command came, for those who keep the state elsewhere. Without a
    checkpoint, for which there was no room, they still do.

    What is due in time alone waits until the frame was presented (`write_waiting`), and so does a frame in which
    nothing but faders went on moving, where `journal_has_all` of it: to carry that out again gives the same. The first
    move of a fader does not wait: so the checkpoint has what to take back, should a value of the movement end cores.
    """

    def __init__(
        self,
        show: Show,
        checkpoint: Checkpoint | None,
        also: KeepState | None = None,
        journal_has_all: Callable[[], bool] = lambda: False,
    ) -> None:
        self._show = show
        self._checkpoint = checkpoint
        self._also = also
        self._journal_has_all = journal_has_all
        self._every = _frames_between(show.rate)
        self._written_at = -1
        self._moves = Movements(show)
        self._waits = self._commanded = False

    def keep(self, inputs: FrameInputs, outcome: Outcome) -> None:
        """Writes where it is due: a little before whole halves of seconds, as telemetry and the recorder's snapshots
        take their time then.
        """
        if self._checkpoint is not None:
            self._checkpoint.heartbeat()
        present = (outcome.frame + self._every // 10) // self._every
        commanded = bool(inputs.commands or inputs.redone or outcome.entered)
        if not commanded and present == self._written_at:
            return
        can_wait = not (self._waits or inputs.redone)
        if commanded:
            can_wait &= self._moves.go_on(inputs, outcome) and self._journal_has_all()
        self._commanded = commanded or (self._waits and self._commanded)
        self._written_at, self._waits = present, True
        if not can_wait:
            self.write_waiting()

    def write_waiting(self) -> None:
        """Writes the state of the last frame, if it waits."""
        if not self._waits:
            return
        self._waits = False
        encoded = state_in_parts(self._show.state)
        if self._checkpoint is not None:
            self._checkpoint.write(encoded)
        if self._also is not None:
            self._also(encoded, self._commanded)


class Movements:
    """The faders that move: values that were set at once, and were within the second before."""

    def __init__(self, show: Show) -> None:
        self._show = show
        self._moved_at: dict[str | None, int] = {}

    def go_on(self, inputs: FrameInputs, outcome: Outcome) -> bool:
        """Whether a frame's commands, and those whose owed answers it gives, only move faders that were moving before.

        Nor was any of them refused.
        """
        earliest = inputs.frame - round(self._show.rate)
        # What was owed is answered before all commands or after them.
        answered = (entry.command for entry in (*outcome.entered[:1], *outcome.entered[-1:]))
        paths = {self._fader_in(command.request) for command in (*inputs.commands, *answered)}
        if None in paths or any(answer.refusal is not None for answer in outcome.answers):
            return False
        goes_on = all(self._moved_at.get(path, earliest - 1) >= earliest for path in paths)
        self._moved_at.update(dict.fromkeys(paths, inputs.frame))
        if len(self._moved_at) > MOST_FADERS:
            self._moved_at = {path: frame for path, frame in self._moved_at.items() if frame >= earliest}
        return goes_on

    def _fader_in(self, request: ShowRequest) -> str | None:
        """The path of the fader that a request moves, and nothing else; None where it does anything else."""
        if not isinstance(request, SetRequest) or request.fade_s != 0.0 or not is_plain(request):
            return None
        parameter = self._show.tree.get(request.path)
        return None if parameter is None or parameter.fade in (None, "dissolve") else request.path


def _frames_between(rate: Fraction) -> int:
    return max(1, round(rate / CHECKPOINTS_PER_S))
