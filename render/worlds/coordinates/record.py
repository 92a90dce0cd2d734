"""A world whose light encodes place: in a configuration, in a plan, and the rules of both. Pure.

RGB is the signed unit vector to the point that a ray meets: from the stage's origin, over ground from the height at
which a picture would have been taken, and of a flat layer from its anchor. It makes every geometric claim a
number, so it is raw: nothing on the way to the walls may change it, and it is the only layer of its world.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from render.worlds.shared.records import PictureFile, PictureKeys, PlacedLight
from render.worlds.sky.plan import SkyPlan


class CoordinatesPlan(PlacedLight, tag_field="kind", tag="coordinates"):
    """Coordinates in a plan."""

    raw: ClassVar[bool] = True

    def assets(self) -> tuple[tuple[str, str], ...]:
        """SHA-256 and colour space of every picture that the drawing needs: none."""
        return ()

    def is_ready(self) -> bool:
        """Whether everything that the drawing needs is there: always."""
        return True


class CoordinatesLayer(PictureKeys, tag_field="kind", tag="coordinates"):
    """Coordinates in a configuration. The keys of a picture are checked like any others, but not used.

    Its light is where the same placement would put a picture; none decides any of it.
    """

    raw: ClassVar[bool] = True

    def picture(self) -> PictureFile | None:
        """The picture that has to be decoded and put on the GPU before the layer can be drawn: none."""
        return None

    def light(self, ready: Mapping[str, str], sky: SkyPlan | None = None) -> CoordinatesPlan:  # noqa: ARG002 - others need them
        """This layer's light in a plan."""
        return CoordinatesPlan()
