"""The status of a running show that the control edge reports to clients."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import msgspec

from render.views.edges import Sides
from render.worlds.configured import World
from stage.control.cue_views import CuesStatus
from stage.control.world_views import FilmStatus, WorldFinding
from stage.show.air.state import Standing
from stage.show.frame.inputs import Cause
from stage.show.frame.outcome import AirReport, Finding
from stage.show.report.ledger import Percentiles
from stage.words.sentences import sentence
from tracking.records import Evolving, Scalar, Vec3
from tracking.settable import Value


class LensStatus(Evolving):
    """The newest values that the tracker sent of the lens; None for those that it never sent. Encoders are as sent.

    The projection offset is where the optical axis meets the sensor, from its centre, x right, y down.
    """

    zoom_raw: float | None = None
    focus_raw: float | None = None
    iris_raw: float | None = None
    focal_length_mm: float | None = None
    focus_distance_m: float | None = None
    entrance_pupil_m: float | None = None
    f_stop: float | None = None
    projection_x_mm: float | None = None
    projection_y_mm: float | None = None


class EquipmentStatus(Evolving):
    """The equipment that the tracker says it is mounted on; None where it does not say."""

    camera: str | None = None
    lens: str | None = None
    tracker: str | None = None
    sensor_mm: tuple[float, float] | None = None
    resolution_px: tuple[float, float] | None = None
    nominal_focal_length_mm: float | None = None


class TrackerStatus(Evolving):
    """One tracker as the crew reads it. The pose is that of the tracked body in the stage (pan, tilt, roll).

    `timecode`, `device_status` (the tracker's own words), `slate` and `recording` (the camera's) are None where the
    tracker does not send them. `hint` is the English text of `hints`, with what of a packet could not be used.
    """

    state: Literal["fresh", "late", "lost", "never"]
    rate_hz: float
    age_ms: float | None
    jitter_ms: float
    accepted: int
    rejected: dict[str, int]
    position_m: Vec3 | None
    rotation_deg: Vec3 | None
    hint: str = ""
    hints: tuple[Cause, ...] = ()
    predictor: str = ""
    timecode: str | None = None
    device_status: str | None = None
    slate: str | None = None
    recording: bool | None = None
    lens: LensStatus = LensStatus()
    equipment: EquipmentStatus | None = None


class CameraStatus(Evolving):
    """One camera's overscan: the newest margin on each side, and how often margins were too small.

    A frame is judged when the tracker has sent where the camera really was; it missed if the film frame reached beyond
    the inner picture. `missed_lately` counts about the last ten seconds, `worst_deg` is the largest excess so far.
    `turn_trust` is the share of a predicted turn that is believed (tilt, roll, pan). `late_pose` is the reprojection in
    force, also where the machine decides. The pose is the entrance pupil's in the stage (pan, tilt, roll), as it was
    planned last, None before that. `focal_length_mm` is that in force, `lens` the lens on the camera.
    """

    margin_deg: Sides | None
    judged: int
    missed: int
    missed_lately: float
    worst_deg: float
    turn_trust: Vec3
    late_pose: str = "off"
    position_m: Vec3 | None = None
    rotation_deg: Vec3 | None = None
    parked: bool = False
    focal_length_mm: float | None = None
    lens: str = ""


class Warned(Evolving):
    """Something that could spoil the take: a code with its values, and what it means in English."""

    code: str
    values: dict[str, Scalar]
    text: str


def warned(causes: Iterable[Cause]) -> tuple[Warned, ...]:
    """The same for people and for programs."""
    return tuple(Warned(code=one.code, values=one.values, text=sentence(one.code, one.values)) for one in causes)


class TakeStatus(Evolving):
    """The take. It is "starting" until its first chunk is on disk. `warnings` say what it began with.

    `slate` is its name as it was given, `first_frame` the first frame that it records, -1 where that is not known.
    """

    state: Literal["idle", "starting", "recording"] = "idle"
    name: str = ""
    path: str = ""
    warnings: tuple[Warned, ...] = ()
    slate: str = ""
    first_frame: int = -1


class LeaseStatus(Evolving):
    """A value that somebody moves: who, "" where that is not known, and for how long nobody else may set it."""

    path: str
    who: str
    left_s: float


class FadeStatus(Evolving):
    """A value that fades: where it goes, and in how many seconds of show time it is there."""

    path: str
    target: float
    left_s: float


class InForce(Evolving):
    """Something in force that replaces what a film camera would see, or opens the stage to others.

    `path` is a parameter's, or the option that the stage was started with; `text` says it in English.
    """

    path: str
    value: Value
    normal: Value
    text: str


class WallStatus(Evolving):
    """One wall: its latency in force, its test pattern, and whether it holds an earlier picture."""

    latency_ms: float
    pattern: str = "off"
    held: bool = False


class WorldStatus(Evolving):
    """One world that stands ready, or may.

    `state` is "unloaded" where nobody needs its pictures now, and "newer" where it can be shown while another version
    of its files is read. `progress` (0 to 1) is how much of its pictures is read, `reason` says in English why they
    cannot be, `cause` the same as a code with values; `findings` are what was mended in them or could be. `gpu_mib` is
    the graphics memory that it takes, `thumbnail` the path of a small JPEG of it, None where there is none. The crew
    declares `source`, `ai_made` and `licence`. `layers` are the keys of its layers, the farthest first; none where it
    is only offered by name.
    """

    name: str
    key: str
    kind: str
    state: Standing
    progress: float
    reason: str = ""
    cause: Cause | None = None
    gpu_mib: float = 0.0
    on_air: bool = False
    thumbnail: str | None = None
    findings: tuple[WorldFinding, ...] = ()
    source: str = ""
    ai_made: bool | None = None
    licence: str = ""
    films: tuple[FilmStatus, ...] = ()
    layers: tuple[str, ...] = ()


class LibraryWorld(Evolving):
    """A world of the library: its key and those of its layers, and the name that its file there has or will have.

    The layers `unplaced` wait for their picture, which will decide where it is.

    `plain` is the world without any keys or values of its own, with its pictures as they are named in the folder.
    """

    key: str
    layer_keys: tuple[str, ...]
    unplaced: tuple[str, ...]
    file: str
    plain: World


FRAME_PARTS = ("wake", "gather", "step", "keep", "draw", "publish", "present", "whole")
"""The parts of a frame, in their order: how late it began, inputs read, the fold's step, what keeps it (journal, take),
drawing, answers and publications, waiting for its display; and all of it, from the start of its slot until it was
presented.
"""


class PartTimes(Evolving):
    """How many frames took so long over one part of it: one count for each upper bound, and one for all above; and the
    milliseconds of all frames together. They are those of this core.
    """

    bounds_ms: tuple[float, ...]
    counts: tuple[int, ...]
    sum_ms: float


class WireView(Evolving):
    """How the stage lights are reached: `out` (sACN, Art-Net or a widget) at `place`, an interface or a device.

    `state` is `up`, or why it is not; `rate_hz` are ticks a second. `clipped` are the lights that cannot give what they
    should, `outside` those whose channels are in no universe, `nodes` receivers that are sent to one by one.
    """

    place: str
    out: str
    state: str
    rate_hz: float
    universes: tuple[int, ...]
    clipped: tuple[str, ...]
    outside: tuple[str, ...]
    nodes: tuple[str, ...]


class DeskStatus(Evolving):
    """What lighting desks send, and what they have: the senders of each universe, and those whose levels count there.

    `has` are the parameters that a desk set last, of all `mapped` ones. `moved` is the slot that was moved last:
    universe, address, and the level from which and to which. `rejected` counts unusable packets by cause, `refused`
    says why a parameter could not be set.
    """

    senders: dict[str, tuple[str, ...]] = msgspec.field(default_factory=dict)
    winners: dict[str, tuple[str, ...]] = msgspec.field(default_factory=dict)
    mapped: tuple[str, ...] = ()
    has: tuple[str, ...] = ()
    moved: tuple[int, int, int, int] | None = None
    rejected: dict[str, int] = msgspec.field(default_factory=dict)
    refused: dict[str, str] = msgspec.field(default_factory=dict)


class StageStatus(Evolving):
    """The whole stage.

    `health` has an English line for everything that is wrong now, `health_codes` the same as codes with their values.
    `rate_hz` is as configured, `true_rate_hz` how many frames a second reach the walls; `missed` of `frames` came late.
    `lateness_ms` is that of the newest frame, `took_ms` how long each of the newest 16 took from the start of its slot
    until it was presented, the last one last; `frame_parts` counts how long the parts of all frames took. `world` is
    what is on air, `cues` where the show stands in its cues. `in_force` lists what replaces what a film camera would
    see. `latency` has the stages from a sample to the wall's light, and their sum; it is empty until frames were shown.
    `dropped` counts inputs that were lost before anything read them, by source and cause. `leases` are the values that
    somebody moves, `fades` those that fade, 64 at most. `look` is a look of which all values are in force, or on their
    way, "" where there is none; of several, the one that was recalled or made last. `desk` and `lights` say
    what comes from desks and what goes to the lights, `films` where those on air are.
    """

    frame: int
    rate_hz: float
    trackers: dict[str, TrackerStatus]
    health: tuple[str, ...] = ()
    health_codes: tuple[Finding, ...] = ()
    take: TakeStatus = TakeStatus()
    true_rate_hz: float = 0.0
    missed: int = 0
    lateness_ms: float = 0.0
    frames: int = 0
    took_ms: tuple[float, ...] = ()
    frame_parts: dict[str, PartTimes] = msgspec.field(default_factory=dict)
    in_force: tuple[InForce, ...] = ()
    walls: dict[str, WallStatus] = msgspec.field(default_factory=dict)
    cameras: dict[str, CameraStatus] = msgspec.field(default_factory=dict)
    latency: dict[str, Percentiles] = msgspec.field(default_factory=dict)
    dropped: dict[str, dict[str, int]] = msgspec.field(default_factory=dict)
    world: AirReport | None = None
    cues: CuesStatus = CuesStatus()
    leases: tuple[LeaseStatus, ...] = ()
    fades: tuple[FadeStatus, ...] = ()
    look: str = ""
    desk: DeskStatus | None = None
    lights: WireView | None = None
    films: tuple[FilmStatus, ...] = ()


class ChangedValue(Evolving):
    """A value that a change has set: from what, and to what."""

    path: str
    before: Value
    after: Value


class ClientChange(Evolving):
    """One change of a client, as undo would take it back: the frame of its newest part, and `count` values, of which
    the first few are named. `names` is the look or world that it is of, "" where it is of neither.
    """

    frame: int
    count: int
    names: str
    values: tuple[ChangedValue, ...]
