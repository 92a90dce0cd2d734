"""A layer in a frame where its values place it, whatever its light is. Pure."""

from __future__ import annotations

import msgspec

from render.worlds.shared.surfaces import Surface, ahead_of
from render.worlds.shared.values import LayerValues
from tracking.records import Vec3

_UNSAID = LayerValues()


class PlacedLayer(LayerValues):
    """The values of a layer in a frame. `turn_deg` is the layer's own and its world's together.

    A flat layer is placed as seen from `anchor_m`, which stays where the outer eye is configured, so that no moving
    eye drags the picture along.
    """

    anchor_m: Vec3 | msgspec.UnsetType = msgspec.UNSET

    @property
    def range_m(self) -> tuple[float, float]:
        """How near and how far a depth map of shares goes; what nobody has said, where a plan says nothing of it."""
        return self.near_m or _UNSAID.near_m, self.far_m or _UNSAID.far_m

    def surface(self) -> Surface:
        """What carries its light."""
        range_m = self.range_m
        if self.projection == "flat":
            return Surface(
                is_flat=True,
                range_m=range_m,
                distance_m=self.distance_m,
                anchor_m=self.anchor_m or (0.0, 0.0, 0.0),
                ahead=ahead_of(self.turn_deg, self.tilt_deg),
            )
        is_cylinder = self.projection == "cylinder"
        return Surface(radius_m=self.radius_m, ground_m=self.ground_m, range_m=range_m, is_cylinder=is_cylinder)
