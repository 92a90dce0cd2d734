"""Files that takes name are kept beside them, so that a take can be drawn again although its files were replaced."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from running_stage import command_here, stage_command

from render.images.coded import write_png
from stage.run.disk import free_bytes
from stage.takes.kept_assets import FOLDER, AssetStore, AssetToKeep
from stage.takes.overview import overview

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


def test_of_a_file_that_was_replaced_the_decoded_copy_is_kept(tmp_path: Path) -> None:
    sha256 = picture(tmp_path / "sky.png", 1)
    picture(tmp_path / "sky.png", 2)
    (tmp_path / "copy.levels").write_bytes(b"decoded")
    store = AssetStore(tmp_path / "takes")
    assert store.keep(to_keep(tmp_path / "sky.png", sha256, tmp_path / "copy.levels")) is None
    assert store.find(sha256) is None
    kept = store.find_copy(sha256, "")
    assert kept is not None
    assert kept.read_bytes() == b"decoded"
    assert store.find_copy(sha256, "ACEScg") is None


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
    (store.folder / f".{'ab' * 32}.exr.unfinished").write_bytes(b"half")
    store.sweep()
    assert names_in(store.folder) == []


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
    assert sha256 in refused.stderr


def drawn(take: Path, out: Path) -> list[str]:
    last = overview(take).last_frame
    assert last is not None
    ended = command_here("replay", str(take), "--out", str(out), "--frames", f"{last - 1}:")
    assert ended.returncode == 0, ended.stderr
    return [hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(out.glob("*.png"))]
