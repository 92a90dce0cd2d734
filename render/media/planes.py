"""From a decoded frame to its planes in memory with all their levels, as `plane_levels` lays them out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from render.media.box_levels import fill_levels, fill_levels_of_texels, put_beside
from render.media.faults import MediaError, pyav
from render.media.pixel_formats import PlaneFormat, plane_format
from render.worlds.shared.media import MediaFacts, first_levels, frame_bytes, plane_levels

if TYPE_CHECKING:
    from av import VideoFrame

Plane = npt.NDArray[Any]


class Orientation(NamedTuple):
    """How a stored picture is turned to be shown: first rows and columns change places, then each may be mirrored."""

    transposed: bool = False
    mirrored_columns: bool = False
    mirrored_rows: bool = False

    def shown(self, stored: Plane) -> Plane:
        """The upright picture, as a view."""
        turned = stored.T if self.transposed else stored
        turned = turned[:, ::-1] if self.mirrored_columns else turned
        return turned[::-1] if self.mirrored_rows else turned

    def of_pair(self, pair: tuple[int, int]) -> tuple[int, int]:
        """Columns and rows of the upright picture, or of a sample in it."""
        return (pair[1], pair[0]) if self.transposed else pair


UPRIGHT = Orientation()
_ONE = 1 << 16


def orientation_of(frame: VideoFrame) -> tuple[Orientation, bool]:
    """How a frame's display matrix turns it, and whether that is by more than quarter turns: then it stays as it is.

    ISO/IEC 14496-12, section 6.2.2: (x', y') = (a x + c y, b x + d y).
    """
    matrix: Any = frame.side_data.get("DISPLAYMATRIX")
    if matrix is None:
        return UPRIGHT, False
    numbers = memoryview(bytes(matrix)).cast("i")
    a, b, c, d = (round(numbers[index] / _ONE) for index in (0, 1, 3, 4))
    exact = all(abs(numbers[index] - value * _ONE) <= 1 for index, value in ((0, a), (1, b), (3, c), (4, d)))
    if exact and (abs(a), abs(b), abs(c), abs(d)) == (1, 0, 0, 1):
        return Orientation(mirrored_columns=a < 0, mirrored_rows=d < 0), False
    if exact and (abs(a), abs(b), abs(c), abs(d)) == (0, 1, 1, 0):
        return Orientation(transposed=True, mirrored_columns=c < 0, mirrored_rows=b < 0), False
    return UPRIGHT, True


class FrameMemory:
    """A frame's bytes as one array for each level."""

    def __init__(self, facts: MediaFacts) -> None:
        self._levels = plane_levels(facts)
        self._is_light, self._has_alpha = facts.planes == "light", facts.has_alpha
        self._type = "u1" if facts.sample_bytes == 1 else "<u2"
        self.bytes = frame_bytes(facts)

    def planes(self, into: memoryview) -> list[list[Plane]]:
        """The levels of each plane, (rows, columns), or (rows, columns, 4) of half floats, which are views of `into`:
        luma or red, then two more, then alpha.

        Raises ValueError where it is too small.
        """
        textures = self.textures(into)
        if self._is_light:
            return textures
        planes = [[level[..., one] for level in levels] for levels in textures for one in range(levels[0].shape[2])]
        return planes if self._has_alpha else planes[:3]

    def textures(self, into: memoryview) -> list[list[Plane]]:
        """The levels of each texture, (rows, columns, samples). Raises ValueError where memory is too small."""
        if into.nbytes < self.bytes:
            raise ValueError(f"found {into.nbytes} bytes for a frame, expected {self.bytes}")
        content = np.frombuffer(into, dtype=np.uint8)
        found: list[list[Plane]] = []
        for one in self._levels:
            codes = content[one.offset : one.offset + one.bytes].view(self._type)
            if one.level == 0:
                found.append([])
            found[-1].append(codes.reshape(one.rows, one.columns, one.samples))
        return found


class PlaneWriter:
    """Writes frames of one film. A frame that is not as the first ones were is refused, or repacked."""

    def __init__(self, facts: MediaFacts, orientation: Orientation = UPRIGHT) -> None:
        self._facts = facts
        self._orientation = orientation
        self._memory = FrameMemory(facts)
        self._formats: dict[str, PlaneFormat] = {}
        self._finer: dict[int, list[Plane]] = {}
        self._reformatter: Any = None

    def write(self, frame: VideoFrame, into: memoryview, first: int = 0) -> None:
        """Fills planes and levels, of which those finer than `first` are not looked at and may stay as they are.

        Raises MediaError where the frame has another size or form than the film.
        """
        facts = self._facts
        columns, rows = self._orientation.of_pair((frame.width, frame.height))
        if (columns, rows) != (facts.columns, facts.rows):
            raise MediaError(
                "media_size_changes", columns=columns, rows=rows, first_columns=facts.columns, first_rows=facts.rows
            )
        found = self._format_of(frame)
        native = frame if frame.format.name == found.native else self._repacked(frame, found.native)
        textures = self._memory.textures(into)
        stored = self._stored(native, found)
        beside = (range(len(stored)),) if facts.is_whole else ((0,), (1, 2))
        for levels, numbers, finest in zip(textures, beside, first_levels(facts, first), strict=True):
            self._fill(levels[finest:], {number: stored[number] for number in numbers}, finest)

    def _fill(self, levels: list[Plane], stored: dict[int, Plane | None], finest: int) -> None:
        """Fills the levels of a texture from `finest` on, of the planes beside each other in it, by their numbers."""
        planes = [self._shown(number, plane, finest) for number, plane in stored.items() if plane is not None]
        if not planes:
            for level in levels:
                level[...] = 1 << (self._facts.bits - 1)
        elif len(planes) == 1:
            levels[0][..., 0] = planes[0]
            fill_levels([level[..., 0] for level in levels], self._facts.bits, finest)
        else:
            put_beside(levels[0], planes)
            fill_levels_of_texels(levels, self._facts.bits, finest)

    def _shown(self, number: int, stored: Plane, finest: int) -> Plane:
        """A plane at its level `finest`. What is finer is worked out beside the frame, from where it was decoded."""
        shown = self._orientation.shown(stored)
        if finest == 0:
            return shown
        finer = self._finer.setdefault(number, [])
        while len(finer) <= finest:
            rows, columns = (max(1, size >> len(finer)) for size in shown.shape)
            finer.append(np.empty((rows, columns), shown.dtype))
        if shown.strides[-1] != shown.itemsize:
            finer[0][...] = shown
            shown = finer[0]
        fill_levels([shown, *finer[1 : finest + 1]], self._facts.bits)
        return finer[finest]

    def _format_of(self, frame: VideoFrame) -> PlaneFormat:
        """The frame's own form, where it is the film's; else the film's, into which it is repacked."""
        name = frame.format.name
        if name not in self._formats:
            found, facts = plane_format(frame.format), self._facts
            is_same = (found.kind, found.bits, found.has_alpha) == (facts.planes, facts.bits, facts.has_alpha)
            if not is_same or (found.kind == "ycbcr" and self._orientation.of_pair(found.chroma) != facts.chroma):
                raise MediaError("media_form_changes", format=name)
            self._formats[name] = found
        return self._formats[name]

    def _repacked(self, frame: VideoFrame, native: str) -> VideoFrame:
        if self._reformatter is None:
            self._reformatter = pyav().video.reformatter.VideoReformatter()
        try:
            repacked: VideoFrame = self._reformatter.reformat(frame, format=native)
        except pyav().FFmpegError as error:
            raise MediaError("media_pixels_unread", format=frame.format.name) from error
        return repacked

    def _stored(self, frame: VideoFrame, found: PlaneFormat) -> list[Plane | None]:
        """The planes as they are stored, in the order of `plane_levels`; None for one that a grey picture lacks."""
        own = [_samples(frame, index) for index in range(len(frame.planes))]
        if found.is_grey:
            return [own[0], None, None]
        return [own[index] for index in found.order[: 4 if found.has_alpha else 3]]


def _samples(frame: VideoFrame, index: int) -> Plane:
    """The samples of one plane, without what lies between its rows. Raises MediaError where they cannot lie so."""
    plane = frame.planes[index]
    sample_bytes = 1 if frame.format.components[0].bits <= 8 else 2
    if plane.line_size < plane.width * sample_bytes:
        raise MediaError("media_pixels_unread", format=frame.format.name)
    content: Plane = np.frombuffer(memoryview(plane), dtype="u1" if sample_bytes == 1 else "<u2")
    across = plane.line_size // sample_bytes
    rows: Plane = content[: across * plane.height].reshape(plane.height, across)
    return rows[:, : plane.width]
