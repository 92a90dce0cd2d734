"""The shipped configuration of the demo, for any tracker port and any folder."""

from __future__ import annotations

import json
from pathlib import Path

DEMO = Path(__file__).resolve().parents[2] / "hw_configs" / "sim_demo.toml"
TRACKER_PORT = 40000


def demo_text(tracker_port: int, panorama: str | None = None) -> str:
    """The demo's configuration for a tracker on a loopback port; it can be read from any folder.

    `panorama` is the path of a picture in the place of the demo's own.
    """
    text = DEMO.read_text(encoding="utf-8").replace(f":{TRACKER_PORT}", f":{tracker_port}")
    text = text.replace('"worlds/', f'"{DEMO.parent.as_posix()}/worlds/')
    if panorama is None:
        return text
    stage, _, _ = text.partition("[world]")
    return f'{stage}[world]\nkind = "panorama"\nfile = {json.dumps(panorama)}\n'
