"""Rules that involve more than one key, or more than its type: names, references, limits that contradict. Pure.

Each broken rule is one finding, with the keys that it was concluded from.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise

from calibration.cameras import Camera, prime_mm
from render.plan.cards import MOST_CARDS
from render.worlds.configured import MOST_WORLDS, broken_world_rules
from render.worlds.shared.keys import is_shown
from stage.config.addresses import is_panel_address, parse_endpoint, parse_network
from stage.config.findings import Finding
from stage.config.light_rules import broken_light_rules
from stage.config.output_rules import broken_output_rules
from stage.config.records import StageConfig
from stage.config.tracker_rules import broken_tracker_rules
from stage.config.wording import quoted, world_rule
from tracking.records import FOCAL_LENGTH_MM, ConfigError

SLOWEST_HZ, FASTEST_HZ = 1, 500
LONGEST_NAME = 100
_RATE = re.compile(r"\d{1,6}(\.\d{1,6}|/[1-9]\d{0,5})?", re.ASCII)


def broken_rules(config: StageConfig) -> Iterator[Finding]:
    """Yields a finding for every broken rule of a configuration."""
    yield from _stage(config)
    for section in ("walls", "trackers", "cameras", "cards"):
        yield from _repeated_names(config, section)
    if not config.walls:
        yield Finding("walls", "found none, expected at least one [[walls]] table")
    yield from broken_tracker_rules(config)
    yield from _cameras(config)
    if len(config.cards) > MOST_CARDS:
        yield Finding("cards", f"found {len(config.cards)}, expected at most {MOST_CARDS}")
    yield from broken_output_rules(config)
    yield from _worlds(config)
    yield from _control(config)
    yield from _panel(config)
    yield from _osc(config)
    yield from broken_light_rules(config)
    yield from _verify(config)


def is_rate(text: str) -> bool:
    """Whether a text is a frame rate of 1 to 500 Hz, written as a number or a fraction."""
    return _RATE.fullmatch(text) is not None and SLOWEST_HZ <= Fraction(text) <= FASTEST_HZ


def _stage(config: StageConfig) -> Iterator[Finding]:
    name, rate = config.stage.name, config.stage.frame_rate_hz
    if not (0 < len(name) <= LONGEST_NAME and is_shown(name)):
        yield Finding("stage.name", f"found {quoted(name)}, expected 1 to {LONGEST_NAME} printable characters")
    if not (is_rate(rate) if isinstance(rate, str) else SLOWEST_HZ <= rate <= FASTEST_HZ):
        span = f"{SLOWEST_HZ} to {FASTEST_HZ} frames per second"
        wanted = f'expected {span}, a number or a fraction such as "24000/1001"'
        yield Finding("stage.frame_rate_hz", f"found {quoted(rate)}, {wanted}")


def _repeated_names(config: StageConfig, section: str) -> Iterator[Finding]:
    seen: dict[str, str] = {}
    for index, row in enumerate(getattr(config, section)):
        where = f"{section}[{index}].name"
        first = seen.setdefault(row.name, where)
        if first != where:
            yield Finding(where, f"found {row.name!r} again, expected a name of its own: {first} has it", (first,))


def _cameras(config: StageConfig) -> Iterator[Finding]:
    names = [tracker.name for tracker in config.trackers]
    about = ("trackers.name", *(f"trackers[{index}].name" for index in range(len(names))))
    for index, camera in enumerate(config.cameras):
        where = f"cameras[{index}]"
        if camera.tracker is not None and camera.tracker not in names:
            wanted = f"expected one of {names}" if names else "expected none: there are no [[trackers]]"
            yield Finding(f"{where}.tracker", f"found {camera.tracker!r}, {wanted}", about)
        given = [name for name in ("focal_length_mm", "zoom", "lens") if getattr(camera, name) is not None]
        if len(given) > 1:
            yield Finding(
                f"{where}.{given[1]}", f"found beside {given[0]}, expected only one of focal_length_mm, zoom and lens"
            )
        yield from _lens_choice(where, camera)
        if camera.overscan_floor_deg > camera.overscan_ceiling_deg:
            yield Finding(
                f"{where}.overscan_floor_deg",
                f"found {camera.overscan_floor_deg:g} above overscan_ceiling_deg = {camera.overscan_ceiling_deg:g}, "
                "expected at most the ceiling",
                (f"{where}.overscan_ceiling_deg",),
            )
        if camera.zoom is not None and len({row[0] for row in camera.zoom}) < 2:
            found = f"found the raw values {quoted([row[0] for row in camera.zoom])}"
            yield Finding(f"{where}.zoom", f"{found}, expected at least two that differ")


def _lens_choice(where: str, camera: Camera) -> Iterator[Finding]:
    """What is wrong with the lenses that a camera changes between."""
    shortest_mm, longest_mm = FOCAL_LENGTH_MM
    for place, lens in enumerate(camera.lenses):
        focal_length_mm = prime_mm(lens)
        wanted = f'a focal length from {shortest_mm:g} to {longest_mm:g} mm, such as "35", or a lens file (.json)'
        is_lens = lens.endswith(".json") if focal_length_mm is None else shortest_mm <= focal_length_mm <= longest_mm
        if not is_lens:
            yield Finding(f"{where}.lenses[{place}]", f"found {quoted(lens)}, expected {wanted}")
        elif lens in camera.lenses[:place]:
            yield Finding(f"{where}.lenses[{place}]", f"found {quoted(lens)} again, expected each lens once")


def _worlds(config: StageConfig) -> Iterator[Finding]:
    if config.world is not None:
        if config.worlds:
            yield Finding("world", "found beside [[worlds]], expected either: make it one more [[worlds]] table")
        for rule in config.world.broken_rules():
            yield Finding(f"world.{rule.key}", world_rule(rule), ("world.kind",))
    if len(config.worlds) > MOST_WORLDS:
        yield Finding("worlds", f"found {len(config.worlds)}, expected at most {MOST_WORLDS}")
    for index, rule in broken_world_rules(config.worlds):
        where = f"worlds[{index}].{rule.key}"
        yield Finding(where, world_rule(rule), (f"{where.rpartition('.')[0]}.kind",))
    names = [world.name for world in config.all_worlds()]
    if config.stage.world is not None and config.stage.world not in names:
        yield Finding("stage.world", f"found {quoted(config.stage.world)}, expected one of {names}", ("worlds",))


def _control(config: StageConfig) -> Iterator[Finding]:
    try:
        parse_endpoint(config.control.endpoint, lan=True)
    except ConfigError as error:
        yield Finding("control.endpoint", str(error).removeprefix("control.endpoint: "))


def _panel(config: StageConfig) -> Iterator[Finding]:
    if not is_panel_address(config.panel.bind):
        yield Finding("panel.bind", f"found {config.panel.bind!r}, expected ADDRESS:PORT such as 127.0.0.1:7780")


def _osc(config: StageConfig) -> Iterator[Finding]:
    osc = config.osc
    if osc is None:
        return
    for key, address in (("bind", osc.bind), ("feedback", osc.feedback)):
        if address is not None and not is_panel_address(address):
            yield Finding(f"osc.{key}", f"found {address!r}, expected ADDRESS:PORT such as 127.0.0.1:7790")
    if osc.feedback is not None and osc.feedback == osc.bind:
        yield Finding(
            "osc.feedback", f"found {osc.feedback!r}, which is osc.bind, expected the address of another program"
        )
    if not osc.allow:
        yield Finding("osc.allow", 'found no network, expected those of the senders, as in ["192.0.2.0/24"]')
    for index, network in enumerate(osc.allow):
        try:
            parse_network(network)
        except ValueError:
            yield Finding(
                f"osc.allow[{index}]", f"found {network!r}, expected an IPv4 address or network such as 192.0.2.0/24"
            )


def _verify(config: StageConfig) -> Iterator[Finding]:
    """Limits that contradict each other: in this order, each figure is at least as large as the one before."""
    ladder = ("still_median_px", "still_p99_px", "motion_median_px", "motion_p99_px")
    given = [(name, limit) for name in ladder if (limit := getattr(config.verify, name)) is not None]
    for (smaller, below), (larger, above) in pairwise(given):
        if above < below:
            found = f"found {above:g} with {smaller} = {below:g}"
            wanted = f"expected at least {below:g}: the limits contradict each other"
            yield Finding(f"verify.{larger}", f"{found}, {wanted}", (f"verify.{smaller}",))
    if any(camera.tracker for camera in config.cameras):
        return
    trackers = ("cameras.tracker", *(f"cameras[{index}].tracker" for index in range(len(config.cameras))))
    for name in ("motion_median_px", "motion_p99_px", "motion_over_hold"):
        if getattr(config.verify, name) is not None:
            found = "found a limit on motion, expected none: no camera has a tracker"
            yield Finding(f"verify.{name}", found, trackers)
