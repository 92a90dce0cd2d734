"""Poses over OSC: `/tracker/{id}/pose`, and the messages that a configured map describes."""

from __future__ import annotations

from typing import NamedTuple

from tracking.datagrams import Datagram
from tracking.protocols.decoder_memory import DecoderMemory, OscGroup, note_ignored
from tracking.protocols.osc_map import BUILT_IN, POSE_FIELDS, AddressBook, Match, pose_of, read_fields
from tracking.protocols.osc_packet import OscMessage, encode_message, read_message, read_packet, split_packet
from tracking.records import PacketError, Reading, Rejection, TrackerSample
from tracking.settings import TrackerConfig

_MOST_BODIES = 64
_LATEST_TIME_S = 4.6e9
_LARGEST_PUPIL_M = 10.0
_LONGEST_NAME = 64
_POSE = frozenset(POSE_FIELDS)
_PAUSE_NS = 2_000_000
"""The messages of one pose follow each other within this time."""
_PAUSE_SHARE = 0.5
"""A sender whose rate is known may wait for this share of its period between them."""
_MOST_PAUSES = 4
_MOST_PERIODS = 0.9
"""How long one pose may take: without a known rate, and with one."""


class _Update(NamedTuple):
    """The fields of one message for the group `key`."""

    key: str
    book: AddressBook
    fields: dict[str, float]


class OscDatagrams:
    """OSC over UDP: a message or a bundle in each datagram. A pose may be spread over several messages.

    Once every pose field of the map has arrived, each datagram with a pose field gives a sample of the newest values,
    so a sender may leave out what has not changed. A datagram that only continues the messages of the newest sample
    completes that one. A field that comes again, or a pause, begins the next sample.
    """

    def __init__(self, config: TrackerConfig, memory: DecoderMemory, sibling_ids: frozenset[int]) -> None:
        self._memory = memory
        self._books = tuple(AddressBook(rules) for rules in (config.map, BUILT_IN) if rules.rules)
        self._names = frozenset((config.name, "" if config.camera_id is None else str(config.camera_id)))
        self._wanted = config.name if config.camera_id is None else str(config.camera_id)
        self._anyone = config.camera_id is None
        self._siblings = frozenset(str(number) for number in sibling_ids)
        period_ns = 1e9 / config.rate_hz if config.rate_hz else 0.0
        self._pause_ns = max(_PAUSE_NS, int(_PAUSE_SHARE * period_ns))
        self._longest_ns = int(_MOST_PERIODS * period_ns) or _MOST_PAUSES * _PAUSE_NS

    def feed(self, datagram: Datagram) -> tuple[Reading, ...]:
        """The readings of one datagram. Messages that match no rule count only if the datagram has no other."""
        readings: list[Reading] = []
        messages = _messages(datagram.payload, readings)
        updates: list[_Update] = []
        known = bool(readings)
        for message in messages:
            for number, book in enumerate(self._books):
                match = book.find(message.address)
                if match is not None:
                    known = True
                    update = self._read(f"{number}/{match.body}", book, match, message, datagram.received_ns)
                    if isinstance(update, _Update):
                        updates.append(update)
                    elif update is not None:
                        readings.append(update)
                    break
        if not known:
            unmatched = messages[0].address if messages else "an empty bundle"
            return (Rejection(cause="type", detail=f"no rule of the map matches {unmatched}"),)
        return (*readings, *self._gather(updates, datagram.received_ns))

    def _read(
        self, key: str, book: AddressBook, match: Match, message: OscMessage, received_ns: int
    ) -> _Update | Rejection | None:
        """The fields of a message, None if it is for a sibling, or why it is refused."""
        if match.body and match.body not in self._names:
            if match.body in self._siblings:
                return None
            if not self._anyone:
                detail = f"{message.address} is for another body, expected {self._wanted}"
                return Rejection(cause="id", detail=detail, found=match.body[:_LONGEST_NAME], expected=self._wanted)
        ignored: list[str] = []
        try:
            fields = read_fields(match, message.arguments, ignored)
        except PacketError as error:
            return Rejection(cause=error.cause, detail=f"{message.address}: {error}")
        if not 0.0 <= fields.get("time", 0.0) < _LATEST_TIME_S:
            del fields["time"]
            ignored.append("time")
        for field in ignored:
            note_ignored(self._memory, field, received_ns)
        return _Update(key, book, fields)

    def _gather(self, updates: list[_Update], received_ns: int) -> list[Reading]:
        """The samples that the updates of one datagram give: one for each group, or more if fields come again."""
        readings: list[Reading] = []
        changed: dict[str, AddressBook] = {}
        for key, book, fields in updates:
            group = self._group(key)
            again = any(field in group.fresh for field in fields)
            if again and key in changed:
                readings += self._finish(key, book, received_ns)
            if again or not self._continues(group, received_ns):
                group.fresh, group.begun_ns = [], None
                group.values.pop("time", None)
            group.newest_ns = received_ns
            group.values.update(fields)
            group.fresh.extend(fields)
            if group.missing or not _POSE.isdisjoint(fields):
                changed[key] = book
        for key, book in changed.items():
            readings += self._finish(key, book, received_ns)
        return readings

    def _continues(self, group: OscGroup, received_ns: int) -> bool:
        """Whether a message that arrives now can belong to the pose of the messages before it."""
        if group.begun_ns is None:
            return True
        in_time = 0 <= received_ns - group.begun_ns <= self._longest_ns
        return in_time and 0 <= received_ns - group.newest_ns <= self._pause_ns

    def _finish(self, key: str, book: AddressBook, received_ns: int) -> tuple[Reading, ...]:
        """The sample of a group that changed; nothing while a field that it needs has never arrived."""
        group = self._group(key)
        group.missing = [field for field in book.needed if field not in group.values]
        if group.missing:
            self._memory.waiting += 1
            return ()
        self._memory.waiting = 0
        completes_ns = group.begun_ns
        if completes_ns is None:
            group.begun_ns = received_ns
        try:
            return (_sample(group.values, book, completes_ns),)
        except PacketError as error:
            return (Rejection(cause=error.cause, detail=str(error)),)

    def _group(self, key: str) -> OscGroup:
        groups = self._memory.groups
        if key not in groups:
            while len(groups) >= _MOST_BODIES:
                del groups[next(iter(groups))]
            groups[key] = OscGroup()
        return groups[key]


def _messages(payload: bytes, readings: list[Reading]) -> list[OscMessage]:
    """The sound messages of a datagram, each for itself. Rejections of the others are added to `readings`."""
    messages: list[OscMessage] = []
    try:
        for content in split_packet(payload):
            try:
                messages.append(read_message(content))
            except PacketError as error:
                readings.append(Rejection(cause=error.cause, detail=str(error)))
    except PacketError as error:
        readings.append(Rejection(cause=error.cause, detail=str(error)))
    return messages


def encode_osc_pose(sample: TrackerSample, body: int | str, time_s: float | None = None) -> bytes:
    """The sample as `/tracker/{body}/pose`: seven 32-bit floats, then the sender's time as a 64-bit float if given."""
    numbers = (*sample.position_m, *sample.rotation)
    address = f"/tracker/{body}/pose"
    if time_s is None:
        return encode_message(address, "fffffff", *numbers)
    return encode_message(address, "fffffffd", *numbers, time_s)


def decode_osc_pose(packet: bytes) -> TrackerSample:
    """The sample in one `/tracker/{id}/pose` packet. Raises PacketError."""
    book = AddressBook(BUILT_IN)
    for message in read_packet(packet):
        match = book.find(message.address)
        if match is not None:
            return _sample(read_fields(match, message.arguments, []), book)
    raise PacketError("type", "no /tracker/{id}/pose in the packet")


def _sample(values: dict[str, float], book: AddressBook, completes_ns: int | None = None) -> TrackerSample:
    position, rotation = pose_of(values, book.frame)
    time_s, pupil = values.get("time"), values.get("entrance_pupil")
    return TrackerSample(
        position_m=position,
        rotation=rotation,
        device_ns=round(time_s * 1e9) if time_s is not None and 0.0 <= time_s < _LATEST_TIME_S else None,
        zoom_raw=values.get("zoom"),
        focus_raw=values.get("focus"),
        iris_raw=values.get("iris"),
        focal_length_mm=_positive(values.get("focal_length")),
        focus_distance_m=_positive(values.get("focus_distance")),
        entrance_pupil_m=pupil if pupil is not None and abs(pupil) < _LARGEST_PUPIL_M else None,
        f_stop=_positive(values.get("f_stop")),
        completes_ns=completes_ns,
    )


def _positive(value: float | None) -> float | None:
    return value if value is not None and value > 0.0 else None
