"""Plays a motion through the whole chain in virtual time: packets, real fold, real renderer, film camera."""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Callable, Mapping

import msgspec

from render.plan.frame import FramePlan
from stage.config.records import StageConfig
from stage.show.frame.inputs import FrameInputs
from stage.show.frame.requests import Target
from stage.verify.cameras import LensTruth
from stage.verify.delays import PlayedStage
from stage.verify.exposure import FilmedFrame
from stage.verify.motions import TrueMotion
from stage.verify.moving_camera import MovingCamera
from stage.verify.packets import START_NS, PacketStream
from stage.verify.settings import commands_of
from stage.verify.studio import Studio
from stage.verify.tally import RUNS, RunName
from stage.verify.timetable import INSTANT, Shutter, Timetable
from tracking.datagrams import Datagram

MOTION_OUTER_PX = 256
"""Side of the outer cube's faces in motion: only pixels that miss the inner picture see them."""
_SIDE_STEP_M = 0.8


def play(
    studio: Studio,
    played: PlayedStage,
    truths: Mapping[str, LensTruth],
    motion: TrueMotion,
    *,
    seconds: float | None,
    values: tuple[Target, ...] = (),
    shutters: Mapping[str, Shutter] | None = None,
    progress: Callable[[], None],
) -> dict[str, MovingCamera]:
    """Plays a motion on all tracked cameras side by side, once held and once predicted; returns them by name.

    A camera that `shutters` does not name films the instant of each frame's light. An exposure also sees frames before
    and after its own, so filming stays that many frames behind drawing.
    """
    config = played.config
    moving = _moving_cameras(studio, config, truths, motion, shutters or {})
    streams = _streams(config, played, truths, motion, moving)
    shows = {run: studio.new_show(_with_predictor(config, run)) for run in RUNS}
    timetable = Timetable(
        config, motion, (camera.shutter for camera in moving.values()), seconds=seconds, start_ns=START_NS
    )
    reel: deque[FilmedFrame] = deque(maxlen=2 * timetable.reach + 1)
    for frame in itertools.count():
        if timetable.over(frame):
            break
        inputs = FrameInputs(
            epoch=1,
            frame=frame,
            present_ns=timetable.begins_ns(frame + 1),
            datagrams=_arrived(streams, timetable.begins_ns(frame)),
            commands=commands_of(values) if frame == 0 else (),
        )
        plans = {run: show.step(inputs).plan for run, show in shows.items()}
        wanted = plans if timetable.drawn(frame) else {}
        pictures = {run: studio.draw(_with_small_outer(plan)) for run, plan in wanted.items()}
        reel.append(FilmedFrame(frame, timetable.lit(frame), plans, pictures))
        if timetable.judged(frame - timetable.reach):
            for camera in moving.values():
                camera.film(reel)
        progress()
    return moving


def _moving_cameras(
    studio: Studio,
    config: StageConfig,
    truths: Mapping[str, LensTruth],
    motion: TrueMotion,
    shutters: Mapping[str, Shutter],
) -> dict[str, MovingCamera]:
    """Every tracked camera. Cameras of one tracker move as one; trackers are 0.8 m apart: middle, right, left, ..."""
    places = {tracker.name: index for index, tracker in enumerate(config.trackers)}
    order = sorted({places[camera.tracker] for camera in config.cameras if camera.tracker and not camera.parked})
    sides = {place: _SIDE_STEP_M * ((rank + 1) // 2) * (1 if rank % 2 else -1) for rank, place in enumerate(order)}
    return {
        camera.name: MovingCamera(
            studio,
            camera,
            truths[camera.name],
            motion,
            offset_m=(sides[places[camera.tracker]] + 0.0, 0.0, 0.0),
            shutter=shutters.get(camera.name, INSTANT),
        )
        for camera in config.cameras
        if camera.tracker and not camera.parked
    }


def _streams(
    config: StageConfig,
    played: PlayedStage,
    truths: Mapping[str, LensTruth],
    motion: TrueMotion,
    moving: Mapping[str, MovingCamera],
) -> list[PacketStream]:
    streams = []
    for tracker in config.trackers:
        carried = [camera for camera in moving.values() if camera.camera.tracker == tracker.name]
        if carried:
            streams.append(
                PacketStream(
                    tracker,
                    truths[carried[0].camera.name],
                    motion,
                    pose_at=carried[0].body_at,
                    journey=played.journeys[tracker.name],
                )
            )
    return streams


def _arrived(streams: list[PacketStream], now_ns: int) -> tuple[Datagram, ...]:
    arrived = [datagram for stream in streams for datagram in stream.until(now_ns)]
    return tuple(sorted(arrived, key=lambda datagram: datagram.received_ns))


def _with_predictor(config: StageConfig, run: RunName) -> StageConfig:
    """The configuration with every newest pose held, or predicted as configured (by a line instead of held)."""
    trackers = []
    for tracker in config.trackers:
        predictor = "line" if tracker.predictor == "hold" else tracker.predictor
        trackers.append(msgspec.structs.replace(tracker, predictor="hold" if run == "hold" else predictor))
    return msgspec.structs.replace(config, trackers=tuple(trackers))


def _with_small_outer(plan: FramePlan) -> FramePlan:
    outer = msgspec.structs.replace(plan.outer, face_px=min(plan.outer.face_px, MOTION_OUTER_PX))
    return msgspec.structs.replace(plan, outer=outer)
