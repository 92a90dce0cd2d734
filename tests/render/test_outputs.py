"""Canvases and picture files."""

import hashlib
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from calibration.walls import PlaneShape, Wall
from render.images.exr import read_exr
from render.outputs.canvas import plan_canvas
from render.outputs.opened import open_outputs
from render.outputs.picture_files import PictureFiles
from render.outputs.records import Output, Region
from tracking.records import ConfigError


def wall(name, columns, rows):
    shape = PlaneShape(lower_left_m=(-1.0, 2.0, 0.0), lower_right_m=(1.0, 2.0, 0.0), upper_left_m=(-1.0, 2.0, 1.0))
    return Wall(name=name, resolution_px=(columns, rows), shape=shape)


WALLS = (wall("left", 96, 64), wall("right", 80, 48))


class Pictures:
    """Walls whose codes change with every frame."""

    def __init__(self):
        self.frame = 0

    def wall_texture(self, name):
        raise AssertionError("picture files need no texture")

    def read_wall(self, name):
        return np.random.default_rng(self.frame).integers(0, 256, (64, 96, 3), dtype=np.uint8)

    def read_wall_linear(self, name):
        return self.read_wall(name).astype(np.float32) / 100.0 - 0.5


def window(*regions, size_px=None):
    return Output(kind="window", regions=regions, size_px=size_px)


def test_without_regions_all_walls_are_side_by_side():
    canvas = plan_canvas(0, window(), WALLS)
    assert canvas.size_px == (176, 64)
    assert [(p.wall, p.at_px, p.size_px) for p in canvas.patches] == [
        ("left", (0, 0), (96, 64)),
        ("right", (96, 0), (80, 48)),
    ]


@pytest.mark.parametrize(
    ("regions", "size_px", "message"),
    [
        ((Region(wall="lefd"),), None, r"outputs\[2\]\.regions\[0\]\.wall: found 'lefd'.*did you mean 'left'"),
        ((Region(wall="left", from_px=(90, 0), size_px=(10, 10)),), None, r"within the wall's 96 x 64"),
        ((Region(wall="left", size_px=(0, 10)),), None, r"within the wall's 96 x 64"),
        ((Region(wall="left", from_px=(96, 0)),), None, r"within the wall's 96 x 64"),
        ((Region(wall="left", at_px=(5, 0)),), (100, 64), r"size_px: found a canvas of 100 x 64, expected 101 x 64"),
        (
            (Region(wall="left"), Region(wall="right", at_px=(95, 63))),
            None,
            r"regions\[1\]\.at_px: found a region over",
        ),
    ],
)
def test_impossible_canvases_are_refused(regions, size_px, message):
    with pytest.raises(ConfigError, match=message):
        plan_canvas(2, window(*regions, size_px=size_px), WALLS)


@given(
    at=st.tuples(st.integers(0, 300), st.integers(0, 300)),
    start=st.tuples(st.integers(0, 95), st.integers(0, 63)),
)
def test_a_region_without_size_takes_the_rest_of_its_wall(at, start):
    canvas = plan_canvas(0, window(Region(wall="left", from_px=start, at_px=at)), WALLS)
    assert canvas.patches[0].size_px == (96 - start[0], 64 - start[1])
    assert canvas.size_px == (at[0] + 96 - start[0], at[1] + 64 - start[1])


def test_png_files_hold_the_codes_as_sent(tmp_path):
    pictures = Pictures()
    files = PictureFiles(tmp_path / "new" / "folder", ("left", "right"), "png", block=True)
    for pictures.frame in range(9):
        files.put(pictures, pictures.frame)
    files.close()
    assert len(list((tmp_path / "new" / "folder").iterdir())) == 18
    for frame in range(9):
        pictures.frame = frame
        with Image.open(tmp_path / "new" / "folder" / f"wall-left-{frame:08d}.png") as image:
            assert (np.asarray(image) == pictures.read_wall("left")).all()
    assert (files.dropped, files.failed) == (0, 0)


def test_exr_files_hold_linear_light(tmp_path):
    pictures = Pictures()
    files = PictureFiles(tmp_path, ("left",), "exr", block=True)
    files.put(pictures, 12)
    files.close()
    assert (read_exr(tmp_path / "wall-left-00000012.exr") == pictures.read_wall_linear("left")).all()


@pytest.mark.parametrize("kind", ["png", "exr"])
def test_equal_pictures_give_equal_files(tmp_path, kind):
    pictures = Pictures()
    files = PictureFiles(tmp_path, ("left",), kind, block=True)
    files.put(pictures, 1)
    files.put(pictures, 2)
    files.close()
    hashes = {hashlib.sha256(path.read_bytes()).hexdigest() for path in tmp_path.iterdir()}
    assert len(hashes) == 1


def test_live_frames_are_dropped_and_counted_rather_than_waited_for(tmp_path):
    """Thirty megapixel pictures at once are more than any disk and compressor take in without waiting."""
    large = np.random.default_rng(1).integers(0, 256, (1000, 1000, 3), dtype=np.uint8)
    pictures = SimpleNamespace(read_wall=lambda _: large)
    files = PictureFiles(tmp_path, ("left",), "png", block=False)
    for frame in range(30):
        files.put(pictures, frame)
    files.close()
    assert files.dropped >= 15
    assert len(list(tmp_path.iterdir())) == 30 - files.dropped


def test_a_write_that_fails_is_counted_and_reported(tmp_path):
    (tmp_path / "wall-left-00000001.png").mkdir()
    files = PictureFiles(tmp_path, ("left",), "png", block=True)
    files.put(Pictures(), 1)
    files.put(Pictures(), 2)
    files.close()
    assert files.failed == 1
    assert "cannot be written" in files.reason
    assert (tmp_path / "wall-left-00000002.png").is_file()


@pytest.mark.gl
def test_file_outputs_write_the_walls_of_their_regions(tmp_path):
    outputs = open_outputs(
        (Output(kind="file", directory=str(tmp_path), regions=(Region(wall="right"),)),),
        WALLS,
        headless=True,
        block=True,
    )
    outputs.present(Pictures(), 3)
    outputs.close()
    assert [path.name for path in tmp_path.iterdir()] == ["wall-right-00000003.png"]
    assert (outputs.dropped, outputs.problems) == (0, ())


def test_file_output_without_a_folder_writes_into_one_named_pictures(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    open_outputs((Output(kind="file"),), WALLS, headless=True).close()
    assert (tmp_path / "pictures").is_dir()


def test_folder_that_cannot_be_made_is_refused(tmp_path):
    (tmp_path / "taken").write_text("")
    with pytest.raises(ConfigError, match="taken: File exists; expected a folder"):
        PictureFiles(tmp_path / "taken", ("left",), "png", block=True)
