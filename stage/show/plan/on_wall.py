"""On-wall tools in the plan: cards, key patches, outlines, the frozen outer picture, reprojection."""

from __future__ import annotations

import math

import msgspec

from render.plan.cards import CardPlan
from render.plan.frame import OuterPlan
from render.plan.inner import InnerPlan
from render.plan.key import KeyPlan
from stage.config.records import Card, StageConfig
from stage.show.plan.reprojection import forget_unused, reprojected
from stage.show.plan.scene import Scene
from stage.values.cameras import KeyValues
from stage.values.cards import CardValues
from tracking.records import Vec3


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


def key_plan(values: KeyValues, marker_eye_m: Vec3) -> KeyPlan:
    """The chroma-key patch; `marker_eye_m` is where its stage markers are spaced evenly from."""
    gain = 2.0**values.marker_exposure_stops
    return KeyPlan(
        region=values.region,
        light=(values.red, values.green, values.blue),
        markers=values.markers,
        marker_light=(values.red * gain, values.green * gain, values.blue * gain),
        marker_eye_m=marker_eye_m,
        spacing_rad=math.radians(values.marker_spacing_deg),
        size_rad=math.radians(values.marker_size_deg),
    )


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
    cards = tuple(card_plan(card, values[card.name]) for card in config.cards if is_shown(values[card.name]))
    return msgspec.structs.replace(shown, cards=cards) if cards else shown


def is_shown(values: CardValues) -> bool:
    """Whether anything of a card is on the walls."""
    return values.enabled and values.opacity > 0.0


def card_plan(card: Card, values: CardValues) -> CardPlan:
    """The card as it is drawn."""
    return CardPlan(
        name=card.name,
        kind=card.kind,
        shape=values.shape,
        azimuth_deg=values.azimuth_deg,
        elevation_deg=values.elevation_deg,
        roll_deg=values.roll_deg,
        width_deg=values.width_deg,
        height_deg=values.height_deg,
        feather_deg=values.feather_deg,
        colour=(values.red, values.green, values.blue),
        exposure_stops=values.exposure_stops,
        temperature_k=values.temperature_k,
        opacity=values.opacity,
        in_view=values.in_view,
    )
