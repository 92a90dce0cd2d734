"""Frames on their way from shared memory to the GPU, one at a time and piece by piece."""

from __future__ import annotations

import time
from collections.abc import Iterator
from functools import lru_cache
from typing import Protocol

from render.assets.plate_storage import Piece, piece_of
from render.assets.plate_textures import PlateTextures
from render.images.faults import RefusedFileError
from render.worlds.shared.media import MediaFacts, levels_from
from stage.assets.upload_pace import UploadPace
from stage.plates.receiving import Receiving
from stage.plates.reception import Held, Reception
from stage.plates.wanted import Usual
from tracking.records import Scalar

PIECE_BYTES = 1 << 20
MOST_PIECES_A_FRAME = 24


class Needs(Protocol):
    """Who knows what is needed."""

    def soonest(self) -> tuple[str, int] | None:
        """Film and frame that is needed soonest of those that lie in memory."""

    def is_late(self, media: str) -> bool:
        """Whether a film has not all of what it shows now on the GPU."""


Step = tuple[Piece, ...]
"""What counts as one piece: rows of a large level, or several small levels."""


@lru_cache
def steps_of(facts: MediaFacts, first: int = 0) -> tuple[Step, ...]:
    """All rows of the levels of a frame from `first` on, in steps of at most `PIECE_BYTES`, or of one row."""
    steps: list[list[Piece]] = []
    written = PIECE_BYTES
    for piece in _pieces_of(facts, first):
        written += piece.last - piece.first
        if written > PIECE_BYTES:
            steps.append([])
            written = piece.last - piece.first
        steps[-1].append(piece)
    return tuple(map(tuple, steps))


def _pieces_of(facts: MediaFacts, first: int) -> Iterator[Piece]:
    for level in levels_from(facts, first):
        at_once = max(1, PIECE_BYTES // (level.columns * level.texel_bytes))
        for top in range(0, level.rows, at_once):
            yield piece_of(level, top, min(at_once, level.rows - top))


class Arriving:
    """A frame that is being uploaded, of a film `of` that has it `held`. The slot in which it lies is to be given back
    once it `is_done`.

    Raises what `textures.begin` raises.
    """

    def __init__(self, textures: PlateTextures, of: Reception, frame: int, held: Held) -> None:
        media, facts = of.film.media, of.film.facts
        self.of, self.media, self.frame, self.held = of, media, frame, held
        self.began_s = time.monotonic()
        self.worked_s = 0.0
        self.is_done = False
        """Whether it is there."""
        self._upload = textures.begin(media, frame, facts, held.first)
        self._steps = steps_of(facts, held.first)
        self._done = 0
        self._is_ready = False

    def failure(self) -> str | None:
        """Why there is no storage for it, "" once there is; None where nobody knows yet."""
        if not self._is_ready:
            if not self._upload.is_ready:
                return None
            self._is_ready = not self._upload.failure
        return "" if self._is_ready else self._upload.failure

    def step(self, ns: int, most: int) -> list[int]:
        """Uploads pieces until so much time is over or there have been so many, at least one. Returns what each took,
        in ns; to be called once there is storage for it.
        """
        write, content, took_ns = self._upload.write, self.held.content, []
        begun_ns = time.perf_counter_ns()
        over_ns = begun_ns + ns
        for step in self._steps[self._done : self._done + most]:
            write(step, content)
            ended_ns = time.perf_counter_ns()
            took_ns.append(ended_ns - begun_ns)
            begun_ns = ended_ns
            if ended_ns >= over_ns:
                break
        self._done += len(took_ns)
        self.worked_s += 1e-9 * sum(took_ns)
        if self._done == len(self._steps):
            self._upload.done()
            self.is_done = True
        return took_ns


class Uploads:
    """Brings frames that `receiving` has in memory to the GPU."""

    def __init__(self, textures: PlateTextures, receiving: Receiving, needs: Needs) -> None:
        self._textures = textures
        self._receiving = receiving
        self._needs = needs
        self._arriving: Arriving | None = None
        self._soonest: tuple[str, int] | None = None
        self._took: dict[str, Usual] = {}
        self.pace = UploadPace()
        self.no_room: dict[str, Scalar] = {}
        """Why there is no room on the GPU for the frame that was tried last."""

    @property
    def is_under_way(self) -> bool:
        """Whether a frame is on its way."""
        return self._arriving is not None

    def took_s(self, media: str) -> float:
        """What frames of a film take lately: those that somebody waits for. Others may wait themselves."""
        return self._took[media].seconds if media in self._took else 0.0

    def follow(self) -> None:
        """After other films are wanted, or other frames of them: gives up what is on its way of one that was sent
        elsewhere, since what it shows there comes first.
        """
        self._took = {media: took for media, took in self._took.items() if media in self._receiving.films}
        arriving = self._arriving
        if arriving is not None and arriving.of.on_its_way != arriving.frame:
            self._give_up(arriving)

    def for_a_while(self, ns: int) -> int:
        """Uploads pieces for so long. Returns how long it took."""
        spent_ns, begun_ns = 0, time.perf_counter_ns()
        while spent_ns < ns and self.has_any() and self.pieces(ns - spent_ns):
            spent_ns = time.perf_counter_ns() - begun_ns
        return spent_ns

    def has_any(self) -> bool:
        """Whether a frame is on its way, or one that is needed lies in memory: the one that is needed soonest now."""
        if self._arriving is None:
            self._soonest = self._needs.soonest()
        return self._arriving is not None or self._soonest is not None

    def pieces(self, ns: int, most: int = MOST_PIECES_A_FRAME) -> int:
        """Uploads pieces of the frame that `has_any` has found for so long, so many at most and one at least. Returns
        how many: none where it cannot be uploaded now.
        """
        arriving = self._arriving = self._arriving or self._begin(self._soonest)
        failure = None if arriving is None else arriving.failure()
        if arriving is None or failure is None:
            return 0
        if failure:
            self.no_room = {"why": "gpu_no_memory_for_frame", "found": failure}
            self._give_up(arriving)
            return 0
        took_ns = arriving.step(ns, most)
        self.pace.note_uploaded(*took_ns)
        if arriving.is_done:
            self.no_room, media = {}, arriving.media
            took_s = time.monotonic() - arriving.began_s if self._needs.is_late(media) else arriving.worked_s
            self._end(arriving)
            if media not in self._took:
                self._took[media] = Usual()
            self._took[media].note(took_s)
        return len(took_ns)

    def _begin(self, soonest: tuple[str, int] | None) -> Arriving | None:
        if soonest is None:
            return None
        media, frame = soonest
        reception = self._receiving.films[media]
        try:
            arriving = Arriving(self._textures, reception, frame, reception.held[frame])
        except RefusedFileError as error:
            self.no_room = {**error.fault.values, "why": error.fault.code}
            return None
        reception.take(frame)
        return arriving

    def _give_up(self, arriving: Arriving) -> None:
        self._textures.give_up(arriving.media, arriving.frame)
        self._end(arriving)

    def _end(self, arriving: Arriving) -> None:
        self._arriving = None
        arriving.of.arrived()
        self._receiving.give_back(arriving.held.back)
