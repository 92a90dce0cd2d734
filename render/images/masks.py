"""The mask of a picture: NAME.mask.png beside NAME.jpg says what can be seen through the picture.

White stays, black is open. A mask with an alpha channel of its own says it there. It is scaled to the picture's size.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from render.images.faults import PictureError, RefusedFileError, fault_of
from render.images.picture_hashes import mask_beside
from render.images.pictures import Probe, probe, read_picture
from render.images.raw import RawPicture
from tracking.sources.ordinary_files import leads_out

Pixels = npt.NDArray[np.float32]
Codes = npt.NDArray[Any]

_LUMA = (0.2126, 0.7152, 0.0722)
"""ITU-R BT.709: how bright red, green and blue are."""
_OTHER_SHAPE = 0.02
"""A mask that is so much wider or taller than its picture is not of its shape."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Mask:
    """The alpha of a picture: `codes` (rows, columns) of the picture's size, of which `most` is all there.

    `file` is the mask's name, `columns` and `rows` are those of its file, `sha256` is of the file's bytes.
    """

    file: str
    codes: Codes
    most: float
    columns: int
    rows: int
    sha256: str

    @property
    def is_stretched(self) -> bool:
        """Whether it has another shape than its picture."""
        rows, columns = self.codes.shape
        return bool(abs(self.columns * rows / (self.rows * columns) - 1.0) > _OTHER_SHAPE)

    def laid_on(self, light: Pixels, top: int) -> Pixels:
        """The picture's rows from `top` on, float32 (rows, columns, 3 or 4), multiplied by it: always with alpha."""
        cover = self.codes[top : top + len(light), :, None].astype(np.float32) * np.float32(1.0 / self.most)
        if light.shape[2] > 3:
            return light * cover
        return np.concatenate([light * cover, cover], axis=2)


def read_mask(picture: Path, rows: int, columns: int) -> Mask | None:
    """The mask beside a picture, scaled to its rows and columns; None if it has none.

    Raises PictureError for a mask that cannot be read.
    """
    place = mask_beside(picture)
    if place is None:
        return None
    try:
        found = _probed(place)
        content = read_picture(place, found, lambda _: None)
        codes, most = _alpha_of(content.picture)
        scaled = _scaled(codes, rows, columns)
    except (RefusedFileError, OSError, ValueError, MemoryError) as error:
        raise PictureError.around(fault_of(error), "mask_broken", mask=place.name) from error
    return Mask(file=place.name, codes=scaled, most=most, columns=found.columns, rows=found.rows, sha256=content.sha256)


def _probed(place: Path) -> Probe:
    if leads_out(place):
        raise PictureError("mask_link_outside")
    found = probe(place)
    if found.kind != "png":
        raise PictureError("mask_kind", found=found.kind)
    return found


def _alpha_of(picture: RawPicture) -> tuple[Codes, float]:
    """The plane that says what stays, and its greatest value."""
    most = round(1.0 / picture.scale)
    if picture.alpha is not None and picture.is_open:
        return picture.alpha, most
    red, green, blue = picture.planes
    if np.array_equal(red, green) and np.array_equal(green, blue):
        return green, most
    luma = sum(share * plane.astype(np.float32) for share, plane in zip(_LUMA, picture.planes, strict=True))
    return np.rint(luma).astype(green.dtype), most


def _scaled(codes: Codes, rows: int, columns: int) -> Codes:
    if codes.shape == (rows, columns):
        return codes
    plain = np.ascontiguousarray(codes if codes.dtype == np.uint8 else codes.astype(np.float32))
    return np.asarray(Image.fromarray(plain).resize((columns, rows), Image.Resampling.BILINEAR))
