"""The seam between the show and the pictures: a `FramePlan` is everything the GPU needs, as plain values.

Two equal plans draw equal pictures on the same renderer, whatever was drawn before.
"""

from __future__ import annotations

import msgspec

from tracking.records import Evolving, Scalar, Vec3

CARD_KINDS = ("card", "flag", "window")
CARD_SHAPES = ("rectangle", "ellipse")
MOST_CARDS = 16
KEY_REGIONS = ("view", "frame")
MARKER_KINDS = ("off", "stage", "frame")
"""Where the crosses of a chroma key stand; shaders know them by their place in this list."""


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


class CardPlan(Evolving, omit_defaults=True):
    """A light card, flag or colour-correct window, at fixed angles as seen from the outer eye.

    `azimuth_deg` (+ to the left, like pan; 0 is +Y), `elevation_deg` and `roll_deg` (+ clockwise) turn it like a
    camera; `width_deg` and `height_deg` are its whole size in azimuth and elevation about its own middle, and it
    fades out over `feather_deg` beyond. `colour` is a linear ACEScg factor. A card shows its own light (1.0 x colour
    x exposure x white point) over the world, a flag takes light away, a window multiplies what lies under it; each
    by `opacity`. `in_view` ones lie over the cameras' views too.
    """

    name: str
    kind: str
    shape: str
    azimuth_deg: float
    elevation_deg: float
    roll_deg: float
    width_deg: float
    height_deg: float
    feather_deg: float
    colour: Vec3
    exposure_stops: float
    temperature_k: float
    opacity: float
    in_view: bool = False


class OuterPlan(Evolving, omit_defaults=True):
    """The picture outside every camera's view, drawn from `eye_m` into a cube map of `face_px` squared faces.

    `cards` lie over it in this order. `world` is what a frozen outer shows; None is the frame's own world.
    """

    eye_m: Vec3
    face_px: int
    cards: tuple[CardPlan, ...] = ()
    world: WorldPlan | None = None


class KeyPlan(Evolving):
    """A chroma-key patch in place of a camera's inner picture, in ACEScg light.

    `region` is "view" (all of the inner view) or "frame" (what the lens sees). Crosses of `marker_light`, `size_rad`
    from tip to tip and about `spacing_rad` apart, stand at fixed angles seen from `marker_eye_m` ("stage": they stick
    to the walls), at fixed places of the film frame ("frame"), or nowhere ("off").
    """

    region: str
    light: Vec3
    markers: str
    marker_light: Vec3
    marker_eye_m: Vec3
    spacing_rad: float
    size_rad: float


class InnerPicturePlan(Evolving):
    """A picture that an inner view looks into: drawn for `frame` from a pose of that time, over `drawn`."""

    frame: int
    world: WorldPlan
    eye_m: Vec3
    right: Vec3
    ahead: Vec3
    up: Vec3
    drawn: Tangents
    size_px: tuple[int, int]


class PicturePartPlan(Evolving):
    """A picture in the making: in this frame its band `part` (from the top, 0 first) of `parts` is drawn."""

    picture: InnerPicturePlan
    part: int
    parts: int


class InnerPlan(Evolving, omit_defaults=True):
    """One camera's view for one wall latency, drawn from the predicted entrance pupil.

    `right`, `ahead` and `up` are the camera's unit axes in the stage. `frame` is what the lens sees; inside `view`
    (frame plus overscan) the inner picture is shown whole, and it fades out over `feather` (tangent units) beyond;
    `drawn` encloses all of that and is what the picture of `size_px` (width, height) covers.

    With late pose, `picture` is what was drawn instead, earlier and a little wider, and each LED looks into it by the
    ray from this plan's eye; `coming` is the part of the next one that this frame draws. `key` covers the picture,
    `outline` draws the edges of frame and view.
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
    picture: InnerPicturePlan | None = None
    coming: PicturePartPlan | None = None
    key: KeyPlan | None = None
    outline: bool = False


class Hold(Evolving):
    """Why a wall cannot show a camera's present view and shows its last possible one: a code with its values."""

    camera: str
    reason: str
    values: dict[str, Scalar] = msgspec.field(default_factory=dict)


class WallPlan(Evolving):
    """One wall's picture: which inner views it shows (indices into `FramePlan.inners`, highest priority first).

    On a held wall `holds` names each camera whose view is impossible there; its last possible one is shown. A
    `pattern` other than "off" replaces the picture.
    """

    name: str
    light_ns: int
    inners: tuple[int, ...]
    pattern: str = "off"
    holds: tuple[Hold, ...] = ()


class GradePlan(Evolving):
    """The look over everything: exposure in stops, white point in kelvin (6500 = none), green-magenta tint."""

    exposure_stops: float = 0.0
    temperature_k: float = 6500.0
    tint: float = 0.0


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
