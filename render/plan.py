"""The seam between the show and the pictures: a `FramePlan` is everything the GPU needs, as plain values.

Two equal plans draw equal pictures on the same renderer, whatever was drawn before.
"""

from __future__ import annotations

from tracking.records import Evolving, Vec3


class Tangents(Evolving):
    """A view's edges as tangents of the angles from its axis; left and bottom are negative for a centred view."""

    left: float
    right: float
    bottom: float
    top: float


class WorldPlan(Evolving):
    """What is behind the walls. `asset` is the SHA-256 of the file's bytes, "" where the kind needs none
    or none is ready (then black is drawn); `radius_m` 0.0 means light at infinity.
    """

    kind: str
    asset: str = ""
    radius_m: float = 0.0


class OuterPlan(Evolving):
    """The picture outside every camera's view, drawn from `eye_m` into a cube map of `face_px` squared faces."""

    eye_m: Vec3
    face_px: int


class InnerPlan(Evolving):
    """One camera's view for one wall latency, drawn from the predicted entrance pupil.

    `right`, `ahead` and `up` are the camera's unit axes in the stage. `frame` is what the lens sees; inside `view`
    (frame plus overscan) the inner picture is shown whole, and it fades out over `feather` (tangent units) beyond;
    `drawn` encloses all of that and is what the picture of `size_px` (width, height) covers.
    """

    camera: str
    light_ns: int
    eye_m: Vec3
    right: Vec3
    ahead: Vec3
    up: Vec3
    frame: Tangents
    view: Tangents
    feather: float
    drawn: Tangents
    size_px: tuple[int, int]


class WallPlan(Evolving):
    """One wall's picture: which inner views it shows (indices into `FramePlan.inners`, highest priority first).

    A held wall (`hold` gives the reason) repeats the views of its last possible frame. `pattern` other than "off"
    replaces the picture.
    """

    name: str
    light_ns: int
    inners: tuple[int, ...]
    pattern: str = "off"
    hold: str = ""


class GradePlan(Evolving):
    """The look over everything: exposure in stops, white point in kelvin (6500 = none), green-magenta tint."""

    exposure_stops: float = 0.0
    temperature_k: float = 6500.0
    tint: float = 0.0


class TrackerPlan(Evolving):
    """How a tracker stood when the frame was planned: its state, and how far its pose was carried ahead."""

    name: str
    state: str
    horizon_ms: float
    method: str


class Acknowledgement(Evolving):
    """The answer to one command, in the order the commands were drained.

    `error` is "" when it took effect in this frame, else one of the error codes of the wire, with `detail`.
    `value` is the value in force afterwards (the target, where a fade runs). `frame` is the frame in which a command
    that is sent again took effect; -1 is the plan's own.
    """

    client: str
    id: str
    path: str = ""
    value: bool | float | str | None = None
    error: str = ""
    detail: str = ""
    sequence: int = 0
    frame: int = -1


class FramePlan(Evolving):
    """One display slot, planned."""

    epoch: int
    frame: int
    present_ns: int
    world: WorldPlan
    outer: OuterPlan
    inners: tuple[InnerPlan, ...]
    walls: tuple[WallPlan, ...]
    grade: GradePlan
    blackout: bool
    trackers: tuple[TrackerPlan, ...] = ()
    acknowledgements: tuple[Acknowledgement, ...] = ()
    health: tuple[str, ...] = ()
