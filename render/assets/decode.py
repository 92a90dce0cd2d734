"""Pictures of worlds decoded for the GPU: in the ACEScg working space, every sample a usable number.

What a file's colours mean: EXR as its chromaticities say, else linear Rec.709; Radiance linear Rec.709 (or its
PRIMARIES line); PNG, JPEG, WebP and AVIF sRGB (IEC 61966-2-1), whatever profile they carry. A `colour_space` overrides
all of these. Alpha is linear. Colours are multiplied by it, as EXR files have them; those of coded files are multiplied
here.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from render.assets.depth import OpenDepth, open_depth
from render.assets.facts import PictureFinding, PictureMeasure
from render.assets.levels import Put, make_levels
from render.assets.thumbnail import thumbnail
from render.colour.primaries import ACESCG, REC709, Chromaticities, acescg_from_rgb
from render.images.colour_spaces import ColourSpaces
from render.images.faults import PictureError, RefusedFileError, fault_of
from render.images.masks import Mask, read_mask
from render.images.picture_hashes import sha256_with_mask
from render.images.pictures import PictureContent, Probe, probe, read_picture
from render.images.raw import RawPicture
from render.images.sphere_area import PanoramaCrop, checked_crop, crop_of
from render.worlds.shared.depth import depth_kind_in
from render.worlds.shared.facts import PictureFacts
from render.worlds.shared.formats import CODED_KINDS

Pixels = npt.NDArray[np.float32]
Progress = Callable[[float], None]

_BRIGHTEST = 1e9
_SAME = 1e-6
"""Chromaticities are 32-bit floats in files: this close they are equal, and pixels stay exactly as they are."""
_ROWS_AT_ONCE = 64
"""Rows worked on at a time: they bound the memory needed besides the picture itself, and stay in the caches."""


@dataclass(frozen=True, kw_only=True)
class WorldPicture:
    """A decoded picture: `pixels` (rows, columns, 3) float32 ACEScg, row 0 the top.

    Pixels are never negative and always finite. `alpha` (rows, columns), by which they are multiplied, is None where
    nothing can be seen through the picture. `sha256` is of the file's bytes, and of its mask's if it has one. `mended`
    counts the samples that were negative, absurd or not finite. `findings` say what was mended or is odd; `facts` are
    what was measured.
    """

    pixels: Pixels
    alpha: Pixels | None
    sha256: str
    colour_space: str
    mended: int
    findings: tuple[PictureFinding, ...]
    facts: PictureFacts

    def light(self) -> Pixels:
        """Pixels and alpha together: (rows, columns, 3), or 4 where there is alpha."""
        return self.pixels if self.alpha is None else np.dstack([self.pixels, self.alpha])


def no_progress(_: float) -> None:
    """Progress that nobody watches."""


class OpenPicture:
    """A picture file read and decoded, to be taken band by band as light. `mended` counts as it goes.

    `rows` and `columns` are those of the upright picture, `channels` is 4 where something can be seen through it, else
    3. `colour_space` names what its colours were taken for.
    """

    def __init__(
        self,
        content: PictureContent,
        mask: Mask | None,
        crop: PanoramaCrop | None,
        *,
        file: str,
        conversion: Conversion,
    ) -> None:
        raw, sha256 = content.picture, content.sha256
        self._raw = dataclasses.replace(raw, table=conversion.table)
        self._frames = content.frames
        self._mask = mask
        self._has_alpha = raw.is_open
        self._file = file
        self._conversion = conversion
        self.rows, self.columns = raw.rows, raw.columns
        self.channels = 4 if self._has_alpha or mask is not None else 3
        self.sha256 = sha256 if mask is None else sha256_with_mask(sha256, mask.sha256)
        self.colour_space = conversion.name
        self.mended = 0
        self._crop = crop
        self._measure = PictureMeasure(raw.rows, raw.columns)

    def bands(self) -> Iterator[tuple[int, Pixels]]:
        """Bands from the top: their first row, and float32 ACEScg (rows, columns, channels).

        Colours are multiplied by alpha, never negative and always finite.
        """
        for first in range(0, self.rows, _ROWS_AT_ONCE):
            yield first, self._light(first, min(first + _ROWS_AT_ONCE, self.rows))

    def make_levels(self, put: Put) -> None:
        """Makes every level, taking all bands, and `put`s its rows."""
        make_levels((self.rows, self.columns), self.bands(), put)

    def findings(self) -> Iterator[PictureFinding]:
        """What the user should know of the picture, once all its bands have been taken."""
        mask = self._mask
        if self._frames > 1:
            yield PictureFinding(code="picture_animated", values={"file": self._file, "frames": self._frames})
        if self.mended:
            yield PictureFinding(code="picture_mended", values={"file": self._file, "samples": self.mended})
        if mask is not None and mask.is_stretched:
            sizes = {"columns": self._raw.columns, "rows": self._raw.rows}
            sizes |= {"mask_columns": mask.columns, "mask_rows": mask.rows}
            yield PictureFinding(code="mask_stretched", values={"file": self._file, "mask": mask.file, **sizes})

    def facts(self) -> PictureFacts:
        """What was measured of the picture, once all its bands have been taken."""
        return self._measure.facts(self._crop)

    def thumbnail(self) -> bytes:
        """A small JPEG of the picture, once all its bands have been taken."""
        return thumbnail(self._measure.small())

    def examine(self) -> None:
        """Takes all bands for nothing but the facts, the thumbnail and the findings."""
        for _ in self.bands():
            pass

    def _light(self, top: int, bottom: int) -> Pixels:
        """Rows of the picture as light, measured in passing, as far as its mask leaves it."""
        light = self._unmasked(top, bottom)
        self._measure.add(top, light[..., :3])
        return light if self._mask is None else self._mask.laid_on(light, top)

    def _unmasked(self, top: int, bottom: int) -> Pixels:
        pixels = self._raw.band(top, bottom)
        alpha = self._raw.alpha_band(top, bottom) if self._has_alpha else None
        self.mended += _mend(pixels, -_BRIGHTEST, _BRIGHTEST)
        if alpha is None:
            self._conversion.convert(pixels)
            self.mended += _mend(pixels, 0.0, _BRIGHTEST)
            return pixels
        self.mended += _mend(alpha, 0.0, 1.0)
        cover = alpha[..., None]
        if self._conversion.wants_straight and not self._raw.straight:
            np.divide(pixels, cover, out=pixels, where=cover > 0.0)
        self._conversion.convert(pixels)
        if self._conversion.wants_straight or self._raw.straight:
            np.multiply(pixels, cover, out=pixels, where=(cover > 0.0) | self._raw.straight)
        self.mended += _mend(pixels, 0.0, _BRIGHTEST)
        return np.concatenate([pixels, cover], axis=2)


@dataclass(frozen=True, kw_only=True, eq=False)
class Conversion:
    """How a file's values become ACEScg: looked up in `table`, or as they are; then `convert`ed in place.

    A conversion that is not linear `wants_straight` colours: not multiplied by alpha.
    """

    name: str
    convert: Callable[[Pixels], None]
    table: Pixels | None = None
    wants_straight: bool = False


def open_picture(
    path: Path,
    colour_space: str | None = None,
    progress: Progress = no_progress,
    *,
    exr_apart: bool = True,
    probed: Callable[[Probe], None] = lambda _: None,
) -> OpenPicture | OpenDepth:
    """Reads a picture (of any of the formats; at most 16384 x 8192), upright; or what stands for its colour space says
    that it is a depth map.

    NAME.mask.png beside it is its alpha. `colour_space` (an OpenColorIO name) overrides what the file's type implies.
    `progress` is called with 0..1, and before it `probed` with what the file's header says. With `exr_apart` false, EXR
    files are decoded in this process, which they may crash.
    Raises RefusedFileError, one line, also where its XMP (GPano) names a part of a panorama that it cannot be.
    """
    depth = None if colour_space is None else depth_kind_in(colour_space)
    if depth is not None:
        return open_depth(path, depth, progress, exr_apart=exr_apart, probed=probed)
    found = probe(path)
    if colour_space is not None:
        ColourSpaces().check(colour_space)
    probed(found)
    try:
        content = read_picture(path, found, progress, exr_apart=exr_apart)
        mask = read_mask(path, content.picture.rows, content.picture.columns)
        crop = checked_crop(content.picture.columns, content.picture.rows, crop_of(content.xmp))
        conversion = _conversion(found, content.picture, colour_space)
    except (OSError, ValueError, MemoryError) as error:
        raise RefusedFileError(fault_of(error), path) from error
    return OpenPicture(content, mask, crop, file=path.name, conversion=conversion)


def decode_picture(path: Path, colour_space: str | None = None, progress: Progress = no_progress) -> WorldPicture:
    """Reads a picture as `open_picture` does, and converts all of it.

    Negative, absurd (beyond 1e9) and non-finite samples are mended and counted. Raises RefusedFileError.
    """
    picture = open_picture(path, colour_space, lambda part: progress(0.7 * part))
    if isinstance(picture, OpenDepth):
        return _depth_as_picture(picture)
    try:
        pixels = np.empty((picture.rows, picture.columns, 3), dtype=np.float32)
        alpha = np.empty((picture.rows, picture.columns), dtype=np.float32) if picture.channels > 3 else None
        for top, band in picture.bands():
            pixels[top : top + len(band)] = band[..., :3]
            if alpha is not None:
                alpha[top : top + len(band)] = band[..., 3]
            progress(0.7 + 0.3 * (top + len(band)) / picture.rows)
    except MemoryError as error:
        raise RefusedFileError(fault_of(error), path) from error
    return WorldPicture(
        pixels=pixels,
        alpha=alpha,
        sha256=picture.sha256,
        colour_space=picture.colour_space,
        mended=picture.mended,
        findings=tuple(picture.findings()),
        facts=picture.facts(),
    )


def _depth_as_picture(depth: OpenDepth) -> WorldPicture:
    return WorldPicture(
        pixels=np.repeat(depth.held()[..., None], depth.channels, axis=2),
        alpha=None,
        sha256=depth.sha256,
        colour_space=depth.colour_space,
        mended=depth.mended,
        findings=tuple(depth.findings()),
        facts=depth.facts(),
    )


def _mend(samples: Pixels, lowest: float, highest: float) -> int:
    """Puts every sample between the two, NaN to black; returns how many were changed."""
    if lowest <= samples.min(initial=highest) and samples.max(initial=lowest) <= highest:
        return 0
    bad = ~((samples >= lowest) & (samples <= highest))
    samples[bad] = np.nan_to_num(samples[bad], nan=0.0, posinf=highest, neginf=lowest).clip(lowest, highest)
    return int(bad.sum())


def _conversion(found: Probe, picture: RawPicture, colour_space: str | None) -> Conversion:
    """From what the file's own colours mean, or from the named space."""
    if colour_space is not None:
        spaces = ColourSpaces()
        return Conversion(
            name=colour_space, convert=lambda pixels: spaces.to_working(pixels, colour_space), wants_straight=True
        )
    if found.kind in CODED_KINDS:
        return Conversion(name="sRGB", convert=_by_primaries(REC709), table=_linear_from_srgb(picture))
    if found.chromaticities is not None:
        return Conversion(name="chromaticities of the file", convert=_by_primaries(found.chromaticities))
    return Conversion(name="Linear Rec.709 (sRGB)", convert=_by_primaries(REC709))


def _by_primaries(chromaticities: Chromaticities) -> Callable[[Pixels], None]:
    if max(abs(a - b) for a, b in zip(chromaticities, ACESCG, strict=True)) < _SAME:
        return lambda _: None
    try:
        matrix = np.array(acescg_from_rgb(chromaticities)).T.astype(np.float32)
    except ValueError as error:
        raise PictureError("exr_chromaticities_impossible") from error

    def convert(pixels: Pixels) -> None:
        pixels[...] = pixels @ matrix

    return convert


def _linear_from_srgb(picture: RawPicture) -> Pixels:
    """IEC 61966-2-1: the linear light of every code value of a picture."""
    codes = np.arange(round(1.0 / picture.scale) + 1, dtype=np.float32) * np.float32(picture.scale)
    linear = ((codes + np.float32(0.055)) / np.float32(1.055)) ** np.float32(2.4)
    return np.where(codes <= np.float32(0.04045), codes / np.float32(12.92), linear).astype(np.float32)
