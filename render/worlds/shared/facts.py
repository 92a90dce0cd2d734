"""What is measured of a picture when it is decoded, for where it is placed and what is said of it. Pure."""

from __future__ import annotations

from tracking.records import Evolving


class SpherePart(Evolving):
    """The part of a sphere that a picture's own metadata say it shows.

    `span_deg` is how far round it goes; `turn_deg` where its middle column is, + left of +Y; `horizon` the row at eye
    height, as a share of the picture's height from its top, below 0 or above 1 where that row is not in the picture.
    """

    span_deg: float
    turn_deg: float = 0.0
    horizon: float = 0.5


class PictureFacts(Evolving):
    """Facts of one decoded picture, upright: its size in pixels, what it shows of a sphere, and where its horizon is.

    `part` comes from the file's metadata (GPano). `is_sphere` says that nothing names a part, but that the picture is
    2:1 with left and right edges that match and even pole rows. `horizon` is the row at eye height in the middle
    column, as a share of the height from the top; None where none was found. `roll_deg` is how far the picture is
    rolled, + where its horizon falls to the right.
    """

    columns: int
    rows: int
    part: SpherePart | None = None
    is_sphere: bool = False
    horizon: float | None = None
    roll_deg: float = 0.0
