"""The state of the fold: everything a show remembers from one frame to the next.

It is one tree of notebooks, mutated only by the `Show` that owns it and copied by encoding it: a snapshot is that
encoding, and cannot share a list with the running show or leave anything out. What seldom changes is a `Part`
(`stage.show.parts`), and costs nothing to keep while it does not.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import msgspec

from calibration.cameras import Camera
from render.worlds.weather.record import WeatherState
from stage.config.records import StageConfig
from stage.config.starting_values import restore_values, starting_values, tree_of
from stage.run.encoded_state import EncodedState
from stage.show.air.scenes import ModelsState
from stage.show.air.state import AirState, new_air_state
from stage.show.camera.lens import DEFAULT_FOCAL_LENGTH_MM, LensState
from stage.show.camera.rig import CameraState
from stage.show.commands.answered import AnswerMemory
from stage.show.cues.cue_list import CueList
from stage.show.cues.play import CuePlay
from stage.show.desk.state import DeskState
from stage.show.lights.state import LightsState
from stage.show.looks.shelf import LookShelf
from stage.show.parts.encoding import encode_in_parts
from stage.show.people.leases import Leases
from stage.show.plan.scene import PictureState
from stage.show.plates.state import PlatesState
from stage.show.report.conditions import Conditions
from stage.show.report.health import HealthState
from stage.show.report.ledger import LedgerState
from stage.show.report.losses import Losses
from stage.show.report.pace import PaceState
from stage.show.report.take import TakeState
from stage.show.values.controls import ControlState
from tracking.records import Notebook
from tracking.settable import Value
from tracking.tracker.state import TrackerState, new_tracker_state

STATE_VERSION = 5


class ShowState(Notebook):
    """Everything between two frames.

    `frame` is the last one stepped, -1 before the first; `now_ns` is when its slot began and its inputs were gathered,
    `present_ns` when it is shown (host monotonic). `entries` counts the commands that were carried out or refused, over
    all runs: it is the number of the journal's last entry that the state contains.
    """

    controls: ControlState
    trackers: dict[str, TrackerState]
    cameras: dict[str, CameraState]
    air: AirState
    weather: WeatherState = msgspec.field(default_factory=WeatherState)
    version: int = STATE_VERSION
    epoch: int = 0
    frame: int = -1
    now_ns: int = 0
    present_ns: int = 0
    answers: AnswerMemory = msgspec.field(default_factory=AnswerMemory)
    leases: Leases = msgspec.field(default_factory=Leases)
    take: TakeState = msgspec.field(default_factory=TakeState)
    pictures: PictureState = msgspec.field(default_factory=PictureState)
    missed: int = 0
    entries: int = 0
    pace: PaceState = msgspec.field(default_factory=PaceState)
    losses: Losses = msgspec.field(default_factory=Losses)
    ledger: LedgerState = msgspec.field(default_factory=LedgerState)
    health: HealthState = msgspec.field(default_factory=HealthState)
    conditions: Conditions = msgspec.field(default_factory=Conditions)
    looks: LookShelf = msgspec.field(default_factory=LookShelf)
    cues: CueList = msgspec.field(default_factory=CueList)
    play: CuePlay = msgspec.field(default_factory=CuePlay)
    desk: DeskState = msgspec.field(default_factory=DeskState)
    lights: LightsState = msgspec.field(default_factory=LightsState)
    plates: PlatesState = msgspec.field(default_factory=PlatesState)
    models: ModelsState = msgspec.field(default_factory=ModelsState)


_ENCODER = msgspec.msgpack.Encoder()


def encode_state(state: ShowState) -> bytes:
    """The state as msgpack bytes; equal states give equal bytes."""
    return _ENCODER.encode(state)


def state_in_parts(state: ShowState) -> EncodedState:
    """The very same bytes in parts. What did not change since the last time is not encoded again."""
    return encode_in_parts(state)


def decode_state(encoded: bytes) -> ShowState:
    """The state from its bytes. Raises msgspec.DecodeError where they are not a state."""
    return _decoder().decode(encoded)


@cache
def _decoder() -> msgspec.msgpack.Decoder[ShowState]:
    """Made for the first state: it takes half as long as loading the show itself, and most starts read none."""
    return msgspec.msgpack.Decoder(ShowState)


def new_state(config: StageConfig, restored: Mapping[str, Value] | None = None) -> ShowState:
    """The state before the first frame: the configuration's values, with the saved ones in `restored` over them."""
    values = starting_values(config)
    if restored:
        restore_values(values, tree_of(config), restored)
    return ShowState(
        controls=ControlState(values=values),
        trackers={tracker.name: new_tracker_state(tracker) for tracker in config.trackers},
        cameras={
            camera.name: CameraState(lens=_first_lens(camera, values.camera[camera.name].lens))
            for camera in config.cameras
        },
        air=new_air_state(config, values.world.active),
        take=TakeState(guarded=True),
    )


def _first_lens(camera: Camera, lens: str) -> LensState:
    """What is known of the lens on a camera before its tracker has said anything."""
    focal_length_mm = camera.fitted(lens).focal_length_mm
    return LensState(focal_length_mm=focal_length_mm or DEFAULT_FOCAL_LENGTH_MM, lens=lens)
