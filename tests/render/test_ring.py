"""Pictures on their way from the GPU to memory: in order, later, never waited for."""

from itertools import product
from typing import NamedTuple

import numpy as np
import pytest

from render.gpu.context import prepare
from render.gpu.fence import Finishing
from render.readback.ring import EXACT, PAIRS, SLOTS, ReadBack

pytestmark = pytest.mark.gl


@pytest.fixture(params=[True, False], ids=["buffered", "direct"])
def ring(request, context):
    prepare(context)
    return ReadBack(context, Finishing(), buffered=request.param)


class Come(NamedTuple):
    label: int
    size: tuple[int, int]
    pixels: bytes
    drawn_ns: int | None


def draw(ring, value, size=(8, 4), then=None, form=EXACT):
    with ring.drawing(size, value, then, form=form) as target:
        target.framebuffer.use()
        target.framebuffer.clear(value / 255.0, 0.0, 0.0)


def come(ring, context):
    """What comes once the GPU is done with everything, in as many looks as it needs."""
    found = []
    for _ in range(16):
        context.finish()
        if (one := ring.arrived()) is not None:
            found.append(Come(one.label, one.size, bytes(one.pixels()), one.drawn_ns))
    return found


def test_pictures_come_in_their_order_with_their_labels_and_pixels(ring, context):
    for value in (10, 20, 30):
        draw(ring, value, size=(8, value))
    found = come(ring, context)
    assert [(one.label, one.size) for one in found] == [(10, (8, 10)), (20, (8, 20)), (30, (8, 30))]
    for one in found:
        pixels = np.frombuffer(one.pixels, np.uint8).reshape(one.size[1], one.size[0], 4)
        assert (pixels[..., 0] == one.label).all()
    assert found[0].drawn_ns is not None
    assert ring.arrived() is None


def test_a_picture_is_written_where_it_is_wanted_and_one_that_nobody_reads_makes_room_all_the_same(ring, context):
    draw(ring, 50, size=(8, 4))
    draw(ring, 60, size=(8, 4))
    memory = bytearray(2 + 8 * 4 * 4 + 2)
    labels = []
    for _ in range(8):
        context.finish()
        if (one := ring.arrived()) is not None:
            labels.append(one.label)
            if one.label == 50:
                one.write_to(memoryview(memory)[2:-2])
    assert labels == [50, 60]
    assert ring.is_empty
    assert memory == bytes(2) + bytes((50, 0, 0, 0)) * 32 + bytes(2)


def test_a_full_ring_has_no_room_until_a_picture_has_come(ring, context):
    for value in range(SLOTS):
        assert ring.has_room
        draw(ring, value)
    assert not ring.has_room
    assert len(come(ring, context)) == SLOTS
    assert ring.has_room


def test_a_second_step_is_drawn_once_the_first_is_done(ring, context):
    steps = []

    def finish(target):
        steps.append("second")
        target.framebuffer.use()
        target.framebuffer.clear(1.0, 1.0, 1.0)

    draw(ring, 7, then=finish)
    assert steps == []
    (found,) = come(ring, context)
    assert steps == ["second"]
    assert set(found.pixels[:3]) == {255}


def test_where_frames_are_waited_for_a_picture_comes_in_the_first_look_after(context):
    finishing = Finishing()
    ring = ReadBack(context, finishing, buffered=False)
    for value in (1, 2):
        draw(ring, value)
        assert ring.has_room
        finishing.wait()
        assert ring.arrived().label == value


def test_a_place_of_the_ring_serves_pictures_of_other_sizes_and_forms(ring, context):
    for form, size in product((EXACT, PAIRS), ((8, 4), (16, 2), (4, 4), (8, 4), (2, 2), (16, 16), (3, 5), (8, 4))):
        draw(ring, 9, size, form=form)
        (found,) = come(ring, context)
        assert (found.size, len(found.pixels)) == (size, form.texel_bytes * size[0] * size[1])
