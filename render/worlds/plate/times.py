"""Which frame of a film a display slot shows: exact, in whole numbers, for days. Pure.

A slot's moment is its number over the rate of the slots, and a film's frame n is shown from the moment n over its own
rate on. So a film runs in a fixed cadence: 24 frames a second over 60 slots are shown for 3, 2, 3, 2, ... slots each
(3:2). At 24000/1001 that is 1001 slots for 400 frames: 3:2 with one slot more in each 400 frames. Where a film has more
frames than there are slots, the ones between are left out evenly. Skipped slots leave no trace.

Speeds are in millionths, moments that people set in microseconds: what is written with up to six decimals is exact.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Literal, NamedTuple

from render.worlds.shared.running import MILLION, RunningClock, gone_at
from tracking.protocols.timecode import TimecodeError, frames_a_day, nominal_rate, parse_label

Ending = Literal["loop", "hold", "hide"]


class FilmClock(RunningClock):
    """How far a film has come: as far as it has run, from the moment `from_us` of the film on.

    `late_us` of its lateness is in that already. `in_us` is where it began when that was last looked at. It `waits` for
    a take; `take` and `begun` are the number and the first frame of the one that it began with. `stood` is the frame
    since midnight at which it stands on time code while it does not run.
    """

    from_us: int = 0
    late_us: int = 0
    in_us: int = 0
    waits: bool = False
    take: int = 0
    begun: int = -1
    stood: int | None = None


class Clip(NamedTuple):
    """The part of a film that is played: its first frame, and how many; and what comes at its end."""

    first: int
    frames: int
    end: Ending = "loop"
    loop_frames: int = 0


class FilmFrame(NamedTuple):
    """What is shown of a film: `frame`, and in the dissolve of a loop the `coming` one with its `share` of the light.

    With `is_hidden`, nothing.
    """

    frame: int
    coming: int | None = None
    share: float = 0.0
    is_hidden: bool = False


def frame_at_us(time_us: int, rate: Fraction) -> int:
    """The frame that begins nearest to a time in a film: so a time that was rounded means the frame it was made of."""
    return (2 * time_us * rate.numerator + MILLION * rate.denominator) // (2 * MILLION * rate.denominator)


def frames_on_clock(
    clock: FilmClock, slots: Iterable[int], slots_a_second: Fraction, rate: Fraction, offset_us: int
) -> tuple[int, ...]:
    """The frames of an endless film that are on show in some slots; they may be before the film's first one.

    The film is `offset_us` later than its clock says.
    """
    late = (offset_us - clock.late_us) * slots_a_second.numerator
    whole = MILLION * slots_a_second.numerator * rate.denominator
    begun = frame_at_us(clock.from_us, rate)
    return tuple(
        begun + (gone_at(clock, slot) * slots_a_second.denominator - late) * rate.numerator // whole for slot in slots
    )


def frame_on_clock(clock: FilmClock, slot: int, slots_a_second: Fraction, rate: Fraction, offset_us: int) -> int:
    """The same for one slot."""
    return frames_on_clock(clock, (slot,), slots_a_second, rate, offset_us)[0]


class Cut(NamedTuple):
    """How people cut a film: from `in_us` to `out_us` (0 is its end), and what comes there."""

    in_us: int = 0
    out_us: int = 0
    end: Ending = "loop"
    loop_frames: int = 0


def clip_of(cut: Cut, frames: int, rate: Fraction) -> Clip:
    """The part of a film of so many frames that is played: one frame at least. A loop dissolves over half at most."""
    in_us, out_us, end, loop_frames = cut
    first = min(max(frame_at_us(in_us, rate), 0), max(frames - 1, 0))
    last = frames if out_us <= 0 else min(max(frame_at_us(out_us, rate), first + 1), frames)
    count = max(last - first, 1)
    return Clip(first, count, end, min(loop_frames, count // 2) if end == "loop" else 0)


def shown(clip: Clip, frame: int) -> FilmFrame:
    """What a clip shows when an endless film would be at `frame`. Before its beginning it stands there.

    A loop that dissolves over n frames shows its last n over its first n, so that it goes on with the frame after
    those: from then on it is n frames shorter. The share grows evenly and is never 0 or 1 in those frames.
    """
    at = frame - clip.first
    if at < 0:
        return FilmFrame(clip.first, is_hidden=clip.end == "hide")
    if clip.end != "loop":
        is_over = at >= clip.frames
        return FilmFrame(clip.first + min(at, clip.frames - 1), is_hidden=is_over and clip.end == "hide")
    over = clip.loop_frames
    if at >= over:
        at = over + (at - over) % (clip.frames - over)
    comes = at - (clip.frames - over)
    if comes < 0:
        return FilmFrame(clip.first + at)
    return FilmFrame(clip.first + at, clip.first + comes, (comes + 1) / (over + 1))


class TimeCode(NamedTuple):
    """A moment on time code: so many frames since midnight (`frames` over `parts`) at `rate`. Its labels may `drop`."""

    frames: int
    parts: int
    rate: Fraction
    drop: bool


def counted(label: str, rate: Fraction) -> int | None:
    """The frame since midnight that a label names at a rate; None where there is no such label."""
    try:
        return parse_label(label, rate)
    except TimecodeError:
        return None


def frame_on_timecode(now: TimeCode, start: str, rate: Fraction, offset_us: int) -> int | None:
    """The frame of an endless film whose first one has the label `start` ("" is midnight), at a moment on time code.

    Labels mean the same label where neither side drops any: 24 is 23.976 then, as editors count. Else they mean the
    moment since midnight. None where the film's rate has no such label, or there is no time code at one of the rates.
    It goes round at midnight: half a day before a film begins, it counts as over.
    """
    begins = counted(start, rate) if start else 0
    try:
        labels, of_film = nominal_rate(now.rate), nominal_rate(rate)
    except TimecodeError:
        return None
    if begins is None:
        return None
    by_moment = now.drop or ";" in start
    ratio = rate / now.rate if by_moment else Fraction(of_film, labels)
    count = now.frames * ratio.numerator // (now.parts * ratio.denominator)
    day = frames_a_day(rate, drop=";" in start)
    passed = (count - begins + day // 2) % day - day // 2
    return passed - frame_at_us(offset_us, rate)
