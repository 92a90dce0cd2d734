"""What is measured of a picture when it is decoded, for where it is placed and what is said of it. Pure."""

from __future__ import annotations

from render.worlds.shared.depth import DepthKind
from tracking.records import Evolving


class SpherePart(Evolving):
    """The part of a sphere that a picture's own metadata say it shows.

    `span_deg` is how far round it goes; `turn_deg` where its middle column is, + left of +Y; `horizon` the row at eye
    height, as a share of the picture's height from its top, below 0 or above 1 where that row is not in the picture.
    """

    span_deg: float
    turn_deg: float = 0.0
    horizon: float = 0.5


class DepthFacts(Evolving):
    """Facts of a depth map: its numbers, the larger the nearer, and how they jump.

    `most` and `least` are the largest and the smallest, `jumps` is whether depth jumps between neighbours anywhere.
    `opened` is the share of the picture behind jumps that an eye sees for each metre it is moved, in the mean over all
    ways, where numbers are one over metres; where they are shares, that times what a share is.
    """

    kind: DepthKind
    most: float
    least: float
    jumps: bool = True
    opened: float = 0.0


class PictureFacts(Evolving):
    """Facts of one decoded picture, upright: its size in pixels, what it shows of a sphere, and where its horizon is.

    `part` comes from the file's metadata (GPano). `is_sphere` says that nothing names a part, but that the picture is
    2:1 with left and right edges that match and even pole rows. `horizon` is the row at eye height in the middle
    column, as a share of the height from the top; None where none was found. `roll_deg` is how far the picture is
    rolled, + where its horizon falls to the right. On a sphere, `tilt_deg` is how far the horizon falls ahead, in the
    middle column, and rises behind.

    `seam` is the step of light from the right edge to the left one beyond what neighbours differ by, `pole_top` and
    `pole_bottom` how uneven the first and the last row are, all as shares of the light there. `clipped` is the share of
    the picture that is as bright as its format allows, `missing_stops` how much brighter that light was by an estimate;
    both 0 where nothing is clipped. `bands` is the share of the picture whose gradients are so few values that they
    show as steps. `detail_px` is how many pixels wide the finest edge is, 0 where there is none to tell by.
    `mean_nits` and `median_nits` are its light at exposure 0; for the mean, no light counts as more than 1,000.
    `sun_deg` is how high the sun of a sphere is, None where none was found; `sun_over_sky` its light on what faces it
    over that of the sky on level ground. Of a depth map only its size and its `depth` are known.
    """

    columns: int
    rows: int
    part: SpherePart | None = None
    is_sphere: bool = False
    horizon: float | None = None
    roll_deg: float = 0.0
    tilt_deg: float = 0.0
    seam: float = 0.0
    pole_top: float = 0.0
    pole_bottom: float = 0.0
    clipped: float = 0.0
    missing_stops: float = 0.0
    bands: float = 0.0
    detail_px: float = 0.0
    mean_nits: float = 0.0
    median_nits: float = 0.0
    sun_deg: float | None = None
    sun_over_sky: float = 0.0
    depth: DepthFacts | None = None
