"""Pictures of worlds on the GPU: as half floats, band by band, kept by hash until others need the room."""

import numpy as np
import pytest

from render.assets.decode import half_bands
from render.assets.upload import KEPT, PictureTextures, PictureUpload
from tracking.records import ConfigError

pytestmark = pytest.mark.gl


def a_picture(rows=600, seed=1):
    return np.random.default_rng(seed).random((rows, 2 * rows, 3), dtype=np.float32)


def test_a_picture_arrives_in_bands_of_bounded_size_as_the_half_floats_it_was_decoded_to(context):
    pixels = a_picture()
    upload = PictureUpload(context, pixels)
    written = 0
    while upload.write_band():
        written += 1
    texture = upload.finish()
    assert written == len(list(half_bands(pixels))) > 2
    found = np.frombuffer(texture.read(alignment=1), np.float16).reshape(pixels.shape)
    np.testing.assert_array_equal(found, pixels.astype(np.float16))
    texture.release()


def test_half_floats_go_to_the_gpu_as_they_are():
    pixels = a_picture(rows=8).astype(np.float16)
    ((top, band),) = half_bands(pixels)
    assert top == 0
    assert np.shares_memory(band, pixels)


def test_values_beyond_half_floats_are_bounded_and_what_is_not_a_number_is_black():
    pixels = np.array([[[1e9, -1e9, np.nan], [np.inf, -np.inf, 0.25]]], np.float32)
    ((_, band),) = half_bands(pixels)
    assert band.tolist() == [[[65504.0, -65504.0, 0.0], [65504.0, 0.0, 0.25]]]


def test_the_picture_not_used_for_longest_makes_room(context):
    textures = PictureTextures(context)
    for number in range(KEPT):
        textures.load(str(number), a_picture(rows=8))
    assert textures.use("0") is not None
    textures.load("new", a_picture(rows=8))
    assert textures.use("1") is None
    assert textures.use("0") is not None
    textures.forget("0")
    assert textures.use("0") is None


def test_a_picture_that_is_refused_leaves_the_one_before_in_place(context):
    textures = PictureTextures(context)
    textures.load("a", a_picture(rows=8))
    before = textures.use("a")
    with pytest.raises(ConfigError, match=r"world\.file: found a picture of shape \(4, 4\), expected"):
        textures.load("a", np.zeros((4, 4), np.float32))
    assert textures.use("a") is before
