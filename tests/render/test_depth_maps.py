"""Depth maps as cameras, renderers and estimators write them: what is read of them, what is mended, what is refused."""

import numpy as np
import OpenEXR
import pytest
from PIL import Image

from render.assets.decode import decode_picture, open_picture
from render.assets.depth_levels import make_depth_levels
from render.assets.levels import level_sizes
from render.worlds.shared.depth import depth_kind, depth_kind_in, depth_scale, depth_space
from stage.show.air.remarks_of_pictures import depth_remarks, holds_m
from tests.render.box_room import picture_and_depth
from tracking.records import ConfigError

ROWS, COLUMNS = 64, 100


def exr(path, channel, values):
    header = {"compression": OpenEXR.ZIP_COMPRESSION, "type": OpenEXR.scanlineimage}
    OpenEXR.File(header, {channel: np.ascontiguousarray(values, np.float32)}).write(str(path))
    return path


def png(path, codes):
    Image.fromarray(codes).save(path)
    return path


def held(path, kind):
    picture = decode_picture(path, depth_space(kind))
    return picture.light()[..., 0], picture


def slope(low, high):
    return np.tile(np.linspace(low, high, COLUMNS, dtype=np.float32), (ROWS, 1))


@pytest.mark.parametrize("channel", ["Z", "depth", "Y", "ViewLayer.Depth.Z"])
def test_metres_of_an_exr_are_read_from_the_channel_that_renderers_write(tmp_path, channel):
    found, picture = held(exr(tmp_path / "a.depth.exr", channel, slope(2.0, 4.0)), "metres")
    assert np.allclose(found, 1.0 / slope(2.0, 4.0), rtol=1e-5)
    assert (picture.facts.depth.most, picture.facts.depth.jumps) == (pytest.approx(0.5), False)
    assert picture.findings == ()


def test_sixteen_bits_of_metres_are_millimetres_and_eight_bits_are_refused(tmp_path):
    found, _ = held(png(tmp_path / "a.png", np.full((ROWS, COLUMNS), 2500, np.uint16)), "metres")
    assert np.allclose(found, 0.4, rtol=1e-4)
    with pytest.raises(ConfigError, match="found metres in 8 bits, expected 16"):
        held(png(tmp_path / "b.png", np.full((ROWS, COLUMNS), 25, np.uint8)), "metres")


def test_bad_depths_are_far_away_and_counted(tmp_path):
    values = slope(2.0, 2.2)
    values[0, :4] = (np.nan, -1.0, 0.0, np.inf)
    found, picture = held(exr(tmp_path / "a.exr", "Z", values), "metres")
    assert np.isfinite(found).all()
    assert found.min() >= 0.0
    assert [(one.code, one.values["samples"]) for one in picture.findings] == [("depth_mended", 3)]


def test_a_map_that_is_all_alike_is_told(tmp_path):
    _, picture = held(png(tmp_path / "a.png", np.full((ROWS, COLUMNS), 99, np.uint8)), "bright")
    assert [one.code for one in picture.findings] == ["depth_all_alike"]


def test_the_steps_of_eight_bits_are_smoothed_by_half_a_step_at_most(tmp_path):
    wanted = slope(0.3, 0.4)
    codes = np.rint(wanted * 255.0).astype(np.uint8)
    found, picture = held(png(tmp_path / "a.png", codes), "bright")
    assert np.abs(found - codes / 255.0).max() <= 0.5 / 255.0 + 1e-6
    assert np.abs(np.diff(found[8, 8:-8])).max() < np.abs(np.diff(codes[8, 8:-8] / 255.0)).max()
    assert [one.code for one in picture.findings] == ["depth_of_8_bits"]


def test_dark_shares_are_turned_so_that_the_larger_is_the_nearer(tmp_path):
    bright, _ = held(png(tmp_path / "a.png", (slope(0.3, 0.4) * 65535).astype(np.uint16)), "bright")
    dark, _ = held(tmp_path / "a.png", "dark")
    assert np.allclose(bright + dark, 1.0, atol=1e-6)
    assert depth_scale("dark", 2.0, 10.0).distance_m(1.0) == pytest.approx(2.0)
    assert depth_scale("bright", 2.0, 10.0).distance_m(0.0) == pytest.approx(10.0)
    assert depth_scale("bright", 5.0, 1.0).distance_m(0.0) > 5.0, "far is never nearer than near"


def test_a_soft_edge_is_one_step(tmp_path):
    metres = np.full((ROWS, COLUMNS), 1.0, np.float32)
    metres[:, 50:] = 5.0
    metres[:, 49], metres[:, 50] = 2.0, 4.0
    found, picture = held(exr(tmp_path / "a.exr", "Z", metres), "metres")
    assert sorted({round(float(one), 3) for one in np.unique(found)}) == [0.2, 1.0]
    assert picture.facts.depth.jumps


@pytest.mark.parametrize("content", [b"", b"no picture", b"\x89PNG\r\n\x1a\n" + b"\0" * 40])
def test_what_is_no_depth_map_is_refused_in_one_line(tmp_path, content):
    (tmp_path / "a.png").write_bytes(content)
    with pytest.raises(ConfigError) as refused:
        open_picture(tmp_path / "a.png", depth_space("bright"))
    assert "\n" not in str(refused.value)
    with pytest.raises(ConfigError, match="No such file"):
        open_picture(tmp_path / "gone.png", depth_space("bright"))


def test_what_its_numbers_mean_follows_from_the_file_unless_it_is_told():
    assert depth_kind("a.exr", None, None) == "metres"
    assert depth_kind("a.PNG", None, None) == "bright"
    assert depth_kind("a.png", "inverse", None) == "relative"
    assert depth_kind("a.exr", "normalised", "dark") == "dark"
    assert depth_kind_in(depth_space("dark")) == "dark"
    assert depth_kind_in("ACEScg") is None


def test_each_level_bounds_all_that_is_around_a_texel():
    values = np.random.default_rng(7).uniform(0.1, 1.0, (13, 27)).astype(np.float32)
    levels = [np.zeros((*size, 3), np.float32) for size in level_sizes(13, 27)]

    def put(level, top, halves):
        levels[level][top : top + len(halves)] = halves

    make_depth_levels(values, put)
    halves = values.astype(np.float16).astype(np.float32)
    for level in levels[1:]:
        rows, columns = level.shape[:2]
        for row, column in np.ndindex(rows, columns):
            part = halves[
                row * 13 // rows : -(-(row + 1) * 13 // rows), column * 27 // columns : -(-(column + 1) * 27 // columns)
            ]
            assert level[row, column, 0] >= part.max()
            assert level[row, column, 1] <= part.min()


def test_how_far_off_its_centre_a_map_holds_follows_from_its_jumps(tmp_path):
    _, room_m = picture_and_depth(256)
    _, pillar_m = picture_and_depth(256, pillar=True)
    room = held(exr(tmp_path / "room.exr", "Z", room_m), "metres")[1].facts
    pillar = held(exr(tmp_path / "pillar.exr", "Z", pillar_m), "metres")[1].facts
    assert holds_m(room.depth, 1.0, 100.0) == pytest.approx(1.0, abs=0.02), "half way to the floor at 2 m"
    assert 0.05 < holds_m(pillar.depth, 1.0, 100.0) < 0.8
    assert [one.code for one in depth_remarks(room, room)] == []
