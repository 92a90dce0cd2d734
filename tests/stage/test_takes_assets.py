"""Files that takes name are kept beside them, so that a take can be drawn again although its files were replaced."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from running_stage import command_here, running, stage_command, wait_for

from render.assets.decode import decode_picture, open_picture
from render.images.coded import write_png
from stage.assets.kept_pictures import KeptPictures
from stage.assets.messages import WantedPicture
from stage.run.disk import free_bytes
from stage.takes.kept_assets import FOLDER, AssetStore, AssetToKeep
from stage.takes.overview import overview
from tests.building import camera, stage_text
from tests.fold.show.air_stage import layer, world

STAGE = """
[stage]
frame_rate_hz = 50
[[walls]]
name = "main"
resolution_px = [32, 16]
shape = { kind = "plane", lower_left_m = [-2, 3, 0], lower_right_m = [2, 3, 0], upper_left_m = [-2, 3, 2] }
[world]
kind = "panorama"
file = "sky.png"
[control]
endpoint = "tcp://127.0.0.1:0"
"""
WORLDS = stage_text(
    camera("A"), *(world(name, layer(file=f"{name}.png")) for name in ("day", "night")), frame_rate_hz=25
)


def picture(path: Path, seed: int) -> str:
    write_png(path, np.random.default_rng(seed).integers(0, 255, (32, 64, 3)).astype(np.uint8))
    return hashlib.sha256(path.read_bytes()).hexdigest()


def to_keep(path: Path, sha256: str, copy: Path | None = None) -> AssetToKeep:
    return AssetToKeep(file=path.name, sha256=sha256, path=str(path), copy="" if copy is None else str(copy))


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_file_is_kept_once_under_its_hash(tmp_path: Path) -> None:
    sha256 = picture(tmp_path / "sky.png", 1)
    store = AssetStore(tmp_path / "takes")
    for _ in range(2):
        assert store.keep(to_keep(tmp_path / "sky.png", sha256)) is None
    assert names_in(store.folder) == [f"{sha256}.png"]
    assert store.find(sha256) == store.folder / f"{sha256}.png"
    assert AssetStore(tmp_path / "takes").find(sha256) is not None


def test_what_has_the_name_but_not_the_bytes_is_not_believed(tmp_path: Path) -> None:
    sha256 = picture(tmp_path / "sky.png", 1)
    store = AssetStore(tmp_path / "takes")
    store.folder.mkdir(parents=True)
    (store.folder / f"{sha256}.png").write_bytes(b"half of it")
    assert store.find(sha256) is None
    assert store.keep(to_keep(tmp_path / "sky.png", sha256)) is None
    assert store.find(sha256) is not None


def decoded(path: Path) -> Path:
    """The run's decoded copy of a picture."""
    folder = path.parent / "worlds"
    folder.mkdir(exist_ok=True)
    wanted = WantedPicture(file=path.name, path=str(path))
    return Path(KeptPictures(folder).keep(wanted, open_picture(path), lambda _about, _rows: None).commit().levels)


def replace_by_other(path: Path) -> None:
    picture(path, 2)


def replace_by_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def replace_by_pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


@pytest.mark.parametrize("file", ["sky.png", "sky.exr"])
def test_a_picture_is_kept_with_its_mask_and_found_as_it_was_loaded(tmp_path: Path, file: str) -> None:
    picture(tmp_path / file, 1)
    write_png(tmp_path / "sky.mask.png", np.full((8, 16, 3), 128))
    loaded = decode_picture(tmp_path / file)
    store = AssetStore(tmp_path / "takes")
    for _ in range(2):
        assert store.keep(to_keep(tmp_path / file, loaded.sha256)) is None
    (tmp_path / "sky.mask.png").unlink()
    place = AssetStore(tmp_path / "takes").find(loaded.sha256)
    assert place is not None
    assert np.array_equal(decode_picture(place).light(), loaded.light())
    (store.folder / f"{loaded.sha256}.mask.png").unlink()
    assert AssetStore(tmp_path / "takes").find(loaded.sha256) is None


def test_a_picture_that_was_loaded_before_it_had_a_mask_is_kept_without_it(tmp_path: Path) -> None:
    sha256 = picture(tmp_path / "sky.png", 1)
    write_png(tmp_path / "sky.mask.png", np.full((8, 16, 3), 128))
    store = AssetStore(tmp_path / "takes")
    assert store.keep(to_keep(tmp_path / "sky.png", sha256)) is None
    assert names_in(store.folder) == [f"{sha256}.png"]
    assert store.find(sha256) is not None


@pytest.mark.parametrize("replace", [replace_by_other, replace_by_folder, replace_by_pipe, Path.unlink])
def test_of_a_file_that_was_replaced_the_decoded_copy_is_kept(tmp_path: Path, replace: Callable[[Path], None]) -> None:
    sha256 = picture(tmp_path / "sky.png", 1)
    copy = decoded(tmp_path / "sky.png")
    replace(tmp_path / "sky.png")
    store = AssetStore(tmp_path / "takes")
    for _ in range(2):
        assert store.keep(to_keep(tmp_path / "sky.png", sha256, copy)) is None
    assert store.find(sha256) is None
    kept = store.find_decoded(sha256, "")
    assert kept is not None
    assert kept.read_bytes() == copy.read_bytes()
    assert store.find_decoded(sha256, "ACEScg") is None


def test_the_decoded_copy_of_a_newer_file_is_not_kept_as_that_of_the_older(tmp_path: Path) -> None:
    sha256 = picture(tmp_path / "sky.png", 1)
    picture(tmp_path / "sky.png", 2)
    store = AssetStore(tmp_path / "takes")
    cause = store.keep(to_keep(tmp_path / "sky.png", sha256, decoded(tmp_path / "sky.png")))
    assert cause is not None
    assert cause.code == "take_asset_replaced"
    assert names_in(store.folder) == []


@pytest.mark.parametrize("found", ["", "*", "../sky", "/etc/passwd", "ab" * 31 + "a*"])
def test_what_is_no_hash_in_a_take_finds_nothing(tmp_path: Path, found: str) -> None:
    store = AssetStore(tmp_path / "takes")
    assert store.keep(to_keep(tmp_path / "sky.png", picture(tmp_path / "sky.png", 1))) is None
    assert (store.find(found), store.find_decoded(found, "")) == (None, None)


@pytest.mark.parametrize(("copy", "code"), [(None, "take_asset_replaced"), ("gone.levels", "take_asset_replaced")])
def test_a_file_that_is_gone_with_its_copy_is_told(tmp_path: Path, copy: str | None, code: str) -> None:
    store = AssetStore(tmp_path / "takes")
    cause = store.keep(to_keep(tmp_path / "sky.png", "ab" * 32, tmp_path / copy if copy else None))
    assert cause is not None
    assert (cause.code, cause.values["file"]) == (code, "sky.png")
    assert not list((tmp_path / "takes").glob("assets/*"))


def test_a_disk_without_room_is_told_with_its_figures_and_left_as_it_is(tmp_path: Path) -> None:
    sha256 = picture(tmp_path / "sky.png", 1)
    store = AssetStore(tmp_path / "takes", spare_bytes=2 * free_bytes(tmp_path))
    cause = store.keep(to_keep(tmp_path / "sky.png", sha256))
    assert cause is not None
    assert cause.code == "take_asset_no_room"
    assert cause.values["needed_mb"] > cause.values["free_mb"]  # type: ignore[operator]
    assert names_in(store.folder) == []


def test_a_folder_that_cannot_be_written_to_is_told(tmp_path: Path) -> None:
    sha256 = picture(tmp_path / "sky.png", 1)
    (tmp_path / "takes").write_text("a file in the folder's place")
    cause = AssetStore(tmp_path / "takes").keep(to_keep(tmp_path / "sky.png", sha256))
    assert cause is not None
    assert cause.code == "take_asset_not_kept"


def test_what_a_killed_recorder_left_half_copied_is_removed(tmp_path: Path) -> None:
    store = AssetStore(tmp_path / "takes")
    store.folder.mkdir(parents=True)
    left, written = store.folder / ".left.exr.1.unfinished", store.folder / ".written.exr.2.unfinished"
    left.write_bytes(b"half")
    with written.open("wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)  # as another recorder does
        store.sweep()
        assert names_in(store.folder) == [written.name]


@pytest.mark.gl
def test_this_mornings_take_is_drawn_again_although_its_picture_was_replaced(tmp_path: Path) -> None:
    (tmp_path / "stage.toml").write_text(STAGE)
    sha256 = picture(tmp_path / "sky.png", 1)
    run = ("run", str(tmp_path / "stage.toml"), "--headless", "--no-panel", "--seconds", "2", "--no-realtime")
    ended = stage_command(*run, "--record", str(tmp_path / "takes"), "--state", str(tmp_path / "state"))
    take = Path(json.loads(ended.stdout.splitlines()[-1])["take"])
    assert ("sky.png", sha256) in overview(take).assets
    before = drawn(take, tmp_path / "before")
    picture(tmp_path / "sky.png", 2)
    assert drawn(take, tmp_path / "after") == before
    shutil.rmtree(take.parent / FOLDER)
    refused = command_here("replay", str(take), "--out", str(tmp_path / "none"))
    assert refused.returncode == 2
    assert all(part in refused.stderr for part in (sha256, "sky.png", str(take), "frame ", str(take.parent / FOLDER)))


@pytest.mark.gl
def test_a_picture_that_was_replaced_before_the_take_and_one_that_comes_in_it_are_drawn_again(tmp_path: Path) -> None:
    hashes = {name: picture(tmp_path / name, seed) for seed, name in enumerate(("day.png", "night.png"))}
    folder = tmp_path / "takes" / FOLDER
    with running(tmp_path, WORLDS, "--headless") as stage:
        wait_for(lambda: {one["state"] for one in stage.client.worlds()} == {"ready"}, what="the worlds")
        shutil.copy(tmp_path / "day.png", tmp_path / "day of the morning.png")
        picture(tmp_path / "day.png", 3)
        stage.client.take_start("scene")
        stage.client.set("/world/active", "night", fade_s=60.0)
        wait_for((folder / f"{hashes['night.png']}.png").is_file, what="the file of the other world")
        stage.client.take_stop()
        assert not any("kept beside" in line for line in stage.client.status()["health"])
        stage.end()
    (take,) = (tmp_path / "takes").glob("*.mcap")
    assert dict(overview(take).assets) == hashes
    assert names_in(folder) == sorted((f"{hashes['day.png']}.as-is.levels", f"{hashes['night.png']}.png"))
    again = drawn(take, tmp_path / "again")
    folder.rename(tmp_path / "elsewhere")
    (tmp_path / "day of the morning.png").replace(tmp_path / "day.png")
    assert drawn(take, tmp_path / "as it was") == again


def drawn(take: Path, out: Path) -> list[str]:
    last = overview(take).last_frame
    assert last is not None
    ended = command_here("replay", str(take), "--out", str(out), "--frames", f"{last - 1}:")
    assert ended.returncode == 0, ended.stderr
    return [hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(out.glob("*.png"))]
