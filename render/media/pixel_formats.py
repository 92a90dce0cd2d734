"""How FFmpeg's pixel formats lie in planes, and which of them have to be repacked first.

Planes that hold one component each, in 8 bits or in 16 with the lowest byte first, are taken as they are. All others
are repacked into such planes of at least as many bits, without a change of their codes. Differences of colour of a
picture with alpha are made as large as it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from render.media.faults import MediaError
from render.worlds.shared.media import PlaneKind

if TYPE_CHECKING:
    from av import VideoFormat

_CHROMA_NAMES = {(1, 1): "444", (2, 1): "422", (2, 2): "420", (4, 1): "411", (4, 4): "410", (1, 2): "440"}
_DEPTHS = (8, 9, 10, 12, 14, 16)
_ALPHA_DEPTHS = {"yuva": (8, 9, 10, 12, 16), "gbra": (8, 10, 12, 14, 16)}
_SHIFTED = ("msb", "p010", "p012", "p016", "p210", "p212", "p216", "p410", "p412", "p416", "y210", "y212", "xv")
_MOST_BITS = 16


@dataclass(frozen=True, kw_only=True)
class PlaneFormat:
    """How a frame of a pixel format becomes planes.

    `native` is the format that it is repacked into, its own name where it need not be. `order` are the planes of red,
    green, blue and alpha, or luma, two colour differences and alpha. A grey picture has one, or two with alpha.
    """

    native: str
    kind: PlaneKind
    bits: int
    chroma: tuple[int, int]
    has_alpha: bool
    order: tuple[int, ...]
    is_grey: bool = False
    is_full_range: bool = False


def plane_format(found: VideoFormat) -> PlaneFormat:
    """How the planes of a frame are made. Raises MediaError for formats that hold no picture one could show."""
    bits = max((component.bits for component in found.components), default=0)
    name = found.name
    is_read = (
        0 < bits <= _MOST_BITS and not name.startswith(("bayer", "xyz")) and not name.rstrip("ble").endswith("f16")
    )
    if not is_read:
        raise MediaError("media_pixels_unread", format=name)
    has_alpha = any(component.is_alpha for component in found.components) or found.has_palette
    colours = [component for component in found.components if not component.is_alpha]
    is_rgb = found.is_rgb or found.has_palette
    is_grey = len(colours) == 1 and not is_rgb
    if is_grey and has_alpha:  # grey and alpha lie in turns: both are given to red, green and blue
        is_rgb, is_grey = True, False
    chroma = (1, 1) if is_rgb or has_alpha else (2, 2) if is_grey else _chroma(found)
    is_native = _is_native(found) and (is_grey or is_rgb or chroma == _chroma(found))
    native = name if is_native else _repacked(is_rgb, is_grey, has_alpha, bits, chroma)
    return PlaneFormat(
        native=native,
        kind="rgb" if is_rgb else "ycbcr",
        bits=bits if native == name else _depth_of(native),
        chroma=chroma,
        has_alpha=has_alpha,
        order=(2, 0, 1, 3) if is_rgb else (0, 1, 2, 3),
        is_grey=is_grey,
        is_full_range=name.startswith("yuvj") or is_rgb,
    )


def _chroma(found: VideoFormat) -> tuple[int, int]:
    """How many columns and rows a sample of colour difference covers."""
    return (1024 // found.chroma_width(1024), 1024 // found.chroma_height(1024))


def _is_native(found: VideoFormat) -> bool:
    """Whether each component has a plane of its own, in whole samples that this machine reads as they are."""
    own_planes = len({component.plane for component in found.components}) == len(found.components)
    is_byte = all(component.bits == 8 for component in found.components)
    is_little = found.name.endswith("le") or is_byte
    is_shifted = any(mark in found.name for mark in _SHIFTED)
    even = len({component.bits for component in found.components}) == 1
    named = found.name.startswith(("yuv", "gbr", "gray"))
    return named and own_planes and is_little and even and not is_shifted


def _repacked(is_rgb: bool, is_grey: bool, has_alpha: bool, bits: int, chroma: tuple[int, int]) -> str:
    family = "gray" if is_grey else ("gbra" if has_alpha else "gbr") if is_rgb else "yuva" if has_alpha else "yuv"
    depth = next(one for one in _ALPHA_DEPTHS.get(family, _DEPTHS) if one >= bits)
    tail = "" if depth == 8 else f"{depth}le"
    if is_grey:
        return f"gray{tail}"
    return f"{family}p{tail}" if is_rgb else f"{family}{_CHROMA_NAMES[chroma]}p{tail}"


def _depth_of(native: str) -> int:
    digits = native.removesuffix("le").rpartition("p")[2].removeprefix("gray")
    return int(digits) if digits.isdigit() and native.endswith("le") else 8
