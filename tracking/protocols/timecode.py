"""SMPTE time code in exact arithmetic: labels, frame counts, drop-frame (SMPTE ST 12-1).

Rates are rational. Drop-frame exists only at 30000/1001 and 60000/1001: the first 2 (4) labels of each minute are
skipped, except in every tenth minute. Labels are "hh:mm:ss:ff", with ";" before the frames if labels are dropped.
"""

from __future__ import annotations

import re
from fractions import Fraction

_LABEL = re.compile(r"([0-9]{2}):([0-9]{2}):([0-9]{2})([:;])([0-9]{2,3})", re.ASCII)
_DROP_NOMINALS = (30, 60)


class TimecodeError(ValueError):
    """The label does not exist at its rate."""


def nominal_rate(rate: Fraction) -> int:
    """How many labels a second has: 24 at 24000/1001. Raises TimecodeError for a rate without time code."""
    nominal = round(rate)
    if not 1 <= nominal <= 120 or rate not in (nominal, Fraction(nominal * 1000, 1001)):
        raise TimecodeError(f"time code does not run at {rate} frames/s; expected a whole rate or one over 1.001")
    return nominal


def may_drop(rate: Fraction) -> bool:
    """Whether drop-frame labels exist at `rate`."""
    return rate.denominator == 1001 and round(rate) in _DROP_NOMINALS


def is_label(label: str) -> bool:
    """Whether a text is a label of some rate."""
    match = _LABEL.fullmatch(label)
    return (
        match is not None and int(match[1]) < 24 and int(match[2]) < 60 and int(match[3]) < 60 and int(match[5]) < 120
    )


def parse_label(label: str, rate: Fraction) -> int:
    """The count of frames since midnight at `label`. Raises TimecodeError if there is no such label."""
    match = _LABEL.fullmatch(label)
    if match is None:
        raise TimecodeError(f"{label!r} is not a time code; expected hh:mm:ss:ff")
    hours, minutes, seconds, frames = (int(match[part]) for part in (1, 2, 3, 5))
    return frame_count(hours, minutes, seconds, frames, rate, drop=match[4] == ";")


def frame_count(hours: int, minutes: int, seconds: int, frames: int, rate: Fraction, *, drop: bool) -> int:
    """The count of frames since midnight. Raises TimecodeError for a label that does not exist."""
    nominal = nominal_rate(rate)
    if drop and not may_drop(rate):
        raise TimecodeError(f"drop-frame does not exist at {rate} frames/s")
    if not (0 <= hours < 24 and 0 <= minutes < 60 and 0 <= seconds < 60 and 0 <= frames < nominal):
        raise TimecodeError(f"{hours}:{minutes}:{seconds}:{frames} is beyond a day of {nominal} labels a second")
    total_minutes = hours * 60 + minutes
    count = (total_minutes * 60 + seconds) * nominal + frames
    if not drop:
        return count
    skipped = nominal // 15
    if minutes % 10 and seconds == 0 and frames < skipped:
        raise TimecodeError(f"{hours}:{minutes}:{seconds};{frames} is skipped by drop-frame")
    return count - skipped * (total_minutes - total_minutes // 10)


def frames_a_day(rate: Fraction, *, drop: bool) -> int:
    """How many labels a day has. Raises TimecodeError for a rate without time code."""
    nominal = nominal_rate(rate)
    return 144 * (600 * nominal - 9 * (nominal // 15 if drop else 0))


def label_at(count: int, rate: Fraction, *, drop: bool) -> str:
    """The label of the frame `count` after midnight. Labels repeat every day. Raises TimecodeError."""
    nominal = nominal_rate(rate)
    if drop and not may_drop(rate):
        raise TimecodeError(f"drop-frame does not exist at {rate} frames/s")
    skipped = nominal // 15 if drop else 0
    frames_of_ten_minutes = 600 * nominal - 9 * skipped
    tens, rest = divmod(count % frames_a_day(rate, drop=drop), frames_of_ten_minutes)
    # Of ten minutes the first is complete; each of the others lacks the skipped labels.
    passed = max(0, (rest - skipped) // (60 * nominal - skipped)) if drop else 0
    seconds, frames = divmod(tens * 600 * nominal + rest + passed * skipped, nominal)
    return _text(seconds // 3600, seconds // 60 % 60, seconds % 60, frames, drop=drop)


def label_from_wire(clock: tuple[int, int, int, int], rate: tuple[int, int], *, drop: bool) -> str | None:
    """The label that a packet gives in hours, minutes, seconds, frames; None if its rate has no such label.

    `rate` is numerator and denominator. Some senders set the drop flag at rates without drop-frame; there it is
    ignored.
    """
    hours, minutes, seconds, frames = clock
    nominal = round(rate[0] / rate[1])
    dropping = drop and rate[1] == 1001 and nominal in _DROP_NOMINALS
    if not (hours < 24 and minutes < 60 and seconds < 60 and frames < nominal):
        return None
    if dropping and minutes % 10 and seconds == 0 and frames < nominal // 15:
        return None
    return _text(hours, minutes, seconds, frames, drop=dropping)


def _text(hours: int, minutes: int, seconds: int, frames: int, *, drop: bool) -> str:
    return f"{hours:02d}:{minutes:02d}:{seconds:02d}{';' if drop else ':'}{frames:02d}"
