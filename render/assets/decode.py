"""Pictures of worlds decoded for the GPU: in the ACEScg working space, every sample a usable number, as half floats.

What a file's colours mean: EXR as its chromaticities say, else linear Rec.709; Radiance linear Rec.709 (or its
PRIMARIES line); PNG and JPEG sRGB (IEC 61966-2-1). A `colour_space` overrides all of these.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from render.colour.primaries import ACESCG, REC709, acescg_from_rgb
from render.images.colour_spaces import ColourSpaces
from render.images.pictures import MAX_COLUMNS, MAX_ROWS, Probe, probe, read_picture
from render.images.sphere_area import SphereArea, area_of, crop_of, on_sphere
from tracking.records import ConfigError, Scalar

Pixels = npt.NDArray[np.float32]
GpuPixels = npt.NDArray[np.float32] | npt.NDArray[np.float16]
"""A picture for the GPU, (rows, columns, 3): half floats go there as they are, others are converted."""

_BRIGHTEST = 1e9
_BRIGHTEST_HALF = 65504.0
_SAME = 1e-6
"""Chromaticities are 32-bit floats in files: this close they are equal, and pixels stay exactly as they are."""
_ROWS_AT_ONCE = 256
"""Rows worked on at a time: they bound the memory needed besides the picture itself."""


@dataclass(frozen=True, kw_only=True)
class PictureFinding:
    """Something about a file that its user should know, though it can be shown: a code with values for its sentence."""

    code: str
    values: dict[str, Scalar]


@dataclass(frozen=True, kw_only=True)
class WorldPicture:
    """A decoded panorama: `pixels` (rows, columns, 3) float32 ACEScg of the whole sphere, row 0 the top.

    Pixels are never negative and always finite. `sha256` is of the file's bytes. `mended` counts the samples that were
    negative, absurd or not finite. `findings` say what was mended, and whether the picture's ratio is not 2:1.
    """

    pixels: Pixels
    sha256: str
    colour_space: str
    mended: int
    findings: tuple[PictureFinding, ...]


def _no_progress(_: float) -> None:
    """Progress that nobody watches."""


def decode_picture(
    path: Path, colour_space: str | None = None, progress: Callable[[float], None] = _no_progress
) -> WorldPicture:
    """Reads a panorama (EXR, HDR, PNG, JPEG; at most 16384 x 8192) into ACEScg, upright and at its place on the sphere.

    A part of a panorama, which its XMP (GPano) names, is placed there. A picture wider than 2:1 is shown as a band of
    360 degrees around the horizon, and this is a finding. What such pictures do not show is black.
    `colour_space` (an OpenColorIO name) overrides what the file's type implies. `progress` is called with 0..1.
    Negative, absurd (beyond 1e9) and non-finite samples are mended and counted. Raises
    ConfigError, one line, also for a picture taller than 2:1.
    """
    found = probe(path)
    spaces = ColourSpaces() if colour_space is not None else None
    if spaces is not None and colour_space is not None:
        spaces.check(colour_space)
    try:
        content = read_picture(path, found, lambda part: progress(0.7 * part))
        pixels = content.pixels
        area = _area_of(pixels, content.xmp)
        mended = _mend(pixels, lowest=-_BRIGHTEST)
        if spaces is not None and colour_space is not None:
            spaces.to_working(pixels, colour_space)
            name = colour_space
        else:
            name = _to_working(pixels, found)
        mended += _mend(pixels, lowest=0.0)
        sphere = on_sphere(pixels, area)
    except (OSError, ValueError, MemoryError) as error:
        raise ConfigError(f"{path}: {error or type(error).__name__}") from error
    progress(1.0)
    return WorldPicture(
        pixels=sphere,
        sha256=content.sha256,
        colour_space=name,
        mended=mended,
        findings=tuple(_findings(path.name, mended, area)),
    )


def _area_of(pixels: Pixels, xmp: bytes) -> SphereArea:
    """Where on the sphere a picture belongs. Raises ValueError where it is of no sphere, or of too large a one."""
    rows, columns = pixels.shape[:2]
    area = area_of(columns, rows, crop_of(xmp))
    if area.columns > MAX_COLUMNS or area.rows > MAX_ROWS:
        raise ValueError(
            f"found a part of a panorama of {area.columns} x {area.rows} pixels (GPano), expected at most "
            f"{MAX_COLUMNS} x {MAX_ROWS}; scale the picture down"
        )
    return area


def _findings(file: str, mended: int, area: SphereArea) -> Iterator[PictureFinding]:
    if mended:
        yield PictureFinding(code="picture_mended", values={"file": file, "samples": mended})
    if area.is_band:
        columns, rows = area.full_columns, area.full_rows
        values: dict[str, Scalar] = {"file": file, "columns": columns, "rows": rows}
        values |= {"ratio": round(columns / rows, 3), "height_deg": round(360.0 * rows / columns, 1)}
        yield PictureFinding(code="picture_ratio", values=values)


def half_bands(pixels: GpuPixels) -> Iterator[tuple[int, npt.NDArray[np.float16]]]:
    """A picture as the GPU holds it, in bands of rows from the top: the band's first row and its half floats.

    Half floats are accurate to 0.05 % at half the memory. Values that are not numbers become black, and all are
    bounded to the range of half floats. Pixels that are half floats stay as they are.
    """
    for top in range(0, len(pixels), _ROWS_AT_ONCE):
        yield top, _as_half(pixels[top : top + _ROWS_AT_ONCE])


def _as_half(band: GpuPixels) -> npt.NDArray[np.float16]:
    if band.dtype == np.float16:
        return np.asarray(band, dtype=np.float16)
    bounded = np.nan_to_num(band, nan=0.0, posinf=_BRIGHTEST_HALF, neginf=0.0).clip(-_BRIGHTEST_HALF, _BRIGHTEST_HALF)
    return bounded.astype(np.float16)


def _mend(pixels: Pixels, lowest: float) -> int:
    """Puts every sample between `lowest` and the brightest, NaN to black; returns how many were changed."""
    mended = 0
    for top in range(0, len(pixels), _ROWS_AT_ONCE):
        part = pixels[top : top + _ROWS_AT_ONCE]
        bad = ~((part >= lowest) & (part <= _BRIGHTEST))
        count = int(bad.sum())
        if count:
            mended += count
            part[bad] = np.nan_to_num(part[bad], nan=0.0, posinf=_BRIGHTEST_HALF, neginf=0.0).clip(
                lowest, _BRIGHTEST_HALF
            )
    return mended


def _to_working(pixels: Pixels, found: Probe) -> str:
    """Converts in place by what the file's own colours mean; returns the name of that."""
    if found.kind in {"png", "jpeg"}:
        for top in range(0, len(pixels), _ROWS_AT_ONCE):
            _decode_srgb(pixels[top : top + _ROWS_AT_ONCE])
        name, chromaticities = "sRGB", REC709
    elif found.chromaticities is not None:
        name, chromaticities = "chromaticities of the file", found.chromaticities
    else:
        name, chromaticities = "Linear Rec.709 (sRGB)", REC709
    if max(abs(a - b) for a, b in zip(chromaticities, ACESCG, strict=True)) < _SAME:
        return name
    try:
        matrix = np.array(acescg_from_rgb(chromaticities)).T.astype(np.float32)
    except ValueError as error:
        raise ValueError(f"found impossible chromaticities ({error}), expected real ones; set colour_space") from error
    for top in range(0, len(pixels), _ROWS_AT_ONCE):
        part = pixels[top : top + _ROWS_AT_ONCE]
        part[...] = part @ matrix
    return name


def _decode_srgb(part: Pixels) -> None:
    """IEC 61966-2-1, code values 0..1 to linear light, in place."""
    linear = ((part + np.float32(0.055)) / np.float32(1.055)) ** np.float32(2.4)
    part[...] = np.where(part <= np.float32(0.04045), part / np.float32(12.92), linear)
