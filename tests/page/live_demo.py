"""A live stage for pages, small enough to be drawn in software beside a browser: worlds, cues, and a camera that moves.

It is the valley's, which is the demo's with a world that costs less."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from running_stage import RunningStage, free_udp_port, running, sending

from stage.loading.demo import valley_text

SHOTS = os.environ.get("OPENSTAGE_SHOTS")
"""The folder that pictures of every view are written to, where one is named."""
FURTHER_WORLDS = """
[[worlds]]
name = "旧仓库 Hall 3"

[[worlds.layers]]
kind = "coordinates"

[[worlds]]
name = "Boxes"

[[worlds.layers]]
kind = "sky"

[[worlds.layers]]
kind = "model"
name = "Boxes on a street"
file = "{boxes}"
"""
BOXES = Path(__file__).parents[2] / "hw_configs" / "worlds" / "boxes.glb"


def demo_on(port: int) -> str:
    """The valley's configuration for a tracker on `port`, at the page's hour, with further worlds."""
    text = valley_text(port).replace("running = true", "running = false").replace("hour = 6.6", "hour = 16.2")
    if not SHOTS:
        text = text.replace("[1024, 320]", "[384, 120]").replace("inner_px = [960, 540]", "inner_px = [320, 180]")
        text = text.replace("frame_rate_hz = 60", "frame_rate_hz = 10")
    return f'{text}\n[panel]\nbind = "127.0.0.1:0"\n{FURTHER_WORLDS.format(boxes=BOXES)}'


@contextmanager
def live_demo(folder: Path) -> Iterator[RunningStage]:
    """That stage, live, with its tracker and two cues."""
    port = free_udp_port()
    tracker = sending("freed", f"udp://127.0.0.1:{port}", "--motion", "orbit", "--id", "1", "--loop")
    with running(folder, demo_on(port), "--panel", "--headless", "--look", "day") as stage, tracker:
        stage.client.cue_add(
            [
                {"number": 1, "name": "Morning", "look": "dawn", "fade_s": 0.5},
                {"number": 14, "name": "Tower in silhouette <b>", "look": "dusk", "fade_s": 8.0},
            ]
        )
        yield stage
