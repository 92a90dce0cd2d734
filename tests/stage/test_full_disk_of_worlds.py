"""A disk without room under the run's own copies of worlds: said once, with the file and the reason; the wall goes on."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from running_loader import a_png, loading, wanted
from running_stage import running, wait_for

from render.images.exr import write_exr
from stage.assets.kept_pictures import LEFT_FREE_BYTES
from stage.assets.messages import Loaded, LoadFailed
from tests.building import camera, stage_text
from tests.fold.show.air_stage import ACTIVE, world

TOML = stage_text(camera("A"), world("day"), world("night"), frame_rate_hz=25)
DISK_BYTES = LEFT_FREE_BYTES + (64 << 20)
INODES = 40


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk with room for a run's checkpoint, one small picture, and few files."""
    folder = tmp_path / "disk"
    folder.mkdir()
    how = ["-t", "tmpfs", "-o", f"size={DISK_BYTES},nr_inodes={INODES}"]
    if subprocess.run(["mount", *how, "tmpfs", str(folder)], capture_output=True, check=False).returncode != 0:
        pytest.skip("this user may not mount a small tmpfs")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def write_picture(path: Path, grey: float) -> None:
    write_exr(path, np.full((32, 64, 3), grey, dtype=np.float32))


def fill(disk: Path) -> Path:
    """Takes all the room that is left."""
    filler = disk / "filler"
    room = os.statvfs(disk)
    with filler.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, room.f_bavail * room.f_frsize)
    return filler


@pytest.mark.gl
def test_a_world_that_comes_to_a_full_disk_is_refused_and_the_one_on_air_stays(
    tmp_path: Path, disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(disk))
    write_picture(tmp_path / "day.exr", 0.8)
    with running(tmp_path, TOML, "--headless") as stage:
        filler = fill(disk)
        write_picture(tmp_path / "night.exr", 0.1)
        stage.client.set(ACTIVE, "night")
        expected = (
            f"found 0 MB free where the run keeps its pictures (TMPDIR), expected {LEFT_FREE_BYTES // 1_000_000} MB"
        )
        wait_for(lambda: stage.client.worlds()[1]["reason"] == f"night.exr: {expected}", what="the refusal")
        before = stage.client.status()
        after = stage.until_status(lambda now: now["frame"] > before["frame"] + 10)
        assert (after["world"]["on_air"], sum("night" in line for line in after["health"]) <= 1) == ("day", True)
        filler.unlink()
        wait_for(lambda: stage.client.worlds()[1]["state"] == "ready", what="the picture")
        stage.client.set(ACTIVE, "night")
        assert stage.client.status()["world"]["on_air"] == "night"


def test_a_loader_whose_disk_takes_no_more_files_says_why_and_loads_once_it_does(tmp_path: Path, disk: Path) -> None:
    (disk / "run").mkdir()
    with loading(disk / "run") as loader:
        fillers = []
        while os.statvfs(disk).f_favail:
            fillers.append(disk / f"filler {len(fillers)}")
            fillers[-1].touch()
        failure = loader.answer(wanted(a_png(tmp_path / "p.png")))
        assert isinstance(failure, LoadFailed)
        values = {"file": "p.png", "found": "system_enospc"}
        assert (failure.cause.code, failure.cause.values) == ("asset_not_kept", values)
        for filler in fillers:
            filler.unlink()
        assert isinstance(loader.hear(Loaded), Loaded)
    wait_for(lambda: not list((disk / "run" / "worlds").glob("*.new")))
