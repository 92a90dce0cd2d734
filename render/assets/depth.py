"""Depth maps decoded for the GPU: of EXR and PNG files, every texel a usable number, the larger the nearer.

EXR files hold depth in a channel Z or depth, or as a grey picture does. PNG files of 16 bit hold millimetres where they
are told to hold metres, as depth cameras write them; any other PNG holds shares of its largest code.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt

from render.assets.depth_levels import beside, jumps_in, make_depth_levels, sharpened
from render.assets.facts import PictureFinding, PictureMeasure
from render.assets.levels import Put
from render.assets.thumbnail import thumbnail
from render.images.faults import PictureError, RefusedFileError, fault_of
from render.images.pictures import Probe, probe, read_picture
from render.images.raw import RawPicture
from render.worlds.shared.depth import DepthKind
from render.worlds.shared.facts import DepthFacts, PictureFacts

Map = npt.NDArray[np.float32]

_FARTHEST_M, _NEAREST_M = 1e5, 0.01
_EIGHT_BIT = 255
_SMOOTHINGS = 6
_ALIKE = 1e-3
"""A map whose numbers differ by less than this share of the largest is no relief."""
_MILLIMETRES = 1e-3


class OpenDepth:
    """A depth map read and decoded. It is given to the GPU as a picture of three channels is."""

    channels = 3

    def __init__(self, path: Path, kind: DepthKind, picture: RawPicture, sha256: str) -> None:
        self.rows, self.columns, self.sha256 = picture.rows, picture.columns, sha256
        self._file = path.name
        self._kind = kind
        self.mended = 0
        self._codes = 0 if picture.scale == 1.0 else round(1.0 / picture.scale)
        self._held = self._found(picture)

    @property
    def colour_space(self) -> str:
        """What its numbers were taken for."""
        return f"depth: {self._kind}"

    def held(self) -> Map:
        """What the map holds, float32 (rows, columns)."""
        return self._held

    def make_levels(self, put: Put) -> None:
        """Makes every level, and `put`s its rows."""
        make_depth_levels(self._held, put)

    def findings(self) -> Iterator[PictureFinding]:
        """What the user should know of the map."""
        if self.mended:
            yield PictureFinding(code="depth_mended", values={"file": self._file, "samples": self.mended})
        if float(np.ptp(self._held)) <= _ALIKE * float(self._held.max()):
            yield PictureFinding(code="depth_all_alike", values={"file": self._file})
        elif self._codes == _EIGHT_BIT:
            yield PictureFinding(code="depth_of_8_bits", values={"file": self._file})

    def facts(self) -> PictureFacts:
        """What was measured of the map."""
        depth = DepthFacts(
            kind=self._kind,
            most=float(self._held.max()),
            least=float(self._held.min()),
            jumps=bool(jumps_in(self._held).any()),
            opened=round(_opened(self._held), 6),
        )
        return PictureFacts(columns=self.columns, rows=self.rows, depth=depth)

    def thumbnail(self) -> bytes:
        """A small JPEG of the map, near bright."""
        measure = PictureMeasure(self.rows, self.columns)
        measure.add(0, np.repeat(self._held[..., None] / np.float32(max(float(self._held.max()), 1e-9)), 3, axis=2))
        return thumbnail(measure.small())

    def examine(self) -> None:
        """All of it was read before."""

    def _found(self, picture: RawPicture) -> Map:
        """The numbers of a file as shares or one over metres."""
        values = picture.band(0, picture.rows)[..., 0]
        if self._codes and self._kind == "metres":
            values *= np.float32(self._codes * _MILLIMETRES)
        is_bad = ~(values >= 0.0)
        if self._kind == "metres":
            is_bad |= values == 0.0
            held = 1.0 / np.clip(values, _NEAREST_M, None)
            held[held < 1.0 / _FARTHEST_M] = 0.0
        elif self._kind == "inverse":
            held = np.minimum(values, np.float32(1.0 / _NEAREST_M))
        else:
            held = _shares(values, is_bad, self._codes, dark=self._kind == "dark")
        self.mended = int(is_bad.sum())
        held[is_bad] = 0.0
        if self._codes == _EIGHT_BIT:
            held = _without_steps(held, 0.5 / _EIGHT_BIT)
        return sharpened(np.asarray(held, dtype=np.float32))


def open_depth(
    path: Path,
    kind: DepthKind,
    progress: Callable[[float], None],
    *,
    exr_apart: bool = True,
    probed: Callable[[Probe], None] = lambda _: None,
) -> OpenDepth:
    """Reads the depth map of a picture; the arguments are those of `open_picture`. Raises RefusedFileError."""
    found = probe(path, of_depth=True)
    if found.kind not in {"exr", "png"}:
        raise RefusedFileError(PictureError("depth_kind", found=found.kind), path)
    probed(found)
    try:
        content = read_picture(path, found, progress, exr_apart=exr_apart, of_depth=True)
        found_depth = OpenDepth(path, kind, content.picture, content.sha256)
    except (OSError, ValueError, MemoryError) as error:
        raise RefusedFileError(fault_of(error), path) from error
    if kind == "metres" and content.picture.scale == 1.0 / _EIGHT_BIT:
        raise RefusedFileError(PictureError("depth_metres_in_8_bits"), path)
    return found_depth


def _shares(values: Map, is_bad: npt.NDArray[np.bool_], codes: int, *, dark: bool) -> Map:
    """Shares from 0, the farthest, to 1, the nearest. Of floats the range is what the file holds."""
    shares = values
    if not codes:
        good = values[~is_bad & np.isfinite(values)]
        low, high = (float(good.min()), float(good.max())) if good.size else (0.0, 1.0)
        shares = np.clip((values - np.float32(low)) / np.float32(max(high - low, 1e-9)), 0.0, 1.0)
    return 1.0 - shares if dark else shares


def _without_steps(held: Map, half_step: float) -> Map:
    """A map of few codes without their steps: no number moves by more than half of one."""
    smooth, low, high = held, held - np.float32(half_step), held + np.float32(half_step)
    for _ in range(_SMOOTHINGS):
        across = (beside(smooth, 1) + smooth + beside(smooth, -1)) / np.float32(3.0)
        padded = np.pad(across, ((1, 1), (0, 0)), mode="edge")
        smooth = np.clip((padded[:-2] + padded[1:-1] + padded[2:]) / np.float32(3.0), low, high)
    return np.clip(smooth, 0.0, 1.0)


def _opened(held: Map) -> float:
    """The share of a map that opens behind its jumps for each metre that an eye moves, with one over metres as numbers.

    A jump opens by the eye's way across it times the step in one over the distance, and in the mean over all ways that
    is half of them; it is as long as its texels are. On a sphere, rows are as long as their circles.
    """
    rows, columns = held.shape
    jumps = jumps_in(held)
    down = np.abs(np.diff(held, axis=0)) * (jumps[1:] & jumps[:-1])
    right = np.abs(held - beside(held, -1)) * (jumps & np.roll(jumps, -1, axis=1))
    across = np.cos((0.5 - (np.arange(rows) + 0.5) / rows) * math.pi)
    texel = math.pi / rows
    steps = float((down * across[1:, None]).sum()) * 2.0 * rows / columns + float(right.sum())
    return float(steps * texel * 0.5 / (4.0 * math.pi))
