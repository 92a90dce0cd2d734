"""A small show without anything around it: its configuration, its tree, and its commands without the rest of a step."""

from __future__ import annotations

from fractions import Fraction

from calibration.cameras import Camera
from calibration.rasters.positions import wall_positions, wall_surface
from calibration.records import Calibration
from calibration.walls import PlaneShape, Wall
from stage.config.lights import StageLight
from stage.config.records import StageConfig
from stage.config.starting_values import starting_values, tree_of
from stage.show.air.sight import Sight
from stage.show.air.state import new_air_state
from stage.show.commands.answered import AnswerMemory
from stage.show.commands.kinds import Hands
from stage.show.commands.table import carry_out
from stage.show.cues.cue_list import CueList
from stage.show.cues.play import CuePlay
from stage.show.frame.outcome import Answer
from stage.show.frame.requests import BatchRequest, Command, Request, SetRequest, Target
from stage.show.looks.shelf import LookShelf
from stage.show.people.leases import Leases
from stage.show.plan.scene import PictureState
from stage.show.report.conditions import Conditions
from stage.show.report.health import HealthState
from stage.show.report.take import TakeState
from stage.show.values.controls import Controls, ControlState
from stage.values.tree import snapshot_of, value_at
from tracking.settable import Value
from tracking.settings import TrackerConfig

SOURCE = "udp://127.0.0.1:0"
WALL = Wall(
    name="main",
    resolution_px=(64, 32),
    latency_ms=16.0,
    shape=PlaneShape(lower_left_m=(-1.0, 2.0, 0.0), lower_right_m=(1.0, 2.0, 0.0), upper_left_m=(-1.0, 2.0, 1.0)),
)
CONFIG = StageConfig(
    walls=(WALL,),
    cameras=(Camera(name="A", tracker="freed-a", focal_length_mm=35.0), Camera(name="B", focal_length_mm=50.0)),
    lights=(
        StageLight(
            name="key",
            fixture="x",
            universe=1,
            address=1,
            position_m=(1.0, 1.0, 3.0),
            aim_m=(0.0, 0.0, 1.0),
            groups=("back",),
        ),
    ),
    trackers=(TrackerConfig(name="freed-a", protocol="freed", source=SOURCE, delay_ms=4.0),),
)
CALIBRATION = Calibration(surfaces=(wall_surface(WALL, wall_positions(WALL, None)),))
TREE = tree_of(CONFIG)


class SmallControls:
    """Values and the commands that change them, with the memory of what was answered."""

    def __init__(self, state: ControlState | None = None, rate: Fraction = Fraction(60)) -> None:
        state = ControlState(values=starting_values(CONFIG)) if state is None else state
        self.controls = Controls(TREE, state, rate)
        self.memory = AnswerMemory()
        self._hands = Hands(
            self.controls,
            TakeState(guarded=True),
            {},
            {},
            HealthState(),
            Conditions(),
            new_air_state(CONFIG, ""),
            PictureState(),
            Sight(),
            Leases(),
            LookShelf(),
            CueList(),
            CuePlay(),
        )

    @property
    def hands(self) -> Hands:
        return self._hands

    @property
    def state(self) -> ControlState:
        return self.controls.state

    @property
    def values(self) -> dict[str, Value]:
        return snapshot_of(self.state.values)

    def value(self, path: str) -> Value:
        return value_at(self.state.values, path)

    def apply(self, command: Command, frame: int) -> Answer | None:
        return carry_out(self._hands, self.memory, command, frame)

    def advance(self, frame: int) -> None:
        self.controls.advance(frame)

    def changes(self, frame: int) -> dict[str, Value]:
        return {path: self.value(path) for path in self.state.changed} if self.state.frame == frame else {}


def command(request: Request, sender: str = "zmq-aa", role: str = "admin") -> Command:
    return Command(sender=sender, role=role, order=1, request=request)


def put(path: str, value: Value, fade_s: float = 0.0, request_id: str = "1", **who: str) -> Command:
    return command(SetRequest(id=request_id, path=path, value=value, fade_s=fade_s), **who)


def together(*items: tuple[str, Value], request_id: str = "1", **who: str) -> Command:
    return command(
        BatchRequest(id=request_id, items=tuple(Target(path=path, value=value) for path, value in items)), **who
    )
