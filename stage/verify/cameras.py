"""The true cameras of a verification: the configuration's cameras, read by the film camera's own arithmetic."""

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
DEFAULT_FOCAL_MM = 35.0
"""The true focal length of a camera for which the configuration gives none; the show assumes the same."""


@dataclass(frozen=True, kw_only=True)
class LensTruth:
    """The true lens, and what a tracker's packets report of it (None: nothing)."""

    lens: FilmLens
    zoom_raw: float | None = None
    reported_focal_mm: float | None = None

    def reported_in(self, sample: TrackerSample) -> TrackerSample:
        """The sample with the lens's readings added."""
        return msgspec.structs.replace(
            sample,
            zoom_raw=self.zoom_raw,
            focal_length_mm=self.reported_focal_mm,
            entrance_pupil_m=self.lens.entrance_pupil_m,
        )


def lens_truth(camera: Camera, loaded: LoadedConfig) -> LensTruth:
    """The lens of a camera near the middle of its zoom range, between two readings whose focal length is given.

    Raises ConfigError for a lens file that cannot be read.
    """
    return lens_truths(camera, loaded)[0]


def lens_truths(camera: Camera, loaded: LoadedConfig) -> tuple[LensTruth, ...]:
    """The lens at several readings of the zoom encoder, most of them between readings where it is given.

    The lens of `lens_truth` comes first; it is the only one where no tracker reports a zoom. Raises ConfigError for a
    lens file that cannot be read.
    """
    zooms = _reports_zoom(camera, loaded)
    if camera.lens is not None:
        lens = load_lens(loaded.path_of(str(camera.lens)))
        places = [node.zoom_raw for node in lens.nodes]
        return tuple(_from_file(camera, lens, zoom_raw) for zoom_raw in (_readings(places) if zooms else places[:1]))
    if camera.zoom and zooms:
        return tuple(_from_rows(camera, zoom_raw) for zoom_raw in _readings([raw for raw, _ in camera.zoom]))
    return (_from_rows(camera, None),)


def _reports_zoom(camera: Camera, loaded: LoadedConfig) -> bool:
    """Whether a tracker reports the zoom: over OSC only the pose is sent."""
    protocols = {tracker.name: tracker.protocol for tracker in loaded.config.trackers}
    return camera.tracker is not None and protocols.get(camera.tracker) != "osc"


def _readings(places: list[float]) -> tuple[float, ...]:
    """One reading between each pair of neighbouring places near the middle, nearest first, then the middle place.

    Readings are whole numbers where the places are far enough apart for an encoder that counts in whole numbers.
    """
    ordered = sorted(set(places))
    middle = ordered[len(ordered) // 2]
    pairs = sorted(pairwise(ordered), key=lambda pair: abs(pair[1] - middle) + abs(pair[0] - middle))
    between = [low + _BETWEEN * (high - low) for low, high in pairs[:_MOST_PAIRS]]
    wide = all(high - low >= _COUNTED for low, high in pairs)
    return (*(round(reading) + 0.0 if wide else reading for reading in between), middle)


def _from_rows(camera: Camera, zoom_raw: float | None) -> LensTruth:
    focal_mm = camera.focal_length_mm or DEFAULT_FOCAL_MM
    if camera.zoom and zoom_raw is not None:
        focal_mm = focal_length_from_zoom(camera.zoom, zoom_raw)
    lens = FilmLens(
        focal_length_mm=focal_mm,
        sensor_mm=camera.sensor_mm,
        resolution_px=camera.resolution_px,
        entrance_pupil_m=camera.entrance_pupil_m or 0.0,
    )
    return LensTruth(lens=lens, zoom_raw=zoom_raw, reported_focal_mm=None if camera.zoom else focal_mm)


def _from_file(camera: Camera, lens: Lens, zoom_raw: float) -> LensTruth:
    film = film_lens(lens, zoom_raw, camera.sensor_mm, camera.resolution_px)
    if camera.entrance_pupil_m is not None:
        film = replace(film, entrance_pupil_m=camera.entrance_pupil_m)
    return LensTruth(lens=film, zoom_raw=zoom_raw, reported_focal_mm=film.focal_length_mm)


class Mounting:
    """Where a true camera sits on its tracked body, and where its entrance pupil is on its optical axis."""

    def __init__(self, camera: Camera, truth: LensTruth) -> None:
        self._offset_m = np.array(camera.marker_from_camera.position_m)
        self._turn = axes_from_pan_tilt_roll(*camera.marker_from_camera.rotation_deg)
        self._pupil_m = truth.lens.entrance_pupil_m

    def film_pose(self, body: TruePose) -> FilmPose:
        """The camera's pose at its entrance pupil, in the stage frame, while its tracked body is at `body`."""
        plane_m = body.position_m + body.axes @ self._offset_m
        return pose_from_imaging_plane(plane_m, body.axes @ self._turn, self._pupil_m)


def as_tracked(body: TruePose, stage_from_tracker: Placement) -> Pose:
    """The body's pose in its tracker's own frame."""
    origin_m = np.array(stage_from_tracker.position_m)
    turn: Array = axes_from_pan_tilt_roll(*stage_from_tracker.rotation_deg)
    x, y, z = ((body.position_m - origin_m) @ turn).tolist()
    return Pose(position_m=(x, y, z), rotation=quaternion_from_axes(turn.T @ body.axes))
