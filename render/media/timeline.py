"""How many frames a film has, at which rate, and whether each has its own picture: from its index or its packets."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from render.media.examined import MediaFinding, finding
from render.media.faults import MediaError, pyav
from render.media.film import Film, FrameClock

SLOWEST, FASTEST = Fraction(1), Fraction(240)
MOST_FRAMES = 10_000_000
"""More than a hundred hours at 24."""
_NTSC = (24, 30, 48, 60, 72, 96, 120, 240)
_SAME_RATE = Fraction(1, 5000)
"""23.976 and 24 are a thousandth apart; what a container rounds is less than this."""
_LONGEST_WALK_S = 60.0
_DURATION_DIFFERS_S = 0.5
_FASTEST_VARIABLE = Fraction(120)
_DEFAULT_RATE = Fraction(24)


@dataclass(frozen=True, kw_only=True)
class Timeline:
    """Frames, rate and what is odd about them. Where `is_constant`, each frame has its own picture."""

    frames: int
    rate: Fraction
    is_constant: bool
    all_key_frames: bool
    findings: tuple[MediaFinding, ...]


def timeline_of(film: Film) -> Timeline:
    """Looks through a film's index; where there is none, or frames do not follow evenly, through all its packets.

    Raises MediaError where it has no rate that one could play, or too many frames.
    """
    findings: list[MediaFinding] = []
    stamps, keys, lost = _indexed(film)
    base = film.time_base
    rate = _rate_of(film, stamps, base) if stamps else None
    if rate is None:
        stamps, keys, is_whole = _walked(film)
        if not is_whole:
            return _by_duration(film, keys)
        rate = _rate_of(film, stamps, base)
    if lost:
        findings.append(finding("media_cut_off", said=len(stamps) + lost, found=len(stamps)))
    is_constant = rate is not None
    rate = rate or _mean_rate(film, stamps, base)
    _check_rate(rate)
    clock = FrameClock(stamps[0], base, rate)
    frames = clock.number_of(stamps[-1]) + 1
    if frames > MOST_FRAMES:
        raise MediaError("media_too_long", frames=frames, most=MOST_FRAMES)
    if not is_constant:
        findings.append(_variation(stamps, base, clock, frames))
    findings += _other_duration(film, frames / rate)
    return Timeline(
        frames=frames,
        rate=rate,
        is_constant=is_constant,
        all_key_frames=all(keys),
        findings=tuple(findings),
    )


def standard_rate(rate: Fraction) -> Fraction:
    """The rate of cameras that a rounded one stands for; itself where there is none so near."""
    known = [Fraction(round(rate)), *(Fraction(whole * 1000, 1001) for whole in _NTSC)]
    nearest = min(known, key=lambda one: abs(one - rate))
    return nearest if abs(nearest - rate) <= nearest * _SAME_RATE else rate


def _indexed(film: Film) -> tuple[list[int], list[bool], int]:
    """Stamps and key frames by an index of all samples; and how many lie behind the file's end. Empty without one."""
    stream = film.stream
    entries = list(stream.index_entries)
    if not stream.frames or len(entries) < stream.frames or film.start != (stream.start_time or 0):
        return [], [], 0
    shown = [entry for entry in entries if not entry.is_discard]
    there = [entry for entry in shown if entry.pos + entry.size <= film.stamp[0]]
    if not there or not there[0].is_keyframe:
        return [], [], 0
    shift = film.start - there[0].timestamp  # the index has when samples are decoded
    return [entry.timestamp + shift for entry in there], [entry.is_keyframe for entry in there], len(shown) - len(there)


def _walked(film: Film) -> tuple[list[int], list[bool], bool]:
    """Stamps in order and key frames of all packets from the first shown frame on, and whether all were seen."""
    found: list[tuple[int, bool]] = []
    ends_s = time.monotonic() + _LONGEST_WALK_S
    try:
        for packet in film.all_packets():
            stamp = packet.dts if packet.pts is None else packet.pts
            if packet.size and stamp is not None and not packet.is_discard:
                found.append((stamp, packet.is_keyframe))
            if len(found) > MOST_FRAMES or time.monotonic() > ends_s:
                return [], [is_key for _, is_key in found], False
    except pyav().FFmpegError:
        pass  # it is cut off or damaged here: what came before counts
    shown = sorted(one for one in found if one[0] >= film.start) or [(film.start, True)]
    return [stamp for stamp, _ in shown], [is_key for _, is_key in shown], True


def _rate_of(film: Film, stamps: Sequence[int], base: Fraction) -> Fraction | None:
    """The rate at which each stamp is the next frame's; None where there is none."""
    said = [rate for rate in (film.stream.guessed_rate, film.stream.average_rate, film.stream.base_rate) if rate]
    if len(stamps) > 1 and stamps[-1] > stamps[0]:
        said.append(Fraction(len(stamps) - 1) / ((stamps[-1] - stamps[0]) * base))
    candidates = [one for rate in said for one in (standard_rate(rate), rate)] or [_DEFAULT_RATE]
    for rate in dict.fromkeys(candidates):
        clock = FrameClock(stamps[0], base, rate)
        if SLOWEST <= rate <= FASTEST and all(clock.number_of(stamp) == at for at, stamp in enumerate(stamps)):
            return rate
    return None


def _mean_rate(film: Film, stamps: Sequence[int], base: Fraction) -> Fraction:
    """The rate at which a film of variable rate is played: one at which no picture is left out, else its mean."""
    lasts = [later - earlier for earlier, later in pairwise(stamps) if later > earlier]
    shortest = 1 / (min(lasts) * base) if lasts else None
    for rate in (film.stream.guessed_rate, film.stream.base_rate, shortest and standard_rate(shortest)):
        clock = FrameClock(stamps[0], base, rate or _DEFAULT_RATE)
        if (
            rate
            and SLOWEST <= rate <= _FASTEST_VARIABLE
            and len({clock.number_of(one) for one in stamps}) == len(stamps)
        ):
            return rate
    mean = Fraction(len(stamps) - 1) / ((stamps[-1] - stamps[0]) * base) if stamps[-1] > stamps[0] else _DEFAULT_RATE
    said = film.stream.average_rate or mean
    return standard_rate(said if SLOWEST <= said <= FASTEST else mean).limit_denominator(1_000_000)


def _check_rate(rate: Fraction) -> None:
    if not SLOWEST <= rate <= FASTEST:
        raise MediaError("media_rate_unread", rate=round(float(rate), 3), slowest=int(SLOWEST), fastest=int(FASTEST))


def _variation(stamps: Sequence[int], base: Fraction, clock: FrameClock, frames: int) -> MediaFinding:
    lasts = [later - earlier for earlier, later in pairwise(stamps)]
    own = len({clock.number_of(stamp) for stamp in stamps})
    return finding(
        "media_rate_varies",
        shortest_ms=round(float(min(lasts) * base * 1000), 2),
        longest_ms=round(float(max(lasts) * base * 1000), 2),
        held=frames - own,
        left_out=len(stamps) - own,
    )


def _said_s(film: Film) -> Fraction | None:
    """How long the film says that it is, in seconds."""
    if film.stream.duration:
        return Fraction(film.stream.duration) * film.time_base
    return Fraction(film.container.duration, 1_000_000) if film.container.duration else None


def _other_duration(film: Film, lasts_s: Fraction) -> list[MediaFinding]:
    said_s = _said_s(film)
    if said_s is None or abs(said_s - lasts_s) <= max(_DURATION_DIFFERS_S, float(lasts_s) / 1000):
        return []
    return [finding("media_other_duration", said_s=round(float(said_s), 2), found_s=round(float(lasts_s), 2))]


def _by_duration(film: Film, keys: Sequence[bool]) -> Timeline:
    """Of a film too long to look through: what it says of itself."""
    said_s = _said_s(film)
    rate = standard_rate(film.stream.guessed_rate or film.stream.average_rate or _DEFAULT_RATE)
    _check_rate(rate)
    frames = 0 if said_s is None else round(said_s * rate)
    if not 0 < frames <= MOST_FRAMES:
        raise MediaError("media_too_long", frames=max(frames, len(keys)), most=MOST_FRAMES)
    findings = (finding("media_not_looked_through", seen=len(keys), frames=frames),)
    return Timeline(frames=frames, rate=rate, is_constant=True, all_key_frames=all(keys), findings=findings)
