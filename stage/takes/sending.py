"""Sends frames to the recorder: begins parts, numbers them, and keeps the backlog bounded."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import NamedTuple

import msgspec

from stage.run.encoded_state import EncodedState
from stage.show.frame.inputs import FrameInputs
from stage.show.frame.outcome import Outcome, encode_plan, encode_report
from stage.takes.kept_assets import AssetToKeep
from stage.takes.messages import AddFrame, AddSnapshot, BeginPart, EndTake, Gap, NameAssets, Parcel, ToRecorder
from stage.takes.pipes import CorePipes
from stage.takes.records import TakeHeader, TakePart
from stage.takes.seals import digest_of
from stage.takes.state_parts import HeldPieces
from stage.takes.watch import RecorderWatch

BACKLOG_BYTES_MAX = 256 * 2**20
OPENINGS_REMEMBERED = 16


class Opening(NamedTuple):
    """Which take (its `count` in the fold) and which part of it was begun."""

    take_count: int
    part: int


class PartSender:
    """The sending half of a `RecorderLink`. Every method returns False where the recorder accepts no more.

    `session` names this run of the core, `openings` counts the parts that were begun. `header` is asked for at each.
    """

    def __init__(self, pipes: CorePipes, watch: RecorderWatch, session: str, header: Callable[[], TakeHeader]) -> None:
        self._pipes = pipes
        self._watch = watch
        self._header = header
        self._session = session
        self._held = HeldPieces()
        self._opened: dict[int, Opening] = {}
        self.openings = 0

    def begin(self, part: TakePart, count: int, frame: int, state: EncodedState, gap: Gap | None) -> bool:
        """Sends the beginning of a part, with the encoded state after a frame."""
        self.openings += 1
        self._held = HeldPieces()
        snapshot, pieces = self._held.snapshot(frame, state)
        self._opened[self.openings] = Opening(count, part.part)
        self._opened.pop(self.openings - OPENINGS_REMEMBERED, None)
        if not self._send(BeginPart(header=self._header(), part=part, snapshot=snapshot, gap=gap, pieces=pieces)):
            return False
        self._watch.begin(self.openings, frame)
        return True

    def opened(self, opening: int) -> Opening | None:
        """Which part the opening of that number was, while it is remembered."""
        return self._opened.get(opening)

    def frame(self, inputs: FrameInputs, outcome: Outcome) -> bool:
        """Sends one frame of the part that was begun last."""
        plan, report = encode_plan(outcome.plan), encode_report(outcome)
        return self._send(
            AddFrame(
                frame=inputs.frame,
                present_ns=inputs.present_ns,
                inputs=msgspec.msgpack.encode(inputs),
                plan=plan,
                report=report,
                digest=digest_of(plan, report),
            )
        )

    def snapshot(self, frame: int, state: EncodedState) -> bool:
        """Sends the encoded state after a frame: where this fails, the part is over."""
        snapshot, pieces = self._held.snapshot(frame, state)
        return self._send(AddSnapshot(snapshot=snapshot, pieces=pieces))

    def name(self, assets: tuple[AssetToKeep, ...], *, keep: bool) -> bool:
        """Sends which files the part names that was begun last, and whether they are kept beside the takes."""
        return self._send(NameAssets(assets=assets, keep=keep))

    def end(self) -> bool:
        """Sends the end of the take."""
        return self._send(EndTake())

    def _send(self, body: ToRecorder) -> bool:
        position = self._watch.sent_bytes
        parcel = Parcel(session=self._session, opening=self.openings, position=position, body=body)
        encoded = msgspec.msgpack.encode(parcel)
        if self._watch.backlog_bytes > BACKLOG_BYTES_MAX or not self._pipes.send(encoded):
            return False
        self._watch.sent_bytes = position + len(encoded)
        return True


def new_session() -> str:
    """A name for one run of the core that no other run has."""
    return os.urandom(8).hex()
