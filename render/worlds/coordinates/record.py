"""A world whose light encodes place: in a configuration, in a plan, and the rules of both. Pure.

RGB is the signed unit vector to the point that a ray meets: from the stage's origin, over ground from the height at
which a picture would have been taken, and of a flat layer from its anchor. It makes every geometric claim a
number, so it is raw: nothing on the way to the walls may change it, and it is the only layer of its world.
"""

from __future__ import annotations

from collections.abc import Mapping

from render.worlds.shared.facts import DepthFacts
from render.worlds.shared.records import NO_DEPTHS, PictureKeys, PlacedLight
from render.worlds.sky.plan import SkyPlan


class CoordinatesPlan(PlacedLight, tag_field="kind", tag="coordinates"):
    """Coordinates in a plan."""

    @property
    def raw(self) -> bool:
        """It is a message."""
        return True

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

    @property
    def raw(self) -> bool:
        """It is a message."""
        return True

    def light(
        self,
        ready: Mapping[str, str],  # noqa: ARG002 - other kinds need it
        sky: SkyPlan | None = None,  # noqa: ARG002 - other kinds need it
        depths: Mapping[str, DepthFacts] = NO_DEPTHS,  # noqa: ARG002 - other kinds need it
    ) -> CoordinatesPlan:
        """This layer's light in a plan."""
        return CoordinatesPlan()
