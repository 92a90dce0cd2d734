"""The stage lights and DMX of a configuration as records, and the keys of lights and groups. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from typing import Annotated, Literal

import msgspec

from render.worlds.shared.keys import key_of
from render.worlds.shared.records import Key
from stage.dmx.universes import HIGHEST_PRIORITY, USUAL_PRIORITY
from stage.fixtures.records import MOST_EMITTERS, Emitter
from stage.values.lights import HIGHEST_ADDRESS, HIGHEST_UNIVERSE, LightStart
from tracking.records import Delay, Place, Record

MOST_LIGHTS = 512
MOST_LIGHT_CELLS = 4096
"""Cells of all lights together."""
MOST_GROUPS = 16
LONGEST_LIGHT_NAME = 100
Share = Annotated[float, msgspec.Meta(ge=0.0, le=1.0)]
Universe = Annotated[int, msgspec.Meta(ge=1, le=HIGHEST_UNIVERSE)]
Address = Annotated[str, msgspec.Meta(max_length=64)]
SERIAL = "serial://"


class StageLight(LightStart, forbid_unknown_fields=True):
    """One stage light: its fixture, where it stands, how it is patched, and the start of its settable values.

    `name` is any text and is shown; `key` stands in paths and is made of it. `fixture` names a shipped profile, or a
    file beside the configuration (`.toml`, `.gdtf`, `.json`); `mode` is one of its modes, "" the first; `emitters` are
    measured ones in place of the profile's of the same name. Following the world it gathers light over a `lobe` from
    behind it: a half-sphere by the cosine, or a cone of `beam_deg`. Following a wall it takes `region` (left, top,
    right, bottom as shares) of `wall`, "" the first; the cells of a bar share it, from its first to its last side
    `cells_run`. `curve` says how drives become slots, below `least_level` it would flicker. `pwm_hz` is by which
    frequency it dims, to warn of bands in a camera's picture. `latency_ms` is from packet to light. `lux_at_1m` is its
    full light on its axis a metre away, for the grey spheres of stills and pages alone.
    """

    name: str
    fixture: Annotated[str, msgspec.Meta(min_length=1, max_length=1000)]
    universe: Universe
    address: Annotated[int, msgspec.Meta(ge=1, le=HIGHEST_ADDRESS)]
    position_m: Place
    aim_m: Place
    key: Key | None = None
    mode: Annotated[str, msgspec.Meta(max_length=200)] = ""
    groups: Annotated[tuple[str, ...], msgspec.Meta(max_length=MOST_GROUPS)] = ()
    lobe: Literal["cosine", "cone"] = "cosine"
    beam_deg: Annotated[float, msgspec.Meta(ge=1.0, le=180.0)] = 60.0
    wall: str = ""
    region: tuple[Share, Share, Share, Share] = (0.0, 0.0, 1.0, 1.0)
    cells_run: Literal["right", "left", "down", "up"] = "right"
    emitters: Annotated[tuple[Emitter, ...], msgspec.Meta(max_length=MOST_EMITTERS)] = ()
    curve: Literal["linear", "square", "s"] = "linear"
    least_level: Share = 0.0
    pwm_hz: Annotated[float, msgspec.Meta(ge=10.0, le=1e6)] | None = None
    latency_ms: Delay = 0.0
    lux_at_1m: Annotated[float, msgspec.Meta(ge=0.0, le=1e7)] = 2000.0


class WireSection(Record):
    """How levels are sent. Without an `interface` (IPv4 address or name) only a serial device is sent to."""

    interface: Address | None = None
    out: Annotated[str, msgspec.Meta(max_length=200)] = "sacn"
    priority: Annotated[int, msgspec.Meta(ge=0, le=HIGHEST_PRIORITY)] = USUAL_PRIORITY
    multicast: bool = True
    nodes: Annotated[tuple[Address, ...], msgspec.Meta(max_length=64)] = ()
    sync_universe: Annotated[int, msgspec.Meta(ge=0, le=HIGHEST_UNIVERSE)] = 0
    on_loss: Literal["hold", "fade", "release"] = "hold"
    hold_s: Annotated[float, msgspec.Meta(ge=0.0, le=3600.0)] = 10.0
    fade_s: Annotated[float, msgspec.Meta(ge=0.0, le=600.0)] = 3.0

    @property
    def serial(self) -> str | None:
        """The serial device of a widget; None where packets go over the network."""
        return self.out.removeprefix(SERIAL) if self.out.startswith(SERIAL) else None

    @property
    def sends(self) -> bool:
        """Whether anything is sent at all."""
        return bool(self.interface) or self.serial is not None

    @property
    def place(self) -> str:
        """Where levels leave: an interface or a device; "" where nothing is sent."""
        return self.interface or "" if self.serial is None else self.serial


class DmxSection(WireSection):
    """The wire to the fixtures, and from a lighting desk. Nothing is sent until `interface` is named.

    `interface` is this machine's own address on the lights' network. `out` is `sacn`, `artnet`, or a serial widget as
    `serial:///dev/ttyUSB1`, which needs no interface. sACN goes by multicast, and to each of `nodes` besides or, with
    `multicast` off, alone; Art-Net to those that subscribe and to `nodes`. With a `sync_universe` all universes of a
    tick take effect together. When the core is lost, the last look is held for `hold_s`, then `on_loss` says whether
    it stays, fades out over `fade_s`, or is handed over: the streams end, and another source takes the lights.

    A desk may set what `mapping`, a file beside the configuration, gives it, with no more than `role`; its packets are
    read if they come from `in_from` on one of `in_universes`.
    """

    role: Literal["director", "operator"] = "director"
    in_protocol: Literal["sacn", "artnet"] = "sacn"
    in_from: Annotated[tuple[Address, ...], msgspec.Meta(max_length=16)] = ()
    in_universes: Annotated[tuple[Universe, ...], msgspec.Meta(max_length=64)] = ()
    mapping: Annotated[str, msgspec.Meta(min_length=1, max_length=1000)] | None = None


def keyed_lights(lights: Iterable[StageLight]) -> tuple[StageLight, ...]:
    """The same lights, each with the key that it has on this stage."""
    lights = tuple(lights)
    taken = {light.key for light in lights if light.key}
    found = []
    for light in lights:
        key = light.key or key_of(light.name, taken)
        taken.add(key)
        found.append(light if light.key else msgspec.structs.replace(light, key=key))
    return tuple(found)


def group_keys(lights: Iterable[StageLight]) -> dict[str, str]:
    """The key of each group by its name, in the order in which lights name them first."""
    keys: dict[str, str] = {}
    by_form: dict[str, str] = {}
    for group in (group for light in lights for group in light.groups):
        form = unicodedata.normalize("NFC", group)
        if form not in by_form:
            by_form[form] = key_of(group, frozenset(by_form.values()))
        keys[group] = by_form[form]
    return keys
