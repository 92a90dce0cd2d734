"""On-wall tools in the plan: cards, key patches, outlines, the frozen outer picture, reprojection."""

from __future__ import annotations

import msgspec

from render.plan.cards import card_plan
from render.plan.frame import OuterPlan
from render.plan.inner import InnerPlan
from render.plan.key import key_plan
from stage.config.records import StageConfig
from stage.show.plan.reprojection import forget_unused, reprojected
from stage.show.plan.scene import Scene


class CameraTools:
    """What is drawn over each camera's view, and the picture that the view looks into."""

    def __init__(self, config: StageConfig) -> None:
        self._marker_eye_m = config.stage.outer_eye_m

    def equip(self, inner: InnerPlan, scene: Scene) -> InnerPlan:
        """A camera's inner view with the picture it looks into and what is drawn over it."""
        values = scene.values.camera[inner.camera]
        offset_ns = inner.light_ns - scene.time.present_ns
        shown = reprojected(
            scene.pictures.reprojection,
            inner,
            scene.world,
            values.late_pose,
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


def outer_with_tools(scene: Scene, outer: OuterPlan, config: StageConfig) -> OuterPlan:
    """The outer picture with its cards; frozen, it keeps the eye and the world of the frame that froze it.

    A world whose asset is not ready yet is not frozen.
    """
    pictures, world = scene.pictures, scene.world
    if not scene.values.outer.freeze:
        pictures.frozen_outer = None
    elif pictures.frozen_outer is None and world.is_ready():
        pictures.frozen_outer = msgspec.structs.replace(outer, world=world)
    shown = pictures.frozen_outer or outer
    values = scene.values.card
    plans = (card_plan(card.name, card.kind, values[card.name]) for card in config.cards)
    cards = tuple(card for card in plans if card is not None)
    return msgspec.structs.replace(shown, cards=cards) if cards else shown
