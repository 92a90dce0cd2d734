"""The library's folder of a running stage: real files, real processes, what is listed, shown and kept."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from running_loader import a_png
from running_stage import command_here, running, wait_for

from render.models.trial_scenes import room, street_of_boxes
from render.models.write import glb_of
from stage.control.client import Client
from tests.building import camera, stage_text

ACTIVE = "/world/active"
TOML = stage_text(frame_rate_hz=25) + '\n[library]\nfolder = "library"\n'
WORLDS_AT_FIRST = 2
"""The configuration's own, and the picture."""


def worlds(client: Client) -> dict[str, dict[str, Any]]:
    return {one["name"]: one for one in client.worlds()}


def on_air(client: Client) -> str:
    return str(client.status()["world"]["on_air"])


def show(client: Client, name: str) -> None:
    client.set(ACTIVE, name)
    wait_for(lambda: on_air(client) == name and worlds(client)[name]["state"] == "ready", what=name)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Client]]:
    """A library's folder with one picture, and a client of the stage that runs with it."""
    folder = tmp_path_factory.mktemp("library")
    (folder / "library").mkdir()
    a_png(folder / "library" / "before.png")
    with running(folder, TOML, "--headless") as stage:
        yield folder / "library", stage.client
        assert stage.end()[0] == 0


@pytest.fixture
def begun(shared: tuple[Path, Client]) -> Iterator[tuple[Path, Client]]:
    """That picture is on air and alone in the folder, and is so again afterwards."""
    library, client = shared
    wait_for(lambda: "before" in worlds(client), what="the first file")
    show(client, "before")
    yield shared
    show(client, "before")
    for path in library.iterdir():
        if path.name != "before.png":
            path.unlink()
    wait_for(lambda: len(worlds(client)) == WORLDS_AT_FIRST, what="the end of all others")


@pytest.mark.gl
def test_a_picture_that_appears_is_listed_shown_renamed_replaced_and_removed(
    begun: tuple[Path, Client], tmp_path: Path
) -> None:
    library, client = begun
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


@pytest.mark.gl
def test_a_folder_that_vanishes_and_a_core_that_dies_leave_the_world_on_air(tmp_path: Path) -> None:
    library, takes = tmp_path / "library", tmp_path / "takes"
    library.mkdir()
    a_png(library / "dusk.png")
    with running(tmp_path, TOML, "--headless", "--record", str(takes)) as stage:
        client = stage.client
        wait_for(lambda: "dusk" in worlds(client), what="the file")
        key = worlds(client)["dusk"]["key"]
        show(client, "dusk")
        client.set(f"/layer/{key}/opacity", 0.5)
        library.rename(tmp_path / "away")
        away = wait_for(lambda: [line for line in client.status()["health"] if "is away" in line], what="the folder")
        assert len(away) == 1
        stage.kill_core()
        stage.event("ready")
        wait_for(lambda: stage.ask(lambda: worlds(client)["dusk"]["state"]) == "ready", what="the run's own copy")
        assert on_air(client) == "dusk"
        assert (worlds(client)["dusk"]["key"], client.get(f"/layer/{key}/opacity")) == (key, 0.5)
        (tmp_path / "away").rename(library)
        wait_for(lambda: not any("is away" in line for line in client.status()["health"]), what="the folder again")
        found = worlds(client)["dusk"]
        assert (found["key"], found["state"], client.get(f"/layer/{key}/opacity")) == (key, "ready", 0.5)
        stage.end()
    parts = sorted(takes.glob("*.mcap"))
    assert len(parts) == 2
    for part in parts:
        verified = command_here("replay", str(part), "--verify", "--json")
        report = json.loads(verified.stdout)
        assert (verified.returncode, report["equal"]) == (0, report["frames"])
    info = json.loads(command_here("take", "info", str(parts[0]), "--json").stdout)
    assert "library/dusk.png" in json.dumps(info)


@pytest.mark.gl
def test_hostile_files_are_told_and_change_nothing(tmp_path: Path) -> None:
    library = tmp_path / "library"
    library.mkdir()
    good = a_png(library / "good.png")
    (library / "cut.png").write_bytes(good.read_bytes()[:300])
    (library / "IMG_7.HEIC").write_bytes(b"\0\0\0\x18ftypheic")
    (library / "outside.png").symlink_to("/etc/hostname")
    (library / "Good.png").write_bytes(good.read_bytes())
    with (library / "huge.png").open("wb") as huge:
        huge.write(good.read_bytes())
        huge.truncate(3 << 30)
    with running(tmp_path, TOML, "--headless") as stage:
        client = stage.client
        wait_for(lambda: len(worlds(client)) == 7, what="the files")
        assert {"good.png", "Good.png", "cut", "huge", "IMG_7.HEIC", "outside.png"} < worlds(client).keys()
        for name, words in (("IMG_7.HEIC", "save it as"), ("outside.png", "leads out")):
            assert worlds(client)[name]["state"] == "failed"
            assert words in worlds(client)[name]["reason"]
        show(client, "good.png")
        for name in ("cut", "huge"):
            client.set(ACTIVE, name)
            wait_for(lambda: client.status()["world"]["target"] == "good.png", what="the refusal")
            wait_for(lambda name=name: worlds(client)[name]["state"] == "failed", what=name)
        assert on_air(client) == "good.png"
        health = client.status()["health"]
        assert sum("library's folder" in line for line in health) == 1
        code, _ = stage.end()
        assert code == 0


@pytest.mark.gl
def test_a_still_shows_a_world_of_the_library_by_its_name(tmp_path: Path) -> None:
    (tmp_path / "library").mkdir()
    Image.new("RGB", (64, 32), (255, 0, 0)).save(tmp_path / "library" / "red.png")
    (tmp_path / "stage.toml").write_text(stage_text(camera("A")) + '\n[library]\nfolder = "library"\n')
    words = ["still", str(tmp_path / "stage.toml"), "--camera", "A", "--pose", "0 0 1.5 0 0 0"]
    drawn = command_here(*words, "--set", f"{ACTIVE}=red", "--out", str(tmp_path / "out"))
    assert drawn.returncode == 0, drawn.stderr
    red, green, blue = Image.open(tmp_path / "out" / "wall-main.png").resize((1, 1)).getpixel((0, 0))[:3]
    assert red > 5 * max(green, blue, 1)
    assert command_here(*words, "--set", f"{ACTIVE}=blue", "--out", str(tmp_path / "out")).returncode == 2


@pytest.mark.gl
def test_a_scene_that_appears_is_shown_replaced_on_air_and_refused_where_it_is_broken(
    begun: tuple[Path, Client],
) -> None:
    library, client = begun
    (library / ".new").write_bytes(glb_of(street_of_boxes()))
    (library / ".new").rename(library / "square.glb")
    wait_for(lambda: "square" in worlds(client), what="a scene that was moved in")
    assert worlds(client)["square"]["kind"] == "sky, model"
    show(client, "square")
    (library / ".new").write_bytes(glb_of(room()))
    (library / ".new").rename(library / "square.glb")
    wait_for(lambda: worlds(client)["square"]["state"] == "newer", what="another scene of that name")
    assert worlds(client)["square"]["on_air"]
    show(client, "square")
    whole = (library / "square.glb").read_bytes()
    (library / "broken.glb").write_bytes(whole.replace(b'"mesh":0', b'"mesh":9', 1))
    wait_for(lambda: worlds(client).get("broken", {}).get("state") == "failed", what="what is wrong with it")
    assert "nodes[0].mesh: found number 9, expected one of" in worlds(client)["broken"]["reason"]
    assert on_air(client) == "square"
