"""Files of worlds beside a running stage: saved and made by command, broken and mended while their world is on air."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from running_loader import a_png
from running_stage import running, wait_for

from stage.control.client import Client, ControlError
from stage.loading.world_files import read_world_file
from tests.building import stage_text

ACTIVE = "/world/active"
TOML = stage_text(frame_rate_hz=25) + '\n[library]\nfolder = "library"\n'
HOSTILE = {
    "itself.world.toml": '[[layers]]\nkind = "panorama"\nfile = "itself.world.toml"\n',
    "outside.world.toml": '[[layers]]\nkind = "panorama"\nfile = "../stage.toml"\n',
    "huge.world.toml": "# " + "x" * 10_000_000,
    "deep.world.toml": "x = " + "[" * 30_000,
    "nan.world.toml": '[[layers]]\nkind = "panorama"\nfile = "street.png"\nopacity = nan\n',
    "twice.world.toml": "licence = 'a'\nlicence = 'b'\n",
    "typed.world.toml": "layers = 'street.png'\n",
}


@pytest.fixture
def library(tmp_path: Path) -> Path:
    folder = tmp_path / "library"
    folder.mkdir()
    a_png(folder / "street.png")
    return folder


def worlds(client: Client) -> dict[str, dict[str, Any]]:
    return {one["name"]: one for one in client.worlds()}


def show(client: Client, name: str) -> None:
    wait_for(lambda: name in worlds(client), what=f"{name} in the list")
    client.set(ACTIVE, name)
    wait_for(lambda: client.status()["world"]["on_air"] == name, what=f"{name} on air")


@pytest.mark.gl
def test_what_is_saved_is_what_the_next_start_and_another_stage_begin_with(tmp_path: Path, library: Path) -> None:
    with running(tmp_path, TOML, "--headless") as stage:
        client = stage.client
        show(client, "street")
        key = worlds(client)["street"]["key"]
        client.batch({f"/layer/{key}/roll_deg": -3.0, f"/layer/{key}/opacity": 0.5, f"/worlds/{key}/turn_deg": 10.0})
        client.world_save("street")
        wait_for(lambda: set(worlds(client)) >= {"street"} and len(worlds(client)) == 2, what="one world of both files")
        assert (worlds(client)["street"]["key"], client.status()["world"]["on_air"]) == (key, "street")
        placed = client.get(f"/layer/{key}/projection")
        client.world_make("two", ["street.png", "street.png"])
        wait_for(lambda: "two" in worlds(client), what="the world that was made")
        with pytest.raises(ControlError, match="there is a world TWO already"):
            client.world_make("TWO", ["street.png"])
    described = read_world_file(library / "street.world.toml")
    assert (described.turn_deg, described.layers[0].projection) == (10.0, placed)
    elsewhere = tmp_path / "elsewhere"
    shutil.copytree(library, elsewhere / "library")
    with running(elsewhere, TOML, "--headless") as stage:
        client = stage.client
        show(client, "street")
        saved = {"roll_deg": -3.0, "opacity": 0.5, "projection": placed}  # its file may be listed after the picture
        wait_for(lambda: {name: client.get(f"/layer/{key}/{name}") for name in saved} == saved, what="what was saved")
        assert client.get(f"/worlds/{key}/turn_deg") == 10.0


@pytest.mark.gl
def test_a_hostile_file_is_a_failed_world_and_the_one_on_air_stays(tmp_path: Path, library: Path) -> None:
    with running(tmp_path, TOML, "--headless") as stage:
        client = stage.client
        show(client, "street")
        for name, text in HOSTILE.items():
            (library / name).write_text(text)
        (library / "street.world.toml").write_text(
            '[[layers]]\nkind = "panorama"\nfile = "street.png"\nopacity = 0.5\n'
        )
        names = [name.removesuffix(".world.toml") for name in HOSTILE]

        def failed() -> dict[str, str]:
            found = worlds(client)
            return {name: found[name]["reason"] for name in found if found[name]["state"] == "failed"}

        wait_for(lambda: len(failed()) == len(HOSTILE), what=f"{names} as failed worlds")
        reasons = " | ".join(failed().values())
        for said in (
            "a world is made of pictures",
            "without a path",
            "more than 65536",
            "nested too deep",
            "found nan",
        ):
            assert said in reasons, said
        assert client.status()["world"]["on_air"] == "street"
        key = worlds(client)["street"]["key"]
        (library / "street.world.toml").write_text("layers = 3")
        wait_for(lambda: len(failed()) == len(HOSTILE) + 1, what="the broken file")
        assert client.status()["world"]["on_air"] == "street"
        (library / "street.world.toml").write_text(
            '[[layers]]\nkind = "panorama"\nfile = "street.png"\nopacity = 0.25\n'
        )
        wait_for(lambda: len(failed()) == len(HOSTILE), what="the mended file")
        Image.new("L", (40, 40), 200).save(library / ".mask", "PNG")
        (library / ".mask").rename(library / "street.mask.png")
        wait_for(lambda: worlds(client)["street"]["state"] == "newer", what="the mask as new content")
        assert worlds(client)["street"]["key"] == key
