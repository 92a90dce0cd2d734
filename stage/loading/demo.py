"""The shipped configuration of the demo, for any tracker port and any folder."""

from __future__ import annotations

from pathlib import Path

from render.worlds.configured import World
from stage.config.world_writer import worlds_table_text

DEMO = Path(__file__).resolve().parents[2] / "hw_configs" / "sim_demo.toml"
TRACKER_PORT = 40000
LOOK = "day"
"""The look that the demo begins with, where it shows its own world."""


def demo_text(tracker_port: int, world: World | None = None) -> str:
    """The demo's configuration for a tracker on a loopback port; it can be read from any folder.

    `world` stands in the place of the demo's own; it names its pictures by their paths.
    """
    text = DEMO.read_text(encoding="utf-8").replace(f":{TRACKER_PORT}", f":{tracker_port}")
    text = text.replace('"worlds/', f'"{DEMO.parent.as_posix()}/worlds/')
    if world is None:
        return text
    stage, _, _ = text.partition("[[worlds]]")
    return f"{stage}{worlds_table_text(world)}"
