"""The shipped configuration of the demo, and that of the valley, for any tracker port and any folder."""

from __future__ import annotations

from pathlib import Path

from render.worlds.configured import World
from stage.config.world_writer import worlds_table_text

DEMO = Path(__file__).resolve().parents[2] / "hw_configs" / "sim_demo.toml"
VALLEY = DEMO.with_name("sim_valley.toml")
"""The demo's wall before a world that costs less than its street: what benchmarks run whose subject is another one."""
TRACKER_PORT = 40000
LOOK = "day"
"""The look that the demo begins with, where it shows its own world."""


def demo_text(tracker_port: int, world: World | None = None) -> str:
    """The demo's configuration for a tracker on a loopback port; it can be read from any folder.

    `world` stands in the place of the demo's own; it names its pictures by their paths.
    """
    text = _text_of(DEMO, tracker_port)
    if world is None:
        return text
    stage, _, _ = text.partition("[[worlds]]")
    return f"{stage}{worlds_table_text(world)}"


def valley_text(tracker_port: int) -> str:
    """The valley's configuration in the same way."""
    return _text_of(VALLEY, tracker_port)


def _text_of(config: Path, tracker_port: int) -> str:
    text = config.read_text(encoding="utf-8").replace(f":{TRACKER_PORT}", f":{tracker_port}")
    return text.replace('"worlds/', f'"{config.parent.as_posix()}/worlds/')
