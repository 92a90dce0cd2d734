"""The lens part of a FreeD message: converts three raw fields to encoder values or real units, and back."""

from __future__ import annotations

from typing import NamedTuple

from tracking.dialects import FreeDDialect, RawRange
from tracking.records import TrackerSample

_ZCAM_ZOOM_PER_MM = 100.0
_ZCAM_FOCUS_PER_M = 10_000.0
_ZCAM_STOP = 100.0
_ZCAM_STOP_MASK = 0xFFF
_LARGEST_24 = 0xFFFFFF
_LARGEST_16 = 0xFFFF


class FreeDLens(NamedTuple):
    """The lens values in one dialect. None for a value that the message does not carry."""

    zoom_raw: float | None
    focus_raw: float | None
    iris_raw: float | None = None
    focal_length_mm: float | None = None
    focus_distance_m: float | None = None
    f_stop: float | None = None
    sequence: int | None = None


class RawLens(NamedTuple):
    """The three raw fields of the message."""

    zoom: int
    focus: int
    user: int


def read_lens(zoom: int, focus: int, user: int, dialect: FreeDDialect) -> FreeDLens:
    """The lens values in the dialect: masked, then converted to real units where the dialect defines them."""
    zoom = (zoom & dialect.zoom_mask) - dialect.lens_zero
    focus = (focus & dialect.focus_mask) - dialect.lens_zero
    user &= dialect.user_mask
    if dialect.lens == "zcam":
        return _zcam(zoom, focus, user)
    length = _focal_length(zoom, dialect) if dialect.zoom_mm else None
    iris = float(user) if dialect.user == "iris" else None
    if not dialect.normalise_lens:
        return FreeDLens(float(zoom), float(focus), iris, length)
    if iris is not None:
        iris = _share(user, dialect.iris_range)
    return FreeDLens(_share(zoom, dialect.zoom_range), _share(focus, dialect.focus_range), iris, length)


def write_lens(sample: TrackerSample, dialect: FreeDDialect) -> RawLens:
    """The raw fields from which `read_lens` returns the sample's lens; 0 for values that the sample lacks."""
    if dialect.lens == "zcam":
        stop = min(_ZCAM_STOP_MASK, round((sample.f_stop or 0.0) * _ZCAM_STOP))
        return RawLens(
            zoom=_field((sample.focal_length_mm or 0.0) * _ZCAM_ZOOM_PER_MM + dialect.lens_zero),
            focus=_field((sample.focus_distance_m or 0.0) * _ZCAM_FOCUS_PER_M + dialect.lens_zero),
            user=((sample.sequence or 0) & 0xF) << 12 | stop,
        )
    scaled = dialect.normalise_lens
    zoom, focus, iris = (
        _raw(value, ends) if scaled and value is not None else value or 0.0
        for value, ends in (
            (sample.zoom_raw, dialect.zoom_range),
            (sample.focus_raw, dialect.focus_range),
            (sample.iris_raw, dialect.iris_range),
        )
    )
    if sample.zoom_raw is None and sample.focal_length_mm is not None and dialect.zoom_mm is not None:
        wide, tele = dialect.zoom_mm
        zoom = _raw((sample.focal_length_mm - wide) / (tele - wide), dialect.zoom_range) if tele != wide else zoom
    user = min(_field(iris), _LARGEST_16) if dialect.user == "iris" else 0
    return RawLens(zoom=_field(zoom + dialect.lens_zero), focus=_field(focus + dialect.lens_zero), user=user)


def _zcam(zoom: int, focus: int, user: int) -> FreeDLens:
    stop = user & _ZCAM_STOP_MASK
    return FreeDLens(
        float(zoom),
        float(focus),
        None,
        zoom / _ZCAM_ZOOM_PER_MM if zoom > 0 else None,
        focus / _ZCAM_FOCUS_PER_M if focus > 0 else None,
        stop / _ZCAM_STOP if stop else None,
        user >> 12,
    )


def _share(raw: int, ends: RawRange) -> float:
    """The position of `raw` between the ends: 0 at the first, 1 at the second, clamped."""
    first, second = ends
    share = (raw - first) / (second - first)
    return 0.0 if share < 0.0 else min(share, 1.0)


def _raw(share: float, ends: RawRange) -> float:
    return ends[0] + min(1.0, max(0.0, share)) * (ends[1] - ends[0])


def _focal_length(zoom: int, dialect: FreeDDialect) -> float | None:
    if dialect.zoom_mm is None:
        return None
    wide, tele = dialect.zoom_mm
    return wide + _share(zoom, dialect.zoom_range) * (tele - wide)


def _field(value: float) -> int:
    return min(_LARGEST_24, max(0, round(value)))
