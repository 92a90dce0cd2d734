"""On-wall tools in the plan: cards, key patches, outlines, the frozen outer and late pose. Pure."""

from __future__ import annotations

import math

import msgspec

from render.plan.frame import OuterPlan
from render.plan.inner import InnerPlan
from render.plan.key import KeyPlan
from render.worlds.kinds import WorldPlan
from stage.config.records import StageConfig
from stage.show.frame.inputs import Value
from stage.show.plan.cards import CardReader
from stage.show.plan.reprojection import forget_unused, with_late_pose
from stage.show.state import ShowState
from tracking.records import Vec3

_KEY_PARTS = (
    "region",
    "red",
    "green",
    "blue",
    "markers",
    "marker_exposure_stops",
    "marker_spacing_deg",
    "marker_size_deg",
)


class CameraMarks:
    """One camera's key patch and outline; `marker_eye_m` is where its stage markers are spaced evenly from."""

    def __init__(self, camera: str, marker_eye_m: Vec3) -> None:
        self._outline = f"/camera/{camera}/outline"
        self._key = f"/camera/{camera}/key/enabled"
        self._parts = tuple(f"/camera/{camera}/key/{part}" for part in _KEY_PARTS)
        self._marker_eye_m = marker_eye_m

    def mark(self, inner: InnerPlan, values: dict[str, Value]) -> InnerPlan:
        """The inner view with what is to lie on it."""
        key, outline = bool(values[self._key]), bool(values[self._outline])
        if not key and not outline:
            return inner
        return msgspec.structs.replace(inner, key=self._key_plan(values) if key else None, outline=outline)

    def _key_plan(self, values: dict[str, Value]) -> KeyPlan:
        region, red, green, blue, markers, stops, spacing_deg, size_deg = (values[path] for path in self._parts)
        gain = 2.0 ** float(stops)
        light = (float(red), float(green), float(blue))
        return KeyPlan(
            region=str(region),
            light=light,
            markers=str(markers),
            marker_light=(light[0] * gain, light[1] * gain, light[2] * gain),
            marker_eye_m=self._marker_eye_m,
            spacing_rad=math.radians(float(spacing_deg)),
            size_rad=math.radians(float(size_deg)),
        )


class OnWallTools:
    """The tools of one configuration; holds paths resolved once, and no state."""

    def __init__(self, config: StageConfig) -> None:
        eye = config.stage.outer_eye_m
        self._cards = tuple(CardReader(card) for card in config.cards)
        self._marks = {camera.name: CameraMarks(camera.name, eye) for camera in config.cameras}
        self._late_paths = {camera.name: f"/camera/{camera.name}/late_pose" for camera in config.cameras}

    def equip(self, inner: InnerPlan, state: ShowState, world: WorldPlan) -> InnerPlan:
        """A camera's inner view with the picture it looks into and what lies on it."""
        values = state.controls.values
        mode = str(values[self._late_paths[inner.camera]])
        offset_ns = inner.light_ns - state.present_ns
        late = with_late_pose(state.late_pose, inner, world, mode, frame=state.frame, offset_ns=offset_ns)
        return self._marks[inner.camera].mark(late, values)

    def settle(self, state: ShowState) -> None:
        """Forgets the pictures of views that this frame did not plan."""
        forget_unused(state.late_pose, state.frame)

    def outer(self, state: ShowState, outer: OuterPlan, world: WorldPlan) -> OuterPlan:
        """The outer picture with its cards; frozen, it keeps the eye and the world of the frame that froze it.

        A world whose asset is not ready yet is not frozen.
        """
        values = state.controls.values
        if not values["/outer/freeze"]:
            state.frozen_outer = None
        elif state.frozen_outer is None and world.is_ready():
            state.frozen_outer = msgspec.structs.replace(outer, world=world)
        cards = tuple(card for reader in self._cards if (card := reader.read(values)) is not None)
        shown = state.frozen_outer or outer
        return msgspec.structs.replace(shown, cards=cards) if cards else shown
