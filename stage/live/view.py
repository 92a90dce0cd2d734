"""What clients see of the running show: its values and its status. Read between steps, on the loop's thread."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from itertools import islice

import msgspec
from msgspec import UnsetType

from render.views.edges import Sides
from stage.control.cue_views import CueShown, CueStatus
from stage.control.light_views import LightStatus
from stage.control.look_views import LookComparison, LookStatus
from stage.control.view import (
    CameraStatus,
    ChangedValue,
    ClientChange,
    EquipmentStatus,
    FadeStatus,
    InForce,
    LeaseStatus,
    LensStatus,
    LibraryWorld,
    StageStatus,
    TakeStatus,
    TrackerStatus,
    WallStatus,
    WorldStatus,
    warned,
)
from stage.lights.link import WireStatus
from stage.live.cues_view import cue_statuses, cues_status, shown_cue
from stage.live.figures import LoopTimes
from stage.live.lights_view import desk_status, light_statuses, wire_view
from stage.live.looks_view import NO_PICTURES, LookInForce, compared_look, look_statuses
from stage.live.plates_view import films_on_air
from stage.live.worlds_view import library_world, world_statuses
from stage.show.air.changes import air_report
from stage.show.camera.margin import FourSides
from stage.show.camera.rig import CameraState
from stage.show.camera.turn_trust import shares
from stage.show.frame.lights import LightsPlan
from stage.show.frame.outcome import Finding
from stage.show.frame.requests import CueRequest, LookRequest
from stage.show.people.leases import holding
from stage.show.plan.reprojection import in_force as reprojection_in_force
from stage.show.report.in_force import in_force, overrides_of
from stage.show.report.ledger import percentiles
from stage.show.report.losses import counts
from stage.show.report.pace import true_rate_hz
from stage.show.report.take import TakeState
from stage.show.report.tracker_health import tracker_hints
from stage.show.show import Show
from stage.show.values.changes import Change, ChangeHistory, ClientChanges
from stage.show.values.controls import ControlState
from stage.show.values.fades import is_over, standing_at
from stage.values.parameters import Refusal
from stage.values.tree import ParameterTree
from stage.words.sentences import health_lines, sentence
from tracking.rotation import pan_tilt_roll_from_quat
from tracking.tracker.tracker import Tracker

_MOST_FADES = 64
MOST_LISTED = 10
MOST_NAMED = 4
"""So many values of a change are named; a recalled look has hundreds."""


class LiveView:
    """A running show, as the control edge sees it."""

    def __init__(
        self,
        show: Show,
        times: LoopTimes,
        open_to: str = "",
        pictures: Mapping[str, str] = NO_PICTURES,
        wire: Callable[[], WireStatus | None] = lambda: None,
    ) -> None:
        self._show = show
        self._overrides = overrides_of(show.tree)
        self._open_to = open_to
        self._times = times
        self._pictures = pictures
        self._look = LookInForce(show)
        self._wire = wire
        self._protocols = {tracker.name: tracker.protocol for tracker in show.config.trackers}

    @property
    def controls(self) -> ControlState:
        """The values in force, and what changed in this frame."""
        return self._show.state.controls

    @property
    def tree(self) -> ParameterTree:
        """Everything that can be set."""
        return self._show.tree

    @property
    def rate_hz(self) -> float:
        """Display slots per second."""
        return float(self._show.rate)

    def status(self, findings: tuple[Finding, ...]) -> StageStatus:
        """The status of the stage after the last step, which had these `findings`."""
        state, values = self._show.state, self.controls.values
        return StageStatus(
            frame=state.frame,
            rate_hz=self.rate_hz,
            trackers={name: self._tracker(name, tracker) for name, tracker in self._show.trackers.items()},
            health=health_lines(findings),
            health_codes=findings,
            take=take_status(state.take),
            true_rate_hz=true_rate_hz(state.pace, state.now_ns),
            missed=self._times.missed,
            lateness_ms=self._times.recent(),
            frames=self._times.frames,
            took_ms=self._times.newest_took(),
            frame_parts=self._times.parts.newest(),
            in_force=tuple(self._in_force()),
            walls={name: self._wall(name, findings) for name in values.wall},
            cameras={name: self._camera(name, camera) for name, camera in state.cameras.items()},
            latency=percentiles(state.ledger),
            dropped=counts(state.losses),
            world=air_report(state.air, values, state.frame, self._show.rate),
            cues=cues_status(state.cues, state.play, state.frame, self._show.rate),
            leases=tuple(self._leases()),
            fades=tuple(islice(self._fades(), _MOST_FADES)),
            look=self._look.now(),
            desk=desk_status(self._show),
            lights=wire_view(self._show, self._wire()),
            films=films_on_air(self._show),
        )

    @property
    def recording(self) -> str:
        """The take that records, or is to; "" where none does."""
        take = self._show.state.take
        return take.name if take.recording else ""

    def owner_of(self, session: str) -> str | None:
        """Whose session this is; None where no command has named it."""
        known = self._show.state.answers.by_client.get(session)
        return None if known is None else known.owner

    def worlds(self, first: int, most: int) -> tuple[tuple[WorldStatus, ...], int]:
        """At most so many worlds of the stage from the `first` on, and how many there are."""
        return world_statuses(self._show.state.air, self.controls.values, self._show.sight, (first, most))

    def lights(self, plan: LightsPlan | UnsetType, first: int, most: int) -> tuple[tuple[LightStatus, ...], int]:
        """At most so many lights from the `first` on, as the newest `plan` has them, and how many there are."""
        return light_statuses(self._show, plan, (first, most), self._wire())

    def changes(self, client: str) -> tuple[tuple[ClientChange, ...], tuple[ClientChange, ...]]:
        """The newest changes of a client that it can undo, and those that it can redo; the newest of each first."""
        return changes_of(self.controls.history, client)

    def looks(self, first: int, most: int, *, takes: bool) -> tuple[tuple[LookStatus, ...], int]:
        """At most so many looks from the `first` on, and how many there are; with `takes` those of takes."""
        state = self._show.state
        return look_statuses(state.looks, state.air, self._pictures, (first, most), takes=takes)

    def look_comparison(self, request: LookRequest, most: int) -> LookComparison | Refusal:
        """The look that a request names beside what is in force, with at most so many changes; or why there is none."""
        return compared_look(self._show, request, most)

    def cues(self, first: int, most: int) -> tuple[tuple[CueStatus, ...], int]:
        """At most so many cues from the `first` on, and how many there are."""
        return cue_statuses(self._show, first, most)

    def shown_cue(self, request: CueRequest, most: int) -> CueShown | Refusal:
        """At most so many values that the cue sets which a request names, or the next one; or why there is none."""
        return shown_cue(self._show, request, most)

    def library_world(self, name: str) -> LibraryWorld | Refusal:
        """The world that is called `name`, as its file in the library has it; or why it has none."""
        return library_world(self._show.state.air, self._show.config, name)

    def _tracker(self, name: str, tracker: Tracker) -> TrackerStatus:
        own = tracker.status(self._show.state.now_ns)
        heard = own.state != "never"
        offset = self.controls.values.tracker[name].offset
        pose = self._show.mounts[name].body_in_stage(tracker, offset) if heard else None
        return TrackerStatus(
            state=own.state,
            rate_hz=own.rate_hz,
            age_ms=own.age_ms if heard else None,
            jitter_ms=own.jitter_ms,
            accepted=own.accepted,
            rejected=own.rejected,
            position_m=pose.position_m if pose else None,
            rotation_deg=pan_tilt_roll_from_quat(pose.rotation) if pose else None,
            hint=own.hint,
            hints=tracker_hints(self._protocols[name], tracker.state, self._show.state.now_ns),
            predictor=own.predictor,
            timecode=own.timecode,
            device_status=own.device_status,
            slate=own.slate,
            recording=own.recording,
            lens=msgspec.convert(tracker.lens(), LensStatus, from_attributes=True),
            equipment=msgspec.convert(own.equipment, EquipmentStatus | None, from_attributes=True),
        )

    def _in_force(self) -> Iterator[InForce]:
        if self._open_to:
            text = sentence("open_to_network", {"address": self._open_to})
            yield InForce(path="--insecure-lan", value=self._open_to, normal="", text=text)
        for override in in_force(self._overrides, self.controls.values):
            yield InForce(**override._asdict(), text=sentence("value_in_force", override._asdict()))

    def _leases(self) -> Iterator[LeaseStatus]:
        frame = self._show.state.frame
        for path, lease in holding(self._show.state.leases, frame):
            yield LeaseStatus(path=path, who=lease.who, left_s=float((lease.until_frame - frame) / self._show.rate))

    def _fades(self) -> Iterator[FadeStatus]:
        frame, rate = self._show.state.frame, self._show.rate
        for path, fade in self.controls.fades.items():
            if not is_over(fade, frame, rate):
                gone_s = float(max(0, standing_at(frame, fade.held) - fade.start_frame) / rate)
                yield FadeStatus(path=path, target=fade.target, left_s=fade.fade_s - gone_s)

    def _wall(self, name: str, findings: tuple[Finding, ...]) -> WallStatus:
        values = self.controls.values.wall[name]
        held = any(finding.code == "wall_held" and finding.values.get("wall") == name for finding in findings)
        return WallStatus(latency_ms=values.latency_ms, pattern=values.pattern, held=held)

    def _camera(self, name: str, camera: CameraState) -> CameraStatus:
        status = camera_status(camera, self._late_pose(name))
        values = self.controls.values.camera[name]
        focal_length_mm = values.focal_length_mm or camera.lens.focal_length_mm
        return msgspec.structs.replace(status, parked=values.parked, focal_length_mm=focal_length_mm, lens=values.lens)

    def _late_pose(self, camera: str) -> str:
        governor = self._show.state.pictures.reprojection.governor
        return reprojection_in_force(self.controls.values.camera[camera].late_pose, governor)


def take_status(take: TakeState) -> TakeStatus:
    """The take as clients see it: recording only once its first chunk is on disk."""
    return TakeStatus(
        state="recording" if take.confirmed else "starting" if take.recording else "idle",
        name=take.name,
        path=take.path,
        warnings=warned(take.warnings) if take.recording else (),
        slate=take.slate or take.name,
        first_frame=take.first_frame if take.recording else -1,
    )


def camera_status(camera: CameraState, late_pose: str) -> CameraStatus:
    """What a camera's margin has learned, its newest value on each side, and the reprojection in force."""
    margin = camera.overscan.margin
    pose = camera.stage_from_pupil
    newest = margin.forecasts[-1] if margin.forecasts else None
    return CameraStatus(
        margin_deg=_sides(newest.margins_rad) if newest else None,
        judged=margin.judged,
        missed=margin.missed,
        missed_lately=margin.lately,
        worst_deg=margin.worst_deg,
        turn_trust=shares(camera.overscan.trust),
        late_pose=late_pose,
        position_m=pose.position_m if pose else None,
        rotation_deg=pan_tilt_roll_from_quat(pose.rotation) if pose else None,
    )


def _sides(margins_rad: FourSides) -> Sides:
    left, right, bottom, top = (math.degrees(margin) for margin in margins_rad)
    return Sides(left=left, right=right, bottom=bottom, top=top)


def changes_of(history: ChangeHistory, client: str) -> tuple[tuple[ClientChange, ...], tuple[ClientChange, ...]]:
    """The newest changes of a client that it can undo, and those that it can redo; the newest of each first."""
    own = history.by_client.get(client, ClientChanges())
    return _newest(own.steps), _newest(own.undone)


def _newest(changes: dict[int, Change]) -> tuple[ClientChange, ...]:
    return tuple(_shown(change) for change in islice(reversed(changes.values()), MOST_LISTED))


def _shown(change: Change) -> ClientChange:
    """A change without what follows of itself from what was set, unless that is all of it."""
    own = [path for path in change.before if path not in change.followed] or list(change.before)
    values = (
        ChangedValue(path=path, before=change.before[path], after=change.after[path]) for path in own[:MOST_NAMED]
    )
    return ClientChange(frame=change.frame, count=len(own), names=change.names, values=tuple(values))
