"""A film behind the walls: in a plan. Pure."""

from __future__ import annotations

import msgspec

from render.worlds.shared.media import Matrix
from render.worlds.shared.records import PlacedLight
from tracking.records import Evolving


class PartPlace(Evolving):
    """Where a film of a set is, in the axes of its layer: its turn, tilt and roll, how wide it is seen, and how wide
    its edges are blended into its neighbours'.
    """

    turn_deg: float = 0.0
    tilt_deg: float = 0.0
    roll_deg: float = 0.0
    width_deg: float = 60.0
    blend_deg: float = 0.0


class PlatePart(Evolving):
    """The frame of one film. `media` is the film's identity, "" where it is not known yet: then black is drawn.

    `frame` is the exact one. In the dissolve of a loop, `coming` is the frame that it dissolves to and `share` how far.
    `colour_space`, `matrix` and `full_range` are what was taken, of the file's tags or of the configuration. `crop`
    are left, top, right and bottom as shares of width and height, UNSET for all of it.
    """

    media: str = ""
    frame: int = 0
    coming: int | msgspec.UnsetType = msgspec.UNSET
    share: float | msgspec.UnsetType = msgspec.UNSET
    colour_space: str = "rec709"
    matrix: Matrix = "bt709"
    full_range: bool = False
    crop: tuple[float, float, float, float] | msgspec.UnsetType = msgspec.UNSET
    place: PartPlace | msgspec.UnsetType = msgspec.UNSET


class PlatePlan(PlacedLight, tag_field="kind", tag="plate"):
    """The films of a layer in one frame: one, or the set of a rig. With `is_hidden` they have ended: nothing shows."""

    parts: tuple[PlatePart, ...] = (PlatePart(),)
    is_hidden: bool = False

    def media(self) -> tuple[tuple[str, int], ...]:
        """Identity and frame of every media frame that the drawing needs."""
        return tuple((part.media, frame) for part in self.parts if part.media for frame in _frames(part))

    def assets(self) -> tuple[tuple[str, str], ...]:
        """Films are not pictures: none."""
        return ()

    def is_ready(self) -> bool:
        """Whether it is known what is to be shown."""
        return all(part.media for part in self.parts)

    def holds_codes(self) -> bool:
        """Whether the light comes from pictures of code values, which have steps."""
        return True


def _frames(part: PlatePart) -> tuple[int, ...]:
    return (part.frame,) if part.coming is msgspec.UNSET else (part.frame, part.coming)
