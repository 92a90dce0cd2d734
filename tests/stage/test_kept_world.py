"""A restarted core has its world at once, as it was decoded, and never that of a file that was changed."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from running_stage import configuration, running

from render.assets.decode import decode_picture, half_bands
from stage.assets import kept_world
from stage.assets.kept_world import PIXELS, KeptWorld


def a_picture(path: Path, seed: int = 1, rows: int = 300) -> Path:
    Image.fromarray(np.random.default_rng(seed).integers(0, 256, (rows, 2 * rows, 3), dtype=np.uint8)).save(path)
    return path


@pytest.fixture
def kept(tmp_path):
    """A picture that was kept by an earlier start, and its file."""
    file = a_picture(tmp_path / "world.png")
    (tmp_path / "runtime").mkdir()
    world = KeptWorld(tmp_path / "runtime")
    assert world.find(file, None) is None
    assert world.keep(decode_picture(file))
    return KeptWorld(tmp_path / "runtime"), file


def test_what_was_kept_is_what_went_to_the_gpu(kept):
    world, file = kept
    sha256, pixels = world.find(file, None)
    decoded = decode_picture(file)
    assert sha256 == decoded.sha256
    for (_, kept_band), (_, band) in zip(half_bands(pixels), half_bands(decoded.pixels), strict=True):
        np.testing.assert_array_equal(kept_band, band)


def test_a_changed_file_is_read_anew(kept):
    world, file = kept
    a_picture(file, seed=2)
    assert world.find(file, None) is None
    decoded = decode_picture(file)
    assert world.keep(decoded)
    assert world.find(file, None)[0] == decoded.sha256


def test_another_file_or_colour_space_is_another_picture(kept, tmp_path):
    world, file = kept
    assert world.find(file, "ACEScg") is None
    assert world.find(a_picture(tmp_path / "other.png"), None) is None
    assert world.find(tmp_path / "none.png", None) is None


@pytest.mark.parametrize("size", [0, 1000])
def test_pixels_that_were_cut_short_are_not_used(kept, tmp_path, size):
    world, file = kept
    pixels = tmp_path / "runtime" / PIXELS
    pixels.write_bytes(pixels.read_bytes()[:size])
    assert world.find(file, None) is None


def test_a_file_that_changes_while_it_is_read_is_not_kept(tmp_path):
    file, world = a_picture(tmp_path / "world.png"), KeptWorld(tmp_path)
    world.find(file, None)
    panorama = decode_picture(file)
    a_picture(file, seed=3)
    assert not world.keep(panorama)


@pytest.mark.parametrize(("limit", "value"), [("LARGEST_BYTES", 1000), ("LEFT_FREE_BYTES", 2**62)])
def test_what_has_no_room_is_not_kept(tmp_path, monkeypatch, limit, value):
    monkeypatch.setattr(kept_world, limit, value)
    file, world = a_picture(tmp_path / "world.png"), KeptWorld(tmp_path)
    world.find(file, None)
    assert not world.keep(decode_picture(file))
    assert not (tmp_path / PIXELS).exists()


def test_a_restarted_core_draws_the_same_pixels(tmp_path):
    live = tmp_path / "live"
    a_picture(tmp_path / "world.png")
    more = f'[[outputs]]\nkind = "file"\ndirectory = "{live}"\n'
    toml = configuration(world='kind = "panorama"\nfile = "world.png"', more=more, rate="10")
    with running(tmp_path, toml) as stage:
        stage.until_status(lambda status: status["frame"] > 3)
        stage.kill_core()
        before = max(live.glob("*.png"))
        stage.event("ready")
        again = stage.client.status()["frame"]
        stage.until_status(lambda status: status["frame"] > again + 5)
        assert stage.end()[0] == 0
    pictures = sorted(live.glob("*.png"))
    first, later = pictures[0], next(path for path in pictures if path > before)
    assert later.read_bytes() == first.read_bytes()
