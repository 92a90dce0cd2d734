"""Which views a frame has, and which wall shows which: every camera, once for each light time of the walls."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from calibration.records import Calibration
from render.plan.frame import Hold, WallPlan
from render.plan.frustum import check_wall, plan_inner
from render.plan.inner import InnerPlan
from stage.config.records import StageConfig
from stage.show.camera.rig import CameraRig
from stage.show.plan.on_wall import CameraTools
from stage.show.plan.scene import Scene
from tracking.prediction.estimate import Estimate
from tracking.records import ViewError
from tracking.tracker.tracker import Tracker


class Views(NamedTuple):
    """The pictures of one frame, and how each tracker's pose was carried to its light."""

    inners: list[InnerPlan]
    walls: list[WallPlan]
    estimates: dict[str, Estimate]


class CameraShot(NamedTuple):
    """One camera at one light time: its inner picture (an index into the views), or why it has none."""

    camera: str
    view: int | None
    hold: Hold | None = None


class ViewPlanner:
    """Plans the views of one configuration; it holds rigs and surfaces, and no state."""

    def __init__(self, config: StageConfig, calibration: Calibration, trackers: dict[str, Tracker]) -> None:
        self._half_period_ns = round(500_000_000 / config.stage.rate())
        self._surfaces = {surface.name: surface for surface in calibration.surfaces}
        self._walls = tuple(wall.name for wall in config.walls)
        self._rigs = tuple(CameraRig(camera, config, calibration, trackers) for camera in config.cameras)
        self._tools = CameraTools(config)

    def plan(self, scene: Scene) -> Views:
        """The inner pictures, once for each camera and light time, and which wall shows which."""
        views = Views([], [], {})
        for rig in self._rigs:
            rig.begin(scene.cameras[rig.camera.name], scene.values, scene.time)
        lights_ns = {wall: self._light_ns(scene, wall) for wall in self._walls}
        shots: dict[int, tuple[CameraShot, ...]] = {}
        for wall, light_ns in lights_ns.items():
            if light_ns not in shots:
                lit = tuple(name for name, other_ns in lights_ns.items() if other_ns == light_ns)
                shots[light_ns] = self._shoot(scene, light_ns, lit, views, note=light_ns == max(lights_ns.values()))
            shown, holds = self._shown_on(scene, wall, shots[light_ns], views)
            values = scene.values.wall[wall]
            views.walls.append(
                WallPlan(
                    name=wall,
                    light_ns=light_ns,
                    inners=shown,
                    pattern=values.pattern,
                    grey_level=values.grey_level if values.pattern == "grey" else msgspec.UNSET,
                    holds=holds,
                )
            )
        self._tools.settle(scene)
        return views

    def _light_ns(self, scene: Scene, wall: str) -> int:
        """When this frame's light leaves a wall, in the middle of its showing."""
        return scene.time.present_ns + self._half_period_ns + round(scene.values.wall[wall].latency_ms * 1e6)

    def _shoot(
        self, scene: Scene, light_ns: int, lit: tuple[str, ...], views: Views, *, note: bool
    ) -> tuple[CameraShot, ...]:
        """Plans every camera for the walls that are `lit` at one time, into `views`, the one on top first.

        Margins are judged for one light of a frame, the latest: `note` says whether this is it.
        """
        surfaces = tuple(self._surfaces[name] for name in lit)
        shots = []
        for rig in self._in_view(scene):
            own, name = scene.cameras[rig.camera.name], rig.camera.name
            pose = rig.pose(own, scene.values, light_ns, scene.time)
            if pose.estimate is not None and rig.camera.tracker is not None:
                views.estimates.setdefault(rig.camera.tracker, pose.estimate)
            try:
                view = rig.view(own, scene.values, pose, light_ns, frame=scene.time.frame, note=note)
                inner = plan_inner(view, surfaces)
            except ViewError as error:
                shots.append(CameraShot(name, None, hold_of(name, error)))
                continue
            shots.append(CameraShot(name, len(views.inners)))
            views.inners.append(self._tools.equip(inner, scene))
        return tuple(shots)

    def _in_view(self, scene: Scene) -> list[CameraRig]:
        """The cameras that are not parked, by priority, the configuration's order where that is equal."""
        values = scene.values.camera
        rigs = [rig for rig in self._rigs if not values[rig.camera.name].parked]
        return sorted(rigs, key=lambda rig: values[rig.camera.name].priority)

    def _shown_on(
        self, scene: Scene, wall: str, shots: tuple[CameraShot, ...], views: Views
    ) -> tuple[tuple[int, ...], tuple[Hold, ...]]:
        """The views a wall shows: those planned, and of a camera whose view is impossible there, its last possible."""
        last_possible = scene.pictures.last_possible.setdefault(wall, {})
        shown, holds = [], []
        for camera, view, nowhere in shots:
            hold = nowhere if view is None else self._impossible(wall, views.inners[view])
            if view is not None and hold is None:
                last_possible[camera] = views.inners[view]
                shown.append(view)
                continue
            if hold is not None:
                holds.append(hold)
            if camera in last_possible:
                shown.append(len(views.inners))
                views.inners.append(last_possible[camera])
        return tuple(shown), tuple(holds)

    def _impossible(self, wall: str, inner: InnerPlan) -> Hold | None:
        try:
            check_wall(inner, self._surfaces[wall])
        except ViewError as error:
            return hold_of(inner.camera, error)
        return None


def hold_of(camera: str, error: ViewError) -> Hold:
    """The hold that an impossible view of this camera becomes."""
    return Hold(camera=camera, reason=error.reason, values=error.values)
