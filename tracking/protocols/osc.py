"""Poses over OSC: `/tracker/{id}/pose`, and the messages that a configured map describes."""

from __future__ import annotations

from tracking.datagrams import Datagram
from tracking.protocols.decoder_memory import DecoderMemory, OscGroup
from tracking.protocols.osc_map import BUILT_IN, AddressBook, Match, pose_of, read_fields
from tracking.protocols.osc_packet import OscMessage, encode_message, read_packet
from tracking.records import PacketError, Reading, Rejection, TrackerSample
from tracking.settings import TrackerConfig

_MOST_BODIES = 64
_LATEST_TIME_S = 9e9
_LARGEST_PUPIL_M = 10.0


class OscDatagrams:
    """OSC over UDP: a message or a bundle in each datagram. A pose may be spread over several messages.

    Values are collected by body until every pose field of the map has arrived since the last sample. Then a sample is
    made of the newest of each, with the newest lens values.
    """

    def __init__(self, config: TrackerConfig, memory: DecoderMemory, sibling_ids: frozenset[int]) -> None:
        self._memory = memory
        self._books = tuple(AddressBook(rules) for rules in (config.map, BUILT_IN) if rules.rules)
        self._names = frozenset((config.name, "" if config.camera_id is None else str(config.camera_id)))
        self._anyone = config.camera_id is None
        self._siblings = frozenset(str(number) for number in sibling_ids)

    def feed(self, datagram: Datagram) -> tuple[Reading, ...]:
        """The readings of one datagram. Messages that match no rule count only if the datagram has no other."""
        try:
            messages = read_packet(datagram.payload)
        except PacketError as error:
            return (Rejection(cause=error.cause, detail=str(error)),)
        readings: list[Reading] = []
        known = False
        for message in messages:
            for number, book in enumerate(self._books):
                match = book.find(message.address)
                if match is not None:
                    known = True
                    self._take(number, match, message, readings)
                    break
        if not known:
            unmatched = messages[0].address if messages else "an empty bundle"
            return (Rejection(cause="type", detail=f"no rule of the map matches {unmatched}"),)
        return tuple(readings)

    def _take(self, number: int, match: Match, message: OscMessage, readings: list[Reading]) -> None:
        if match.body and match.body not in self._names:
            if match.body in self._siblings:
                return
            if not self._anyone:
                readings.append(Rejection(cause="id", detail=f"{message.address} is for another body"))
                return
        book = self._books[number]
        try:
            group = self._group(f"{number}/{match.body}")
            _gather(group, read_fields(match, message.arguments))
            if all(field in group.fresh for field in book.needed):
                group.fresh = []
                readings.append(_sample(group.values, book))
        except PacketError as error:
            readings.append(Rejection(cause=error.cause, detail=f"{message.address}: {error}"))

    def _group(self, key: str) -> OscGroup:
        groups = self._memory.groups
        if key not in groups:
            while len(groups) >= _MOST_BODIES:
                del groups[next(iter(groups))]
            groups[key] = OscGroup()
        return groups[key]


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
            return _sample(read_fields(match, message.arguments), book)
    raise PacketError("type", "no /tracker/{id}/pose in the packet")


def _gather(group: OscGroup, fields: dict[str, float]) -> None:
    if "time" not in fields:
        group.values.pop("time", None)
    group.values.update(fields)
    group.fresh.extend(field for field in fields if field not in group.fresh)


def _sample(values: dict[str, float], book: AddressBook) -> TrackerSample:
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
    )


def _positive(value: float | None) -> float | None:
    return value if value is not None and value > 0.0 else None
