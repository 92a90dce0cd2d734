"""One camera's lens in the show: focal length, entrance pupil and frame from the newest reading."""

from __future__ import annotations

from bisect import bisect_right

from calibration.cameras import OWN_LENS, Camera
from calibration.lens import LensSetting, lens_of_focal_length, lens_setting
from calibration.lens_frame import frame_edges
from calibration.lens_records import Lens
from render.plan.frustum import FOCAL_RANGE_MM, lens_tangents
from render.views.edges import Tangents
from tracking.records import Notebook, ViewError
from tracking.tracker.state import LensReading

DEFAULT_FOCAL_LENGTH_MM = 35.0
"""Until a tracker has reported a zoom or focal length."""


class LensState(Notebook):
    """A camera's newest lens reading. `projection_offset_mm` is what the tracker says of a lens that has no file.

    `lens` is the lens that it is of, as `/camera/{name}/lens` calls it.
    """

    focal_length_mm: float = DEFAULT_FOCAL_LENGTH_MM
    entrance_pupil_m: float = 0.0
    zoom_raw: float | None = None
    projection_offset_mm: tuple[float, float] = (0.0, 0.0)
    lens: str = OWN_LENS

    def change(self, lens: str) -> None:
        """Forgets what was read of another lens; the zoom encoder stays where it is."""
        self.lens, self.focal_length_mm = lens, DEFAULT_FOCAL_LENGTH_MM
        self.entrance_pupil_m, self.projection_offset_mm = 0.0, (0.0, 0.0)


Zoomed = tuple[float | None, float]


class CameraLens:
    """What the configuration and the lens file say of one camera's lens.

    The last setting and its frame are cached, as lenses mostly stand still; they depend on the arguments alone.
    """

    def __init__(self, camera: Camera, lens: Lens | None) -> None:
        self._camera = camera
        self._lens = lens
        self._zoom_rows = tuple(sorted(camera.zoom)) if camera.zoom else ()
        self._set: tuple[Zoomed, LensSetting] | None = None
        self._framed: tuple[LensSetting, Tangents] | None = None

    def read(self, state: LensState, reading: LensReading | None, by_hand_mm: float) -> None:
        """Adopts focal length and entrance pupil from the tracker's newest reading; 0 mm means not set by hand."""
        if reading is not None and reading.zoom_raw is not None:
            state.zoom_raw = reading.zoom_raw
        if self._lens is not None:
            setting = self._setting(self._lens, state.zoom_raw, by_hand_mm)
            state.focal_length_mm, state.entrance_pupil_m = setting.focal_length_mm, setting.entrance_pupil_m
        elif self._camera.focal_length_mm is not None:
            state.focal_length_mm = self._camera.focal_length_mm
        elif reading is not None:
            if self._zoom_rows and reading.zoom_raw is not None:
                state.focal_length_mm = interpolate_rows(self._zoom_rows, reading.zoom_raw)
            elif not self._zoom_rows and reading.focal_length_mm is not None:
                state.focal_length_mm = reading.focal_length_mm
        if self._camera.entrance_pupil_m is not None:
            state.entrance_pupil_m = self._camera.entrance_pupil_m
        elif self._lens is None and reading is not None and reading.entrance_pupil_m is not None:
            state.entrance_pupil_m = reading.entrance_pupil_m
        if self._lens is None and reading is not None:
            self._shift(state, reading)

    def frame(self, state: LensState, by_hand_mm: float) -> Tangents:
        """What the lens sees. Raises ViewError for an absurd focal length, and where the lens folds over."""
        name = self._camera.name
        focal_length_mm = by_hand_mm or state.focal_length_mm
        pinhole = lens_tangents(focal_length_mm, self._camera.sensor_mm, name)
        if self._lens is None:
            return shifted(pinhole, state.projection_offset_mm, focal_length_mm)
        setting = self._setting(self._lens, state.zoom_raw, by_hand_mm)
        if self._framed is None or self._framed[0] != setting:
            try:
                left, right, bottom, top = frame_edges(setting, self._camera.sensor_mm)
            except ViewError as error:
                raise ViewError("lens_folds_at", camera=name, focal_length_mm=setting.focal_length_mm) from error
            self._framed = setting, Tangents(left=left, right=right, bottom=bottom, top=top)
        return self._framed[1]

    def _shift(self, state: LensState, reading: LensReading) -> None:
        """Adopts where the tracker says that the axis meets the sensor; a place off the sensor is ignored."""
        x, y = reading.projection_x_mm, reading.projection_y_mm
        width, height = self._camera.sensor_mm
        if x is not None and y is not None and abs(x) < 0.5 * width and abs(y) < 0.5 * height:
            state.projection_offset_mm = (x, y)

    def _setting(self, lens: Lens, zoom_raw: float | None, by_hand_mm: float) -> LensSetting:
        """The lens at its encoder's value, or at the focal length set by hand, where a lens can have that."""
        key = (zoom_raw, by_hand_mm)
        if self._set is None or self._set[0] != key:
            by_hand = FOCAL_RANGE_MM[0] <= by_hand_mm <= FOCAL_RANGE_MM[1]
            setting = lens_of_focal_length(lens, by_hand_mm) if by_hand else lens_setting(lens, zoom_raw)
            self._set = key, setting
        return self._set[1]


def shifted(pinhole: Tangents, offset_mm: tuple[float, float], focal_length_mm: float) -> Tangents:
    """What a pinhole's sensor sees whose centre is off the optical axis.

    `offset_mm` is OpenLensIO's projection offset, as in lens files: where the axis meets the sensor, from its centre, x
    right, y down.
    """
    x, y = offset_mm[0] / focal_length_mm, offset_mm[1] / focal_length_mm
    return Tangents(left=pinhole.left - x, right=pinhole.right - x, bottom=pinhole.bottom + y, top=pinhole.top + y)


def interpolate_rows(rows: tuple[tuple[float, float], ...], at: float) -> float:
    """The second column at `at` between the two rows (sorted by the first) around it; constant beyond the ends."""
    index = bisect_right([row[0] for row in rows], at)
    if index == 0:
        return rows[0][1]
    if index == len(rows):
        return rows[-1][1]
    (low, low_value), (high, high_value) = rows[index - 1], rows[index]
    return low_value + (high_value - low_value) * ((at - low) / (high - low))
