"""Reads the frames of a film by number, exactly: by their stamps, never by a count of packets.

Whoever reads on pays for each frame once. Any other frame is a seek: to the key frame before it, and on from there.
What comes out after a seek is believed from the key frame on: frames that are shown before it may lack what they need.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import deque
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from render.media.faults import MediaError, pyav
from render.media.film import Film, FrameClock, pts_of, stamp_of
from render.media.planes import PlaneWriter
from render.worlds.shared.media import MediaFacts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from av import Packet, VideoFrame
    from av.video.stream import VideoStream

_READ_ON = 24
"""So many frames ahead are reached by reading on, where the container does not tell its key frames."""
_READ_ON_KEYS = 64
"""Where all are key frames, those between need no decoding."""
_FARTHER_BACK_S = (0, 1, 4, 16, 64)
"""How much earlier is sought where a seek ends behind the frame."""
_MOST_FAULTS = 200


class FilmReader:
    """Frames of an open film. `seeks` counts how often it sought."""

    def __init__(self, path: Path, facts: MediaFacts, threads: int | None = None) -> None:
        self._path, self._facts = path, facts
        self._film = Film(path, threads, all_key_frames=facts.all_key_frames)
        self._clock = FrameClock(self._film.start, self._film.time_base, Fraction(*facts.rate))
        self._writer = PlaneWriter(facts, self._film.orientation)
        self._keys = [] if facts.all_key_frames else _key_stamps(self._film)
        self.seeks = 0
        self._newest: tuple[int, VideoFrame] | None = None
        self._ahead: tuple[int, VideoFrame] | None = None
        self._stand_at_start()

    def read(self, number: int, into: memoryview, first: int = 0) -> None:
        """Fills planes and levels of a frame from level `first` on. Raises MediaError."""
        self._writer.write(self.frame(number), into, first)

    def frame(self, number: int) -> VideoFrame:
        """A frame as it is decoded. Raises MediaError."""
        if not 0 <= number < self._facts.frames:
            raise MediaError("media_no_such_frame", frame=number, frames=self._facts.frames)
        if stamp_of(self._path) != self._film.stamp:
            raise MediaError("media_replaced")
        frame = self._frame(number)
        if frame.is_corrupt:
            raise MediaError("media_frame_broken", frame=number)
        return frame

    def close(self) -> None:
        """Frees it."""
        self._waiting.clear()
        self._newest = self._ahead = None
        self._film.close()

    def _stand_at_start(self) -> None:
        self._packets: Iterator[Packet[VideoStream]] = self._film.packets_left
        self._waiting = deque(self._film.begun)
        self._newest = self._ahead = None
        self._trusted_from: int | None = self._film.start
        self._faults = 0
        self._is_at_start = True

    def _begin_again(self, *, alone: bool = False) -> None:
        self.seeks += 1
        self._film.begin_again(alone=alone)
        self._stand_at_start()

    def _seek(self, pts: int) -> None:
        self.seeks += 1
        self._is_at_start = False
        self._film.seek(pts)
        self._packets = self._film.packets()
        self._waiting.clear()
        self._newest = self._ahead = None
        self._trusted_from = None
        self._faults = 0

    def _frame(self, number: int) -> VideoFrame:
        try:
            return self._reached(number)
        except MediaError:
            if not self._faults or self._film.is_alone:
                raise
        self._begin_again(alone=True)
        return self._reached(number)

    def _reached(self, number: int) -> VideoFrame:
        if self._newest is not None and self._newest[0] == number:
            return self._newest[1]
        if self._is_near(number):
            found = self._run_to(number)
            if found is not None:
                return found
        for seconds in _FARTHER_BACK_S:
            target = self._clock.pts_of(number) - round(seconds / self._clock.time_base)
            if target <= self._clock.start:
                break
            self._seek(target)
            found = self._run_to(number)
            if found is not None:
                return found
        self._begin_again()
        found = self._run_to(number)
        if found is None:
            raise MediaError("media_frame_missing", frame=number)
        return found

    def _is_near(self, number: int) -> bool:
        """Whether a frame is best reached by reading on."""
        if self._newest is None and not self._is_at_start:
            return False
        at = -1 if self._newest is None else self._newest[0]
        if number <= at + 1:
            return number == at + 1
        if self._facts.all_key_frames:
            return number - at <= _READ_ON_KEYS
        if not self._keys:
            return number - at <= _READ_ON
        here, there = self._clock.pts_of(max(at, 0)), self._clock.pts_of(number)
        return bisect_right(self._keys, there) == bisect_right(self._keys, here)

    def _run_to(self, number: int) -> VideoFrame | None:
        """Reads on to a frame, or in a film of variable rate to the newest not after it; None where it is behind."""
        while True:
            if self._ahead is None:
                self._ahead = self._next(number)
            if self._ahead is None:
                self._check_end(number)
                return None
            if self._ahead[0] > number:
                return self._held(number)
            self._newest, self._ahead = self._ahead, None
            if self._newest[0] == number:
                return self._newest[1]

    def _check_end(self, number: int) -> None:
        """The film has ended before a frame; where nothing came out at all, it was sought behind its last key frame."""
        if self._newest is not None or self._is_at_start:
            last = -1 if self._newest is None else self._newest[0]
            raise MediaError("media_ends_early", frame=number, last=last)

    def _held(self, number: int) -> VideoFrame | None:
        if self._newest is None:
            return None
        if self._facts.is_constant:
            raise MediaError("media_frame_missing", frame=number)
        return self._newest[1]

    def _next(self, number: int) -> tuple[int, VideoFrame] | None:
        """The next frame that comes out of the decoder, with its number; None at the end."""
        while True:
            while self._waiting:
                frame = self._waiting.popleft()
                pts = pts_of(frame)
                if pts is not None and (self._trusted_from is None or pts >= self._trusted_from):
                    at = self._clock.number_of(pts)
                    if at >= 0:
                        return at, frame
            try:
                packet = next(self._packets, None)
                if packet is None:
                    return None
                self._waiting.extend(self._decoded(packet, number))
            except pyav().FFmpegError:
                self._faults += 1
                if self._faults > _MOST_FAULTS:
                    raise MediaError("media_frame_broken", frame=number) from None

    def _decoded(self, packet: Packet[VideoStream], number: int) -> list[VideoFrame]:
        """What a packet lets out. What is not needed on the way to a frame is not decoded, where that is known."""
        is_before = packet.pts is not None and self._clock.number_of(packet.pts) < number
        if packet.size and self._trusted_from is None:
            if not packet.is_keyframe:
                return []
            self._trusted_from = packet.dts if packet.pts is None else packet.pts
        if self._facts.is_constant:
            if self._facts.all_key_frames and is_before and packet.size:
                return []
            self._film.stream.codec_context.skip_frame = "NONREF" if is_before else "DEFAULT"
        frames: list[VideoFrame] = packet.decode()
        return frames


def _key_stamps(film: Film) -> list[int]:
    """Where key frames are decoded, as far as the container tells all of them."""
    entries = film.stream.index_entries
    if film.stream.frames and len(entries) >= film.stream.frames:
        return [entry.timestamp for entry in entries if entry.is_keyframe and not entry.is_discard]
    return []
