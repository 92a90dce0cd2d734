"""`replay --out` draws what was sent live, from files found by their hash."""

from __future__ import annotations

import hashlib
from pathlib import Path

import msgspec
import numpy as np
import pytest
from recorded_stage import TOML, Tape, first_state, inputs_of, loaded_stage

from calibration.rasters.positions import wall_positions
from render.assets.decode import decode_picture
from render.gpu.context import create_headless_context
from render.images.coded import write_png
from render.outputs.picture_files import PictureFiles
from render.renderer import Renderer
from render.worlds.panorama.record import PanoramaLayer
from stage.cli import main
from stage.loading.files import LoadedConfig
from stage.show.frame.inputs import AssetReady
from stage.show.show import Show
from stage.takes.header import header_for

pytestmark = pytest.mark.gl
FRAMES = range(70, 82)


class LiveStage:
    """A take of a panorama world, and the pictures that were sent while it was recorded."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.world = folder / "content" / "sky.png"
        self.world.parent.mkdir()
        rows, columns = np.indices((64, 128))
        write_png(self.world, np.stack((rows * 3, columns, rows ^ columns), axis=-1).astype(np.uint8))
        panorama = decode_picture(self.world)
        loaded, calibration = loaded_stage()
        config = msgspec.structs.replace(loaded.config, world=PanoramaLayer(file="content/sky.png"))
        asset = AssetReady(file="content/sky.png", sha256=panorama.sha256)
        self.sha256 = panorama.sha256
        show = Show(config, calibration, first_state(config))
        show.step(msgspec.structs.replace(inputs_of(60), observations=(asset,)))
        tape = Tape(folder / "takes")
        tape.open(show, made_with=header_for(LoadedConfig(config, TOML, folder), calibration, (asset,))())
        context = create_headless_context()
        positions = {wall.name: wall_positions(wall) for wall in config.walls}
        renderer = Renderer(context, config.walls, positions, config.stage.name)
        renderer.load_world(panorama.sha256, panorama.pixels)
        files = PictureFiles(folder / "live", ("main",), "png", block=True)
        for frame in FRAMES:
            inputs = inputs_of(frame)
            outcome = show.step(inputs)
            renderer.draw(outcome.plan)
            files.put(renderer, frame)
            tape.put(inputs, outcome)
        files.close()
        context.release()
        self.take = tape.close()


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> LiveStage:
    return LiveStage(tmp_path_factory.mktemp("live"))


def hashes(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.glob("*.png"))}


def run(*words: str) -> int:
    try:
        main(list(words))
    except SystemExit as ended:
        return int(ended.code or 0)
    return 0


def test_replayed_pictures_are_the_live_ones(live: LiveStage, tmp_path: Path) -> None:
    assert run("replay", str(live.take), "--out", str(tmp_path), "--verify") == 0
    assert len(hashes(tmp_path)) == len(FRAMES)
    assert hashes(tmp_path) == hashes(live.folder / "live")
    assert len(set(hashes(tmp_path).values())) > 1


def test_a_few_frames_give_the_same_pictures(live: LiveStage, tmp_path: Path) -> None:
    assert run("replay", str(live.take), "--out", str(tmp_path), "--frames", "75:77") == 0
    whole = hashes(live.folder / "live")
    assert hashes(tmp_path) == {name: whole[name] for name in ("wall-main-00000075.png", "wall-main-00000076.png")}


def test_a_moved_asset_is_found_by_its_hash_and_a_changed_one_is_refused(
    live: LiveStage, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    elsewhere = tmp_path / "moved" / "deep" / "renamed.png"
    elsewhere.parent.mkdir(parents=True)
    content = live.world.read_bytes()
    elsewhere.write_bytes(content)
    live.world.write_bytes(content + b"changed")
    try:
        assert run("replay", str(live.take), "--out", str(tmp_path / "none")) == 2
        said = capsys.readouterr().err
        assert "content/sky.png" in said
        assert live.sha256 in said
        assert len(said.strip().splitlines()) == 1
        out = tmp_path / "out"
        assert run("replay", str(live.take), "--out", str(out), "--assets", str(tmp_path / "moved")) == 0
        assert hashes(out) == hashes(live.folder / "live")
    finally:
        live.world.write_bytes(content)
