"""From the state to a `FramePlan`: views, walls, looks and health of one frame. Pure."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from calibration.records import Calibration
from render.plan.frame import Acknowledgement, FramePlan, GradePlan, Hold, OuterPlan, TrackerPlan, WallPlan
from render.plan.frustum import check_wall, plan_inner
from render.plan.inner import InnerPlan
from render.worlds.kinds import WorldPlan
from stage.config.records import StageConfig
from stage.show.camera.rig import CameraRig, TrackerMount
from stage.show.plan.on_wall import OnWallTools
from stage.show.report.health import health_of
from stage.show.state import ShowState
from tracking.prediction.estimate import Estimate
from tracking.records import ViewError
from tracking.tracker.tracker import Tracker

OUTER_FACE_PX = 1024


class Views(NamedTuple):
    """The pictures of one frame while they are being planned, and how each tracker's pose was found."""

    inners: list[InnerPlan]
    walls: list[WallPlan]
    estimates: dict[str, Estimate]


class Looked(NamedTuple):
    """One camera's look at the walls of one light time: its inner picture (an index), or why there is none."""

    camera: str
    view: int | None
    impossible: Hold | None = None


class Planner:
    """Plans frames of one configuration; holds paths and rigs resolved once, and no state."""

    def __init__(self, config: StageConfig, calibration: Calibration, trackers: dict[str, Tracker]) -> None:
        self._config = config
        self._rate = config.stage.rate()
        self._half_period_ns = round(500_000_000 / self._rate)
        self._surfaces = {surface.name: surface for surface in calibration.surfaces}
        self._trackers = trackers
        self._on_wall = OnWallTools(config)
        self._rigs = tuple(CameraRig(camera, config, calibration, trackers) for camera in config.cameras)
        self._walls = tuple(
            (wall.name, f"/wall/{wall.name}/latency_ms", f"/wall/{wall.name}/pattern") for wall in config.walls
        )
        self.mounts = {tracker.name: TrackerMount(tracker) for tracker in config.trackers}

    def plan(self, state: ShowState, acknowledgements: tuple[Acknowledgement, ...]) -> FramePlan:
        """Everything that the GPU needs for the frame that `state` has come to."""
        values = state.controls.values
        views = self._views(state)
        inners, walls = tuple(views.inners), tuple(views.walls)
        trackers = self._tracker_plans(state, views.estimates)
        plan = FramePlan(
            epoch=state.epoch,
            frame=state.frame,
            present_ns=state.present_ns,
            world=self._world(state),
            outer=self._on_wall.outer(state, self._outer(inners), self._world(state)),
            inners=inners,
            walls=walls,
            grade=GradePlan(
                exposure_stops=float(values["/grade/exposure_stops"]),
                temperature_k=float(values["/grade/temperature_k"]),
                tint=float(values["/grade/tint"]),
            ),
            blackout=bool(values["/output/blackout"]),
            trackers=trackers,
            acknowledgements=acknowledgements,
            health=health_of(self._config, state, trackers, walls),
        )
        return _frozen(state, plan) if values["/output/freeze"] else _thawed(state, plan)

    def _views(self, state: ShowState) -> Views:
        """The inner pictures, once for each camera and wall latency, and which wall shows which."""
        views = Views([], [], {})
        looked: dict[int, tuple[Looked, ...]] = {}
        for rig in self._rigs:
            rig.begin(state)
        lights_ns = [self._light_ns(state, latency_path) for _, latency_path, _ in self._walls]
        latest_ns = max(lights_ns)
        for light_ns, (name, _, pattern_path) in zip(lights_ns, self._walls, strict=True):
            if light_ns not in looked:
                looked[light_ns] = self._look(state, light_ns, views, note=light_ns == latest_ns)
            shown, holds = self._shown_on(state, name, looked[light_ns], views)
            pattern = str(state.controls.values[pattern_path])
            views.walls.append(WallPlan(name=name, light_ns=light_ns, inners=shown, pattern=pattern, holds=holds))
        self._on_wall.settle(state)
        return views

    def _light_ns(self, state: ShowState, latency_path: str) -> int:
        """When this frame's light leaves a wall, in the middle of its showing."""
        latency_ns = round(float(state.controls.values[latency_path]) * 1e6)
        return state.present_ns + self._half_period_ns + latency_ns

    def _look(self, state: ShowState, light_ns: int, views: Views, *, note: bool) -> tuple[Looked, ...]:
        """Plans every camera for the walls that are lit at `light_ns`, into `views`, the one that lies on top first.

        Margins are judged for one light of a frame, the latest: `note` tells whether this is it.
        """
        surfaces = tuple(
            self._surfaces[name]
            for name, latency_path, _ in self._walls
            if self._light_ns(state, latency_path) == light_ns
        )
        looked = []
        for rig in self._in_view(state):
            found = rig.find(state, light_ns, self._rate)
            if found.estimate is not None and rig.camera.tracker is not None:
                views.estimates.setdefault(rig.camera.tracker, found.estimate)
            try:
                inner = plan_inner(rig.view(state, found, light_ns, note=note), surfaces)
            except ViewError as error:
                looked.append(Looked(rig.camera.name, None, hold_of(rig.camera.name, error)))
                continue
            looked.append(Looked(rig.camera.name, len(views.inners)))
            views.inners.append(self._on_wall.equip(inner, state, self._world(state)))
        return tuple(looked)

    def _in_view(self, state: ShowState) -> list[CameraRig]:
        """The cameras that are not parked, by priority, the configuration's order where that is equal."""
        values = state.controls.values
        rigs = [rig for rig in self._rigs if not rig.parked(values)]
        return sorted(rigs, key=lambda rig: rig.priority(values))

    def _shown_on(
        self, state: ShowState, wall: str, looked: tuple[Looked, ...], views: Views
    ) -> tuple[tuple[int, ...], tuple[Hold, ...]]:
        """The views a wall shows: those planned, and of a camera whose view is impossible there, its last possible."""
        last_possible = state.last_possible.setdefault(wall, {})
        shown, holds = [], []
        for camera, view, nowhere in looked:
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

    def _world(self, state: ShowState) -> WorldPlan:
        return self._config.world.plan(state.assets)

    def _outer(self, inners: tuple[InnerPlan, ...]) -> OuterPlan:
        follows = self._config.stage.outer == "follow" and inners
        return OuterPlan(eye_m=inners[0].eye_m if follows else self._config.stage.outer_eye_m, face_px=OUTER_FACE_PX)

    def _tracker_plans(self, state: ShowState, estimates: dict[str, Estimate]) -> tuple[TrackerPlan, ...]:
        plans = []
        for name, tracker in self._trackers.items():
            estimate = estimates.get(name)
            plans.append(
                TrackerPlan(
                    name=name,
                    state=tracker.freshness(state.now_ns),
                    horizon_ms=estimate.horizon_ms if estimate else 0.0,
                    method=estimate.method if estimate else "none",
                )
            )
        return tuple(plans)


def hold_of(camera: str, error: ViewError) -> Hold:
    """The hold that an impossible view of this camera becomes."""
    return Hold(camera=camera, reason=error.reason, values=error.values)


def _frozen(state: ShowState, plan: FramePlan) -> FramePlan:
    """The picture of the frame in which freeze took effect, under this frame's number; blackout still works."""
    if state.frozen is None:
        state.frozen = msgspec.structs.replace(plan, acknowledgements=())
    kept = state.frozen
    return msgspec.structs.replace(
        plan, world=kept.world, outer=kept.outer, inners=kept.inners, walls=kept.walls, grade=kept.grade
    )


def _thawed(state: ShowState, plan: FramePlan) -> FramePlan:
    state.frozen = None
    return plan
