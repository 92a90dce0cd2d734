"""The library's folder of a running stage: real files, real processes, what is listed, shown and kept."""

from __future__ import annotations

import shutil
import time
from pathlib import Path
from typing import Any

import pytest
from running_loader import a_png
from running_stage import running, wait_for

from stage.control.client import Client
from tests.building import stage_text

ACTIVE = "/world/active"
TOML = stage_text() + '\n[library]\nfolder = "library"\n'


def worlds(client: Client) -> dict[str, dict[str, Any]]:
    return {one["name"]: one for one in client.worlds()}


def on_air(client: Client) -> str:
    return str(client.status()["world"]["on_air"])


def show(client: Client, name: str) -> None:
    client.set(ACTIVE, name)
    wait_for(lambda: on_air(client) == name and worlds(client)[name]["state"] == "ready", what=name)


@pytest.mark.gl
def test_a_picture_that_appears_is_listed_shown_renamed_replaced_and_removed(tmp_path: Path) -> None:
    library = tmp_path / "library"
    library.mkdir()
    a_png(library / "before.png")
    with running(tmp_path, TOML, "--headless") as stage:
        client = stage.client
        wait_for(lambda: "before" in worlds(client), what="the first file")
        a_png(tmp_path / "new.png", seed=2)
        began = time.monotonic()
        shutil.copy(tmp_path / "new.png", library / "Straße am Abend.png")
        wait_for(lambda: "Straße am Abend" in worlds(client), what="a file that was copied")
        assert time.monotonic() - began < 2.0
        key = worlds(client)["Straße am Abend"]["key"]
        show(client, "Straße am Abend")
        client.set(f"/layer/{key}/exposure_stops", -1.0)
        (library / "Straße am Abend.png").rename(library / "dusk.png")
        wait_for(lambda: on_air(client) == "dusk", what="the new name")
        assert worlds(client)["dusk"]["key"] == key
        assert client.get(f"/layer/{key}/exposure_stops") == -1.0
        a_png(library / ".dusk.png", seed=3)
        (library / ".dusk.png").rename(library / "dusk.png")
        wait_for(lambda: worlds(client)["dusk"]["state"] == "newer", what="new content")
        assert worlds(client)["dusk"]["on_air"]
        client.set(ACTIVE, "dusk")
        wait_for(lambda: worlds(client)["dusk"]["state"] == "ready", what="the new content on air")
        (library / "dusk.png").unlink()
        wait_for(lambda: any("dusk is there no longer" in line for line in client.status()["health"]), what="health")
        assert on_air(client) == "dusk"
        show(client, "before")
        wait_for(lambda: "dusk" not in worlds(client), what="the end of the world")
