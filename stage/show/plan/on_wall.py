"""On-wall tools in the plan: cards, key patches, outlines, the frozen outer picture, reprojection."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from render.plan.cards import CardPlan, card_plan
from render.plan.frame import OuterLook, OuterPlan
from render.plan.inner import InnerPlan
from render.plan.key import key_plan
from stage.config.records import StageConfig
from stage.show.plan.reprojection import forget_unused, reprojected
from stage.show.plan.scene import PlacedCard, Scene
from tracking.records import Vec3


class CameraTools:
    """What is drawn over each camera's view, and the picture that the view looks into."""

    def __init__(self, config: StageConfig) -> None:
        self._marker_eye_m = config.stage.outer_eye_m
        self._by_raster = config.stage.draw == "raster"

    def equip(self, inner: InnerPlan, scene: Scene) -> InnerPlan:
        """A camera's inner view with the picture it looks into and what is drawn over it."""
        values = scene.values.camera[inner.camera]
        offset_ns = inner.light_ns - scene.time.present_ns
        shown = reprojected(
            scene.pictures.reprojection,
            inner,
            scene.air,
            values.late_pose if self._by_raster else "off",
            frame=scene.time.frame,
            offset_ns=offset_ns,
        )
        if not values.key.enabled and not values.outline:
            return shown
        key = key_plan(values.key, self._marker_eye_m) if values.key.enabled else None
        return msgspec.structs.replace(shown, key=key, outline=values.outline)

    def settle(self, scene: Scene) -> None:
        """Forgets the pictures of views that this frame did not plan."""
        forget_unused(scene.pictures.reprojection, scene.time.frame)


def outer_with_tools(scene: Scene, outer: OuterPlan) -> OuterPlan:
    """The outer picture with its cards; frozen, it keeps the eye and what was on air in the frame that froze it.

    A world whose asset is not ready yet is not frozen.
    """
    pictures = scene.pictures
    if not scene.values.outer.freeze:
        pictures.frozen_outer = None
    elif pictures.frozen_outer is None and scene.air.is_ready():
        pictures.frozen_outer = msgspec.structs.replace(outer, air=scene.air)
    shown = pictures.frozen_outer or outer
    look = {name: getattr(scene.values.outer, name) for name in OuterLook.__struct_fields__}
    return msgspec.structs.replace(shown, cards=tuple(_cards(scene, outer.eye_m)), **look)


def _cards(scene: Scene, eye_m: Vec3) -> Iterator[CardPlan]:
    """The cards on the walls, each seen from where the outer eye was when its angles were set, or changed in a fade.

    So they keep their places on the walls when the actors' mark moves.
    """
    placed = scene.pictures.card_eyes
    for name, values in scene.values.card.items():
        if not values.enabled:
            placed.pop(name, None)
            continue
        angles = (values.azimuth_deg, values.elevation_deg)
        if name not in placed or placed[name].angles != angles:
            placed[name] = PlacedCard(eye_m=eye_m, angles=angles)
        card = card_plan(name, values, placed[name].eye_m)
        if card is not None:
            yield card
