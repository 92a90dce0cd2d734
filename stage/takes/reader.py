"""Reads a take from its beginning: its description, then its frames and snapshots as they were recorded."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import msgspec
from mcap.records import Attachment, Channel, Footer, Message, Metadata

from stage.run.encoded_state import piece_of
from stage.show.frame.inputs import Cause
from stage.takes.faults import UnreadableTakeError
from stage.takes.mcap_stream import DamageLog, begins_as_mcap, is_closed, mcap_records
from stage.takes.records import (
    FORMATS_READ,
    INPUTS_TOPIC,
    OUTCOME_TOPIC,
    PIECE_TOPIC,
    PLAN_TOPIC,
    SNAPSHOT_TOPIC,
    Quality,
    StatePiece,
    TakeFrame,
    TakeHeader,
    TakePart,
    TakeSnapshot,
)
from stage.takes.state_parts import whole_state
from stage.takes.writer import ASSET_KEY, METADATA, MORE_ASSETS
from tracking.records import UNDECODABLE, Evolving

_ATTACHMENTS = ("config.toml", "config", "calibration")
_PART_DIGITS = 10


class RecordedFrame(Evolving):
    """One frame of a take: its inputs and its report as encoded, and the message with its plan.

    `report` is empty in a take of format 1.
    """

    present_ns: int
    inputs: bytes
    message: TakeFrame
    report: bytes = b""


Entry = RecordedFrame | TakeSnapshot


class TakeReader:
    """One take's file, open for reading, in the format in which it was written (`header.format`).

    `header` and `part` are there at once. `entries` may be walked again and again; after a walk `damage` says what
    could not be read, and `spoilt` counts what is not as it was written, apart from an end that was cut off.

    Raises:
        UnreadableTakeError: the file cannot be opened, or is not a take, or its beginning is damaged.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._damage = DamageLog()
        self._closed: bool | None = None
        self.header, self.part = self._read_beginning()
        self.assets = self.header.assets
        """Pairs of file name and SHA-256 that frames name, as far as the take was walked through."""
        self.pieces: dict[bytes, bytes] = {}
        """The pieces of states by digest, as far as the take was walked through."""

    @property
    def damage(self) -> list[str]:
        """What of the file could not be read, in words."""
        return self._damage.lines

    @property
    def spoilt(self) -> int:
        """How many records are not as they were written."""
        return self._damage.spoilt

    @property
    def complete(self) -> bool:
        """Whether the file was closed properly, and nothing of it that was walked through is damaged."""
        closed = is_closed(self.path) if self._closed is None else self._closed
        return closed and not self.damage

    def entries(self) -> Iterator[Entry]:
        """Frames and snapshots in recorded order, one chunk in memory at a time."""
        self._damage, self._closed = DamageLog(), None
        self.pieces = {}
        closed = False
        self.assets = self.header.assets
        topics: dict[int, str] = {}
        latest: dict[str, Message] = {}
        for record in mcap_records(self.path, self._damage):
            if isinstance(record, Channel):
                topics[record.id] = record.topic
            elif isinstance(record, Footer):
                closed = True
            elif isinstance(record, Metadata) and record.name == MORE_ASSETS:
                self.assets = tuple(dict.fromkeys((*self.assets, *_assets_of(record.metadata))))
            elif isinstance(record, Message):
                topic = topics.get(record.channel_id, "")
                latest[topic] = record
                entry = self._entry(topic, latest)
                if entry is not None:
                    yield entry
        self._closed = closed

    def _entry(self, topic: str, latest: dict[str, Message]) -> Entry | None:
        """The snapshot, or the frame that is whole with its plan; None after any other message."""
        message = latest[topic]
        try:
            if topic == PIECE_TOPIC:
                self._keep_piece(msgspec.msgpack.decode(message.data, type=StatePiece), message.sequence)
            if topic == SNAPSHOT_TOPIC:
                return self._snapshot(msgspec.msgpack.decode(message.data, type=TakeSnapshot))
            if topic == PLAN_TOPIC:
                return self._frame(msgspec.msgpack.decode(message.data, type=TakeFrame), message.sequence, latest)
        except UNDECODABLE as error:
            self._damage.note(f"{topic} message {message.sequence}: {error}", spoilt=True)
        return None

    def _keep_piece(self, piece: StatePiece, sequence: int) -> None:
        if piece_of(piece.content).digest == piece.digest:
            self.pieces[piece.digest] = piece.content
        else:
            self._damage.note(f"{PIECE_TOPIC} message {sequence}: it is not as its digest says", spoilt=True)

    def _snapshot(self, snapshot: TakeSnapshot) -> TakeSnapshot | None:
        """A snapshot with its whole state; None where a piece of it is missing."""
        try:
            return msgspec.structs.replace(snapshot, state=whole_state(snapshot, self.pieces))
        except (LookupError, ValueError):
            self._damage.note(f"snapshot after frame {snapshot.frame}: a piece of its state is missing", spoilt=True)
            return None

    def _frame(self, frame: TakeFrame, sequence: int, latest: dict[str, Message]) -> RecordedFrame | None:
        inputs, report = latest.get(INPUTS_TOPIC), latest.get(OUTCOME_TOPIC)
        if inputs is None or inputs.sequence != sequence:
            self._damage.note(f"frame {frame.frame}: its inputs are missing", spoilt=True)
            return None
        if report is None or report.sequence != sequence:
            if self.header.format != "1":
                self._damage.note(f"frame {frame.frame}: its outcome is missing", spoilt=True)
            return RecordedFrame(present_ns=inputs.log_time, inputs=inputs.data, message=frame)
        return RecordedFrame(present_ns=inputs.log_time, inputs=inputs.data, message=frame, report=report.data)

    def _read_beginning(self) -> tuple[TakeHeader, TakePart]:
        metadata: dict[str, str] | None = None
        attached: dict[str, bytes] = {}
        for record in mcap_records(self.path, self._damage):
            if isinstance(record, Metadata) and record.name == METADATA:
                metadata = record.metadata
            elif isinstance(record, Attachment) and record.name in _ATTACHMENTS:
                attached[record.name] = record.data
            if metadata is not None and len(attached) == len(_ATTACHMENTS):
                _check(self.path, metadata, attached)
                return _header_of(metadata, attached), _part_of(metadata)
        raise self._why_none()

    def _why_none(self) -> UnreadableTakeError:
        if not begins_as_mcap(self.path):
            return UnreadableTakeError(self.path, "take_unreadable", why="take_of_another_kind")
        if self.damage:
            return UnreadableTakeError(self.path, "take_unreadable", said=self.damage[0], why="take_begins_damaged")
        return UnreadableTakeError(self.path, "take_unreadable", why="take_without_description")


def _check(path: Path, metadata: dict[str, str], attached: dict[str, bytes]) -> None:
    """Raises UnreadableTakeError where the take is of an unknown format, or its attachments are not as recorded."""
    found = metadata.get("format", "none")
    if found not in FORMATS_READ:
        expected, version = ", ".join(FORMATS_READ), metadata.get("version") or "unknown"
        raise UnreadableTakeError(path, "take_format_unknown", found=found, expected=expected, version=version)
    for name in _ATTACHMENTS:
        key = name.replace(".", "_") + "_sha256"
        if hashlib.sha256(attached[name]).hexdigest() != metadata.get(key):
            raise UnreadableTakeError(path, "take_altered", name=name)


def _header_of(metadata: dict[str, str], attached: dict[str, bytes]) -> TakeHeader:
    return TakeHeader(
        frame_rate=metadata.get("frame_rate", ""),
        config_toml=attached["config.toml"].decode(errors="replace"),
        config=attached["config"],
        calibration=attached["calibration"],
        assets=tuple(_assets_of(metadata)),
        renderer=metadata.get("renderer", ""),
        quality=_quality_of(metadata),
        home=metadata.get("home", ""),
        version=metadata.get("version", ""),
        build=metadata.get("build", ""),
        machine=metadata.get("machine", ""),
        format=metadata["format"],
    )


def _quality_of(metadata: dict[str, str]) -> Quality:
    """How 3D scenes were drawn; "" where a take says nothing of it that is known here."""
    match metadata.get("quality", ""):
        case "low" | "full" as found:
            return found
    return ""


def _assets_of(metadata: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Pairs of file name and SHA-256."""
    return ((key.removeprefix(ASSET_KEY), value) for key, value in metadata.items() if key.startswith(ASSET_KEY))


def _cause_in(text: str) -> Cause | None:
    try:
        return msgspec.json.decode(text, type=Cause) if text else None
    except UNDECODABLE:
        return None


def _part_of(metadata: dict[str, str]) -> TakePart:
    part = metadata.get("part", "")
    return TakePart(
        name=metadata.get("name", ""),
        part=int(part) if part.isdecimal() and len(part) < _PART_DIGITS else 1,
        gap=metadata.get("gap", ""),
        gap_cause=_cause_in(metadata.get("gap_cause", "")),
        started=metadata.get("started", ""),
        slate=metadata.get("slate", ""),
    )
