"""A take of a relief with a film before it, drawn again from their files: every picture is the one that was sent live."""

from __future__ import annotations

import hashlib
from pathlib import Path

import msgspec
import numpy as np
import pytest
from recorded_stage import TOML, Tape, inputs_of

from calibration.rasters.positions import wall_positions
from render.assets.decode import decode_picture
from render.gpu.context import create_headless_context
from render.images.coded import write_png
from render.media.examine import examine_media
from render.outputs.picture_files import PictureFiles
from render.renderer import Renderer
from render.worlds.shared.depth import depth_space
from stage.cli import main
from stage.config.reader import parse_config
from stage.loading.files import LoadedConfig, read_preset
from stage.loading.geometry import load_geometry
from stage.plates.exact import ExactFrames
from stage.plates.wire import Film
from stage.show.frame.inputs import AssetReady
from stage.show.frame.plates import MediaReady
from stage.show.show import Show
from stage.show.state import new_state
from stage.takes.header import header_for
from tests.render.media.reading import made

pytestmark = pytest.mark.gl
FRAMES = range(70, 82)
LENS = '{"nodes": [{"focal_length_mm": 8.0, "radial": [-0.001]}]}'
WORLD = """
[[worlds]]
name = "hall"

[[worlds.layers]]
kind = "panorama"
file = "hall.png"
depth = "hall.depth.png"
ground_m = 1.5
near_m = 2.0
far_m = 9.0

[[worlds.layers]]
kind = "plate"
plates = [{ file = "street.mov", width_deg = 40.0, lens = "wide.json" }]
opacity = 0.8
"""


def files_of(folder: Path) -> None:
    rows, columns = np.indices((64, 128))
    write_png(folder / "hall.png", np.stack((rows * 3, columns, rows ^ columns), axis=-1).astype(np.uint8))
    near = np.where((columns > 40) & (columns < 80), 200, 60).astype(np.uint8)
    write_png(folder / "hall.depth.png", np.repeat(near[..., None], 3, axis=2))
    (folder / "wide.json").write_text(LENS)
    made(folder / "street.mov", "prores422", frames=20, size=(128, 72))


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The folder of the files and of the pictures that were sent, and the take."""
    folder = tmp_path_factory.mktemp("films")
    files_of(folder)
    text = TOML.replace('[world]\nkind = "coordinates"\n', WORLD)
    loaded = LoadedConfig(parse_config(text, "films.toml", read_preset), text, folder)
    calibration = load_geometry(loaded)[1]
    picture = decode_picture(folder / "hall.png")
    depth = decode_picture(folder / "hall.depth.png", depth_space("bright"))
    assets = (
        AssetReady(file="hall.png", sha256=picture.sha256, facts=picture.facts),
        AssetReady(file="hall.depth.png", colour_space=depth_space("bright"), sha256=depth.sha256, facts=depth.facts),
    )
    film = examine_media(folder / "street.mov")
    ready = MediaReady(file="street.mov", identity=film.identity, facts=film.facts)
    show = Show(loaded.config, calibration, new_state(loaded.config))
    show.step(msgspec.structs.replace(inputs_of(60), observations=(*assets, ready)))
    tape = Tape(folder / "takes")
    tape.open(show, made_with=header_for(loaded, calibration, assets)())
    context = create_headless_context()
    positions = {wall.name: wall_positions(wall) for wall in loaded.config.walls}
    renderer = Renderer(context, loaded.config.walls, positions, loaded.config.stage.name)
    renderer.load_world(picture.sha256, picture.light())
    renderer.load_world(depth.sha256, depth.light(), depth_space("bright"))
    exact = ExactFrames(
        renderer, lambda identity, _: Film(media=identity, path=str(folder / "street.mov"), facts=film.facts)
    )
    files = PictureFiles(folder / "live", ("main",), "png", block=True)
    played = set()
    for frame in FRAMES:
        inputs = inputs_of(frame)
        outcome = show.step(inputs)
        relief, film_layer = outcome.plan.air.world.layers
        assert relief.light.is_ready()
        assert film_layer.light.parts[0].place.lens
        played |= set(film_layer.light.media())
        exact.load(outcome.plan)
        renderer.draw(outcome.plan)
        files.put(renderer, frame)
        tape.put(inputs, outcome)
    assert len(played) >= 4
    files.close()
    exact.close()
    context.release()
    return folder, tape.close()


def hashes(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.glob("*.png"))}


def run(*words: str) -> int:
    try:
        main(list(words))
    except SystemExit as ended:
        return int(ended.code or 0)
    return 0


def test_a_replayed_relief_and_film_are_those_that_were_shown(live: tuple[Path, Path], tmp_path: Path) -> None:
    folder, take = live
    assert run("replay", str(take), "--out", str(tmp_path), "--verify", "--assets", str(folder)) == 0
    assert hashes(tmp_path) == hashes(folder / "live")
    assert len(hashes(tmp_path)) == len(FRAMES)
    assert len(set(hashes(tmp_path).values())) >= len(FRAMES) // 3


def test_frames_of_a_film_are_drawn_alone_as_they_were(live: tuple[Path, Path], tmp_path: Path) -> None:
    folder, take = live
    assert run("replay", str(take), "--out", str(tmp_path), "--frames", "77:79", "--assets", str(folder)) == 0
    whole = hashes(folder / "live")
    assert hashes(tmp_path) == {name: whole[name] for name in ("wall-main-00000077.png", "wall-main-00000078.png")}


def test_a_film_with_other_content_is_not_taken_for_that_of_the_take(
    live: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, take = live
    files_of(tmp_path)
    made(tmp_path / "street.mov", "prores422", frames=20, size=(128, 72), first=500)
    film, away = folder / "street.mov", folder / "away.bin"
    film.rename(away)
    try:
        assert run("replay", str(take), "--out", str(tmp_path / "none"), "--assets", str(tmp_path)) == 2
    finally:
        away.rename(film)
    said = capsys.readouterr().err
    assert "takes do not keep films" in said
    assert len(said.strip().splitlines()) == 1
