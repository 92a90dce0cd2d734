"""How the lights process sends: one record, made of the section `[dmx]` of a configuration."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from stage.dmx.universes import HIGHEST_PRIORITY, SACN_UNIVERSES, USUAL_PRIORITY
from tracking.records import Record

OnLoss = Literal["hold", "fade", "release"]
"""When no core has spoken for long: keep the last look, fade it out, or say that the streams have ended."""
Address = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
MOST_RECEIVERS = 64
SERIAL = "serial://"


class WireSettings(Record):
    """Where and how levels are sent. Without an `interface` (IPv4 address or name) only a serial device is sent to.

    `out` is sacn, artnet or the URL of a serial device. sACN goes to the universes' groups with `multicast`, Art-Net to
    the nodes that subscribe; both go to `nodes` besides. With a `sync_universe` all universes of a tick take effect
    together. When no core has been heard for `hold_s`, `on_loss` happens, a fade within `fade_s`. `ttl` bounds how many
    routers multicast packets pass. `port` 0 is the protocol's own. `name` is what receivers show.
    """

    interface: str = ""
    out: Annotated[str, msgspec.Meta(max_length=200)] = "sacn"
    priority: Annotated[int, msgspec.Meta(ge=0, le=HIGHEST_PRIORITY)] = USUAL_PRIORITY
    multicast: bool = True
    nodes: Annotated[tuple[Address, ...], msgspec.Meta(max_length=MOST_RECEIVERS)] = ()
    sync_universe: Annotated[int, msgspec.Meta(ge=0, lt=SACN_UNIVERSES.stop)] = 0
    on_loss: OnLoss = "hold"
    hold_s: Annotated[float, msgspec.Meta(ge=0.0, le=3600.0)] = 10.0
    fade_s: Annotated[float, msgspec.Meta(ge=0.0, le=600.0)] = 3.0
    ttl: Annotated[int, msgspec.Meta(ge=0, le=255)] = 1
    port: Annotated[int, msgspec.Meta(ge=0, le=65535)] = 0
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=200)] = "OpenStage"

    @property
    def is_serial(self) -> bool:
        """Whether levels go to a serial device."""
        return self.out.startswith(SERIAL)

    @property
    def sends(self) -> bool:
        """Whether anything is sent at all."""
        return bool(self.interface) or self.is_serial

    @property
    def place(self) -> str:
        """Where levels leave: an interface or a device."""
        return self.out.removeprefix(SERIAL) if self.is_serial else self.interface
