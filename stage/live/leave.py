"""Where a stepped frame goes: recorder, checkpoint, clients. Nothing here waits."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from stage.run.checkpoint import Checkpoint
from stage.run.encoded_state import EncodedState
from stage.show.frame.inputs import FrameInputs
from stage.show.frame.outcome import Outcome
from stage.show.show import Show
from stage.show.state import state_in_parts
from stage.takes.link import RecorderLink

CHECKPOINTS_PER_S = 2

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

    def frame(self, inputs: FrameInputs, outcome: Outcome) -> None:
        """Keeps one frame, then publishes it."""
        for keep in self._keepers:
            keep(inputs, outcome)
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
    """

    def __init__(self, show: Show, checkpoint: Checkpoint | None, also: KeepState | None = None) -> None:
        self._show = show
        self._checkpoint = checkpoint
        self._also = also
        self._every = _frames_between(show.rate)
        self._written_at = -1

    def keep(self, inputs: FrameInputs, outcome: Outcome) -> None:
        """Writes where it is due: a little before whole halves of seconds, as telemetry and the recorder's snapshots
        take their time then.
        """
        if self._checkpoint is not None:
            self._checkpoint.heartbeat()
        present = (outcome.frame + self._every // 10) // self._every
        if inputs.commands or present != self._written_at:
            self._written_at = present
            encoded = state_in_parts(self._show.state)
            if self._checkpoint is not None:
                self._checkpoint.write(encoded)
            if self._also is not None:
                self._also(encoded, bool(inputs.commands))


def _frames_between(rate: Fraction) -> int:
    return max(1, round(rate / CHECKPOINTS_PER_S))
