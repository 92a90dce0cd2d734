"""Frames of films in graphics memory, within a budget: written level by level in pieces, shown whole or not at all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

import moderngl

from render.assets.plate_colours import FilmColours
from render.assets.plate_storage import (
    FrameContent,
    FrameShape,
    FrameStorage,
    FrameStorages,
    Piece,
    content_of,
    piece_of,
    shape_of,
)
from render.assets.upload import NoRoomError
from render.gpu.context import largest_texture_px
from render.images.faults import PictureError, RefusedFileError
from render.worlds.plate.frames import PlateColours, PlateFrame, Wanted
from render.worlds.plate.record import PlatePart
from render.worlds.shared.media import MediaFacts, levels_from

PLATES_MIB = 512
_MIB = 1 << 20
_MOST_HELD = 64


class FrameKey(NamedTuple):
    """A frame on the GPU: the identity of its film, and its number."""

    media: str
    number: int


class PlateUpload:
    """One frame on its way to the GPU. All rows of its levels from `first` on have to be written, in any order, before
    it is `done`.
    """

    def __init__(
        self, storage: FrameStorage, facts: MediaFacts, first: int, context: moderngl.Context, done: Callable[[], None]
    ) -> None:
        self._storage = storage
        self._facts, self._first = facts, first
        self._context = context
        self.done = done

    @property
    def is_ready(self) -> bool:
        """Whether it can be written now."""
        return self._storage.is_settled

    @property
    def failure(self) -> str:
        """Why it never can, once it `is_ready`; "" where it can."""
        return self._storage.failure

    def write(self, pieces: Iterable[Piece], frame: FrameContent) -> None:
        """Writes some of the frame."""
        self._storage.write(self._context, pieces, frame)

    def write_frame(self, frame: memoryview | bytes) -> None:
        """Writes all of a frame that lies in memory as `plane_levels` says. Raises ValueError for too few bytes."""
        levels = levels_from(self._facts, self._first)
        self.write([piece_of(level, 0, level.rows) for level in levels], content_of(frame, self._facts))


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
        self._largest_px = largest_texture_px(context)
        self._frames: dict[FrameKey, tuple[FrameStorage, MediaFacts, int]] = {}
        self._arriving: dict[FrameKey, FrameStorage] = {}
        self._spare: list[FrameStorage] = []
        self._held: dict[tuple[str, ...], Wanted] = {}
        self._shown: tuple[set[FrameKey], set[FrameKey]] = (set(), set())
        self._late: set[str] = set()
        self._has_news = False
        self.changes = 0
        """Another number whenever a frame has come or gone."""
        self.storages = FrameStorages(context)
        """Who makes storage; `expect` has it made ahead."""
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
        return tuple([number for film, number in self._frames if film == media])

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
        storage = self._arriving[key] = self._storage_for(shape_of(facts))

        def done() -> None:
            if self._arriving.get(key) is storage:
                self.forget(media, number)
                self._frames[key] = (self._arriving.pop(key), facts, first)
                self.changes += 1
                self._has_news |= media in self._late

        return PlateUpload(storage, facts, first, self.context, done)

    def load(self, media: str, number: int, facts: MediaFacts, frame: memoryview | bytes) -> None:
        """Puts a frame on the GPU at once; raises as `begin` does, and ConfigError where the driver has no memory."""
        upload = self.begin(media, number, facts)
        self._arriving[FrameKey(media, number)].wait()
        if upload.failure:
            self.give_up(media, number)
            raise RefusedFileError(PictureError("gpu_no_memory_for_frame", found=upload.failure), "world.file")
        upload.write_frame(frame)
        upload.done()

    def expect(self, films: Iterable[tuple[MediaFacts, int]]) -> None:
        """Has storage made for so many frames of each film that are there at a time, as far as there is free room.

        Without a thread that makes it nothing is made: whoever asks would wait for all of it at once.
        """
        if not self.storages.is_beside:
            return
        wanted = Counter[FrameShape]()
        for facts, frames in films:
            wanted[shape_of(facts)] += frames
        have = Counter(storage.shape for storage in (*self._all(), *self._spare))
        for shape, frames in wanted.items():
            for _ in range(have[shape], frames):
                if self._free_bytes() >= shape.bytes:
                    self._spare.append(self.storages.make(shape))

    def give_up(self, media: str, number: int) -> None:
        """Frees the storage of a frame that was on its way."""
        storage = self._arriving.pop(FrameKey(media, number), None)
        if storage is not None and storage.is_settled and storage.failure:
            self.storages.free(storage)
        elif storage is not None:
            self._spare.append(storage)

    def forget(self, media: str, number: int | None = None) -> None:
        """Frees the storage of a frame for others, or of all frames of a film."""
        numbers = self.numbers(media) if number is None else (number,)
        for one in numbers:
            found = self._frames.pop(FrameKey(media, one), None)
            if found is not None:
                self._spare.append(found[0])
                self.changes += 1

    def use(self, media: str, number: int) -> PlateFrame | None:
        """Exactly this frame, to be drawn with now; None where it is not there."""
        key = FrameKey(media, number)
        found = self._frames.pop(key, None)
        if found is None:
            self._late.add(media)
            return None
        self._frames[key] = found  # used last, so the last to make room
        self._shown[0].add(key)
        return PlateFrame(found[0].textures(self.context), *found[1:], key)

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
        if max(facts.columns, facts.rows) > self._largest_px:
            size = {"columns": facts.columns, "rows": facts.rows}
            raise RefusedFileError(PictureError("picture_beyond_driver", **size, most=self._largest_px), "world.file")

    def _all(self) -> Iterator[FrameStorage]:
        yield from (storage for storage, *_ in self._frames.values())
        yield from self._arriving.values()

    def _free_bytes(self) -> int:
        return self._budget - sum(storage.shape.bytes for storage in (*self._all(), *self._spare))

    def _storage_for(self, shape: FrameShape) -> FrameStorage:
        """Storage of that shape: spare, of a frame that makes room, or new."""
        spare = next((one for one in self._spare if one.shape == shape and one.is_settled), None)
        if spare is not None:
            self._spare.remove(spare)
            return spare
        kept = self._shown[0] | self._shown[1]
        may_go = [key for key in self._frames if key not in kept]
        could_be_free = self._free_bytes() + sum(storage.shape.bytes for storage in self._spare)
        could_be_free += sum(self._frames[key][0].shape.bytes for key in may_go)
        if could_be_free < shape.bytes:
            in_use = self._budget - could_be_free
            raise NoRoomError(shape.bytes / _MIB, self._budget / _MIB, in_use / _MIB, "library.plates_mib")
        while not (fitting := [one for one in self._spare if one.shape == shape]):
            if self._free_bytes() >= shape.bytes:
                return self.storages.make(shape)
            if self._spare:
                self.storages.free(self._spare.pop(0))
            else:
                self.forget(*may_go.pop(0))
        chosen = next((one for one in fitting if one.is_settled), fitting[0])
        self._spare.remove(chosen)
        return chosen
