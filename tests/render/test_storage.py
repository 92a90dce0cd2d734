"""Storage of pictures that a thread makes in a context of its own: the same pictures, the same budget, ends that are clean."""

import importlib
import threading

import numpy as np
import pytest

from render.assets.pieces import PictureKey, PictureShape, pieces_of
from render.assets.upload import NoRoomError, PictureTextures
from render.gpu.context import create_headless_context
from render.gpu.shared_context import share_current
from tests.memory_limit import memory_left, resident_bytes
from tracking.records import ConfigError

pytestmark = pytest.mark.gl

SHAPE = PictureShape(64, 128, 4)
LARGE = PictureShape(2048, 4096, 4)
HUGE = PictureShape(4096, 8192, 4)
"""More than other tests can have left of the process's heap: it comes from the system and goes back there."""
"""Takes a software renderer some 30 ms to make, and 85 MiB."""


@pytest.fixture
def beside(context):
    """Opens textures whose storage is made by a thread."""
    opened = []

    def open_one(budget_mib=1024.0):
        opened.append(PictureTextures(context, budget_mib))
        assert opened[-1].make_beside()
        return opened[-1]

    yield open_one
    for textures in opened:
        textures.close()


def upload(textures, key, shape, content):
    """Writes all levels once there is storage for them."""
    coming = textures.begin(key, shape)
    assert coming.is_ready(None)
    assert not coming.failure
    for piece in pieces_of(shape, 1 << 20):
        coming.write(piece, content[piece.offset : piece.offset + piece.bytes])
    coming.done()
    return textures.use(*key)


def all_levels(texture):
    gl = importlib.import_module("OpenGL.GL")
    texture.use(0)
    levels = range(texture.size[0].bit_length())
    return [bytes(gl.glGetTexImage(gl.GL_TEXTURE_2D, level, gl.GL_RGBA, gl.GL_HALF_FLOAT)) for level in levels]


def test_a_picture_is_the_same_wherever_its_storage_was_made(context, beside):
    content = np.random.default_rng(1).random(SHAPE.gpu_bytes // 2).astype(np.float16).view(np.uint8)
    key = PictureKey("a")
    on_the_loop = all_levels(upload(PictureTextures(context), key, SHAPE, content))
    texture = upload(beside(), key, SHAPE, content)
    assert all_levels(texture) == on_the_loop
    assert (texture.repeat_x, texture.repeat_y) == (True, False)


def test_storage_counts_from_when_it_is_asked_for_and_what_was_given_up_is_used_again(beside):
    textures = beside(budget_mib=100)
    first = textures.begin(PictureKey("a"), LARGE)
    assert textures.in_use_mib == pytest.approx(LARGE.gpu_bytes / 2**20)
    with pytest.raises(NoRoomError, match="found 100 MiB, of which 85 are in use"):
        textures.begin(PictureKey("b"), LARGE)
    textures.give_up(PictureKey("a"))
    assert textures.in_use_mib == 0.0
    second = textures.begin(PictureKey("b"), LARGE)
    assert first.is_ready(None)
    assert second.is_ready(0.0)


def test_storage_for_what_is_expected_is_made_once_is_taken_by_the_next_of_its_size_and_pushes_nothing_out(beside):
    textures = beside(budget_mib=130)
    for _ in range(2):
        textures.expect(LARGE.rows, LARGE.columns)
    assert textures.in_use_mib == 0.0
    upload(textures, PictureKey("a"), LARGE, np.zeros(LARGE.gpu_bytes, np.uint8))
    textures.expect(LARGE.rows, LARGE.columns)
    assert PictureKey("a") in textures
    small = textures.begin(PictureKey("b"), SHAPE, keep=(PictureKey("a"),))
    assert small.is_ready(None)
    assert textures.pushed_out == []


def test_what_is_pushed_out_is_freed_to_the_system_even_if_it_was_drawn_with(beside):
    textures = beside(budget_mib=400)
    upload(textures, PictureKey("a"), HUGE, np.zeros(HUGE.gpu_bytes, np.uint8)).use(0)
    before = resident_bytes()
    smaller = textures.begin(PictureKey("b"), LARGE)
    assert smaller.is_ready(None)
    assert textures.pushed_out == [PictureKey("a")]
    assert resident_bytes() < before - 200_000_000


def test_where_the_driver_has_no_memory_a_picture_is_refused_and_the_next_one_is_not(context, beside):
    textures, at_once = beside(), PictureTextures(context)
    pixels = np.zeros((4096, 8192, 3), np.float16)
    with memory_left(mib=40):
        refused = textures.begin(PictureKey("a"), HUGE)
        assert refused.is_ready(None)
        with pytest.raises(ConfigError, match=r"found no graphics memory for its 341 MiB \(out of memory\)"):
            at_once.load("a", pixels)
        assert not at_once.reserve(4096, 8192)
    assert refused.failure == "system_gl_out_of_memory"
    textures.give_up(PictureKey("a"))
    assert textures.in_use_mib == 0.0
    assert textures.begin(PictureKey("a"), SHAPE).is_ready(None)
    upload(textures, PictureKey("a"), SHAPE, np.zeros(SHAPE.gpu_bytes, np.uint8))


def test_threads_end_with_their_contexts_and_leave_other_contexts_alone(session_context):
    for _ in range(3):
        made = create_headless_context()
        with made:
            textures = PictureTextures(made)
            assert textures.make_beside()
            asked = [textures.begin(PictureKey(name), LARGE) for name in "abc"]
            textures.close()
            assert asked[-1].is_ready(0.0)
            assert "storage" not in {thread.name for thread in threading.enumerate()}
        made.release()
    with session_context:
        textures = PictureTextures(session_context)
        textures.load("a", np.ones((4, 8, 3), np.float32))
        assert np.frombuffer(textures.use("a").read(), np.float16).max() == 1.0


def test_a_thread_without_a_context_has_none_to_share():
    found = []
    thread = threading.Thread(target=lambda: found.append(share_current()))
    thread.start()
    thread.join()
    assert found == [None]
