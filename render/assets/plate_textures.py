"""Frames of films in graphics memory, within a budget: written level by level in pieces, shown whole or not at all."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from typing import NamedTuple

import moderngl

from render.assets.plate_colours import FilmColours
from render.assets.upload import NoRoomError
from render.gpu.context import largest_texture_px
from render.worlds.plate.frames import PlateColours, PlateFrame, Wanted
from render.worlds.plate.record import PlatePart
from render.worlds.shared.media import MediaFacts, PlaneLevel, levels_from, plane_levels
from tracking.records import ConfigError

PLATES_MIB = 512
_MIB = 1 << 20
_MOST_HELD = 64


class FrameKey(NamedTuple):
    """A frame on the GPU: the identity of its film, and its number."""

    media: str
    number: int


class _Shape(NamedTuple):
    """What storage of a frame is made for: columns, rows, channels and type of each plane's texture."""

    planes: tuple[tuple[int, int, int, str], ...]
    bytes: int


class _Storage(NamedTuple):
    shape: _Shape
    planes: tuple[moderngl.Texture, ...]

    def release(self) -> None:
        for plane in self.planes:
            plane.release()


class PlateUpload:
    """One frame on its way to the GPU. All its `levels` have to be written, in any order, before it is `done`."""

    def __init__(
        self, planes: tuple[moderngl.Texture, ...], levels: tuple[PlaneLevel, ...], done: Callable[[], None]
    ) -> None:
        self._planes = planes
        self.levels = levels
        """What is to be written: where each level lies in the frame's bytes."""
        self.done = done

    def write(self, level: PlaneLevel, piece: memoryview | bytes, top: int = 0) -> None:
        """Writes whole rows of a level, from row `top` on."""
        rows = len(piece) // (level.columns * level.sample_bytes)
        self._planes[level.plane].write(piece, (0, top, level.columns, rows), level=level.level, alignment=1)

    def write_frame(self, frame: memoryview | bytes) -> None:
        """Writes all levels of a frame that is in memory as `plane_levels` says."""
        whole = memoryview(frame)
        for level in self.levels:
            self.write(level, whole[level.offset : level.offset + level.bytes])


class PlateTextures:
    """Frames of films in graphics memory, `budget_mib` at most.

    The frame that came or was shown longest ago makes room, never one that the last two plans show. What storage a
    frame leaves is used again for the next one of its shape.
    """

    def __init__(
        self, context: moderngl.Context, budget_mib: float = PLATES_MIB, colours: FilmColours | None = None
    ) -> None:
        self.context = context
        self._budget = int(budget_mib * _MIB)
        self._frames: dict[FrameKey, tuple[_Storage, MediaFacts, int]] = {}
        self._arriving: dict[FrameKey, _Storage] = {}
        self._spare: list[_Storage] = []
        self._held: dict[tuple[str, ...], Wanted] = {}
        self._shown: tuple[set[FrameKey], set[FrameKey]] = (set(), set())
        self._late: set[str] = set()
        self._has_news = False
        self.film_colours = colours or FilmColours(context)
        """How the codes of films become light."""

    @property
    def in_use_mib(self) -> float:
        """Graphics memory of all frames, those on their way included."""
        return sum(storage.shape.bytes for storage in self._all()) / _MIB

    def __contains__(self, key: tuple[str, int]) -> bool:
        return key in self._frames

    def numbers(self, media: str) -> tuple[int, ...]:
        """The frames of a film that are there, in the order in which they make room."""
        return tuple(key.number for key in self._frames if key.media == media)

    def shown(self) -> frozenset[FrameKey]:
        """What was drawn of the newest plan."""
        return frozenset(self._shown[0])

    def next_plan(self) -> bool:
        """Another plan is drawn from now on. True where frames have come that an earlier one had to do without."""
        self._shown = (set(), self._shown[0])
        has_news, self._has_news = self._has_news, False
        return has_news

    def begin(self, media: str, number: int, facts: MediaFacts, first: int = 0) -> PlateUpload:
        """Makes room for a frame, which is there to be shown once everything is written and it is `done`.

        Levels finer than `first` are neither written nor drawn with. Raises NoRoomError where the budget leaves too
        little beside what is shown, and ConfigError for a film that this driver cannot hold.
        """
        self._refuse_too_large(facts)
        key = FrameKey(media, number)
        self.give_up(media, number)
        storage = self._arriving[key] = self._storage_for(_shape_of(facts))

        def done() -> None:
            if self._arriving.get(key) is storage:
                self.forget(media, number)
                self._frames[key] = (self._arriving.pop(key), facts, first)
                self._has_news |= media in self._late

        return PlateUpload(storage.planes, levels_from(facts, first), done)

    def load(self, media: str, number: int, facts: MediaFacts, frame: memoryview | bytes) -> None:
        """Puts a frame on the GPU at once; raises as `begin` does."""
        upload = self.begin(media, number, facts)
        upload.write_frame(frame)
        upload.done()

    def reserve(self, facts: MediaFacts, count: int) -> int:
        """Makes storage for frames that will come, as far as there is room: how many can stand ready side by side."""
        self._refuse_too_large(facts)
        shape = _shape_of(facts)
        have = sum(storage.shape == shape for storage in self._spare)
        while have < count and self._free_bytes() >= shape.bytes:
            self._spare.append(_made(self.context, shape))
            have += 1
        return have

    def give_up(self, media: str, number: int) -> None:
        """Frees the storage of a frame that was on its way."""
        storage = self._arriving.pop(FrameKey(media, number), None)
        if storage is not None:
            self._spare.append(storage)

    def forget(self, media: str, number: int | None = None) -> None:
        """Frees the storage of a frame for others, or of all frames of a film."""
        numbers = self.numbers(media) if number is None else (number,)
        for one in numbers:
            found = self._frames.pop(FrameKey(media, one), None)
            if found is not None:
                self._spare.append(found[0])

    def use(self, media: str, number: int) -> PlateFrame | None:
        """Exactly this frame, to be drawn with now; None where it is not there."""
        key = FrameKey(media, number)
        found = self._frames.pop(key, None)
        if found is None:
            self._late.add(media)
            return None
        self._frames[key] = found  # used last, so the last to make room
        self._shown[0].add(key)
        return PlateFrame(found[0].planes, *found[1:])

    def newest(self, media: str, number: int) -> PlateFrame | None:
        """The newest frame that is there and not after this one; None where there is none."""
        before = [one for one in self.numbers(media) if one <= number]
        return self.use(media, max(before)) if before else None

    def together(self, wanted: Wanted) -> tuple[PlateFrame, ...] | None:
        """The frames that films of one layer show, as `render/worlds/plate/frames.py` says."""
        films = tuple(media for media, _ in wanted)
        for chosen in self._choices(films, wanted):
            if all(FrameKey(*one) in self._frames for one in chosen):
                self._remember(films, wanted, chosen)
                return tuple(frame for one in chosen if (frame := self.use(*one)) is not None)
        self._late.update(films)
        return None

    def colours(self, part: PlatePart, facts: MediaFacts) -> PlateColours | None:
        """How codes become light; None while the colour space is not known yet."""
        found = self.film_colours.of(part, facts)
        self._has_news |= found is None  # it may be there when the next plan is drawn
        return found

    def _choices(self, films: tuple[str, ...], wanted: Wanted) -> Iterator[Wanted]:
        """What may be shown, the best first."""
        yield wanted
        media, number = wanted[0]
        for behind in sorted(number - one for one in self.numbers(media) if one < number):
            yield tuple((film, frame - behind) for film, frame in wanted)
        if films in self._held:
            yield self._held[films]

    def _remember(self, films: tuple[str, ...], wanted: Wanted, chosen: Wanted) -> None:
        self._held.pop(films, None)
        self._held[films] = chosen
        while len(self._held) > _MOST_HELD:
            del self._held[next(iter(self._held))]
        if chosen == wanted:
            self._late.difference_update(films)
        else:
            self._late.update(films)

    def _refuse_too_large(self, facts: MediaFacts) -> None:
        largest = largest_texture_px(self.context)
        if max(facts.columns, facts.rows) > largest:
            raise ConfigError(
                f"world.file: found a film of {facts.columns}x{facts.rows} pixels, expected at most {largest} a side "
                "on this driver, scale it down"
            )

    def _all(self) -> Iterator[_Storage]:
        yield from (storage for storage, *_ in self._frames.values())
        yield from self._arriving.values()

    def _free_bytes(self) -> int:
        return self._budget - sum(storage.shape.bytes for storage in (*self._all(), *self._spare))

    def _storage_for(self, shape: _Shape) -> _Storage:
        """Storage of that shape: spare, of a frame that makes room, or new."""
        kept = self._shown[0] | self._shown[1]
        may_go = [key for key in self._frames if key not in kept]
        could_be_free = self._free_bytes() + sum(storage.shape.bytes for storage in self._spare)
        could_be_free += sum(self._frames[key][0].shape.bytes for key in may_go)
        if could_be_free < shape.bytes:
            in_use = self._budget - could_be_free
            raise NoRoomError(shape.bytes / _MIB, self._budget / _MIB, in_use / _MIB, "library.plates_mib")
        while (fitting := next((one for one in self._spare if one.shape == shape), None)) is None:
            if self._free_bytes() >= shape.bytes:
                return _made(self.context, shape)
            if self._spare:
                self._spare.pop(0).release()
            else:
                self.forget(*may_go.pop(0))
        self._spare.remove(fitting)
        return fitting


def _shape_of(facts: MediaFacts) -> _Shape:
    levels = plane_levels(facts)
    channels, kind = (4, "f2") if facts.planes == "light" else (1, "f1" if facts.bits <= 8 else "nu2")
    planes = tuple((one.columns, one.rows, channels, kind) for one in levels if one.level == 0)
    return _Shape(planes, sum(one.bytes for one in levels))


def _made(context: moderngl.Context, shape: _Shape) -> _Storage:
    return _Storage(shape, tuple(_plane(context, *plane) for plane in shape.planes))


def _plane(context: moderngl.Context, columns: int, rows: int, channels: int, kind: str) -> moderngl.Texture:
    """A texture with room for all levels. It repeats sideways, as a picture that goes all around does.

    At the top and bottom it is mirrored, which no look-up sees: a software renderer then filters in floats, where it
    would round what it filters to the 8 bits of its samples.
    """
    gl = importlib.import_module("OpenGL.GL")
    texture = context.texture((columns, rows), channels, alignment=1, dtype=kind)
    texture.build_mipmaps()
    texture.repeat_x = True
    texture.use(0)
    gl.glTexParameteri(gl.GL_TEXTURE_2D, gl.GL_TEXTURE_WRAP_T, gl.GL_MIRRORED_REPEAT)
    texture.filter = (moderngl.LINEAR_MIPMAP_LINEAR, moderngl.LINEAR)
    return texture
