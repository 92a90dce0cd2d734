"""The show: a fold over frame inputs. Pure: no clock, file, socket, GL, thread or randomness.

`Show.step` says what happens in a frame; the same inputs from the same state give the same plans, live or replayed.
"""

from __future__ import annotations

from fractions import Fraction

import msgspec

from calibration.records import Calibration
from render.plan.frame import Acknowledgement, FramePlan
from stage.config.records import StageConfig
from stage.show.commands.controls import Controls
from stage.show.frame.inputs import (
    AssetReady,
    BatchRequest,
    Command,
    Datagram,
    Dropped,
    FrameInputs,
    NudgeRequest,
    Observation,
    Presented,
    SetRequest,
    TakeReport,
    TakeRequest,
)
from stage.show.plan.planner import Planner
from stage.show.plan.tile_governor import note_presented
from stage.show.report.ledger import Account, Ledger
from stage.show.report.losses import note_loss
from stage.show.report.taking import ask_for_take, note_report
from stage.show.state import ShowState, decode_state, encode_state
from stage.values.parameters import ParameterTree, declare
from tracking.prediction.weights import NOTHING_LEARNED
from tracking.rotation import compose, pan_tilt_roll_from_quat
from tracking.tracker.tracker import Tracker


class Show:
    """One running show over its own copy of `state`."""

    def __init__(self, config: StageConfig, calibration: Calibration, state: ShowState) -> None:
        self.config = config
        self.tree = self.tree_of(config)
        self.rate: Fraction = config.stage.rate()
        self._period_ns = round(1_000_000_000 / self.rate)
        self._state = decode_state(encode_state(state))
        self._controls = Controls(self.tree, self._state.controls, self.rate)
        self.trackers = self._make_trackers(calibration)
        self._by_source = self._trackers_by_source()
        self._ledger = Ledger(float(self.rate))
        self._planner = Planner(config, calibration, self.trackers)

    @staticmethod
    def tree_of(config: StageConfig) -> ParameterTree:
        """Every parameter that a show of this configuration has."""
        return ParameterTree(declare(config))

    @property
    def state(self) -> ShowState:
        """The running state, to read from between steps; only `step` changes it."""
        return self._state

    def snapshot(self) -> ShowState:
        """A copy of the state that shares nothing with the running show."""
        return decode_state(encode_state(self._state))

    def step(self, inputs: FrameInputs) -> FramePlan:
        """Takes in one frame's inputs and plans its pictures."""
        elapsed_s = self._begin(inputs)
        for observation in inputs.observations:
            self._observe(observation)
        for datagram in inputs.datagrams:
            self._read(datagram)
        acknowledgements = tuple(self._apply(command) for command in inputs.commands)
        self._run_time_of_day(elapsed_s)
        self._controls.advance(inputs.frame)
        plan = self._planner.plan(self._state, acknowledgements)
        self._open_account(plan)
        return plan

    def _begin(self, inputs: FrameInputs) -> float:
        """Moves the state on to this frame; returns the show time that has passed, 0 at the first."""
        passed = inputs.frame - self._state.frame if self._state.frame >= 0 else 0
        self._state.epoch = inputs.epoch
        self._state.frame = inputs.frame
        self._state.present_ns = inputs.present_ns
        self._state.now_ns = inputs.present_ns - self._period_ns
        return passed * self.rate.denominator / self.rate.numerator

    def _run_time_of_day(self, elapsed_s: float) -> None:
        """While the hour fades it goes only where it is sent; it runs on from there."""
        values = self._state.controls.values
        stands = values["/world/freeze_time"] or "/time/hour" in self._state.controls.fades
        if values["/time/running"] and not stands and elapsed_s > 0.0:
            hours = elapsed_s * float(values["/time/speed"]) / 3600.0
            self._controls.assign("/time/hour", (float(values["/time/hour"]) + hours) % 24.0, self._state.frame)

    def _observe(self, observation: Observation) -> None:
        state = self._state
        match observation:
            case Presented(missed=missed):
                state.missed += missed
                self._ledger.close(state.ledger, observation)
                note_presented(state.late_pose.load, observation, self._period_ns)
            case AssetReady(file=file, sha256=sha256):
                state.assets[file] = sha256
            case TakeReport():
                note_report(state.take, observation)
            case Dropped():
                note_loss(state.losses, observation, state.frame)

    def _read(self, datagram: Datagram) -> None:
        for tracker in self._by_source.get(datagram.source, ()):
            tracker.feed(datagram)

    def _apply(self, command: Command) -> Acknowledgement:
        """Carries out one command; one that was sent before gets its first answer again."""
        first = self._controls.remembered(command)
        if first is not None:
            return first
        match command.request:
            case TakeRequest() as request:
                answer = ask_for_take(self._state.take, request, command)
            case NudgeRequest() as request:
                answer = self._set_heading(command, request)
            case SetRequest() | BatchRequest():
                return self._set_values(command)
        return self._controls.remember(command, answer, self._state.frame)

    def _set_values(self, command: Command) -> Acknowledgement:
        """Sets one value or several. A margin given as a number is meant to stay that number."""
        answer = self._controls.apply(command, self._state.frame)
        request = command.request
        items = request.items if isinstance(request, BatchRequest) else (request,)
        paths = [item.path for item in items if isinstance(item, SetRequest)]
        for camera in self.config.cameras:
            prefix = f"/camera/{camera.name}/overscan"
            if not answer.error and f"{prefix}_deg" in paths and f"{prefix}_mode" not in paths:
                self._controls.assign(f"{prefix}_mode", "fixed", self._state.frame)
        return answer

    def _open_account(self, plan: FramePlan) -> None:
        """Writes down the oldest of the newest samples that moved a camera in this frame."""
        values = self._state.controls.values
        heard = [
            (motion.moments[-1].sample_ns - self._planner.mounts[told.name].delay_ns(values), motion.received_ns)
            for told in plan.trackers
            if told.state == "fresh" and told.method != "none"
            for motion in (self.trackers[told.name].state.motion,)
        ]
        if not heard or values["/output/freeze"]:
            return
        sample_ns, received_ns = min(heard)
        light_ns = max(wall.light_ns for wall in plan.walls)
        self._ledger.open(
            self._state.ledger,
            Account(
                frame=plan.frame,
                sample_ns=sample_ns,
                received_ns=received_ns,
                present_ns=plan.present_ns,
                light_ns=light_ns,
            ),
        )

    def _set_heading(self, command: Command, request: NudgeRequest) -> Acknowledgement:
        """Turns the tracker's offset so that the tracked body's pan in the stage becomes what was asked."""
        tracker = self.trackers.get(request.tracker)
        if tracker is None:
            there = ", ".join(self.trackers) or "none"
            detail = f"no tracker {request.tracker!r}; the stage's trackers: {there}"
            return Acknowledgement(client=command.client, id=command.id, error="unknown_path", detail=detail)
        if not tracker.state.accepted:
            detail = f"tracker {request.tracker!r} has given no pose yet, so there is no heading to set"
            return Acknowledgement(client=command.client, id=command.id, error="conflict", detail=detail)
        mount = self._planner.mounts[request.tracker].stage_from_tracker(self._state.controls.values)
        pan_deg = pan_tilt_roll_from_quat(compose(mount, tracker.latest()).rotation)[0]
        path = f"/tracker/{request.tracker}/offset/pan_deg"
        turned = float(self._state.controls.values[path]) + request.pan_deg - pan_deg
        wrapped = (turned + 180.0) % 360.0 - 180.0
        return self._controls.apply(
            msgspec.structs.replace(command, request=SetRequest(path=path, value=wrapped)), self._state.frame
        )

    def _make_trackers(self, calibration: Calibration) -> dict[str, Tracker]:
        """A tracker ignores, uncounted, what is meant for another one on its source."""
        trackers = {}
        for config in self.config.trackers:
            siblings = [
                other.camera_id
                for other in self.config.trackers
                if other.source == config.source and other.name != config.name
            ]
            known = frozenset(camera_id for camera_id in siblings if camera_id is not None)
            weights = calibration.predictors.get(config.name, NOTHING_LEARNED)
            trackers[config.name] = Tracker(
                config, self._state.trackers[config.name], sibling_ids=known, weights=weights
            )
        return trackers

    def _trackers_by_source(self) -> dict[str, tuple[Tracker, ...]]:
        by_source: dict[str, tuple[Tracker, ...]] = {}
        for config in self.config.trackers:
            by_source[config.source] = (*by_source.get(config.source, ()), self.trackers[config.name])
        return by_source
