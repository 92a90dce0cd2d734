"""The stage's time code: what a tracker's labels say, carried on from slot to slot. Pure.

Labels come with packets, which jitter. So the first change of label sets the time code, and from there on it goes with
show time; it is set again where a label differs from it by more than a frame. Without a new label it stands.
"""

from __future__ import annotations

from fractions import Fraction

from render.worlds.plate.times import counted
from stage.show.plates.state import PlatesState, TimecodeLock
from tracking.protocols.timecode import frames_a_day
from tracking.tracker.state import TrackerState

_STANDS_S = Fraction(1, 4)
"""Without a new label for so long, and for four frames, the time code stands."""
_FRAMES_TO_STAND = 4


def follow_timecode(plates: PlatesState, tracker: TrackerState, slot: int, slots_a_second: Fraction) -> None:
    """Brings the stage's time code on to a slot, from what its tracker has said so far."""
    label, rate = tracker.timecode, tracker.timecode_rate
    lock = plates.timecode
    if label is not None and rate is not None and (lock is None or lock.label != label or lock.rate != rate):
        count = counted(label, Fraction(*rate))
        if count is not None:
            plates.timecode = _heard(
                lock, TimecodeLock(label=label, count=count, slot=slot, heard=slot, rate=rate), slots_a_second
            )
            return
    if lock is not None and lock.runs and slot - lock.heard > _slots_to_stand(lock, slots_a_second):
        newest = counted(lock.label, Fraction(*lock.rate))
        lock.count, lock.slot, lock.runs = lock.count if newest is None else newest, slot, False


def _heard(lock: TimecodeLock | None, new: TimecodeLock, slots_a_second: Fraction) -> TimecodeLock:
    """The time code once a `new` label is heard."""
    if lock is None or lock.rate != new.rate:
        return new
    rate = Fraction(*new.rate)
    passed = (new.slot - lock.slot) * rate / slots_a_second if lock.runs else Fraction(0)
    day = frames_a_day(rate, drop=";" in new.label)
    apart = (new.count - lock.count - passed.__floor__() + day // 2) % day - day // 2
    if lock.runs and abs(apart) <= 1:
        new.count, new.slot = lock.count, lock.slot
    new.runs = True
    return new


def _slots_to_stand(lock: TimecodeLock, slots_a_second: Fraction) -> Fraction:
    return max(_STANDS_S, _FRAMES_TO_STAND / Fraction(*lock.rate)) * slots_a_second
