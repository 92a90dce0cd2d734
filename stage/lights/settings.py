"""How the lights process sends: one record, made of the section `[dmx]` of a configuration."""

from __future__ import annotations

from typing import Annotated

import msgspec

from stage.config.lights import WireSection
from stage.config.records import StageConfig

_LONGEST_NAME = 200


class WireSettings(WireSection):
    """Where and how levels are sent. `ttl` bounds how many routers multicast packets pass. `port` 0 is the protocol's
    own. `name` is what receivers show.
    """

    ttl: Annotated[int, msgspec.Meta(ge=0, le=255)] = 1
    port: Annotated[int, msgspec.Meta(ge=0, le=65535)] = 0
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=_LONGEST_NAME)] = "OpenStage"


def settings_of(config: StageConfig) -> WireSettings:
    """How the section `[dmx]` of a configuration has levels sent; nothing is without one."""
    name = config.stage.name[:_LONGEST_NAME] or "OpenStage"
    if config.dmx is None:
        return WireSettings(name=name)
    return WireSettings(name=name, **{field: getattr(config.dmx, field) for field in WireSection.__struct_fields__})
