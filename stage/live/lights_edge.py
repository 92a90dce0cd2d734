"""The core's end of the lights: each frame's plan goes to the lights process, and what it tells comes back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from msgspec import UnsetType

from stage.config.records import StageConfig
from stage.lights.link import ToLights, WireStatus
from stage.lights.plan_rows import PlanSizes
from stage.lights.rounds import SOCKET
from stage.lights.service import STAND_IN
from stage.run.events import WantedEvent, print_event
from stage.show.frame.inputs import Condition, Observation
from stage.show.frame.outcome import Outcome

RESTARTED = "lights_restarted"


class LightsEdge:
    """Sends and receives without waiting; without `[dmx]`, or where nothing is sent, it does nothing.

    `status` is the newest that the lights process has told of itself.
    """

    def __init__(self, config: StageConfig, runtime: Path, stack: ExitStack) -> None:
        """Raises OSError where the socket cannot be."""
        self.status: WireStatus | None = None
        self._life = 0
        self._link: ToLights | None = None
        if config.dmx is not None and config.dmx.sends and config.lights:
            cells = [config.mode_of(light).cells for light in config.all_lights()]
            self._link = ToLights(runtime / SOCKET, PlanSizes(cells=sum(cells), lights=len(cells)))
            stack.callback(self._link.close)

    def send(self, outcome: Outcome) -> None:
        """Passes a frame's plan on."""
        if self._link is not None and not isinstance(outcome.lights, UnsetType):
            self._link.tell(outcome.lights)

    def reports(self) -> Iterator[Observation]:
        """What the lights process has told since the last call, for the next frame's inputs."""
        if self._link is None:
            return
        for report in self._link.heard():
            if isinstance(report, WireStatus):
                if self._life and report.life > self._life:
                    values = {"count": report.life - 1}
                    yield Condition(code=RESTARTED, severity="warning", values=dict(values), lasts=True)
                if not self._life:
                    print_event(WantedEvent(name=STAND_IN))
                self._life, self.status = report.life, report
            else:
                yield report
