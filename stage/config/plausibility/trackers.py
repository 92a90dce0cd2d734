"""Can the trackers be read as configured, and are their places and limits plausible? Pure."""

from __future__ import annotations

import ipaddress
import math
from collections.abc import Iterator

from stage.config.findings import Finding
from stage.config.plausibility.units import in_radians, listed, place_cure
from stage.config.survey.survey import Survey
from tracking.endpoints import SerialEndpoint, UdpEndpoint, parse_endpoint

FARTHEST_ORIGIN_M = 30.0
NEAREST_FAR_ORIGIN_M = 12.0
MOST_REACHES = 2.5
SLOWEST_TURN_DEG_S, FASTEST_TURN_DEG_S = 30.0, 5000.0
SLOWEST_SPEED_M_S, FASTEST_SPEED_M_S = 0.3, 100.0
FIRST_FREE_PORT = 1024
RATE_SHARE = 0.9
FASTEST_TRACKER_HZ = 250.0
_FREED_BYTES = 29
_FREED_BAUD = 38400
_EXAMPLES = tuple(map(ipaddress.IPv4Network, ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24")))
"""Addresses for documents (RFC 5737): a shipped example has them until somebody puts in their own."""
_OPENTRACKIO_GROUPS = ipaddress.IPv4Network("239.135.1.0/24")


def origins(survey: Survey) -> Iterator[Finding]:
    """A tracker's origin that is not on the stage, or turned by radians."""
    farthest_m = _farthest_origin_m(survey)
    for key, tracker in survey.trackers():
        place = tracker.stage_from_tracker
        if max(map(abs, place.position_m)) > farthest_m:
            found = f"found {listed(place.position_m)}, which is not on the stage"
            cure = place_cure(place.position_m, 0.2, 8.0)
            yield Finding(f"{key}.stage_from_tracker.position_m", f"{found}: {cure}")
        meant = [in_radians(angle) for angle in place.rotation_deg]
        if any(angle is not None for angle in meant):
            found = f"found {listed(place.rotation_deg)}: written in radians?"
            turned = listed(new or old for new, old in zip(meant, place.rotation_deg, strict=True))
            yield Finding(f"{key}.stage_from_tracker.rotation_deg", f"{found} In degrees it is {turned}")


def _farthest_origin_m(survey: Survey) -> float:
    """A few times as far as the walls reach from the origin, and never less than a large room."""
    ends = [place for one in survey.walls for place in (*one.form.lower_edge_m, *one.form.upper_edge_m)]
    reach_m = max((max(map(abs, place)) for place in ends), default=FARTHEST_ORIGIN_M)
    return min(max(MOST_REACHES * reach_m, NEAREST_FAR_ORIGIN_M), max(FARTHEST_ORIGIN_M, reach_m))


def limits(survey: Survey) -> Iterator[Finding]:
    """Limits on motion that reject an operator's moves, or nothing."""
    for key, tracker in survey.trackers():
        turn, speed = tracker.max_turn_deg_s, tracker.max_speed_m_s
        if turn < SLOWEST_TURN_DEG_S:
            found = f"found {turn:g} degrees a second, so a normal pan would be rejected as a jump"
            yield Finding(f"{key}.max_turn_deg_s", f"{found}: {_turn_cure(turn)}")
        elif turn > FASTEST_TURN_DEG_S:
            found = f"found {turn:g} degrees a second, which rejects nothing"
            yield Finding(f"{key}.max_turn_deg_s", f"{found}: the default is 400")
        if speed < SLOWEST_SPEED_M_S:
            found = f"found {speed:g} m/s, so a walking operator would be rejected as a jump"
            yield Finding(f"{key}.max_speed_m_s", f"{found}: the default is 5")
        elif speed > FASTEST_SPEED_M_S:
            found = f"found {speed:g} m/s, which rejects nothing"
            yield Finding(f"{key}.max_speed_m_s", f"{found}: written in millimetres or centimetres? The default is 5")


def slow_trackers(survey: Survey) -> Iterator[Finding]:
    """A tracker with fewer samples than the stage has frames."""
    frames = float(survey.config.stage.rate())
    for key, tracker in survey.trackers():
        if tracker.rate_hz is not None and tracker.rate_hz < RATE_SHARE * frames:
            share = f"{1.0 - tracker.rate_hz / frames:.0%} of the frames have no new pose"
            found = f"found {tracker.rate_hz:g} Hz for {frames:.5g} frames a second: {share}"
            cause = "is it the film's rate?"
            if RATE_SHARE * frames <= 1000.0 / tracker.rate_hz <= FASTEST_TRACKER_HZ:
                cause = f"is it the time between samples in ms? Then it is {1000.0 / tracker.rate_hz:.4g} Hz."
            yield Finding(f"{key}.rate_hz", f"{found}; {cause} Write what `stage listen` measures")


def serial_settings(survey: Survey) -> Iterator[Finding]:
    """A serial line that cannot carry the rate, or differs from what FreeD devices use."""
    for key, tracker in survey.trackers():
        line = parse_endpoint(tracker.source)
        if not isinstance(line, SerialEndpoint):
            continue
        bits = _FREED_BYTES * (10 if line.parity == "none" else 11)
        most_hz = line.baud / bits
        if tracker.rate_hz is not None and tracker.rate_hz > most_hz:
            found = (
                f"found baud={line.baud}, which carries {most_hz:.0f} packets a second, expected {tracker.rate_hz:g}"
            )
            yield Finding(f"{key}.source", f"{found}: FreeD's own setting is baud=38400&parity=odd")
        elif line.parity != "odd" or (line.baud != _FREED_BAUD and not _is_needed(tracker.rate_hz, bits)):
            found = f"found baud={line.baud}&parity={line.parity}, while FreeD's own setting is baud=38400&parity=odd"
            yield Finding(f"{key}.source", f"{found}: compare with the device")


def _is_needed(rate_hz: float | None, bits: int) -> bool:
    """Whether a tracker sends more than FreeD's own setting carries, so that another one must be right."""
    return rate_hz is not None and rate_hz * bits > _FREED_BAUD


def ports_of_the_system(survey: Survey) -> Iterator[Finding]:
    """A port that only the system's own services may open."""
    for key, tracker in survey.trackers():
        endpoint = parse_endpoint(tracker.source)
        if isinstance(endpoint, UdpEndpoint) and 0 < endpoint.port < FIRST_FREE_PORT:
            found = f"found port {endpoint.port}, which needs an administrator's rights"
            yield Finding(f"{key}.source", f"{found}: send to a port from {FIRST_FREE_PORT} on, such as 40000")


def groups_of_another_protocol(survey: Survey) -> Iterator[Finding]:
    """OpenTrackIO's multicast groups, read as another protocol; or the group of another source."""
    for key, tracker in survey.trackers():
        endpoint = parse_endpoint(tracker.source)
        if not isinstance(endpoint, UdpEndpoint) or ipaddress.IPv4Address(endpoint.host) not in _OPENTRACKIO_GROUPS:
            continue
        source = int(endpoint.host.rpartition(".")[2])
        if tracker.protocol != "opentrackio":
            found = (
                f'found {endpoint.host}, OpenTrackIO\'s group for source {source}, with protocol = "{tracker.protocol}"'
            )
            yield Finding(f"{key}.source", f"{found}: correct one of them")
        elif tracker.camera_id is not None and tracker.camera_id != source:
            found = f"found {endpoint.host}, the group of source {source}, with camera_id = {tracker.camera_id}"
            yield Finding(
                f"{key}.source", f"{found}: source {tracker.camera_id} sends to 239.135.1.{tracker.camera_id}"
            )


def addresses_elsewhere(survey: Survey) -> Iterator[Finding]:
    """An address that this machine does not have: often the tracker's own, instead of the one it sends to."""
    for key, tracker in survey.trackers():
        endpoint = parse_endpoint(tracker.source)
        if not isinstance(endpoint, UdpEndpoint) or survey.addresses is None:
            continue
        address = endpoint.interface if endpoint.multicast else endpoint.host
        if _is_elsewhere(address, survey.addresses):
            own = ", ".join(survey.addresses) or "none"
            cure = "give the address of this machine on the tracker's network"
            if not endpoint.multicast:
                cure = f"a source is where this machine listens: udp://:{endpoint.port}, or one of its own addresses"
            yield Finding(f"{key}.source", f"found {address}, which is no address of this machine ({own}): {cure}")


def _turn_cure(turn_deg_s: float) -> str:
    degrees = math.degrees(turn_deg_s)
    if SLOWEST_TURN_DEG_S <= degrees <= FASTEST_TURN_DEG_S:
        return f"written in radians? In degrees it is {degrees:.3g}"
    return "the default is 400"


def _is_elsewhere(text: str, own: tuple[str, ...]) -> bool:
    try:
        address = ipaddress.IPv4Address(text)
    except ValueError:
        return False  # An interface's name, or none.
    example = any(address in network for network in _EXAMPLES)
    return not (address.is_loopback or address.is_unspecified or example or text in own)


TRACKER_RULES = (
    origins,
    limits,
    slow_trackers,
    serial_settings,
    ports_of_the_system,
    addresses_elsewhere,
    groups_of_another_protocol,
)
