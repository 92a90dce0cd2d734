"""The film camera's picture of a still, as the crew will record it: as EXR, and as PNG with frame lines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
from msgspec.structs import replace as replace_record

from calibration.cameras import Camera
from calibration.files.loading import load_lens
from calibration.walls import Signal
from render.colour.grade import NITS_AT_ONE, signal_from_world
from render.film.camera import FilmPose, Moment, photograph
from render.film.frame_lines import with_frame_lines
from render.film.lens import FilmLens, film_lens_of_focal_length
from render.film.rotation import axes_from_pan_tilt_roll
from render.film.scene import Picture
from render.film.screen import Codes, screen_codes
from render.images.coded import write_png
from render.images.exr import write_exr
from render.plan.frame import GradePlan
from stage.loading.files import LoadedConfig
from stage.loading.geometry import film_walls
from stage.stills.grey_sphere import LitSphere
from stage.verify.cameras import lens_truth

_BRIGHTEST_SHOWN = 0.7


def write_film(
    loaded: LoadedConfig,
    camera: Camera,
    pictures: Mapping[str, Picture],
    out: Path,
    *,
    pose: tuple[float, ...],
    focal_length_mm: float | None,
    sphere: LitSphere | None = None,
) -> tuple[str, ...]:
    """Photographs the walls that show `pictures` (scene-linear) and writes `film-<camera>.exr` and `.png`.

    `pose` is that of the entrance pupil: x, y, z in metres, pan, tilt, roll in degrees. `focal_length_mm` replaces the
    focal length of the configured lens. A `sphere` is in the picture, and alone in `grey-sphere.exr` and `.png`.
    Returns the names of the files.
    """
    lens = _still_lens(loaded, camera, focal_length_mm)
    x, y, z, pan_deg, tilt_deg, roll_deg = pose
    moment = Moment(
        pose=FilmPose(pupil_m=np.array([x, y, z]), axes=axes_from_pan_tilt_roll(pan_deg, tilt_deg, roll_deg)),
        pictures=pictures,
    )
    walls = film_walls(loaded) if sphere is None else sphere.walls
    film = photograph(lens, walls, (moment,))
    if sphere is not None:
        film = sphere.in_film(film, lens, moment.pose)
    write_exr(out / f"film-{camera.name}.exr", film)
    peak_nits = max((wall.signal.peak_nits for wall in loaded.config.walls), default=NITS_AT_ONE)
    raw = loaded.config.first_world().raw
    write_png(out / f"film-{camera.name}.png", with_frame_lines(_for_screen(film, None if raw else peak_nits)))
    files = (f"film-{camera.name}.exr", f"film-{camera.name}.png")
    if sphere is None:
        return files
    alone = sphere.alone((x, y, z))
    write_exr(out / "grey-sphere.exr", alone)
    write_png(out / "grey-sphere.png", _for_screen(alone, _grey_white(alone)))
    return (*files, "grey-sphere.exr", "grey-sphere.png")


def _grey_white(alone: Picture) -> float:
    """The luminance that is white in a picture of the sphere alone: its brightest place is as bright as grey looks."""
    return max(float(alone.max()) * NITS_AT_ONE / _BRIGHTEST_SHOWN, 1e-6)


def _still_lens(loaded: LoadedConfig, camera: Camera, focal_length_mm: float | None) -> FilmLens:
    """The lens without a tracker: at the focal length, or else at the first node of its lens file."""
    lens = lens_truth(replace_record(camera, tracker=None), loaded).lens
    if focal_length_mm is None:
        return lens
    if camera.lens is None:
        return replace(lens, focal_length_mm=focal_length_mm)
    file = load_lens(loaded.path_of(camera.lens))
    return film_lens_of_focal_length(file, focal_length_mm, camera.sensor_mm, camera.resolution_px)


def _for_screen(film: Picture, peak_nits: float | None) -> Codes:
    """ACEScg light graded for a screen (sRGB, IEC 61966-2-1) with `peak_nits` as white; None keeps the values."""
    light = np.asarray(film, dtype=np.float64)
    if peak_nits is not None:
        light = light @ np.array(signal_from_world(GradePlan(), Signal(peak_nits=peak_nits))).T
    return screen_codes(light)
