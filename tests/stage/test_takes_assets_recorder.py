"""The recorder keeps files while it records: large ones, with a world that comes in mid-take, killed, out of room."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from running_recorder import PATIENCE_S, Core, frames_of, recorder
from worlds_take import FRAMES, inputs_of, new_show

from stage.takes.kept_assets import FOLDER, AssetKeeper, AssetStore, AssetToKeep
from stage.takes.overview import overview
from tests.fold.show.air_stage import ready

LARGE_BYTES = 500_000_000
BEHIND_MAX = 60
"""How many frames the disk may be behind while a large file is copied: it is usually behind by a quarter of a second."""


class Files:
    """Files in the place of the worlds' pictures, under their real hashes: of the recorder, the bytes are no matter."""

    def __init__(self, folder: Path, sizes: dict[str, int]) -> None:
        self.folder = folder
        self.hashes: dict[str, str] = {}
        for name, size in sizes.items():
            path = folder / name
            with path.open("wb") as file:
                file.write(name.encode())
                file.truncate(size)
            with path.open("rb") as file:
                self.hashes[name] = hashlib.file_digest(file, "sha256").hexdigest()

    def to_keep(self, pictures: Sequence[tuple[str, str]]) -> tuple[AssetToKeep, ...]:
        names = {one.sha256: one.file for one in ready(*(Path(name).stem for name in self.hashes))}
        return tuple(
            AssetToKeep(file=names[one], sha256=self.hashes[names[one]], path=str(self.folder / names[one]))
            for one, _ in pictures
            if one in names
        )

    def kept(self, takes: Path, name: str) -> Path:
        return takes / FOLDER / f"{self.hashes[name]}.exr"


@pytest.fixture
def new_core(tmp_path: Path) -> Iterator[Callable[..., Core]]:
    """Makes cores, and closes their sockets whatever the test did: one left open would hold up all later tests."""
    made: list[Core] = []

    def make(files: Files, *, keeps_assets: bool = True) -> Core:
        core = Core(tmp_path, new_show(), inputs_of, files.to_keep, keeps_assets=keeps_assets)
        made.append(core)
        core.frame = FRAMES.start - 1
        core.run(2)
        return core

    yield make
    for core in made:
        core.link.release()


@pytest.fixture
def takes(tmp_path: Path) -> Path:
    return tmp_path / "takes"


@pytest.mark.parametrize("keeps_assets", [True, False])
def test_a_take_names_the_pictures_of_a_world_that_comes_in_mid_take(
    tmp_path: Path, takes: Path, new_core: Callable[..., Core], keeps_assets: bool
) -> None:
    files = Files(tmp_path, {"valley.exr": 1000, "office.exr": 2000})
    core = new_core(files, keeps_assets=keeps_assets)
    with recorder(core, takes):
        core.start("worlds")
        core.run(40)
        core.reports += core.link.finish(PATIENCE_S)
    assert dict(overview(takes / "worlds.mcap").assets) == files.hashes
    kept = [files.kept(takes, name).is_file() for name in files.hashes]
    assert kept == [keeps_assets, keeps_assets]


def test_frames_are_written_on_while_a_large_file_is_copied(
    tmp_path: Path, takes: Path, new_core: Callable[..., Core]
) -> None:
    files = Files(tmp_path, {"valley.exr": LARGE_BYTES})
    core = new_core(files)
    behind = []
    with recorder(core, takes):
        core.start("large")
        core.run(2)
        core.wait_for_state("recording")
        kept, begun = files.kept(takes, "valley.exr"), time.monotonic()
        while not kept.is_file() and time.monotonic() - begun < PATIENCE_S:
            core.run(1, pause_s=1 / 60)
            behind.append(core.frame - core.link._watch.safe_frame)
        assert kept.stat().st_size == LARGE_BYTES
        core.reports += core.link.finish(PATIENCE_S)
    assert (core.link.gaps, core.link.lost, len(behind) > 2) == (0, 0, True)
    assert max(behind) < BEHIND_MAX
    written = frames_of(takes / "large.mcap")
    assert written == list(range(written[0], core.frame))


def test_what_a_killed_recorder_was_copying_is_never_believed(
    tmp_path: Path, takes: Path, new_core: Callable[..., Core]
) -> None:
    files = Files(tmp_path, {"valley.exr": LARGE_BYTES // 2})
    core, kept = new_core(files), files.kept(takes, "valley.exr")
    with recorder(core, takes) as first:
        core.start("killed")
        core.run(2)
        core.wait_for(lambda: bool(list((takes / FOLDER).glob(".*.unfinished"))))
        first.kill()
        first.wait()
        assert not kept.exists()
        with recorder(core, takes):
            core.wait_for(lambda: core.link._watch.restarted or core.link.gaps > 0)
            until = time.monotonic() + PATIENCE_S
            while not kept.is_file() and time.monotonic() < until:
                core.run(1, pause_s=0.01)
            core.reports += core.link.finish(PATIENCE_S)
    assert [path.name for path in (takes / FOLDER).iterdir()] == [kept.name]
    with kept.open("rb") as file:
        assert hashlib.file_digest(file, "sha256").hexdigest() == files.hashes["valley.exr"]


def test_what_a_run_ends_too_soon_for_is_told_and_leaves_nothing(tmp_path: Path, takes: Path) -> None:
    files = Files(tmp_path, {"valley.exr": LARGE_BYTES})
    keeper = AssetKeeper(AssetStore(takes), lambda cause: None)
    keeper.keep(files.to_keep([(one.sha256, "") for one in ready("valley")]))
    assert keeper.end(0.05) == ("valley.exr",)
    assert list(takes.glob("assets/*")) == []


def test_a_disk_that_takes_no_more_in_mid_copy_costs_the_file_and_not_the_take(
    tmp_path: Path, takes: Path, new_core: Callable[..., Core]
) -> None:
    files = Files(tmp_path, {"valley.exr": 3_000_000})
    core = new_core(files)
    with recorder(core, takes, file_bytes=1_000_000):
        core.start("small")
        core.run(20)
        core.wait_for_state("asset_not_kept")
        core.run(20)
        core.reports += core.link.finish(PATIENCE_S)
    (told,) = (report.cause for report in core.reports if report.state == "asset_not_kept")
    assert told is not None
    assert (told.code, told.values) == ("take_asset_not_kept", {"file": "valley.exr", "found": "system_efbig"})
    assert [report.state for report in core.reports if report.state != "asset_not_kept"] == ["recording", "closed"]
    assert list((takes / FOLDER).iterdir()) == []
    assert overview(takes / "small.mcap").complete
