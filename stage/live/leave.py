"""Where a finished frame goes: recorder, last look, clients, preview. Nothing here waits."""

from __future__ import annotations

from render.plan.frame import FramePlan
from stage.control.server import ControlServer
from stage.live.previews import Previews
from stage.live.view import LiveView
from stage.run.checkpoint import LastLook
from stage.show.frame.inputs import FrameInputs
from stage.show.show import Show
from stage.show.state import encode_state
from stage.takes.link import RecorderLink

LOOKS_PER_S = 2


class LiveLeave:
    """Takes frames to everyone outside."""

    def __init__(
        self,
        *,
        show: Show,
        view: LiveView,
        control: ControlServer,
        recorder: RecorderLink,
        last_look: LastLook | None,
        previews: Previews,
    ) -> None:
        self._show = show
        self._view = view
        self._control = control
        self._recorder = recorder
        self._last_look = last_look
        self._previews = previews
        self._look_every = max(1, round(show.rate / LOOKS_PER_S))
        self._looked_at = -1

    def frame(self, inputs: FrameInputs, plan: FramePlan) -> None:
        """Hands on one frame. What a client is told has been kept for a restarted core before."""
        self._view.health = plan.health
        self._recorder.follow(self._show.state.take, inputs, plan, self._snapshot)
        if self._last_look is not None:
            self._leave_look(self._last_look, plan.frame, commanded=bool(inputs.commands))
        self._control.publish(plan, self._view)
        self._previews.publish(plan)

    def _leave_look(self, last_look: LastLook, frame: int, *, commanded: bool) -> None:
        """Twice a second, whichever slots are skipped, and after every command.

        A little before whole halves of seconds: then telemetry and the recorder's snapshots take their time.
        """
        last_look.beat()
        present = (frame + self._look_every // 10) // self._look_every
        if commanded or present != self._looked_at:
            self._looked_at = present
            last_look.write(self._snapshot())

    def _snapshot(self) -> bytes:
        return encode_state(self._show.state)
