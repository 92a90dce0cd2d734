"""Rules of lights and DMX that involve more than one key: names, patch, walls, addresses. Pure."""

from __future__ import annotations

import ipaddress
import unicodedata
from collections.abc import Iterator

from render.worlds.shared.keys import is_shown
from stage.config.addresses import parse_network
from stage.config.findings import Finding
from stage.config.lights import LONGEST_LIGHT_NAME, MOST_LIGHT_CELLS, MOST_LIGHTS, SERIAL, DmxSection, StageLight
from stage.config.records import StageConfig
from stage.config.wording import quoted
from stage.fixtures.records import Mode
from stage.values.lights import HIGHEST_ADDRESS

HIGHEST_PORT_ADDRESS = 32_767
"""Of Art-Net: 15 bits."""


def broken_light_rules(config: StageConfig) -> Iterator[Finding]:
    """Yields every broken rule that can be judged without the fixtures' profiles."""
    if len(config.lights) > MOST_LIGHTS:
        yield Finding("lights", f"found {len(config.lights)}, expected at most {MOST_LIGHTS}")
    yield from _names(config)
    walls = [wall.name for wall in config.walls]
    for index, light in enumerate(config.lights):
        where = f"lights[{index}]"
        if light.wall and light.wall not in walls:
            yield Finding(f"{where}.wall", f"found {quoted(light.wall)}, expected one of {walls}", ("walls",))
        left, top, right, bottom = light.region
        if not (left < right and top < bottom):
            wanted = "expected left, top, right and bottom, with left before right and top before bottom"
            yield Finding(f"{where}.region", f"found {list(light.region)}, {wanted}")
        if light.minimum > light.maximum:
            found = f"found {light.minimum:g} above maximum = {light.maximum:g}"
            yield Finding(f"{where}.minimum", f"{found}, expected at most that", (f"{where}.maximum",))
        for number, group in enumerate(light.groups):
            if not _is_name(group) or group in light.groups[:number]:
                wanted = f"expected names of 1 to {LONGEST_LIGHT_NAME} printable characters, each once"
                yield Finding(f"{where}.groups[{number}]", f"found {quoted(group)}, {wanted}")
    if config.dmx is not None:
        yield from _wire(config, config.dmx)
        yield from _desk(config.dmx)


def broken_patch_rules(config: StageConfig) -> Iterator[Finding]:
    """Yields what is wrong with modes, cells and the patch of a configuration whose profiles are known."""
    cells = sum(config.mode_of(light).cells for light in config.lights if config.has_mode(light))
    if cells > MOST_LIGHT_CELLS:
        yield Finding("lights", f"found {cells} cells, expected at most {MOST_LIGHT_CELLS}")
    taken: dict[tuple[int, int], int] = {}
    for index, light in enumerate(config.lights):
        profile, where = config.profiles.get(light.fixture), f"lights[{index}]"
        if profile is None:
            continue
        if not config.has_mode(light):
            modes = ", ".join(quoted(mode.name) for mode in profile.modes[:8])
            found = f"found {quoted(light.mode)}, expected one of the modes of {light.fixture!r}: {modes}"
            yield Finding(f"{where}.mode", found, (f"{where}.fixture",))
            continue
        mode = config.mode_of(light)
        names = [emitter.name for emitter in profile.emitters]
        for number, emitter in enumerate(light.emitters):
            if emitter.name not in names:
                found = f"found {quoted(emitter.name)}, expected one of the fixture's: {', '.join(names) or 'none'}"
                yield Finding(f"{where}.emitters[{number}].name", found, (f"{where}.fixture",))
        yield from _slots(index, light, mode, taken)


def _slots(index: int, light: StageLight, mode: Mode, taken: dict[tuple[int, int], int]) -> Iterator[Finding]:
    """The channels of one light; `taken` has whose each channel is already."""
    where, universe, address = f"lights[{index}]", light.universe, light.address
    last = address + mode.slots - 1
    if last > HIGHEST_ADDRESS:
        found = f"found {address} for the {mode.slots} channels of mode {quoted(mode.name)}"
        wanted = f"expected at most {HIGHEST_ADDRESS + 1 - mode.slots}, so that all are in the universe"
        yield Finding(f"{where}.address", f"{found}, {wanted}", (f"{where}.mode",))
    places = [(universe, slot) for slot in range(address, min(last, HIGHEST_ADDRESS) + 1)]
    other = next((taken[place] for place in places if place in taken), None)
    if other is not None:
        found = f"found {address} to {last} of universe {universe}, which lights[{other}] has in part"
        about = (f"{where}.universe", f"lights[{other}].universe", f"lights[{other}].address")
        yield Finding(f"{where}.address", f"{found}, expected channels of its own", about)
    for place in places:
        taken.setdefault(place, index)


def _names(config: StageConfig) -> Iterator[Finding]:
    names: dict[str, str] = {}
    keys: dict[str, str] = {}
    for index, light in enumerate(config.lights):
        where = f"lights[{index}]"
        if not _is_name(light.name):
            wanted = f"expected 1 to {LONGEST_LIGHT_NAME} printable characters"
            yield Finding(f"{where}.name", f"found {quoted(light.name)}, {wanted}")
        for kind, known, name in (("name", names, light.name), ("key", keys, light.key)):
            if name is None:
                continue
            first = known.setdefault(unicodedata.normalize("NFC", name), f"{where}.{kind}")
            if first != f"{where}.{kind}":
                yield Finding(
                    f"{where}.{kind}", f"found {name!r} again, expected a {kind} of its own: {first} has it", (first,)
                )


def _is_name(name: str) -> bool:
    return 0 < len(name) <= LONGEST_LIGHT_NAME and is_shown(name)


def _wire(config: StageConfig, dmx: DmxSection) -> Iterator[Finding]:
    if dmx.out not in ("sacn", "artnet") and not dmx.out.startswith(f"{SERIAL}/"):
        found = f"found {quoted(dmx.out)}, expected sacn, artnet, or a serial device such as serial:///dev/ttyUSB1"
        yield Finding("dmx.out", found)
    for key, addresses in (("interface", (dmx.interface,)), ("nodes", dmx.nodes)):
        for number, address in enumerate(addresses):
            if address is not None and not _is_ipv4(address):
                where = "dmx.interface" if key == "interface" else f"dmx.nodes[{number}]"
                yield Finding(where, f"found {quoted(address)}, expected an IPv4 address such as 192.0.2.10")
    universes = sorted({light.universe for light in config.lights})
    if dmx.serial is not None and len(universes) > 1:
        found = f"found a serial widget for the universes {', '.join(map(str, universes[:8]))}"
        yield Finding("dmx.out", f"{found}, expected one universe: a widget has no more", ("lights",))
    for index, light in enumerate(config.lights):
        if dmx.out == "artnet" and light.universe > HIGHEST_PORT_ADDRESS:
            wanted = f"expected at most {HIGHEST_PORT_ADDRESS}, Art-Net's highest port address"
            yield Finding(f"lights[{index}].universe", f"found {light.universe}, {wanted}", ("dmx.out",))


def _desk(dmx: DmxSection) -> Iterator[Finding]:
    for index, network in enumerate(dmx.in_from):
        try:
            parse_network(network)
        except ValueError:
            wanted = "expected an IPv4 address or network such as 192.0.2.0/24"
            yield Finding(f"dmx.in_from[{index}]", f"found {quoted(network)}, {wanted}")
    if dmx.in_from and (dmx.in_protocol, dmx.out) == ("artnet", "artnet") and dmx.interface and dmx.multicast:
        found = "found artnet from a desk, and artnet to the lights with nodes that are asked for what they take"
        wanted = (
            "expected sacn for one of both, or nodes that are named with multicast = false: answers of nodes and the "
            "desk's levels would come to the same port of this machine"
        )
        yield Finding("dmx.in_protocol", f"{found}, {wanted}", ("dmx.out", "dmx.multicast"))
    if dmx.mapping is not None and not dmx.in_from:
        found = "found no sender for mapping, expected the desk's address: packets of anybody else are dropped"
        yield Finding("dmx.in_from", found, ("dmx.mapping",))


def _is_ipv4(text: str) -> bool:
    try:
        ipaddress.IPv4Address(text)
    except ValueError:
        return False
    return True
