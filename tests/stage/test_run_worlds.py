"""Several worlds in a running stage: cut and dissolved to, failed and mended, in its take and replayed alike."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from running_stage import command_here, running, wait_for

from render.images.exr import write_exr
from stage.control.client import Client
from stage.takes.overview import overview
from tests.building import camera, stage_text
from tests.fold.show.air_stage import ACTIVE, layer, world

TOML = stage_text(
    camera("A"),
    world("day", layer(file="day.exr"), layer(file="mist.exr", opacity=0.5)),
    world("night", exposure_stops=-1.0),
    world("later"),
    frame_rate_hz=25,
)


def write_picture(path: Path, grey: float) -> None:
    write_exr(path, np.full((32, 64, 3), grey, dtype=np.float32))


def states(client: Client) -> dict[str, str]:
    return {one["name"]: one["state"] for one in client.worlds()}


def on_air(client: Client) -> dict[str, Any]:
    found: dict[str, Any] = client.status()["world"]
    return found


@pytest.mark.gl
def test_worlds_of_a_running_stage_are_changed_while_it_records(tmp_path: Path) -> None:
    for file, grey in (("day.exr", 0.8), ("mist.exr", 0.5), ("night.exr", 0.1)):
        write_picture(tmp_path / file, grey)
    (tmp_path / "later.exr").write_text("no picture yet")
    with running(tmp_path, TOML, "--headless", "--record", str(tmp_path / "takes")) as stage:
        client = stage.client
        wait_for(lambda: states(client) == {"day": "ready", "night": "ready", "later": "failed"}, what="the worlds")
        assert any("world later cannot be shown: later.exr" in line for line in client.status()["health"])
        cut = client.set(ACTIVE, "night")
        assert (cut.detail, on_air(client)["on_air"], on_air(client)["since_frame"]) == ("", "night", cut.frame)
        begun = client.set(ACTIVE, "day", fade_s=30.0)
        assert (on_air(client)["coming"], on_air(client)["since_frame"]) == ("day", begun.frame)
        client.set(ACTIVE, "night")
        wait_for(lambda: on_air(client)["coming"] == "", what="the way back")
        assert on_air(client)["on_air"] == "night"
        assert client.set(ACTIVE, "later").detail == "loading"
        wait_for(lambda: on_air(client)["target"] == "night", what="the failure")
        write_picture(tmp_path / "later.exr", 0.3)
        wait_for(lambda: states(client)["later"] == "ready", what="the mended file")
        last = client.set(ACTIVE, "later", fade_s=0.1)
        wait_for(lambda: (on_air(client)["on_air"], on_air(client)["coming"]) == ("later", ""), what="the dissolve")
        assert not any("world later" in line for line in client.status()["health"])
        stage.end()
    (take,) = (tmp_path / "takes").glob("*.mcap")
    changes = [(one.frame, one.before, one.after, one.turned_back) for one in overview(take).worlds]
    assert changes == [
        (cut.frame, "day", "night", False),
        (begun.frame, "night", "day", True),
        (last.frame, "night", "later", False),
    ]
    verified = command_here("replay", str(take), "--verify", "--json")
    report = json.loads(verified.stdout)
    assert (verified.returncode, report["exact"], report["equal"]) == (0, True, report["frames"])
