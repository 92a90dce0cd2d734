"""How the lights process sends, and as whom: the settings that the section `[dmx]` of a configuration makes, and the
number by which receivers know this stage as a source of E1.31, the same one for all its runs.
"""

from __future__ import annotations

import uuid
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import msgspec

from stage.config.lights import WireSection
from stage.config.records import StageConfig
from stage.run.whole_files import put_whole

_LONGEST_NAME = 200
_FILE = "lights-source"


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


def component_id(folder: Path) -> bytes:
    """The component identifier (E1.31-2018, 5.6) that is kept in `folder`, made there at first; 16 bytes.

    Where it can be neither read nor kept, it is a new one.
    """
    path = folder / _FILE
    with suppress(OSError, ValueError):
        return uuid.UUID(path.read_text(encoding="ascii").strip()).bytes
    made = uuid.uuid4()
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        put_whole(path, str(made).encode())
    return made.bytes
