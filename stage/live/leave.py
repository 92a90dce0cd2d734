"""Where a finished frame goes: recorder, checkpoint, clients, preview. Nothing here waits."""

from __future__ import annotations

from render.plan.frame import FramePlan
from stage.control.server import ControlServer
from stage.live.previews import Previews
from stage.live.view import LiveView
from stage.run.checkpoint import Checkpoint
from stage.show.frame.inputs import FrameInputs
from stage.show.show import Show
from stage.show.state import encode_state
from stage.takes.link import RecorderLink

CHECKPOINTS_PER_S = 2


class LiveLeave:
    """Sends each frame to everyone outside."""

    def __init__(
        self,
        *,
        show: Show,
        view: LiveView,
        control: ControlServer,
        recorder: RecorderLink,
        checkpoint: Checkpoint | None,
        previews: Previews,
    ) -> None:
        self._show = show
        self._view = view
        self._control = control
        self._recorder = recorder
        self._checkpoint = checkpoint
        self._previews = previews
        self._checkpoint_every = max(1, round(show.rate / CHECKPOINTS_PER_S))
        self._checkpoint_period = -1

    def frame(self, inputs: FrameInputs, plan: FramePlan) -> None:
        """Passes one frame on. The checkpoint is written before clients learn of the frame."""
        self._view.health = plan.health
        self._recorder.follow(self._show.state.take, inputs, plan, self._snapshot)
        if self._checkpoint is not None:
            self._keep_checkpoint(self._checkpoint, plan.frame, commanded=bool(inputs.commands))
        self._control.publish(plan, self._view)
        self._previews.publish(plan)

    def _keep_checkpoint(self, checkpoint: Checkpoint, frame: int, *, commanded: bool) -> None:
        """Writes a checkpoint twice a second, whichever slots are skipped, and after every command.

        It is due a little before each half second, since telemetry and the recorder's snapshots fall on that.
        """
        checkpoint.heartbeat()
        period = (frame + self._checkpoint_every // 10) // self._checkpoint_every
        if commanded or period != self._checkpoint_period:
            self._checkpoint_period = period
            checkpoint.write(self._snapshot())

    def _snapshot(self) -> bytes:
        return encode_state(self._show.state)
