"""What a kind of command is: its request, the least role, what carries it out, on what, and with which effect."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import msgspec

from stage.config.lights import StageLight
from stage.show.air.sight import Sight
from stage.show.air.state import AirState
from stage.show.camera.mounts import TrackerMount
from stage.show.cues.cue_list import CueList
from stage.show.cues.play import CuePlay
from stage.show.desk.state import DeskState
from stage.show.frame.outcome import LookOutcome
from stage.show.frame.requests import Command, Request
from stage.show.lights.state import LightsState
from stage.show.looks.shelf import LookShelf
from stage.show.people.guards import THE_SHOW, Giver, Watch
from stage.show.people.leases import Leases
from stage.show.plan.scene import PictureState
from stage.show.plates.state import PlatesState
from stage.show.report.conditions import Conditions
from stage.show.report.health import HealthState
from stage.show.report.take import TakeState
from stage.show.values.controls import Controls
from stage.values.parameters import Refusal
from tracking.settable import Role, Value
from tracking.tracker.tracker import Tracker


class Hands(msgspec.Struct):
    """What commands work on, and who gives the present one (`by`), which changes from command to command."""

    controls: Controls
    take: TakeState
    trackers: dict[str, Tracker]
    mounts: dict[str, TrackerMount]
    health: HealthState
    conditions: Conditions
    air: AirState
    pictures: PictureState
    sight: Sight
    leases: Leases
    looks: LookShelf
    cues: CueList
    play: CuePlay
    lights: LightsState = msgspec.field(default_factory=LightsState)
    lamps: tuple[StageLight, ...] = ()
    by: Giver = THE_SHOW
    desk: DeskState = msgspec.field(default_factory=DeskState)
    plates: PlatesState = msgspec.field(default_factory=PlatesState)

    def watch(self) -> Watch:
        """What values are kept by from who gives the command."""
        return Watch(self.controls, self.take, self.leases, self.by)


class Effect(msgspec.Struct, frozen=True):
    """What carrying out a request led to: the path and value in force, or a refusal. `owed`: the answer comes later.

    `detail` is "loading" where what was asked for waits to be read. `before` is what can be put back, `look` what came
    of a look.
    """

    path: str = ""
    value: Value | None = None
    refusal: Refusal | None = None
    owed: bool = False
    detail: str = ""
    before: dict[str, Value] | msgspec.UnsetType = msgspec.UNSET
    look: LookOutcome | msgspec.UnsetType = msgspec.UNSET


class CommandKind(NamedTuple):
    """One command: its request, the least role that may give it, and what carries it out.

    `least_role` is None where each parameter has its own. Of a request that can ask for several things, this is the
    one that its `action` names; "" is every action. Its client can undo what an `undoable` one sets.
    """

    request: type[Request]
    least_role: Role | None
    carry_out: Callable[[Hands, Command], Effect]
    action: str = ""
    undoable: bool = False
