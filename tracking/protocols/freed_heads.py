"""Which FreeD messages are for a tracker, and which of their poses only say that the head is lost."""

from __future__ import annotations

from tracking.protocols.decoder_memory import DecoderMemory
from tracking.protocols.freed import BROADCAST_ID
from tracking.records import Rejection

_POSITION = slice(11, 20)
_POSE = slice(2, 20)
_ZERO_POSE = bytes(18)
_ZERO_POSITION = bytes(9)
_COUNTS_PER_DEG = 32768
# A head that turns to zero steadily has been nearer than this one packet before.
_NEAR_ZERO_DEG = 5


class Heads:
    """The heads on one source: this tracker's own, its siblings, and unknown ones.

    A sender that has lost its head goes on sending, with all six fields of the pose zero. A head that has been at zero
    from the start is believed. So is one without a position that turns to zero steadily.
    """

    def __init__(self, camera_id: int | None, memory: DecoderMemory, sibling_ids: frozenset[int]) -> None:
        self._camera_id = camera_id
        self._newest = memory.heads
        self._siblings = sibling_ids

    def is_ours(self, camera_id: int) -> bool:
        """Whether a message of this camera is for the tracker. Broadcasts are; without an id, so are unknown heads."""
        if camera_id in (self._camera_id, BROADCAST_ID):
            return True
        return self._camera_id is None and camera_id not in self._siblings

    def is_expected(self, camera_id: int) -> bool:
        """Whether a message of this camera is for the tracker or a sibling."""
        return self.is_ours(camera_id) or camera_id in self._siblings

    def foreign(self, camera_id: int) -> tuple[Rejection, ...]:
        """The rejection of a message that is not for the tracker; nothing if it is a sibling's."""
        if camera_id in self._siblings:
            return ()
        detail = f"camera id {camera_id}, expected {self._camera_id}"
        return (Rejection(cause="id", detail=detail, found=str(camera_id), expected=str(self._camera_id)),)

    def refusal(self, message: bytes) -> tuple[Rejection, ...] | None:
        """None if a sound D1 message is for the tracker and has a real pose; otherwise why not (id, lost)."""
        camera_id = message[1]
        if camera_id != self._camera_id and not self.is_ours(camera_id):
            return self.foreign(camera_id)
        pose = message[_POSE]
        if pose != _ZERO_POSE:
            self._newest[camera_id] = pose
        elif camera_id in self._newest and not _is_near_zero(self._newest[camera_id]):
            detail = f"camera id {camera_id} sends only zeros: it has lost its position"
            return (Rejection(cause="lost", detail=detail),)
        return None


def _is_near_zero(pose: bytes) -> bool:
    if pose[_POSITION.start - _POSE.start :] != _ZERO_POSITION:
        return False
    turns = (int.from_bytes(pose[place : place + 3], "big", signed=True) for place in (0, 3, 6))
    return max(map(abs, turns)) < _NEAR_ZERO_DEG * _COUNTS_PER_DEG
