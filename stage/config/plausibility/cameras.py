"""Are the cameras' rigs plausible: sensor, lens, lengths, shutter? Pure."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from calibration.cameras import Camera
from stage.config.findings import Finding
from stage.config.plausibility.units import in_radians, length_cure, listed, place_cure, within
from stage.config.survey.sheet import angle_deg
from stage.config.survey.survey import Survey
from tracking.settings import TrackerConfig

FARTHEST_MARKER_M = 1.2
FARTHEST_PUPIL_M = 0.5
SMALLEST_SENSOR_MM, LARGEST_SENSOR_MM = 3.5, 100.0
TINY_SENSOR_MM = 6.0
ASPECT_TOLERANCE = 0.02
SQUEEZES = (1.3, 1.33, 1.5, 1.65, 1.8, 2.0)
WIDEST_VIEW_DEG, NARROWEST_VIEW_DEG = 130.0, 1.0
SHORTEST_SHUTTER_DEG = 2.0
WIDEST_OVERSCAN_DEG = 30.0
LEAST_FILM_WIDTH_MM = 20.0


def mountings(survey: Survey) -> Iterator[Finding]:
    """A marker that is not on the camera, or turned by radians."""
    for key, camera in survey.cameras():
        place = camera.marker_from_camera
        if max(map(abs, place.position_m)) > FARTHEST_MARKER_M:
            found = f"found {listed(place.position_m)}, far from the camera's body"
            cure = place_cure(place.position_m, 0.02, FARTHEST_MARKER_M)
            yield Finding(f"{key}.marker_from_camera.position_m", f"{found}: {cure}")
        meant = [in_radians(angle) for angle in place.rotation_deg]
        if any(angle is not None for angle in meant):
            turned = listed(new or old for new, old in zip(meant, place.rotation_deg, strict=True))
            found = f"found {listed(place.rotation_deg)}: written in radians? In degrees it is {turned}"
            yield Finding(f"{key}.marker_from_camera.rotation_deg", found)


def entrance_pupils(survey: Survey) -> Iterator[Finding]:
    """An entrance pupil farther from the sensor than any lens has it."""
    for key, camera in survey.cameras():
        pupil = camera.entrance_pupil_m
        if pupil is not None and abs(pupil) > FARTHEST_PUPIL_M:
            found = f"found {pupil:g} m from the sensor, while lenses have 0.05 to 0.3"
            yield Finding(f"{key}.entrance_pupil_m", f"{found}: {_pupil_cure(pupil)}")
        far = [one for one in survey.pupils_m.get(camera.name, ()) if abs(one) > FARTHEST_PUPIL_M]
        if far and pupil is None:
            found = f"found {camera.lens!r} with an entrance pupil {far[0]:g} m from the sensor"
            yield Finding(f"{key}.lens", f"{found}: {_pupil_cure(far[0])}")


def sensors(survey: Survey) -> Iterator[Finding]:
    """A sensor of no camera's size, or of another shape than its picture."""
    for key, camera in survey.cameras():
        width, height = camera.sensor_mm
        columns, rows = camera.resolution_px
        upright = (height / rows) / (width / columns)
        if not SMALLEST_SENSOR_MM <= max(width, height) <= LARGEST_SENSOR_MM:
            found = f"found {listed(camera.sensor_mm)} mm, which no camera has"
            yield Finding(f"{key}.sensor_mm", f"{found}: {_sensor_unit(camera)}")
        elif width < TINY_SENSOR_MM and any(length > 4.0 * width for _, length in _focal_lengths(camera)):
            found = f"found {listed(camera.sensor_mm)} mm, the sensor of a telephone, with a lens for a larger one"
            yield Finding(f"{key}.sensor_mm", f"{found}: {_sensor_unit(camera)}")
        elif abs(upright - 1.0) > ASPECT_TOLERANCE:
            picture = f"a picture of {columns} x {rows} px, whose pixels are not square"
            found = f"found {listed(camera.sensor_mm)} mm for {picture}"
            yield Finding(f"{key}.sensor_mm", f"{found}: {_sensor_cure(camera)}")


def zoom_rows(survey: Survey) -> Iterator[Finding]:
    """Rows out of order, or focal lengths that go up and down with the encoder."""
    for key, camera in survey.cameras():
        rows = camera.zoom or ()
        ordered = sorted(rows)
        raws = [raw for raw, _ in rows]
        tracker = survey.tracker_of(camera)
        if len(set(raws)) < len(raws):
            found = f"found the raw values {listed(raws)}, one of them twice"
            yield Finding(f"{key}.zoom", f"{found}: each row needs its own, as the encoder gives it")
        elif raws and max(raws) <= 1.0 and _sends_counts(tracker):
            found = f"found the raw values {listed(raws)}, shares of the lens's way"
            yield Finding(f"{key}.zoom", f"{found}: FreeD sends the encoder's counts; `stage listen` shows them")
        elif any(after < before for before, after in pairwise(raws)):
            yield Finding(
                f"{key}.zoom", f"found the raw values {listed(raws)}, expected rising ones: {_zoom_cure(ordered)}"
            )
        elif not _goes_one_way([length for _, length in ordered]):
            lengths = listed(length for _, length in ordered)
            yield Finding(
                f"{key}.zoom", f"found the focal lengths {lengths} mm, which go up and down: correct the rows"
            )


def views(survey: Survey) -> Iterator[Finding]:
    """A lens so wide or so long that its focal length is in another unit."""
    for key, camera in survey.cameras():
        for name, length in _focal_lengths(camera):
            view = angle_deg(max(camera.sensor_mm), length)
            if not NARROWEST_VIEW_DEG <= view <= WIDEST_VIEW_DEG:
                found = (
                    f"found {length:g} mm, a view of {view:.3g} degrees on a sensor of {listed(camera.sensor_mm)} mm"
                )
                yield Finding(f"{key}.{name}", f"{found}: give the focal length in millimetres")
                break


def lenses_not_reported(survey: Survey) -> Iterator[Finding]:
    """A camera without a lens behind a protocol that reports none."""
    for key, camera in survey.cameras():
        tracker = survey.tracker_of(camera)
        given = camera.focal_length_mm or camera.zoom or camera.lens
        if tracker is None or tracker.protocol != "freed" or given:
            continue
        if tracker.dialect.zoom_mm is None and tracker.dialect.lens == "encoders":
            found = (
                f"found none, and FreeD of tracker {tracker.name!r} reports none either, so the view is that of 35 mm"
            )
            yield Finding(f"{key}.focal_length_mm", f"{found}: give focal_length_mm, zoom or lens")


def shutters(survey: Survey) -> Iterator[Finding]:
    """A shutter as a share of a turn or a time, and overscan that leaves nothing of the frame."""
    for key, camera in survey.cameras():
        meant = in_radians(camera.shutter_deg)
        if meant is not None:
            found = f"found {camera.shutter_deg:g}: written in radians?"
            yield Finding(f"{key}.shutter_deg", f"{found} In degrees it is {meant:g}")
        elif 0.0 < camera.shutter_deg < SHORTEST_SHUTTER_DEG:
            found = f"found {camera.shutter_deg:g} degrees"
            share = f"a share of the turn? In degrees it is {camera.shutter_deg * 360.0:g}"
            cure = (
                share if camera.shutter_deg >= 0.1 and camera.shutter_deg <= 1.0 else "it is in degrees; 180 is usual"
            )
            yield Finding(f"{key}.shutter_deg", f"{found}: {cure}")
        if camera.overscan_deg is not None and camera.overscan_deg > WIDEST_OVERSCAN_DEG:
            found = f"found {camera.overscan_deg:g} degrees on every side"
            yield Finding(f"{key}.overscan_deg", f"{found}: it is in degrees, not in percent; 2 to 5 are usual")


def _pupil_cure(pupil_m: float) -> str:
    if abs(pupil_m) / 10.0 <= FARTHEST_PUPIL_M and abs(pupil_m) < 5.0:
        return f"is the decimal point in its place? It may be {pupil_m / 10.0:g}"
    return length_cure(pupil_m, within(0.02, FARTHEST_PUPIL_M))


def _sensor_unit(camera: Camera) -> str:
    """The sensor in millimetres if it was written in centimetres or inches, judged by its width."""
    width, height = camera.sensor_mm
    for unit, count in (("centimetres", 10.0), ("inches", 25.4)):
        if LEAST_FILM_WIDTH_MM <= width * count <= LARGEST_SENSOR_MM:
            return f"written in {unit}? In millimetres it is {listed((width * count, height * count))}"
    return "give width and height of the recorded part, in millimetres"


def _sends_counts(tracker: TrackerConfig | None) -> bool:
    """Whether a tracker's raw zoom is a count: FreeD's is, unless its dialect makes shares of it."""
    return tracker is not None and tracker.protocol == "freed" and not tracker.dialect.normalise_lens


def _sensor_cure(camera: Camera) -> str:
    width, height = camera.sensor_mm
    columns, rows = camera.resolution_px
    if abs((width / rows) / (height / columns) - 1.0) <= ASPECT_TOLERANCE:
        return f"have width and height been exchanged? {listed((height, width))}"
    part = f"give the recorded part of the sensor, {width:g} x {width / columns * rows:.4g} mm"
    squeeze = next((one for one in SQUEEZES if abs(height * columns / (width * rows) / one - 1.0) < 0.02), None)
    if squeeze is None:
        return part
    wider = listed((width * squeeze, height))
    return f"{part}; with an anamorphic lens of {squeeze:g}x give the width times that, {wider}"


def _zoom_cure(ordered: list[tuple[float, float]]) -> str:
    if _goes_one_way([length for _, length in ordered]):
        return "sort the rows by their raw values"
    return "have the raw values been assigned to the wrong focal lengths?"


def _goes_one_way(lengths: list[float]) -> bool:
    rises = [after >= before for before, after in pairwise(lengths)]
    falls = [after <= before for before, after in pairwise(lengths)]
    return all(rises) or all(falls)


def _focal_lengths(camera: Camera) -> Iterator[tuple[str, float]]:
    if camera.focal_length_mm is not None:
        yield "focal_length_mm", camera.focal_length_mm
    for _, length in camera.zoom or ():
        yield "zoom", length


CAMERA_RULES = (mountings, entrance_pupils, sensors, zoom_rows, views, lenses_not_reported, shutters)
