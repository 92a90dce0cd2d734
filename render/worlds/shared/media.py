"""What a film is, as it was examined, and how one of its frames lies in memory and on the GPU. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import lru_cache
from typing import Literal, NamedTuple

from tracking.records import Evolving

Matrix = Literal["bt601", "bt709", "bt2020"]
"""How a film's luma and two colour differences are made of its red, green and blue."""
PlaneKind = Literal["ycbcr", "rgb", "light"]
"""What the planes of a frame hold: codes of luma and colour differences; codes of red, green and blue; or scene-linear
ACEScg as half floats, in one plane of four channels.
"""
_ALIGNMENT = 64
TAGGED = frozenset({"rec709", "rec601_525", "rec601_625", "p3", "display_p3", "rec2020", "srgb", "linear", "hlg", "pq"})
"""The colour spaces that files are tagged with (`render/colour/code_curves.py`). Their curves are worked out by
shaders; those of all others, which only a configuration names, are tables to them.
"""


class MediaFacts(Evolving):
    """Facts of one film or folder of numbered frames.

    `columns` and `rows` are pixels as shown. Frame n of `frames` is shown from n / rate on; `rate` is exact: numerator
    and denominator in frames a second. `bits` are those of a code, in samples of `sample_bytes`. A sample of
    colour difference covers `chroma` columns and rows, one pixel where there is alpha. `matrix`, `full_range` and
    `colour_space` are what the file's tags say, or what its size lets one expect: `tagged` tells which. `start` is the
    time code of frame 0, "" for none. `decode_ms` is what a frame took to decode where it was examined, in processor
    time. A pixel is `pixel_aspect` (width and height) wide for its height. In a film that is not `is_constant`, some
    frames have no picture of their own: they show the newest before them.
    """

    codec: str
    columns: int
    rows: int
    frames: int
    rate: tuple[int, int]
    planes: PlaneKind = "ycbcr"
    bits: int = 8
    chroma: tuple[int, int] = (1, 1)
    has_alpha: bool = False
    matrix: Matrix = "bt709"
    full_range: bool = False
    colour_space: str = "rec709"
    tagged: bool = False
    start: str = ""
    all_key_frames: bool = False
    decode_ms: float = 0.0
    pixel_aspect: tuple[int, int] = (1, 1)
    is_constant: bool = True

    @property
    def is_whole(self) -> bool:
        """Whether all its planes are as large, and so lie in one texture."""
        return self.planes != "ycbcr" or self.chroma == (1, 1)

    @property
    def sample_bytes(self) -> int:
        """Bytes of a sample in memory."""
        return 1 if self.bits <= 8 and self.planes != "light" else 2


class PlaneLevel(NamedTuple):
    """One level of one texture of a frame: where its rows begin in the frame's bytes, one after the other.

    A texel has one sample, two or four, of planes that are as large and are always looked up together. Those of light
    `are_halves` (floats), all others are codes.
    """

    texture: int
    level: int
    offset: int
    columns: int
    rows: int
    samples: int
    texel_bytes: int
    are_halves: bool = False

    @property
    def bytes(self) -> int:
        """How many bytes it takes."""
        return self.columns * self.rows * self.texel_bytes


@lru_cache
def plane_levels(facts: MediaFacts) -> tuple[PlaneLevel, ...]:
    """Every level of every texture of a frame in memory: the largest first of each, halved down to one texel."""
    found: list[PlaneLevel] = []
    offset = 0
    for texture, (columns, rows, samples, sample_bytes) in enumerate(_textures(facts)):
        for level in range(max(columns, rows).bit_length()):
            size = (max(columns >> level, 1), max(rows >> level, 1))
            bytes_, halves = samples * sample_bytes, facts.planes == "light"
            found.append(PlaneLevel(texture, level, offset, *size, samples, bytes_, halves))
            offset += -(-found[-1].bytes // _ALIGNMENT) * _ALIGNMENT
    return tuple(found)


@lru_cache
def first_levels(facts: MediaFacts, first: int) -> tuple[int, ...]:
    """The finest level of each texture that is looked at where nothing finer than level `first` of the frame is.

    Smaller planes of colour differences are read by levels of their own, which are as fine. Light has all its levels.
    """
    if facts.planes == "light":
        return (0,)
    smaller = int(math.log2(min(facts.chroma))) if facts.planes == "ycbcr" else 0
    wanted = (first, first - smaller)
    most = [-1, -1]
    for one in plane_levels(facts):
        most[one.texture] = one.level
    return tuple(max(0, min(level, last)) for level, last in zip(wanted, most, strict=True) if last >= 0)


@lru_cache
def levels_from(facts: MediaFacts, first: int) -> tuple[PlaneLevel, ...]:
    """Those of all levels that are looked at then."""
    finest = first_levels(facts, first)
    return tuple(one for one in plane_levels(facts) if one.level >= finest[one.texture])


@lru_cache
def frame_bytes(facts: MediaFacts) -> int:
    """How many bytes a frame takes with all its levels."""
    last = plane_levels(facts)[-1]
    return -(-(last.offset + last.bytes) // _ALIGNMENT) * _ALIGNMENT


def _textures(facts: MediaFacts) -> Iterator[tuple[int, int, int, int]]:
    """Columns, rows, samples of a texel and bytes of a sample: of all planes together where they are as large, the
    last one alpha or nothing; else of luma, and of the two differences. Each look-up costs as much for four samples as
    for one.
    """
    sample_bytes = facts.sample_bytes
    across, down = facts.chroma
    if facts.is_whole:
        yield facts.columns, facts.rows, 4, sample_bytes
        return
    yield facts.columns, facts.rows, 1, sample_bytes
    yield -(-facts.columns // across), -(-facts.rows // down), 2, sample_bytes
