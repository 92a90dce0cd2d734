"""Memory for what arrives while frames are drawn: its pages are there before it is said to be ready."""

import numpy as np

from render.models.touched_memory import TouchedMemory
from tests.memory_limit import resident_bytes

SIZE = 96 << 20


def test_all_pages_are_there_before_it_is_ready():
    before = resident_bytes()
    memory = TouchedMemory(SIZE)
    assert memory.is_ready(None)
    assert resident_bytes() - before > 0.95 * SIZE
    written = resident_bytes()
    memory.content[:] = 1
    assert resident_bytes() - written < 0.02 * SIZE
    assert np.count_nonzero(memory.content) == SIZE


def test_no_memory_at_all_is_ready():
    assert TouchedMemory(0).is_ready(None)
