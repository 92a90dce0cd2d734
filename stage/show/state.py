"""The state of the fold: everything a show remembers from one frame to the next.

It is one tree of notebooks, mutated only by the `Show` that owns it and copied by encoding it: a snapshot is that
encoding, and cannot share a list with the running show or leave anything out.
"""

from __future__ import annotations

import msgspec

from render.plan.frame import FramePlan, OuterPlan
from render.plan.inner import InnerPlan
from stage.config.records import StageConfig
from stage.show.camera.overscan import OverscanState
from stage.show.commands.controls import ControlState, new_control_state
from stage.show.frame.inputs import Value
from stage.show.plan.reprojection import LatePoseState
from stage.show.report.ledger import LedgerState
from stage.show.report.losses import Losses
from stage.values.parameters import ParameterTree
from tracking.records import Notebook, Pose
from tracking.tracker.tracker import TrackerState, new_tracker_state

STATE_VERSION = 1


class TakeState(Notebook):
    """What the show wants recorded (`recording`, `name`, `part`) and what the recorder said last.

    `confirmed` is true once the first chunk is on disk: only then is the take called recording. `count` numbers the
    takes; `recorder` says why none could be recorded now, "" while a recorder runs.
    """

    recording: bool = False
    name: str = ""
    part: int = 1
    confirmed: bool = False
    path: str = ""
    alarm: str = ""
    count: int = 0
    recorder: str = ""


class CameraState(Notebook):
    """A camera's newest lens reading, the pose that "still" keeps, and what its margin has learned.

    `projection_offset_mm` is what the tracker tells of a lens that has no file.
    """

    focal_length_mm: float
    entrance_pupil_m: float = 0.0
    zoom_raw: float | None = None
    projection_offset_mm: tuple[float, float] = (0.0, 0.0)
    stage_from_pupil: Pose | None = None
    overscan: OverscanState = msgspec.field(default_factory=OverscanState)


class ShowState(Notebook):
    """Everything between two frames.

    `frame` is the last one stepped, -1 before the first; `now_ns` is when its slot began and its inputs were gathered,
    `present_ns` when it is shown (host monotonic).
    """

    controls: ControlState
    trackers: dict[str, TrackerState]
    cameras: dict[str, CameraState]
    version: int = STATE_VERSION
    epoch: int = 0
    frame: int = -1
    now_ns: int = 0
    present_ns: int = 0
    assets: dict[str, str] = msgspec.field(default_factory=dict)
    take: TakeState = msgspec.field(default_factory=TakeState)
    frozen: FramePlan | None = None
    frozen_outer: OuterPlan | None = None
    late_pose: LatePoseState = msgspec.field(default_factory=LatePoseState)
    last_possible: dict[str, dict[str, InnerPlan]] = msgspec.field(default_factory=dict)
    missed: int = 0
    losses: Losses = msgspec.field(default_factory=Losses)
    ledger: LedgerState = msgspec.field(default_factory=LedgerState)


_DECODER = msgspec.msgpack.Decoder(ShowState)
_ENCODER = msgspec.msgpack.Encoder()


def encode_state(state: ShowState) -> bytes:
    """The state as msgpack bytes; equal states give equal bytes."""
    return _ENCODER.encode(state)


def decode_state(encoded: bytes) -> ShowState:
    """The state from its bytes. Raises msgspec.DecodeError where they are not a state."""
    return _DECODER.decode(encoded)


def new_state(config: StageConfig, tree: ParameterTree, restored: dict[str, Value] | None = None) -> ShowState:
    """The state before the first frame: parameters at their defaults, or at the saved values in `restored`."""
    return ShowState(
        controls=new_control_state(tree, restored),
        trackers={tracker.name: new_tracker_state(tracker) for tracker in config.trackers},
        cameras={
            camera.name: CameraState(focal_length_mm=camera.focal_length_mm or DEFAULT_FOCAL_LENGTH_MM)
            for camera in config.cameras
        },
    )


DEFAULT_FOCAL_LENGTH_MM = 35.0
"""Until a tracker has told a zoom or focal length."""
