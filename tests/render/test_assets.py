"""Pictures of worlds on the GPU: half floats of every level, written in pieces, kept by hash within a budget."""

import importlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from render.assets.halves import floats_of, halves_of
from render.assets.levels import level_sizes, levels_bytes, make_levels
from render.assets.pieces import PictureKey, PictureShape, pieces_of
from render.assets.upload import NoRoomError, PictureTextures
from tracking.records import ConfigError

pytestmark = pytest.mark.gl

ROWS = 128
"""Two pictures of so many rows and twice as many columns fit into a budget of a MiB with their levels, not three."""


def a_picture(rows=ROWS, seed=1, channels=3):
    return np.random.default_rng(seed).random((rows, 2 * rows, channels), dtype=np.float32)


def levels_of(picture, rows_at_once=32):
    found = [np.zeros((*size, picture.shape[2]), np.float16) for size in level_sizes(*picture.shape[:2])]

    def put(level, top, halves):
        found[level][top : top + len(halves)] = halves

    tops = range(0, len(picture), rows_at_once)
    make_levels(picture.shape[:2], ((top, picture[top : top + rows_at_once]) for top in tops), put)
    return found


def test_halves_are_the_nearest_ones_and_as_floats_what_they_are():
    finite = np.arange(0x7C00, dtype=np.uint16).view(np.float16)
    floats = finite.astype(np.float32)
    np.testing.assert_array_equal(halves_of(floats), finite)
    np.testing.assert_array_equal(floats_of(finite), floats)
    np.testing.assert_array_equal(floats_of(-finite), -floats)
    between = ((floats[1:].astype(float) + floats[:-1]) / 2.0).astype(np.float32)
    normal = between[between > 2.0**-14]
    for light in (between, np.nextafter(normal, np.float32(np.inf)), np.nextafter(normal, np.float32(0.0)), -between):
        np.testing.assert_array_equal(halves_of(light), light.astype(np.float16))
    many = np.random.default_rng(1).random((3, 50_000, 3), dtype=np.float32)[:, ::2]
    np.testing.assert_array_equal(halves_of(many), many.astype(np.float16))


def read_level(texture, level):
    """moderngl reads only the levels that it made itself."""
    gl = importlib.import_module("OpenGL.GL")
    texture.use(0)
    gl.glPixelStorei(gl.GL_PACK_ALIGNMENT, 1)
    return np.frombuffer(gl.glGetTexImage(gl.GL_TEXTURE_2D, level, gl.GL_RGBA, gl.GL_HALF_FLOAT), np.float16)


def shares(size):
    """How much of each texel lies under each texel of the next level, by areas."""
    smaller = max(1, size // 2)
    edges = np.arange(smaller + 1) * (size / smaller)
    texels = np.arange(size)
    covered = np.minimum(edges[1:, None], texels + 1) - np.maximum(edges[:-1, None], texels)
    return covered.clip(0.0) * (smaller / size)


@settings(max_examples=40, deadline=None)
@given(rows=st.integers(1, 40), columns=st.integers(1, 40), at_once=st.integers(1, 9))
def test_every_level_is_the_one_before_under_a_box_whatever_the_sizes_and_bands(rows, columns, at_once):
    picture = np.random.default_rng(rows * columns).random((rows, columns, 4), dtype=np.float32)
    levels = levels_of(picture, at_once)
    expected = picture.astype(float)
    for level in levels:
        np.testing.assert_allclose(level, expected, rtol=2e-3, atol=1e-6)
        down, across = (shares(length) for length in expected.shape[:2])
        expected = np.einsum("ij,jkc,lk->ilc", down, expected, across)
    assert sum(level.nbytes for level in levels) == levels_bytes(rows, columns, 4)


def test_values_beyond_half_floats_are_bounded_and_what_is_not_a_number_is_black():
    pixels = np.array([[[1e9, -1e9, np.nan], [np.inf, -np.inf, 0.25]]], np.float32)
    assert levels_of(pixels)[0].tolist() == [[[65504.0, -65504.0, 0.0], [65504.0, 0.0, 0.25]]]


@pytest.mark.parametrize("channels", [3, 4])
def test_a_picture_arrives_in_pieces_of_bounded_size_and_is_used_only_when_it_is_whole(context, channels):
    picture = a_picture(channels=channels)
    textures, key, shape = PictureTextures(context), PictureKey("a"), PictureShape(*picture.shape)
    content = np.concatenate([level.reshape(-1) for level in levels_of(picture)]).view(np.uint8)
    upload = textures.begin(key, shape)
    pieces = list(pieces_of(shape, 10_000))
    assert max(piece.bytes for piece in pieces) <= 10_000
    assert sum(piece.bytes for piece in pieces) == len(content)
    for piece in pieces:
        assert textures.use(*key) is None
        upload.write(piece, content[piece.offset : piece.offset + piece.bytes])
    upload.done()
    texture = textures.use(*key)
    for level, expected in enumerate(levels_of(picture)):
        found = read_level(texture, level).reshape(*expected.shape[:2], 4)
        np.testing.assert_array_equal(found[..., :channels], expected)
        assert channels == 4 or (found[..., 3] == 1.0).all()


def test_the_pictures_not_used_for_longest_make_room_but_never_those_that_are_kept(context):
    textures = PictureTextures(context, budget_mib=1)
    textures.load("a", a_picture())
    textures.load("b", a_picture())
    assert textures.use("a") is not None
    textures.load("c", a_picture())
    assert textures.pushed_out == [PictureKey("b")]
    assert (PictureKey("a") in textures, PictureKey("b") in textures) == (True, False)
    textures.begin(PictureKey("d"), PictureShape(ROWS, 2 * ROWS, 3), keep={PictureKey("a")})
    assert textures.pushed_out[1:] == [PictureKey("c")]


def test_what_does_not_fit_is_refused_with_the_figures_and_pushes_nothing_out(context):
    textures = PictureTextures(context, budget_mib=1)
    textures.load("a", a_picture())
    textures.load("b", a_picture())
    with pytest.raises(NoRoomError) as caught:
        textures.begin(PictureKey("c"), PictureShape(ROWS, 2 * ROWS, 3), keep={PictureKey("a"), PictureKey("b")})
    assert (caught.value.needed_mib, caught.value.in_use_mib) == (pytest.approx(0.333, abs=1e-3), textures.in_use_mib)
    with pytest.raises(NoRoomError, match="found 1 MiB"):
        textures.load("c", a_picture(rows=512))
    assert textures.pushed_out == []


def test_storage_is_used_again_for_a_picture_of_its_size(context):
    textures = PictureTextures(context, budget_mib=1)
    assert textures.reserve(ROWS, 2 * ROWS)
    assert not textures.reserve(2 * ROWS, 4 * ROWS)
    textures.load("a", a_picture())
    textures.load("b", a_picture())
    before = textures.use("a")
    textures.forget("a")
    textures.load("c", a_picture(seed=2))
    assert textures.use("c") is before
    textures.load("d", a_picture(rows=64), "ACEScg")
    assert textures.use("d") is None
    assert textures.use("d", "ACEScg") is not None


def test_a_picture_that_is_refused_leaves_the_one_before_in_place(context):
    textures = PictureTextures(context)
    textures.load("a", a_picture(rows=8))
    before = textures.use("a")
    with pytest.raises(ConfigError, match=r"world\.file: found a picture of shape \(4, 4\), expected"):
        textures.load("a", np.zeros((4, 4), np.float32))
    assert textures.use("a") is before
