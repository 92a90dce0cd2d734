"""The true cameras of a verification: what the configuration says of them, read by the film camera's own arithmetic."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import msgspec
import numpy as np

from calibration.cameras import Camera
from calibration.files.loading import load_lens
from calibration.lens_records import Lens
from render.film.camera import FilmPose, pose_from_imaging_plane
from render.film.lens import FilmLens, film_lens, focal_length_from_zoom
from render.film.rotation import Array, axes_from_pan_tilt_roll, quaternion_from_axes
from stage.loading.files import LoadedConfig
from stage.verify.motions import TruePose
from tracking.records import Placement, Pose, TrackerSample

_BETWEEN = 0.382
_MOST_PAIRS = 3
_COUNTED = 16.0
UNTOLD_FOCAL_MM = 35.0
"""The true lens of a camera of which the configuration says nothing: what a show takes it for, too."""


@dataclass(frozen=True, kw_only=True)
class LensTruth:
    """The true lens, and what a tracker's packets tell of it."""

    lens: FilmLens
    zoom_raw: float | None = None
    told_focal_mm: float | None = None

    def told(self, sample: TrackerSample) -> TrackerSample:
        """The sample with the lens's readings."""
        return msgspec.structs.replace(
            sample,
            zoom_raw=self.zoom_raw,
            focal_length_mm=self.told_focal_mm,
            entrance_pupil_m=self.lens.entrance_pupil_m,
        )


def lens_truth(camera: Camera, loaded: LoadedConfig) -> LensTruth:
    """The lens of a camera near the middle of its zoom range, between two places where its focal length is given.

    Raises ConfigError for a lens file that is none.
    """
    return lens_truths(camera, loaded)[0]


def lens_truths(camera: Camera, loaded: LoadedConfig) -> tuple[LensTruth, ...]:
    """The lens at several readings of the zoom encoder, most of them between places where it is given, that of
    `lens_truth` first; a single one where no tracker tells of a zoom. Raises ConfigError for a lens file that is none.
    """
    tells = _tells_zoom(camera, loaded)
    if camera.lens is not None:
        lens = load_lens(loaded.path_of(str(camera.lens)))
        places = [node.zoom_raw for node in lens.nodes]
        return tuple(_from_file(camera, lens, zoom_raw) for zoom_raw in (_readings(places) if tells else places[:1]))
    if camera.zoom and tells:
        return tuple(_from_rows(camera, zoom_raw) for zoom_raw in _readings([raw for raw, _ in camera.zoom]))
    return (_from_rows(camera, None),)


def _tells_zoom(camera: Camera, loaded: LoadedConfig) -> bool:
    """Whether a tracker tells of the zoom: played as OSC, it sends the pose alone."""
    spoken = {tracker.name: tracker.protocol for tracker in loaded.config.trackers}
    return camera.tracker is not None and spoken.get(camera.tracker) != "osc"


def _readings(places: list[float]) -> tuple[float, ...]:
    """A reading between each two neighbours of the middle ones, the middle's first, and the middle place itself.

    Whole numbers where places lie far enough apart for a tracker to count in whole numbers.
    """
    ordered = sorted(set(places))
    middle = ordered[len(ordered) // 2]
    pairs = sorted(pairwise(ordered), key=lambda pair: abs(pair[1] - middle) + abs(pair[0] - middle))
    between = [low + _BETWEEN * (high - low) for low, high in pairs[:_MOST_PAIRS]]
    wide = all(high - low >= _COUNTED for low, high in pairs)
    return (*(round(reading) + 0.0 if wide else reading for reading in between), middle)


def _from_rows(camera: Camera, zoom_raw: float | None) -> LensTruth:
    focal_mm = camera.focal_length_mm or UNTOLD_FOCAL_MM
    if camera.zoom and zoom_raw is not None:
        focal_mm = focal_length_from_zoom(camera.zoom, zoom_raw)
    lens = FilmLens(
        focal_length_mm=focal_mm,
        sensor_mm=camera.sensor_mm,
        resolution_px=camera.resolution_px,
        entrance_pupil_m=camera.entrance_pupil_m or 0.0,
    )
    return LensTruth(lens=lens, zoom_raw=zoom_raw, told_focal_mm=None if camera.zoom else focal_mm)


def _from_file(camera: Camera, lens: Lens, zoom_raw: float) -> LensTruth:
    found = film_lens(lens, zoom_raw, camera.sensor_mm, camera.resolution_px)
    if camera.entrance_pupil_m is not None:
        found = replace(found, entrance_pupil_m=camera.entrance_pupil_m)
    return LensTruth(lens=found, zoom_raw=zoom_raw, told_focal_mm=found.focal_length_mm)


class Mounting:
    """How a true camera hangs on its tracked body, and the tracker's frame in the stage."""

    def __init__(self, camera: Camera, truth: LensTruth) -> None:
        self._offset_m = np.array(camera.marker_from_camera.position_m)
        self._turn = axes_from_pan_tilt_roll(*camera.marker_from_camera.rotation_deg)
        self._pupil_m = truth.lens.entrance_pupil_m

    def film_pose(self, body: TruePose) -> FilmPose:
        """Where the camera's entrance pupil is while its tracked body is at `body`."""
        plane_m = body.position_m + body.axes @ self._offset_m
        return pose_from_imaging_plane(plane_m, body.axes @ self._turn, self._pupil_m)


def as_tracked(body: TruePose, stage_from_tracker: Placement) -> Pose:
    """The body's pose as its tracker sees it, in the tracker's own frame."""
    origin_m = np.array(stage_from_tracker.position_m)
    turn: Array = axes_from_pan_tilt_roll(*stage_from_tracker.rotation_deg)
    x, y, z = ((body.position_m - origin_m) @ turn).tolist()
    return Pose(position_m=(x, y, z), rotation=quaternion_from_axes(turn.T @ body.axes))
